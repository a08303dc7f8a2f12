// What is on its way to becoming a run.

internal import Primitives

/// A lane's starts and whatever else is gathered before something can run.
struct Starts {
    /// What starts, deployments, copies and resumptions wait for.
    var preparations: [RunID: Preparation] = [:]
    /// Starts whose callers wait until they are written down, the oldest first.
    var unconfirmed = FIFO<UnconfirmedStart>()
    /// Runs on their way back that wait for the row of a flow which their nodes may run.
    var finding: [FlowID: [RunID]] = [:]
}
