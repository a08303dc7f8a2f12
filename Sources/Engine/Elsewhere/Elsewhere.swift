// What a lane has to do with the work of other servers.

/// What is to be read of it, and who waits for it.
struct Elsewhere {
    /// What is yet to be read of what other servers have written down.
    var look = RemoteLook()
    /// Who waits for requests of runs that other servers have.
    var waiters = RemoteWaiters()
}
