// News of other servers on its way to the engine, which is there a little later than storage.

internal import Engine
internal import Synchronization

/// Hands news on to its hearer. News that comes before there is a hearer is not kept; the hearer is then told that
/// anything may have happened. Any thread.
final class RemoteNewsDesk: Sendable {
    /// A struct, since a bare closure in a generic container is wrapped once more by each access.
    private struct Hearer {
        let hear: @Sendable (RemoteNews) -> Void
    }

    private struct State {
        var hearer: Hearer?
        var hasMissed = false
    }

    private let state = Mutex(State())

    /// Says who hears news from now on.
    func setHearer(_ hear: @escaping @Sendable (RemoteNews) -> Void) {
        let hasMissed = state.withLock { state in
            state.hearer = Hearer(hear: hear)
            return state.hasMissed
        }
        if hasMissed { hear(.anythingHappened) }
    }

    func tell(_ news: RemoteNews) {
        let hearer = state.withLock { state in
            if state.hearer == nil { state.hasMissed = true }
            return state.hearer
        }
        hearer?.hear(news)
    }
}
