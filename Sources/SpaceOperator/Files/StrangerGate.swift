// How many files are read at once for callers who have proved nothing.

internal import Primitives
internal import Synchronization

/// Keeps strangers from filling the queue to storage, in which the nodes of users wait as well. Any thread.
final class StrangerGate: Sendable {
    private let count = Mutex(0)

    /// True if one more may read; whoever was let in calls `leave` once.
    func enter() -> Bool {
        count.withLock { count in
            guard count < Limits.strangerFileReadsMax else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}
