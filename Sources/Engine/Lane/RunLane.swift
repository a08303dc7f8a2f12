// The owner of runs: a serial queue on which machines advance and their orders are carried out. Entered only
// through its mailbox; a whole burst is one turn, and what a turn produces leaves together at its end.

internal import Primitives
internal import Values

/// One of the engine's lanes. Everything of a run (machine, feed as its writer, deadlines) is touched here only.
actor RunLane {
    nonisolated let executor: LaneExecutor
    nonisolated let mailbox: Mailbox<LaneMessage>
    let context: LaneContext

    var runs: [RunID: LiveRun] = [:]
    /// Who waits for the end of a run that only reads.
    var readers: [RunID: EngineReplyHandler] = [:]
    var starts = Starts()
    var resumptions: Resumptions
    var elsewhere = Elsewhere()
    /// Runs that ended a moment ago and were short.
    var endedRuns: [RunID: EndedRun] = [:]
    /// Runs with facts that their machines have not seen, in order of the first fact.
    var touched: [RunID] = []
    /// What this turn has for the journal.
    var entries: [JournalEntry] = []
    var work = WorkLine()
    var times = LaneTimes()
    var draining: Draining?
    /// Nothing is left to do.
    var hasDrained = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(index: Int, context: LaneContext, awaitsClaim: Bool) {
        resumptions = Resumptions(isAwaitingClaim: awaitsClaim)
        let executor = LaneExecutor(label: "flowd.lane.\(index)")
        let bell = LaneBell(queue: executor.queue)
        self.context = context
        self.executor = executor
        self.mailbox = Mailbox(
            capacity: Limits.laneMailboxMax, reserve: Limits.laneMailboxReserve, bell: { bell.ring() })
        bell.answer { [weak self] in self?.assumeIsolated { $0.turn() } }
    }

    /// Posts something that may be refused; false when the lane is full.
    nonisolated func post(_ message: LaneMessage) -> Bool { mailbox.post(message) }
    /// Posts something that may use the reserve.
    nonisolated func postUrgent(_ message: LaneMessage) -> Bool { mailbox.postUrgent(message) }
    /// Posts an answer to something the lane asked for.
    nonisolated func postReply(_ message: LaneMessage) { mailbox.postReply(message) }

    // MARK: A turn

    func turn() {
        for message in mailbox.drain() { receive(message) }
        let now = context.clock.steady()
        while let (deadline, _) = times.deadlines.popDue(by: now) { reach(deadline) }
        advanceRuns()
        startHeldWork()
        if isDraining { leaveRuns() }
        flushEntries()
        if isDraining { finishDraining() }
        dropDeadDeadlines()
        armTimer()
    }

    func receive(_ message: LaneMessage) {
        if isHeldBack(message) { return }
        switch message {
        case .call(let call): receive(call)
        case .starting(let message): receive(message)
        case .resuming(let message): receive(message)
        case .nested(let message): receive(message)
        case .node(let message): receive(message)
        case .wait(let message): receive(message)
        case .elsewhere(let message): receive(message)
        case .journalNoticed(let notices):
            for notice in notices { journalNoticed(notice) }
        }
    }

    private func receive(_ call: LaneCall) {
        makeRoomForCallers()
        switch call {
        case .start(let run, let request, let reply): start(run, request, reply)
        case .read(let run, let request, let limit, let reply): read(run, request, within: limit, reply)
        case .gather(let ticket, let flow, let purpose): gather(ticket, flow, for: purpose)
        case .control(let request, let reply): control(request, reply)
        case .output(let run, let principals, let call, let reply): output(run, principals, call, reply)
        case .watch(let run, let principals, _, let reply): watch(run, principals, reply)
        case .signatureRequest(let run, let principals, let call, let reply):
            signatureRequest(run, principals, call, reply)
        case .withdrawn(let call, let run): withdraw(call, about: run)
        case .drain(let grace, let done): drain(within: grace, done)
        }
    }

    private func reach(_ deadline: LaneDeadline) {
        switch deadline {
        case .waitEnds(let run, let slot): expire(slot, of: run)
        case .graceEnds(let run): add(.graceEnded, to: run)
        case .readEnds(let run): endRead(run)
        case .retries: mayRetry()
        case .looksAtStarts: lookAtStarts()
        case .looksElsewhere: lookElsewhereDue()
        case .looksAtAwaitedRuns: awaitedRunsDue()
        case .resumes(let run): resumeAgain(run)
        case .checksTimes: checkTimes()
        case .forgets(let run): endedRuns[run] = nil
        case .drainEnds: drainIsOver()
        }
    }

    // MARK: Facts

    func advance(_ run: RunID) {
        // Taken out and put back, so that the machine is changed in place and not copied.
        guard var live = runs.removeValue(forKey: run) else { return }
        let facts = live.facts
        live.facts = []
        let step = live.machine.apply(facts, at: context.clock.now())
        for case .nodeEnded(let node, let times, _) in facts.map(\.kind) {
            live.executions[ExecutionSlot(node: node, times: times)] = nil
        }
        take(step, of: run, &live)
        runs[run] = live
    }
}
