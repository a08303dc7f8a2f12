// Executions of a lane that have no worker yet, and executions with a time limit.

internal import Primitives
internal import Values

/// What a lane keeps about the work of its executions.
struct WorkLine {
    /// Executions that wait because workers or the journal are busy.
    var held = FIFO<HeldWork>()
    /// A look at the full workers' line is due.
    var isRetrying = false
    /// Executions that were given a time limit and had not ended at the last look.
    var timed: [TimedExecution] = []
    /// A look at executions that take too long is due.
    var isTiming = false
}

/// Work of an execution that has no worker yet.
struct HeldWork: Sendable {
    enum Kind: Sendable {
        case start(ValueMap)
        case resume(ActCall, receipt: String?)
    }

    let run: RunID
    let slot: ExecutionSlot
    let kind: Kind
}

/// An execution with a time limit.
struct TimedExecution {
    let run: RunID
    let slot: ExecutionSlot
}
