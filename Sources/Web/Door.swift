// What a loop listens on, and what is spoken there.

internal import Net

/// One listening socket of a loop. A class only because a list cannot hold noncopyable values; it never leaves its loop.
final class Door {
    let listener: Listener
    /// Nil for a door at which clients speak in clear.
    let tls: CurrentTLSContext?

    init(_ listener: consuming Listener, tls: CurrentTLSContext?) {
        self.listener = listener
        self.tls = tls
    }
}

/// A listening socket on its way to the loop that will own it.
struct DoorPlan: Sendable {
    /// The socket's descriptor, closed by the loop alone.
    let descriptor: Int32
    let tls: CurrentTLSContext?
}
