// What becomes due on a lane, and the timer that wakes it.

internal import Dispatch
internal import Primitives

/// Something that becomes due on a lane.
enum LaneDeadline: Sendable {
    case wakes(RunID, ExecutionSlot)
    case graceEnds(RunID)
    case inputExpires(RunID, ExecutionSlot)
    case signatureExpires(RunID, ExecutionSlot)
    case readEnds(RunID)
    case drainEnds
    case retries
    case looksAtStarts
    case looksElsewhere
    case looksAtAwaitedRuns
    case resumes(RunID)
    case checksTimes
    case forgets(RunID)
}

/// The one timer of a lane.
struct LaneTimer {
    /// Made when there is a first deadline.
    var source: (any DispatchSourceTimer)?
    /// For when it is set, in steady nanoseconds.
    var due: Int64 = .max
}

extension RunLane {
    func steady(after duration: Duration) -> Int64 { context.clock.steady() + duration.nanoseconds }

    var waits: (deadlines: Int, sleeping: Int) {
        let executions = runs.values.lazy.flatMap(\.executions.values)
        return (deadlines.count, executions.count { $0.sleeping != nil })
    }

    /// Deadlines of what has ended stay until their time comes, which may be in a year. When there are twice as many as
    /// there were the last time, those go that nobody waits for any more.
    func dropDeadDeadlines() {
        guard deadlines.count > deadlinesMax else { return }
        deadlines.removeAll { !matters($0) }
        deadlinesMax = max(Limits.laneDeadlinesKept, 2 * deadlines.count)
    }

    private func matters(_ deadline: LaneDeadline) -> Bool {
        switch deadline {
        case .wakes(let run, let slot): runs[run]?.executions[slot]?.sleeping != nil
        case .inputExpires(let run, let slot): runs[run]?.executions[slot]?.inputKeyHash != nil
        case .signatureExpires(let run, let slot): runs[run]?.executions[slot]?.signature != nil
        case .graceEnds(let run): runs[run] != nil
        case .readEnds(let run): readers[run] != nil
        case .resumes(let run): resumptions[run] != nil
        case .forgets(let run): endedRuns[run] != nil
        case .drainEnds, .retries, .looksAtStarts, .looksElsewhere, .looksAtAwaitedRuns, .checksTimes: true
        }
    }

    func armTimer() {
        guard let due = deadlines.soonest, due != timer.due else { return }
        timer.due = due
        let source = timer.source ?? makeTimerSource()
        let wait = max(0, due - context.clock.steady())
        source.schedule(deadline: .now() + .nanoseconds(Int(wait)))
    }

    private func makeTimerSource() -> any DispatchSourceTimer {
        let source = DispatchSource.makeTimerSource(queue: executor.queue)
        source.setEventHandler { [weak self] in
            self?.assumeIsolated { lane in
                lane.timer.due = .max
                lane.turn()
            }
        }
        timer.source = source
        source.resume()
        return source
    }
}

extension Duration {
    /// Whole nanoseconds, as many as there can be if it is longer.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max / 4) : whole + attoseconds / 1_000_000_000
    }
}
