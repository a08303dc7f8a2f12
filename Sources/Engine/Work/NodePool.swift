// The workers that run nodes: a few threads of Dispatch, a bounded line in front of them.

internal import Dispatch
internal import Primitives
internal import Synchronization

/// Runs pieces of work on at most `width` threads at once, first in first out.
public final class NodePool: Sendable {
    /// A struct, since a bare closure in a collection is wrapped once more by each access.
    private struct Work {
        let run: @Sendable () -> Void
    }

    private struct State {
        var waiting = FIFO<Work>()
        var active = 0
    }

    private let state = Mutex(State())
    private let width: Int
    private let queue = DispatchQueue(label: "flowd.nodes", attributes: .concurrent)

    /// A pool of `width` workers, at least one.
    public init(width: Int) {
        self.width = max(1, width)
    }

    /// Puts work in line; false if the line is full.
    public func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        let (isTaken, needsWorker) = state.withLock { state in
            guard state.waiting.count < Limits.nodeBacklogMax else { return (false, false) }
            state.waiting.append(Work(run: work))
            guard state.active < width else { return (true, false) }
            state.active += 1
            return (true, true)
        }
        if needsWorker { queue.async { self.runWaiting() } }
        return isTaken
    }

    private func runWaiting() {
        while let work = take() { work.run() }
    }

    private func take() -> Work? {
        state.withLock { state in
            guard let work = state.waiting.popFirst() else {
                state.active -= 1
                return nil
            }
            return work
        }
    }
}
