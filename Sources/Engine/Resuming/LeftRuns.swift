// What storage knows of runs whose server has gone, for the server that takes them up. Implemented above this target.

public import Primitives
public import Values

/// A run that a server has left behind, with everything that is needed to go on with it.
public struct LeftRun: Sendable {
    /// The run as it was created, its time to the microsecond. The document of its snapshot is left out: it is read by its
    /// hash. Of inputs that were hidden there is what may be seen. If a part of the flow runs it is only said that it is
    /// a part.
    public let record: RunRecord
    /// The inputs are those that the run was started with: nothing had to be hidden.
    public let hasWholeInputs: Bool
    /// The first events, in order. Log lines are there without their text. Outputs that were hidden are secrets that nobody
    /// knows.
    public let events: [RunEvent]
    /// There are no events behind these.
    public let hasAllEvents: Bool
    /// The runs of its nodes that have not ended, or whose end the run does not know: the execution that waits for them has
    /// not ended.
    public let children: [LeftChild]
    /// Requests that have no answer, or whose answer the run does not know.
    public let inputs: [StoredInputRequest]
    public let signatures: [StoredSignature]
    /// What was asked of it and holds, whether it was carried out or not.
    public let controls: [RunControl]
    /// Something was too large to be read together with other runs, and is missing. A run that is asked for alone is
    /// never cut.
    public let isCut: Bool

    public init(
        record: RunRecord, hasWholeInputs: Bool, events: [RunEvent], hasAllEvents: Bool,
        children: [LeftChild] = [], inputs: [StoredInputRequest] = [], signatures: [StoredSignature] = [],
        controls: [RunControl] = [], isCut: Bool = false
    ) {
        self.record = record
        self.hasWholeInputs = hasWholeInputs
        self.events = events
        self.hasAllEvents = hasAllEvents
        self.children = children
        self.inputs = inputs
        self.signatures = signatures
        self.controls = controls
        self.isCut = isCut
    }
}

/// A run that a node of another run has started.
public struct LeftChild: Sendable {
    public let run: RunID
    /// The execution that waits for it.
    public let execution: NodeExecution
    public let status: RunStatus
    /// Nil while it goes on, or if it is not whole.
    public let output: ValueMap?
    /// The texts of its `flowFailed` events.
    public let errors: [String]
    /// The first of the executions that failed, at most `Limits.failuresToldMax`.
    public let failures: [FailedExecution]

    public init(
        run: RunID, execution: NodeExecution, status: RunStatus, output: ValueMap?, errors: [String],
        failures: [FailedExecution] = []
    ) {
        self.run = run
        self.execution = execution
        self.status = status
        self.output = output
        self.errors = errors
        self.failures = failures
    }
}

/// What storage has of some runs.
public struct FoundRuns: Sendable {
    public var runs: [LeftRun] = []
    /// Runs that are there and cannot be read.
    public var unreadable: [RunID] = []

    public init() {}
}

/// Reads of runs that this server has claimed, many at a time and apart from everything that a start waits for. Every
/// method returns at once; the answer comes exactly once, on any thread.
public protocol LeftRuns: Sendable {
    /// These runs, in any order; those that have ended, are another server's or are not there are left out. At most
    /// `Limits.leftRunsReadMax`, each named once.
    func runs(_ ids: [RunID], reply: @escaping @Sendable (Result<FoundRuns, StorageError>) -> Void)
    /// The events of a run after a sequence, log lines included and whole, at most `limit`: at least one if there is one.
    func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void)
    /// The documents of these hashes; those that are not there are left out.
    func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void)
}

/// A run that this server has claimed, and the run that it is nested in, if it is.
public struct ClaimedRun: Hashable, Sendable {
    public let run: RunID
    public let parent: RunID?

    public init(run: RunID, parent: RunID?) {
        self.run = run
        self.parent = parent
    }
}

/// Nothing was ever left behind.
struct NoLeftRuns: LeftRuns {
    func runs(_ ids: [RunID], reply: @escaping @Sendable (Result<FoundRuns, StorageError>) -> Void) {
        reply(.success(FoundRuns()))
    }

    func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void
    ) { reply(.success([])) }

    func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void
    ) { reply(.success([])) }
}
