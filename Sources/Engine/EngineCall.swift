// What can be asked of the engine, and what it answers. Plain values: dialects make and read them.

public import Primitives
public import Values

/// The wish to run a stored flow.
public struct StartRequest: Sendable {
    public let flow: FlowID
    /// Who asks; only the owner of the flow may start it this way.
    public let starter: UserID
    public let inputs: ValueMap
    /// Names that the flow's own environment lacks (spec flow-engine 14.2).
    public let environment: [String: String]
    /// Set if only a part of the flow is to run.
    public let partial: PartialConfig?
    /// Refuse nodes that change anything, before anything runs (spec flow-engine 19).
    public let isReadOnly: Bool
    /// Give the transaction out in place of sending it (spec flow-engine 17.6).
    public let collectsInstructions: Bool

    public init(
        flow: FlowID, starter: UserID, inputs: ValueMap, environment: [String: String] = [:],
        partial: PartialConfig? = nil, isReadOnly: Bool = false, collectsInstructions: Bool = false
    ) {
        self.flow = flow
        self.starter = starter
        self.inputs = inputs
        self.environment = environment
        self.partial = partial
        self.isReadOnly = isReadOnly
        self.collectsInstructions = collectsInstructions
    }
}

/// The wish to end a run early (spec flow-engine 9).
public struct StopRequest: Sendable {
    public let run: RunID
    /// What the caller has proved; any one of them may suffice.
    public let principals: [Principal]
    /// How long running nodes may still finish; zero cancels at once. Capped at `Limits.stopMillisecondsMax`.
    public let grace: Duration
    public let reason: String?

    public init(run: RunID, principals: [Principal], grace: Duration = .zero, reason: String? = nil) {
        self.run = run
        self.principals = principals
        self.grace = grace
        self.reason = reason
    }
}

/// A question to the engine.
public enum EngineCall: Sendable {
    /// Answered with `started` once the run is durable.
    case start(StartRequest)
    /// Answered with `stopping`; the run ends a little later with its usual events.
    case stop(StopRequest)
    /// Runs a flow for its output, as one that changes nothing (spec flow-engine 19). Answered with `read` when the run
    /// has ended; one that has not ended in time is stopped.
    case read(StartRequest, within: Duration)
    /// Answered with `output` once the run has ended, however long that takes.
    case output(RunID, principals: [Principal])
    /// Answered with `watching`.
    case watch(RunID, principals: [Principal])
    /// Answers an execution that waits for a value: the key of its address and the answer. Answered with `accepted`.
    case answerInput(key: String, InputAnswer)
    /// Stored events of a run that may be watched, for a cursor behind the feed's window.
    case page(RunID, after: UInt64)
}

/// The engine's answer to a call.
public enum EngineReply: Sendable {
    case started(RunID)
    case stopping
    case accepted
    case output(ValueMap)
    case read(ValueMap, RunStatus)
    case watching(RunFeed)
    /// Events in order; `isLast` if the run's last event is among them.
    case page([RunEvent], isLast: Bool)
    case refused(EngineError)
}

/// Why the engine refused a call. A dialect words it.
public enum EngineError: Error, Sendable, CustomStringConvertible {
    /// There is no such flow or run, or the caller must not learn that there is.
    case notFound
    /// The run exists and the caller may not do this to it.
    case unauthorized
    /// The run ended without an output.
    case noOutput
    /// The flow cannot run.
    case invalidFlow(GraphProblems)
    /// A node must not run in a run that may not change anything (spec flow-engine 19.2).
    case readViolation(String)
    /// A read did not end in time (spec flow-engine 19.4).
    case readTimeout
    /// The server cannot take this on now; try again after a while.
    case busy(retryAfterSeconds: Int)
    /// Storage did not answer.
    case storage(StorageError)

    public var description: String {
        switch self {
        case .notFound: "not found"
        case .unauthorized: "unauthorized"
        case .noOutput: "flow run has no output"
        case .invalidFlow(let problems): problems.description
        case .readViolation(let text): text
        case .readTimeout: "read timeout"
        case .busy(let seconds): "the server is busy, try again in \(seconds) s"
        case .storage(let error): error.description
        }
    }
}

/// Who may read a run: its owner, those it is shared with, the holder of its token.
struct RunAccess: Sendable {
    let run: RunID
    let owner: UserID
    let sharedWith: [UserID]

    func admits(_ principals: [Principal]) -> Bool {
        principals.contains { principal in
            switch principal {
            case .user(let user): user == owner || sharedWith.contains(user)
            case .run(let run): run == self.run
            }
        }
    }
}
