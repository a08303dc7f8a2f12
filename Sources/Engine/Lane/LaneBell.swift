// Wakes a lane: what its mailbox rings.

internal import Dispatch
internal import Synchronization

/// Submits a lane's turn to its queue. The turn is set once, when the lane exists.
final class LaneBell: Sendable {
    /// A struct around the closure: a bare closure that is read through a generic `Mutex` is written back in another
    /// calling convention, and so one call deeper, each time.
    private struct Turn {
        let take: @Sendable () -> Void
    }

    private let queue: DispatchQueue
    private let turn = Mutex<Turn?>(nil)

    init(queue: DispatchQueue) {
        self.queue = queue
    }

    /// Sets the turn that a ring submits.
    func answer(_ turn: @escaping @Sendable () -> Void) {
        self.turn.withLock { $0 = Turn(take: turn) }
    }

    func ring() {
        guard let turn = turn.withLock({ $0 }) else { return }
        queue.async(execute: turn.take)
    }
}
