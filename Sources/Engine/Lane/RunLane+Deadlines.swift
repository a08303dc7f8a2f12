// What becomes due on a lane, and the timer that wakes it.

internal import Dispatch
internal import Primitives

/// Something that becomes due on a lane.
enum LaneDeadline: Sendable {
    case waitEnds(RunID, ExecutionSlot)
    case graceEnds(RunID)
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

/// What a lane has to do later, and its one timer.
struct LaneTimes {
    var deadlines = Deadlines<LaneDeadline>()
    /// How many deadlines there may be before those are looked for that no longer matter.
    var deadlinesMax = Limits.laneDeadlinesKept
    /// Made when there is a first deadline.
    var timer: (any DispatchSourceTimer)?
    /// The steady time for which it is set, in nanoseconds.
    var timerDue: Int64 = .max
}

extension RunLane {
    var waits: (deadlines: Int, sleeping: Int) {
        let executions = runs.values.lazy.flatMap(\.executions.values)
        return (times.deadlines.count, executions.count { $0.wait is SleepWait })
    }

    /// A deadline stays in the heap when its execution or run has ended, and its time may be a year away. When there
    /// are twice as many deadlines as after the last cleaning, those that no longer matter are removed.
    func dropDeadDeadlines() {
        guard times.deadlines.count > times.deadlinesMax else { return }
        times.deadlines.removeAll { !matters($0) }
        times.deadlinesMax = max(Limits.laneDeadlinesKept, 2 * times.deadlines.count)
    }

    private func matters(_ deadline: LaneDeadline) -> Bool {
        switch deadline {
        case .waitEnds(let run, let slot): runs[run]?.executions[slot]?.wait != nil
        case .graceEnds(let run): runs[run] != nil
        case .readEnds(let run): isRead(run)
        case .resumes(let run): isResuming(run)
        case .forgets(let run): endedRuns[run] != nil
        case .drainEnds, .retries, .looksAtStarts, .looksElsewhere, .looksAtAwaitedRuns, .checksTimes: true
        }
    }

    func armTimer() {
        guard let due = times.deadlines.soonest, due != times.timerDue else { return }
        times.timerDue = due
        let source = times.timer ?? makeTimer()
        let wait = max(0, due - context.clock.steady())
        source.schedule(deadline: .now() + .nanoseconds(Int(wait)))
    }

    private func makeTimer() -> any DispatchSourceTimer {
        let source = DispatchSource.makeTimerSource(queue: executor.queue)
        source.setEventHandler { [weak self] in
            self?.assumeIsolated { lane in
                lane.times.timerDue = .max
                lane.turn()
            }
        }
        times.timer = source
        source.resume()
        return source
    }
}

extension Duration {
    /// Whole nanoseconds; the largest number if the duration is longer.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max / 4) : whole + attoseconds / 1_000_000_000
    }
}
