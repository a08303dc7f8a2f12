// Pages of stored events.

internal import Primitives

extension FlowEngine {
    /// - Parameter hasEnded: the run is known to have ended, so that all of its events are stored.
    func page(
        _ run: RunID, after: UInt64, hasEnded: Bool = false,
        _ reply: @escaping @Sendable (EngineReply) -> Void
    ) {
        context.ports.catalog.events(of: run, after: after, limit: Limits.replayPageEventsMax) { result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success(let events) where events.isEmpty:
                if hasEnded {
                    reply(.page([], isLast: true))
                } else {
                    self.emptyPage(run, after: after, reply)
                }
            case .success(var events):
                let isLast = events.last?.isEnd == true
                // An output and the end of its execution come in one page, so that a track may swap them.
                if events.count > 1, case .nodeOutput? = events.last?.content {
                    events.removeLast()
                }
                reply(.page(events, isLast: isLast))
            }
        }
    }

    /// Answers for a cursor with no stored events behind it. If the run has ended, the peer has seen all of them,
    /// unless the run ended just now at another server. So an ended run is read once more.
    private func emptyPage(
        _ run: RunID, after: UInt64, _ reply: @escaping @Sendable (EngineReply) -> Void
    ) {
        context.ports.catalog.run(run) { result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success(let summary):
                guard summary?.status.isEnd ?? true else { return reply(.page([], isLast: false)) }
                self.page(run, after: after, hasEnded: true, reply)
            }
        }
    }
}
