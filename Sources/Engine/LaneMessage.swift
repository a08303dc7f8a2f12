// What is posted to a lane: calls from outside, and answers to what the lane itself asked for.

internal import Primitives
internal import Values

enum LaneMessage: Sendable {
    case start(RunID, StartRequest, EngineReplyHandler)
    case stop(StopRequest, EngineReplyHandler)
    case output(RunID, [Principal], EngineReplyHandler)
    case watch(RunID, [Principal], EngineReplyHandler)
    case drain(Duration, @Sendable () -> Void)

    case flowFound(RunID, StartRequest, Result<FlowRow?, StorageError>, EngineReplyHandler)
    case flowCompiled(RunID, StartRequest, FlowRow, Result<CompiledFlow, GraphProblems>, EngineReplyHandler)
    case nodeEnded(RunID, ExecutionSlot, NodeOutcome, Timestamp)
    case nodeSlept(RunID, ExecutionSlot, Duration, NodeOutcome)
    case nodeLogged(RunID, ExecutionSlot, RunLogLine, Timestamp)
    case journalNoticed([JournalNotice])
}

/// What all lanes share.
struct LaneContext: Sendable {
    let catalog: any FlowCatalog
    let journal: any RunJournal
    let compiler: any FlowCompiler
    let tracks: TrackTable
    let clock: Clock
    let log: Log
    let pool: NodePool
    let graphs: GraphCache
    let laneCount: Int
}
