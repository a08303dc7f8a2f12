// Executions that wait for a moment.

internal import Primitives

/// Waits until some time has passed. The time counts from the beginning of the execution, so the wait ends at the same
/// moment on every server that repeats it. An overdue wait ends at once.
struct SleepWait: Wait {
    private let duration: Duration
    private let outcome: NodeOutcome
    private var due: Int64 = .max

    init(_ duration: Duration, then outcome: NodeOutcome) {
        self.duration = duration
        self.outcome = outcome
    }

    func mayEnd(before moment: Int64) -> Bool { due < moment }

    mutating func begin(at place: WaitPlace) -> [WaitOrder] {
        due = place.startedAt + duration.nanoseconds
        return [.expires(due)]
    }

    mutating func expire(at place: WaitPlace) -> [WaitOrder] { [.end(outcome)] }
}
