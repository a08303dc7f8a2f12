// Which reply belongs to which request when many are under way, and what an error does to the rest. Pure: the
// connection's shell sends, reads replies, and asks here which request they belong to.

internal import Primitives

/// Requests of one connection in the order in which they were sent, in groups that end with a sync point.
///
/// An error makes the server skip everything up to the next sync point. A group is one implicit transaction, so a group
/// with a refused request has no effect.
public struct Pipeline<Request> {
    /// One thing that the connection read.
    public enum Reply {
        /// Rows of the current request; none for a command that gives none.
        case rows(PostgresRows)
        /// The current request was refused.
        case refused(PostgresError)
        /// The current request was skipped because of an earlier one of its group.
        case skipped
        /// Nothing more comes for the current request.
        case end
        /// A sync point was reached.
        case synced
    }

    /// What became of one request.
    public enum Outcome {
        case answered(Request, PostgresRows)
        case refused(Request, PostgresError)
        /// An earlier request of the same group was refused; this one had no effect and may be sent again.
        case skipped(Request)
        /// The reply fits no request: the connection cannot be used any further.
        case brokenProtocol
    }

    private enum Entry {
        case request(Request)
        case syncPoint
    }

    private enum Verdict {
        case rows(PostgresRows)
        case refused(PostgresError)
        case skipped
    }

    private var entries = FIFO<Entry>()
    private var verdict: Verdict?

    /// An empty pipeline, as after connecting.
    public init() {}

    /// How many requests wait for their outcome.
    public private(set) var pendingCount = 0

    /// True if nothing is under way, sync points included.
    public var isIdle: Bool { entries.isEmpty }

    /// A request was put into the connection's output.
    public mutating func sent(_ request: Request) {
        entries.append(.request(request))
        pendingCount += 1
    }

    /// A sync point was put into the connection's output.
    public mutating func syncSent() { entries.append(.syncPoint) }

    /// The next reply, in the order of the connection. Nil as long as the request's outcome is open.
    public mutating func received(_ reply: Reply) -> Outcome? {
        guard let entry = entries.head else { return .brokenProtocol }
        switch (entry, reply) {
        case (.syncPoint, .synced):
            entries.popFirst()
            return nil
        case (.request, .rows(let rows)) where verdict == nil:
            verdict = .rows(rows)
            return nil
        case (.request, .refused(let error)) where verdict == nil:
            verdict = .refused(error)
            return nil
        case (.request, .skipped) where verdict == nil:
            verdict = .skipped
            return nil
        case (.request(let request), .end):
            guard let verdict else { return .brokenProtocol }
            self.verdict = nil
            pendingCount -= 1
            entries.popFirst()
            switch verdict {
            case .rows(let rows): return .answered(request, rows)
            case .refused(let error): return .refused(request, error)
            case .skipped: return .skipped(request)
            }
        default:
            return .brokenProtocol
        }
    }

    /// The connection is gone: gives back the requests without an outcome, in order, and starts anew. It is not known
    /// whether these requests had an effect.
    public mutating func lost() -> [Request] {
        let requests = entries.waiting.compactMap { entry -> Request? in
            if case .request(let request) = entry { request } else { nil }
        }
        self = Pipeline()
        return requests
    }
}
