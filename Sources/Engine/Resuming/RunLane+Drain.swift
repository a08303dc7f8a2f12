// The end of a lane: its runs end, or are left to the next server. A run may be left if it could be taken up after a
// crash (decision 2). So an orderly stop loses nothing that a crash would keep.

internal import Primitives

/// A lane that takes no further runs.
struct Draining {
    let done: @Sendable () -> Void
    /// Until then runs may end by themselves, in steady nanoseconds.
    let due: Int64
    /// That time is over: runs that cannot be left are stopped.
    var isOver = false
    /// Runs that were told to stop.
    var stopped: Set<RunID> = []
}

/// What becomes of a run of a lane that drains.
private enum Leaving {
    /// The next server can take it up as it is.
    case now
    /// It may end by itself, or something that it waits for is not decided yet.
    case later
    /// It cannot go on elsewhere.
    case never
}

extension RunLane {
    var isDraining: Bool { draining != nil || hasDrained }

    func drain(within grace: Duration, _ done: @escaping @Sendable () -> Void) {
        let due = context.clock.steady() + grace.nanoseconds
        draining = Draining(done: done, due: due)
        giveBackWaitingResumptions()
        refuseRemoteWaiters()
        schedule(.drainEnds, at: due)
    }

    /// The time for runs to end by themselves is over.
    func drainIsOver() { draining?.isOver = true }

    /// Leaves the runs that can be left, and stops the others when the time is over. Called at the end of each turn.
    func leaveRuns() {
        guard let draining else { return }
        for run in runs.keys.filter({ runs[$0]?.end == nil }) {
            guard let live = runs[run] else { continue }
            switch live.leaving(draining, at: context.clock.steady()) {
            case .now: leave(run, live)
            case .never where draining.isOver: stopForGood(run)
            case .never, .later: continue
            }
        }
    }

    /// Everything of this turn is with the journal.
    func finishDraining() {
        guard let draining, runs.isEmpty, !hasStartsUnderWay, resumptions.isEmpty else { return }
        self.draining = nil
        hasDrained = true
        draining.done()
    }

    private func leave(_ run: RunID, _ live: LiveRun) {
        runs[run] = nil
        for execution in live.executions.values { execution.cancellation.cancel() }
        for waiter in live.waiters { waiter(.refused(.busy(retryAfterSeconds: 1))) }
        if let parent = live.parent { tellLeft(parent, run) }
    }

    private func stopForGood(_ run: RunID) {
        guard draining?.stopped.insert(run).inserted == true else { return }
        carryOut(RunControl(.stop, of: run, reason: "restarting server"), on: run)
        // A run that is being stopped loses the rest of its grace.
        add(.graceEnded, to: run)
        advanceRuns()
    }
}

extension LiveRun {
    fileprivate func leaving(_ draining: Draining, at now: Int64) -> Leaving {
        guard continuity.obstacle == nil, !isStopped else { return .never }
        var mayEndHere = false
        for (slot, execution) in executions {
            let node = graph.nodes[slot.node]
            let id = NodeExecution(node: node.id, times: slot.times)
            let work = execution.wait?.work(node.conduct.repetition) ?? .atWork(node.conduct.repetition)
            guard continuity.obstacle(work, of: id) == nil else { return .never }
            if execution.wait?.mayEnd(before: draining.due) ?? true { mayEndHere = true }
        }
        // Its creation is on its way to the disk, or what it does next is decided in this turn.
        guard isDurable, facts.isEmpty else { return .later }
        if executions.values.contains(where: { $0.wait?.canBeLeft == false }) { return .later }
        return mayEndHere && !draining.isOver ? .later : .now
    }
}
