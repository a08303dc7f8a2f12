// Runs of dead servers on their way to the engine, which is there a little later than storage.

internal import Synchronization

/// Keeps claimed runs until somebody takes them up. Any thread.
final class ClaimedRuns: Sendable {
    /// Takes runs up. A struct, since a bare closure in a generic container is wrapped once more by each access.
    private struct Taker {
        let take: @Sendable ([ClaimedRun]) -> Void
    }

    private struct State {
        var waiting: [ClaimedRun] = []
        var taker: Taker?
    }

    private let state = Mutex(State())

    /// Hands runs on, now or when somebody is there.
    func add(_ runs: [ClaimedRun]) {
        guard !runs.isEmpty else { return }
        let taker = state.withLock { state in
            if state.taker == nil { state.waiting += runs }
            return state.taker
        }
        taker?.take(runs)
    }

    /// Says who takes runs up from now on; gives him those that wait.
    func setTaker(_ take: @escaping @Sendable ([ClaimedRun]) -> Void) {
        let waiting = state.withLock { state in
            state.taker = Taker(take: take)
            defer { state.waiting = [] }
            return state.waiting
        }
        if !waiting.isEmpty { take(waiting) }
    }
}
