// What nodes say while they work, and how their acts went.

internal import Primitives
internal import Values

/// A message from a node of a run, or from the executor of acts.
enum NodeMessage: Sendable {
    case ended(RunID, ExecutionSlot, NodeOutcome, Timestamp)
    case waits(RunID, ExecutionSlot, any Wait)
    case logged(RunID, ExecutionSlot, RunLogLine, Timestamp)
    case parcelEnded(RunID, ParcelNumber, Result<String, ActFailure>, Timestamp)
    case parcelBuilt(RunID, Result<ValueMap, ActFailure>, Timestamp)
}
