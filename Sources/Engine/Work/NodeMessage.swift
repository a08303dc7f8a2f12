// What nodes say while they work, and how their transactions went.

internal import Primitives
internal import Values

/// A message from a node of a run, or from the executor of transactions.
enum NodeMessage: Sendable {
    case ended(RunID, ExecutionSlot, NodeOutcome, Timestamp)
    case waits(RunID, ExecutionSlot, any Wait)
    case logged(RunID, ExecutionSlot, RunLogLine, Timestamp)
    case transactionEnded(RunID, TransactionNumber, Result<String, TransactionFailure>, Timestamp)
    case transactionBuilt(RunID, Result<String, TransactionFailure>, Timestamp)
}
