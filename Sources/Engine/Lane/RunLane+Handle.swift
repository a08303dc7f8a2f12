// The handle that the features of a lane have of it, beside its runs, its mailbox and its context: they give facts, write
// down, and do something later. A test sees to it that they use nothing else.

internal import Primitives
internal import Values

extension RunLane {
    /// Gives a fact to a run's machine at the end of the turn.
    func add(_ fact: RunFact.Kind, to run: RunID, at time: Timestamp? = nil) {
        guard runs[run] != nil else { return }
        if runs[run]?.facts.isEmpty == true { touched.append(run) }
        runs[run]?.facts.append(RunFact(fact, at: time ?? context.clock.now()))
    }

    /// Gives machines their facts before the turn ends.
    func advanceRuns() {
        while !touched.isEmpty {
            let runs = touched
            touched.removeAll(keepingCapacity: true)
            for run in runs { advance(run) }
        }
    }

    /// A short run that ended a moment ago.
    func ended(_ run: RunID) -> EndedRun? { endedRuns[run] }

    /// Says how an execution ended.
    func end(_ slot: ExecutionSlot, of run: RunID, _ outcome: NodeOutcome, at time: Timestamp) {
        add(.nodeEnded(node: slot.node, times: slot.times, outcome), to: run, at: time)
    }

    /// Does something later.
    func schedule(_ deadline: LaneDeadline, after wait: Duration) {
        schedule(deadline, at: steady(after: wait))
    }

    /// Does something at a moment, in steady nanoseconds.
    func schedule(_ deadline: LaneDeadline, at moment: Int64) {
        times.deadlines.add(deadline, due: moment)
    }

    /// Writes an entry down at the end of the turn.
    func record(_ entry: JournalEntry) {
        entries.append(entry)
    }

    /// The moment after this time, in steady nanoseconds.
    func steady(after duration: Duration) -> Int64 { context.clock.steady() + duration.nanoseconds }

    /// Writes down what came of facts and carries out what follows.
    func take(_ step: RunStep, of run: RunID, _ live: inout LiveRun) {
        for event in step.events { entries.append(.event(run, owner: live.access.owner, event)) }
        live.continuity.take(step.events)
        if let last = step.events.last, case .flowFinished(let end) = last.content {
            live.end = (last.sequence, end.output, end.status)
            if let parent = live.parent {
                tell(parent, NestedEnd(run: run, outcome: live.machine.outcomeForParent))
            }
        }
        for order in step.orders { carryOut(order, of: run, &live, writtenAt: step.events.last?.sequence) }
        live.feed.append(step.events)
    }
}
