// What events mean for those who keep account of a run.

public import Primitives

/// What an event changes in the account of a run and of its executions: the rows that are made from the journal, a machine
/// that is made anew, whoever verifies a run. Kinds of events come and go; their effects are few and stay.
///
/// `Values` is `ValueMap`, or where such values stand in what has been written of them.
public enum EventEffect<Values: Sendable>: Sendable {
    /// It changes nothing, and is told to those who watch.
    case nothing
    /// A line in the run's log.
    case line(RunLogLine)
    /// The run has this status from now on; it goes on.
    case runIs(RunStatus)
    /// The run has one more error.
    case runFailed(error: String)
    case runEnded(notRun: [NodeID], output: Values, status: RunStatus)
    case executionStarted(NodeExecution, input: Values)
    /// The execution has put out these values; later ones of a name replace earlier ones.
    case executionGave(NodeExecution, output: Values)
    /// The execution has one more error.
    case executionFailed(NodeExecution, error: String)
    case executionEnded(NodeExecution)

    /// The values of the effect, if it has any.
    public var values: Values? {
        switch self {
        case .runEnded(_, let values, _), .executionStarted(_, let values), .executionGave(_, let values):
            values
        case .nothing, .line, .runIs, .runFailed, .executionFailed, .executionEnded: nil
        }
    }

    /// The same effect with this in place of its values.
    public func with<Others>(_ values: Others) -> EventEffect<Others> {
        switch self {
        case .nothing: .nothing
        case .line(let line): .line(line)
        case .runIs(let status): .runIs(status)
        case .runFailed(let error): .runFailed(error: error)
        case .runEnded(let notRun, _, let status): .runEnded(notRun: notRun, output: values, status: status)
        case .executionStarted(let execution, _): .executionStarted(execution, input: values)
        case .executionGave(let execution, _): .executionGave(execution, output: values)
        case .executionFailed(let execution, let error): .executionFailed(execution, error: error)
        case .executionEnded(let execution): .executionEnded(execution)
        }
    }
}
