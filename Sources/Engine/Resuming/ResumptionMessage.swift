// What a resumption waits for.

internal import Primitives

/// What storage and the lanes of other runs say about runs on their way back.
enum ResumptionMessage: Sendable {
    case claimed([ClaimedRun], isFirst: Bool)
    case claimFailed
    case runsFound([RunID], Result<FoundRuns, StorageError>)
    case goesOn(FoundBatch)
    case historyFound(RunID, Result<[RunEvent], StorageError>)
    case flowRead([UInt8], Result<LeftFlow, EngineError>)
    /// The run that started this one has been taken up.
    case parentGoesOn(RunID, parent: ParentLink, controls: [RunControl])
    case parentIsGone(RunID)
}
