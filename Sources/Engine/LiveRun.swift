// A run while it is alive, as its lane keeps it.

internal import Primitives
internal import Values

/// Everything a lane knows of one run.
struct LiveRun {
    let access: RunAccess
    let graph: FlowGraph
    let context: RunContext
    let feed: RunFeed
    var machine: RunMachine
    /// Who waits to hear that the run is durable.
    var startReply: EngineReplyHandler?
    /// Who waits for the output.
    var outputWaiters: [EngineReplyHandler] = []
    /// The flags of executions at work.
    var cancellations: [ExecutionSlot: NodeCancellation] = [:]
    /// Outcomes of executions that wait for a moment, not for a worker.
    var sleeping: [ExecutionSlot: NodeOutcome] = [:]
    /// The last event's sequence and the output, once there is one.
    var end: (sequence: UInt64, output: ValueMap)?
    /// Facts of this turn, not yet given to the machine.
    var facts: [RunFact] = []
}

/// A short run that ended a moment ago, for those who come for it right then.
struct EndedRun {
    let access: RunAccess
    let feed: RunFeed
    let output: ValueMap
}

/// One execution within a run, by node index.
struct ExecutionSlot: Hashable, Sendable {
    let node: Int
    let times: Int32
}

/// Who is told the answer to a call.
typealias EngineReplyHandler = @Sendable (EngineReply) -> Void
