// What the lanes of a run and of the runs that its nodes start say to each other.

internal import Primitives
internal import Values

/// A message about a nested run, to its own lane or to the lane of the run that started it.
enum NestedRunMessage: Sendable {
    case start(RunID, NestedStart)
    case ended(RunID, ExecutionSlot, NestedEnd)
    /// The nested run goes on at another server.
    case left(RunID, ExecutionSlot, child: RunID)
    case stop(RunID, reason: String?)
    case stopTransactions(RunID)

    /// See `LaneMessage.runInQuestion`.
    var runInQuestion: RunID? {
        switch self {
        case .start: nil
        case .ended(let run, _, _), .left(let run, _, _), .stop(let run, _), .stopTransactions(let run): run
        }
    }
}

/// A run of another flow that a node starts.
struct NestedStart: Sendable {
    let parent: ParentLink
    let flow: FlowID
    let inputs: ValueMap
    /// The context of the new run: owner, starter, network and depth.
    let context: RunContext
    let sharedWith: [UserID]
    let isCollecting: Bool
    let sendsTransactions: Bool
    let flows: FlowSet
}

/// The execution of another run that waits for a run's end.
struct ParentLink: Sendable {
    let run: RunID
    let slot: ExecutionSlot
    let execution: NodeExecution
}

/// What the parent learns of a run.
struct NestedEnd: Sendable {
    let run: RunID
    let output: ValueMap
    let errors: [String]
}
