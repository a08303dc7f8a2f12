// The owner of runs: a serial queue on which machines advance and their orders are carried out. Entered only
// through its mailbox; a whole burst is one turn, and what a turn produces leaves together at its end.

internal import Dispatch
internal import Primitives
internal import Values

/// One of the engine's lanes. Everything of a run (machine, feed as its writer, deadlines) is touched here only.
actor RunLane {
    private nonisolated let executor: LaneExecutor
    private nonisolated let mailbox: Mailbox<LaneMessage>
    let context: LaneContext

    var runs: [RunID: LiveRun] = [:]
    /// Runs that ended a moment ago and were short.
    private(set) var endedRuns: [RunID: EndedRun] = [:]
    /// Runs with facts that their machines have not seen, in order of the first fact.
    private var touched: [RunID] = []
    private var entries: [JournalEntry] = []
    /// Executions that wait because workers or the journal are busy.
    private var held = FIFO<(RunID, ExecutionSlot, ValueMap)>()
    private var deadlines = Deadlines<LaneDeadline>()
    private var timer: (any DispatchSourceTimer)?
    private var timerDue: Int64 = .max
    /// A look at the full workers' line is due.
    private var isRetrying = false
    private var drained: (@Sendable () -> Void)?
    var isDraining = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(index: Int, context: LaneContext) {
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

    private func turn() {
        for message in mailbox.drain() { receive(message) }
        let now = context.clock.steady()
        while let (deadline, _) = deadlines.popDue(by: now) { reach(deadline) }
        advanceRuns()
        startHeldNodes()
        if !entries.isEmpty {
            context.journal.append(entries)
            entries.removeAll(keepingCapacity: true)
        }
        armTimer()
        if isDraining, runs.isEmpty, let drained {
            self.drained = nil
            drained()
        }
    }

    private func receive(_ message: LaneMessage) {
        switch message {
        case .start(let run, let request, let reply): start(run, request, reply)
        case .flowFound(let run, let request, let result, let reply): flowFound(run, request, result, reply)
        case .flowCompiled(let run, let request, let row, let result, let reply):
            flowCompiled(run, request, row, result, reply)
        case .stop(let request, let reply): stop(request, reply)
        case .output(let run, let principals, let reply): output(run, principals, reply)
        case .watch(let run, let principals, let reply): watch(run, principals, reply)
        case .drain(let grace, let done):
            isDraining = true
            drained = done
            deadlines.add(.drainEnds, due: steady(after: grace))
        case .nodeEnded(let run, let slot, let outcome, let time):
            add(RunFact(.nodeEnded(node: slot.node, times: slot.times, outcome), at: time), to: run)
        case .nodeSlept(let run, let slot, let duration, let outcome):
            guard runs[run]?.cancellations[slot] != nil else { return }
            runs[run]?.sleeping[slot] = outcome
            deadlines.add(.wakes(run, slot), due: steady(after: duration))
        case .nodeLogged(let run, let slot, let line, let time):
            add(RunFact(.nodeLogged(node: slot.node, times: slot.times, line), at: time), to: run)
        case .journalNoticed(let notices):
            for notice in notices { journalNoticed(notice) }
        }
    }

    private func reach(_ deadline: LaneDeadline) {
        switch deadline {
        case .wakes(let run, let slot):
            guard let outcome = runs[run]?.sleeping.removeValue(forKey: slot) else { return }
            add(
                RunFact(.nodeEnded(node: slot.node, times: slot.times, outcome), at: context.clock.now()),
                to: run)
        case .graceEnds(let run):
            add(RunFact(.graceEnded, at: context.clock.now()), to: run)
        case .retries: isRetrying = false
        case .forgets(let run): endedRuns[run] = nil
        case .drainEnds:
            let fact = RunFact(
                .stopRequested(reason: "restarting server", isGraceful: false), at: context.clock.now())
            for run in runs.keys { add(fact, to: run) }
        }
    }

    /// Gives a fact to a run's machine at the end of the turn.
    func add(_ fact: RunFact, to run: RunID) {
        guard runs[run] != nil else { return }
        if runs[run]?.facts.isEmpty == true { touched.append(run) }
        runs[run]?.facts.append(fact)
    }

    /// Ends the grace of a stop later.
    func endGrace(of run: RunID, after grace: Duration) {
        deadlines.add(.graceEnds(run), due: steady(after: grace))
    }

    private func advanceRuns() {
        let runs = touched
        touched.removeAll(keepingCapacity: true)
        for run in runs { advance(run) }
    }

    private func advance(_ run: RunID) {
        // Taken out and put back, so that the machine is changed in place and not copied.
        guard var live = runs.removeValue(forKey: run) else { return }
        let facts = live.facts
        live.facts = []
        let step = live.machine.apply(facts, at: context.clock.now())
        for case .nodeEnded(let node, let times, _) in facts.map(\.kind) {
            live.cancellations[ExecutionSlot(node: node, times: times)] = nil
        }
        for event in step.events { entries.append(.event(run, owner: live.access.owner, event)) }
        if let last = step.events.last, case .flowFinished(_, let output, _) = last.content {
            live.end = (last.sequence, output)
        }
        for order in step.orders { carryOut(order, of: run, &live) }
        live.feed.append(step.events)
        runs[run] = live
    }

    private func carryOut(_ order: RunOrder, of run: RunID, _ live: inout LiveRun) {
        switch order {
        case .startNode(let node, let times, let inputs):
            let slot = ExecutionSlot(node: node, times: times)
            live.cancellations[slot] = NodeCancellation()
            held.append((run, slot, inputs))
        case .cancelNode(let node, let times):
            let slot = ExecutionSlot(node: node, times: times)
            live.cancellations.removeValue(forKey: slot)?.cancel()
            live.sleeping[slot] = nil
        case .end:
            break
        }
    }

    private func startHeldNodes() {
        guard !held.isEmpty, context.journal.pressure.startsNodes else { return }
        while let (run, slot, inputs) = held.head {
            if let live = runs[run], let cancellation = live.cancellations[slot],
                !submit(run, slot, inputs, live, cancellation)
            {
                if !isRetrying {
                    isRetrying = true
                    deadlines.add(.retries, due: steady(after: .milliseconds(5)))
                }
                return
            }
            held.popFirst()
        }
    }

    private func submit(
        _ run: RunID, _ slot: ExecutionSlot, _ inputs: ValueMap, _ live: LiveRun,
        _ cancellation: NodeCancellation
    ) -> Bool {
        let clock = context.clock
        let mailbox = mailbox
        let node = live.graph.nodes[slot.node]
        let call = NodeCall(
            run: run, execution: NodeExecution(node: node.id, times: slot.times), inputs: inputs,
            context: live.context, cancellation: cancellation,
            log: { line in
                // Lines beyond what the lane can take are dropped: a talkative node must not stop the others.
                _ = mailbox.post(.nodeLogged(run, slot, line, clock.now()))
            },
            complete: { outcome in mailbox.postReply(.nodeEnded(run, slot, outcome, clock.now())) })
        let work = node.work
        return context.pool.submit {
            switch work(call) {
            case .done(let outcome): mailbox.postReply(.nodeEnded(run, slot, outcome, clock.now()))
            case .wait(let duration, let outcome): mailbox.postReply(.nodeSlept(run, slot, duration, outcome))
            case .pending: break
            }
        }
    }

    // MARK: Time

    private func steady(after duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return context.clock.steady() + seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    private func armTimer() {
        guard let due = deadlines.soonest, due != timerDue else { return }
        timerDue = due
        if timer == nil {
            let timer = DispatchSource.makeTimerSource(queue: executor.queue)
            timer.setEventHandler { [weak self] in
                self?.assumeIsolated { lane in
                    lane.timerDue = .max
                    lane.turn()
                }
            }
            self.timer = timer
            timer.resume()
        }
        let wait = max(0, due - context.clock.steady())
        timer?.schedule(deadline: .now() + .nanoseconds(Int(wait)))
    }

    // MARK: The journal

    private func journalNoticed(_ notice: JournalNotice) {
        switch notice {
        case .durable(let run, let sequence): becameDurable(run, through: sequence)
        case .refused(let run, let reason):
            context.log.error(
                "engine", "run refused by storage", LogField("run", run), LogField("reason", reason))
            guard let live = runs.removeValue(forKey: run) else { return }
            for cancellation in live.cancellations.values { cancellation.cancel() }
            live.startReply?(.refused(.storage(.failed)))
            for waiter in live.outputWaiters { waiter(.refused(.notFound)) }
        case .relieved: break
        }
    }

    private func becameDurable(_ run: RunID, through sequence: UInt64) {
        guard let live = runs[run] else { return }
        if let reply = live.startReply {
            runs[run]?.startReply = nil
            reply(.started(run))
        }
        live.feed.markDurable(through: sequence)
        guard let end = live.end, sequence >= end.sequence else { return }
        for waiter in live.outputWaiters { waiter(.output(end.output)) }
        runs[run] = nil
        guard end.sequence <= Limits.endedRunEventsMax, endedRuns.count < Limits.endedRunsPerLaneMax else {
            return
        }
        endedRuns[run] = EndedRun(access: live.access, feed: live.feed, output: end.output)
        deadlines.add(.forgets(run), due: steady(after: .milliseconds(Limits.endedRunMilliseconds)))
    }

    /// Writes an entry down at the end of the turn.
    func record(_ entry: JournalEntry) {
        entries.append(entry)
    }
}

/// Something that becomes due on a lane.
enum LaneDeadline: Sendable {
    case wakes(RunID, ExecutionSlot)
    case graceEnds(RunID)
    case drainEnds
    case retries
    case forgets(RunID)
}
