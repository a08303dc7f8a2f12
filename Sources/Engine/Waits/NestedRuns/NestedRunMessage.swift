// What the lane of a nested run is told of the run that has started it.

internal import Primitives
internal import Values

/// A message about a nested run, to its own lane.
enum NestedRunMessage: Sendable {
    case start(RunID, NestedStart)
    case control(RunID, RunControl)

    /// See `LaneMessage.runInQuestion`.
    var runInQuestion: RunID? {
        switch self {
        case .start: nil
        case .control(let run, _): run
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
    /// What holds for the run that starts it, and so for this one.
    let controls: [RunControl]
    let flows: FlowSet
}

/// The execution of another run that waits for a run's end.
struct ParentLink: Sendable {
    let run: RunID
    let slot: ExecutionSlot
    let execution: NodeExecution
}
