// A run while it is alive, as its lane keeps it.

internal import Primitives
internal import Values

/// The part of a run that does not change while the run is alive. A class, so that reading a run copies one reference
/// to all of it.
final class RunBasis: Sendable {
    let access: RunAccess
    let graph: FlowGraph
    let context: RunContext
    let flows: FlowSet
    let feed: RunFeed
    /// The execution of another run that waits for this one.
    let parent: ParentLink?
    /// Ends the acts under way.
    let acts = NodeCancellation()

    init(
        access: RunAccess, graph: FlowGraph, context: RunContext, flows: FlowSet, feed: RunFeed,
        parent: ParentLink?
    ) {
        self.access = access
        self.graph = graph
        self.context = context
        self.flows = flows
        self.feed = feed
        self.parent = parent
    }
}

/// Everything a lane knows of one run.
struct LiveRun {
    let basis: RunBasis
    var machine: RunMachine
    /// Whether it may go on at another server.
    var continuity: RunContinuity
    /// Who waits to hear that the run is durable.
    var startReply: EngineReplyHandler?
    /// The run's creation is durable.
    var isDurable = false
    /// Who waits for the output.
    var outputWaiters: [CallID: EngineReplyHandler] = [:]
    /// The executions at work.
    var executions: [ExecutionSlot: LiveExecution] = [:]
    /// Who waits for a request for a signature.
    var signatureWaiters: [CallID: EngineReplyHandler] = [:]
    /// Executions whose waits begin when the run is durable.
    var earlyWaits: [ExecutionSlot] = []
    /// Work that must not be done twice, and the event that has to be durable before it begins.
    var unrecorded: [(sequence: UInt64, work: HeldWork)] = []
    /// The last event's sequence, the output and the status, once there is an end.
    var end: (sequence: UInt64, output: ValueMap, status: RunStatus)?
    /// The controls that hold.
    var controls: [RunControl] = []
    /// Another server has written something down for the run. It may concern a request that storage had not yet
    /// confirmed here.
    var isTouchedElsewhere = false
    /// Facts of this turn, not yet given to the machine.
    var facts: [RunFact] = []

    var access: RunAccess { basis.access }
    var graph: FlowGraph { basis.graph }
    var context: RunContext { basis.context }
    var flows: FlowSet { basis.flows }
    var feed: RunFeed { basis.feed }
    var parent: ParentLink? { basis.parent }
    var acts: NodeCancellation { basis.acts }

    /// Everybody who waits for something of the run.
    var waiters: [EngineReplyHandler] { Array(outputWaiters.values) + Array(signatureWaiters.values) }
}

/// An execution at work.
struct LiveExecution {
    /// In steady nanoseconds; before this server had the run, if it was taken up.
    let startedAt: Int64
    let cancellation = NodeCancellation()
    /// When it has failed for taking too long, in steady nanoseconds.
    var due: Int64?
    /// What it waits for, if it has asked for something.
    var wait: (any Wait)?

    init(startedAt: Int64) { self.startedAt = startedAt }
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
