// Whether the database can be asked now.

internal import Synchronization

/// What others see of the storage loop's state.
final class StorageReadiness: Sendable {
    /// What starts wait for can be asked. True at first: the database has just answered whoever starts the loop, and what
    /// is asked before the loop's own connection is there waits for it. Written by the storage loop.
    let isReady = Atomic(true)
    /// Every kind of question can be asked: no connection has been lost that is not back. Written by the storage loop.
    let isWhole = Atomic(true)
    /// The loop is about to end, and whoever asks now gets no answer from it. Written by who stops it.
    let isStopping = Atomic(false)
}
