// Runs of dead servers on their way to the engine, which is there a little later than storage.

public import Engine
internal import Synchronization

/// What has come of a search for runs of dead servers.
public enum ClaimNews: Sendable {
    /// These runs are this server's now. The first such message names all runs that dead servers had at this server's
    /// start; there may be none.
    case claimed([ClaimedRun], isFirst: Bool)
    /// Nothing is known yet, as the database does not answer; it is asked again.
    case failed
}

/// Keeps news until somebody takes it. Any thread.
final class ClaimedRuns: Sendable {
    /// A struct, since a bare closure in a generic container is wrapped once more by each access.
    private struct Taker {
        let take: @Sendable (ClaimNews) -> Void
    }

    private struct State {
        var waiting: [ClaimNews] = []
        var taker: Taker?
    }

    private let state = Mutex(State())

    /// Hands news on, now or when there is a taker.
    func tell(_ news: ClaimNews) {
        let taker = state.withLock { state in
            if state.taker == nil { state.waiting.append(news) }
            return state.taker
        }
        taker?.take(news)
    }

    /// Sets the taker of news and gives it what waits.
    func setTaker(_ take: @escaping @Sendable (ClaimNews) -> Void) {
        let waiting = state.withLock { state in
            state.taker = Taker(take: take)
            defer { state.waiting = [] }
            return state.waiting
        }
        waiting.forEach(take)
    }
}
