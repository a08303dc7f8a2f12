// News of storage on its way to the engine, which is there a little later.

internal import Synchronization

/// Hands news on to its one listener, and keeps what comes before there is one. Any thread; the listener is called on
/// the thread that tells, or that sets it.
final class LateListener<News: Sendable>: Sendable {
    /// A struct, since a bare closure in a generic container is wrapped once more by each access.
    private struct Listener {
        let hear: @Sendable (News) -> Void
    }

    private struct State {
        var missed: [News] = []
        var listener: Listener?
    }

    private let state = Mutex(State())
    private let summary: News?

    /// - Parameter summary: told once instead of all news that came too early; nil to keep all of them.
    init(summary: News? = nil) { self.summary = summary }

    /// Hands news on, now or when there is a listener.
    func tell(_ news: News) {
        let listener = state.withLock { state in
            if state.listener == nil {
                if let summary { state.missed = [summary] } else { state.missed.append(news) }
            }
            return state.listener
        }
        listener?.hear(news)
    }

    /// Sets the listener and tells it what it has missed. Once.
    func setListener(_ hear: @escaping @Sendable (News) -> Void) {
        let missed = state.withLock { state in
            state.listener = Listener(hear: hear)
            defer { state.missed = [] }
            return state.missed
        }
        missed.forEach(hear)
    }
}
