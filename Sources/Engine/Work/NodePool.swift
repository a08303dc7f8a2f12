// The workers that run nodes: threads of their own, a bounded line in front of them.

internal import Dispatch
internal import Primitives
internal import Synchronization

/// Runs pieces of work on at most `width` threads at once, first in first out.
///
/// Each worker is a serial queue, which gets a thread when it has work. A concurrent queue would get no more threads than
/// the machine has cores, and as many busy nodes would keep all others waiting.
public final class NodePool: Sendable {
    /// A struct, since a bare closure in a collection is wrapped once more by each access.
    private struct Work {
        let run: @Sendable () -> Void
    }

    private struct State {
        var waiting = FIFO<Work>()
        /// Workers without work; the one that was the last to have some is the first to get some.
        var idle: [Int]
    }

    private let state: Mutex<State>
    private let workers: [DispatchQueue]

    /// A pool of `width` workers, at least one.
    public init(width: Int) {
        workers = (0..<max(1, width)).map { DispatchQueue(label: "flowd.nodes.\($0)") }
        state = Mutex(State(idle: Array(workers.indices.reversed())))
    }

    /// Puts work in line; false if the line is full.
    public func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        let (isTaken, worker) = state.withLock { state -> (Bool, Int?) in
            guard state.waiting.count < Limits.nodeBacklogMax else { return (false, nil) }
            state.waiting.append(Work(run: work))
            return (true, state.idle.popLast())
        }
        if let worker { workers[worker].async { self.runWaiting(worker) } }
        return isTaken
    }

    private func runWaiting(_ worker: Int) {
        while let work = take(worker) { work.run() }
    }

    private func take(_ worker: Int) -> Work? {
        state.withLock { state in
            guard let work = state.waiting.popFirst() else {
                state.idle.append(worker)
                return nil
            }
            return work
        }
    }
}
