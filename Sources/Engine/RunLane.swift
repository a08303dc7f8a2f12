// The owner of runs: a serial queue on which machines advance and their orders are carried out. Entered only
// through its mailbox; a whole burst is one turn, and what a turn produces leaves together at its end.

internal import Dispatch
internal import Primitives
internal import Values

/// One of the engine's lanes. Everything of a run (machine, feed as its writer, deadlines) is touched here only.
actor RunLane {
    private nonisolated let executor: LaneExecutor
    nonisolated let mailbox: Mailbox<LaneMessage>
    let context: LaneContext

    var runs: [RunID: LiveRun] = [:]
    /// Who waits for the end of a run that only reads.
    var readers: [RunID: EngineReplyHandler] = [:]
    /// What starts and resumptions wait for.
    var preparations: [RunID: Preparation] = [:]
    var resumptions = Resumptions()
    /// It is not known yet which runs of a dead server this one has claimed.
    var isAwaitingClaim: Bool
    var unplacedCalls = UnplacedCalls()
    /// What is yet to be read of what other servers have written down.
    var remoteLook = RemoteLook()
    /// Who waits for requests of runs that other servers have.
    var remoteWaiters = RemoteWaiters()
    /// Starts whose callers wait until they are written down, the oldest first.
    var unconfirmedStarts = FIFO<UnconfirmedStart>()
    /// Runs that ended a moment ago and were short.
    private(set) var endedRuns: [RunID: EndedRun] = [:]
    /// Runs with facts that their machines have not seen, in order of the first fact.
    private var touched: [RunID] = []
    private var entries: [JournalEntry] = []
    /// Executions that wait because workers or the journal are busy.
    private var held = FIFO<HeldWork>()
    var deadlines = Deadlines<LaneDeadline>()
    /// How many deadlines there may be before those are looked for that no longer matter.
    private var deadlinesMax = Limits.laneDeadlinesKept
    private var timer: (any DispatchSourceTimer)?
    private var timerDue: Int64 = .max
    /// A look at the full workers' line is due.
    private var isRetrying = false
    /// A look at executions that take too long is due.
    private var isTiming = false
    var draining: Draining?
    /// Nothing is left to do.
    var hasDrained = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(index: Int, context: LaneContext, awaitsClaim: Bool) {
        isAwaitingClaim = awaitsClaim
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
        case .start(let run, let request, let reply): start(run, request, reply)
        case .read(let run, let request, let limit, let reply): read(run, request, within: limit, reply)
        case .readAnswered(let run, let limit, let reply): readAnswered(run, within: limit, reply)
        case .gather(let ticket, let flow, let purpose): gather(ticket, flow, for: purpose)
        case .stop(let request, let reply): stop(request, reply)
        case .output(let run, let principals, let call, let reply): output(run, principals, call, reply)
        case .watch(let run, let principals, _, let reply): watch(run, principals, reply)
        case .signatureRequest(let run, let principals, let call, let reply):
            signatureRequest(run, principals, call, reply)
        case .withdrawn(let call, let run): withdraw(call, about: run)
        case .drain(let grace, let done): drain(within: grace, done)
        case .journalNoticed(let notices):
            for notice in notices { journalNoticed(notice) }
        case .nodeEnded, .nodeSlept, .nodeAsked, .nodeLogged, .inputRecorded, .inputAnswered,
            .storedInputAnswered,
            .signatureArranged, .signatureAnswered, .transactionEnded, .transactionBuilt:
            receiveFromNode(message)
        case .startNested, .nestedEnded, .nestedLeft, .stopNested, .stopTransactions, .resume, .abandon:
            receiveFromLane(message)
        case .flowFound, .flowFoundTogether, .flowCompiled, .deploymentFound, .copiesFound, .copyCompiled,
            .secretsFound, .walletsFound, .cloneWalletsFound, .gatheredInVain, .outputsFound, .partSelected,
            .inputsMarked:
            receiveForStart(message)
        case .touchedElsewhere, .anythingHappenedElsewhere, .inputsRead, .signaturesRead, .stopsRead,
            .awaitedRunFound, .signatureAskedElsewhere, .awaitedRead:
            receiveFromElsewhere(message)
        case .claimed, .claimFailed, .leftRunsFound, .historyFound, .leftFlowRead:
            receiveForResumption(message)
        }
    }

    private func reach(_ deadline: LaneDeadline) {
        switch deadline {
        case .wakes(let run, let slot):
            guard let sleeping = runs[run]?.executions[slot]?.sleeping else { return }
            end(slot, of: run, sleeping.outcome, at: context.clock.now())
        case .graceEnds(let run): add(.graceEnded, to: run)
        case .inputExpires(let run, let slot): expireInput(slot, of: run)
        case .signatureExpires(let run, let slot): expireSignature(slot, of: run)
        case .readEnds(let run): endRead(run)
        case .retries: isRetrying = false
        case .looksAtStarts: lookAtStarts()
        case .looksElsewhere: lookElsewhereDue()
        case .looksAtAwaitedRuns: awaitedRunsDue()
        case .resumes(let run): resumeAgain(run)
        case .checksTimes:
            isTiming = false
            endOverdueExecutions()
        case .forgets(let run): endedRuns[run] = nil
        case .drainEnds: drainIsOver()
        }
    }

    // MARK: Facts

    /// Gives a fact to a run's machine at the end of the turn.
    func add(_ fact: RunFact.Kind, to run: RunID, at time: Timestamp? = nil) {
        guard runs[run] != nil else { return }
        if runs[run]?.facts.isEmpty == true { touched.append(run) }
        runs[run]?.facts.append(RunFact(fact, at: time ?? context.clock.now()))
    }

    /// Says how an execution ended.
    func end(_ slot: ExecutionSlot, of run: RunID, _ outcome: NodeOutcome, at time: Timestamp) {
        add(.nodeEnded(node: slot.node, times: slot.times, outcome), to: run, at: time)
    }

    /// Does something later.
    func schedule(_ deadline: LaneDeadline, after wait: Duration) {
        deadlines.add(deadline, due: steady(after: wait))
    }

    func advanceRuns() {
        while !touched.isEmpty {
            let runs = touched
            touched.removeAll(keepingCapacity: true)
            for run in runs { advance(run) }
        }
    }

    private func advance(_ run: RunID) {
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

    /// Writes down what came of facts and carries out what follows.
    func take(_ step: RunStep, of run: RunID, _ live: inout LiveRun) {
        for event in step.events { entries.append(.event(run, owner: live.access.owner, event)) }
        live.continuity.take(step.events)
        if let last = step.events.last, case .flowFinished(_, let output, let status) = last.content {
            live.end = (last.sequence, output, status)
            if let parent = live.parent {
                let end = NestedEnd(run: run, output: live.machine.output, errors: live.machine.flowErrors)
                context.lanes.post(.nestedEnded(parent.run, parent.slot, end), toLaneOf: parent.run)
            }
        }
        for order in step.orders { carryOut(order, of: run, &live, writtenAt: step.events.last?.sequence) }
        live.feed.append(step.events)
    }

    /// Does the work of an execution once more, which a crash has interrupted.
    func again(_ slot: ExecutionSlot, of run: RunID, _ inputs: ValueMap) {
        held.append(HeldWork(run: run, slot: slot, kind: .start(inputs)))
    }

    // MARK: Orders

    /// - Parameter sequence: when this event is durable, so is everything that tells of the order.
    private func carryOut(
        _ order: RunOrder, of run: RunID, _ live: inout LiveRun, writtenAt sequence: UInt64?
    ) {
        switch order {
        case .startNode(let node, let times, let inputs):
            let slot = ExecutionSlot(node: node, times: times)
            live.executions[slot] = LiveExecution(startedAt: context.clock.steady())
            let work = HeldWork(run: run, slot: slot, kind: .start(inputs))
            // What must not be done twice is not begun before it is certain that the next server will know of it.
            if live.graph.nodes[node].conduct.repetition == .never, let sequence {
                live.unrecorded.append((sequence, work))
            } else {
                held.append(work)
            }
        case .resumeNode(let node, let times, let call, let signature):
            let slot = ExecutionSlot(node: node, times: times)
            held.append(HeldWork(run: run, slot: slot, kind: .resume(call, signature: signature)))
        case .sendTransaction(let number, let draft):
            let mailbox = mailbox
            let clock = context.clock
            context.ports.executor.execute(
                draft, of: run, in: live.context, cancellation: live.transactions
            ) { result in
                mailbox.postReply(.transactionEnded(run, number, result, clock.now()))
            }
        case .buildTransaction(let draft):
            let mailbox = mailbox
            let clock = context.clock
            context.ports.executor.build(draft, of: run, in: live.context) { result in
                mailbox.postReply(.transactionBuilt(run, result, clock.now()))
            }
        case .cancelNode(let node, let times):
            cancel(live.executions.removeValue(forKey: ExecutionSlot(node: node, times: times)), of: live)
        case .end:
            live.transactions.cancel()
        }
    }

    private func startHeldWork() {
        guard !held.isEmpty, context.ports.journal.pressure.startsNodes else { return }
        while let work = held.head {
            guard isTaken(work) else {
                if !isRetrying {
                    isRetrying = true
                    schedule(.retries, after: .milliseconds(5))
                }
                return
            }
            held.popFirst()
        }
    }

    /// False if the workers are busy. Work that nobody wants any more counts as taken.
    private func isTaken(_ work: HeldWork) -> Bool {
        guard let execution = runs[work.run]?.executions[work.slot] else { return true }
        switch work.kind {
        case .start(let inputs):
            guard submit(work, inputs, execution.cancellation) else { return false }
            limitTime(of: work)
            return true
        case .resume(let call, let signature):
            let answer = NodeAnswer(work, context: context, mailbox: mailbox)
            return context.pool.submit { answer.end(call.then(signature)) }
        }
    }

    private func submit(_ work: HeldWork, _ inputs: ValueMap, _ cancellation: NodeCancellation) -> Bool {
        guard let live = runs[work.run] else { return true }
        let answer = NodeAnswer(work, context: context, mailbox: mailbox)
        let node = live.graph.nodes[work.slot.node]
        let call = NodeCall(
            run: work.run, execution: NodeExecution(node: node.id, times: work.slot.times), inputs: inputs,
            context: live.context, cancellation: cancellation, log: { answer.log($0) },
            complete: { answer.end($0) })
        return context.pool.submit { answer.take(node.work(call), inputs: inputs) }
    }

    // MARK: Time

    /// No copy of the run may be held here: with one, the change would copy what is kept of all its executions.
    private func limitTime(of work: HeldWork) {
        guard let limit = runs[work.run]?.graph.nodes[work.slot.node].conduct.timeLimit else { return }
        runs[work.run]?.executions[work.slot]?.due = steady(after: limit)
        checkTimesLater()
    }

    private func checkTimesLater() {
        guard !isTiming else { return }
        isTiming = true
        schedule(.checksTimes, after: .milliseconds(Limits.nodeTimeCheckMilliseconds))
    }

    /// Time limits are checked from time to time for all executions: a deadline for each would cost more than most
    /// executions take.
    private func endOverdueExecutions() {
        let now = context.clock.steady()
        var isAnyLimited = false
        for (run, live) in runs {
            for (slot, execution) in live.executions {
                guard let due = execution.due else { continue }
                guard due <= now else {
                    isAnyLimited = true
                    continue
                }
                execution.cancellation.cancel()
                let limit = live.graph.nodes[slot.node].conduct.timeLimit ?? .zero
                end(
                    slot, of: run, .failed("the node took longer than \(limit.components.seconds) seconds"),
                    at: context.clock.now())
            }
        }
        if isAnyLimited { checkTimesLater() }
    }

    private func steady(after duration: Duration) -> Int64 { context.clock.steady() + duration.nanoseconds }

    var waits: (deadlines: Int, sleeping: Int) {
        let executions = runs.values.lazy.flatMap(\.executions.values)
        return (deadlines.count, executions.count { $0.sleeping != nil })
    }

    /// Deadlines of what has ended stay until their time comes, which may be in a year. When there are twice as many as
    /// there were the last time, those go that nobody waits for any more.
    private func dropDeadDeadlines() {
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
        case .refused(let run, let refusal):
            context.log.warning(
                "engine", "run refused by storage", LogField("run", run), LogField("reason", refusal))
            guard let live = runs.removeValue(forKey: run) else { return }
            for execution in live.executions.values {
                // A run that was there has been taken over: what it waits for, and the runs that it started, are whoever's now
                // who goes on with it.
                if live.isDurable { execution.cancellation.cancel() } else { cancel(execution, of: live) }
            }
            live.startReply?(.refused(refusal == .originGone ? .notFound : .storage(.failed)))
            for waiter in live.waiters { waiter(.refused(.notFound)) }
            if let parent = live.parent {
                tell(parent, "storage refused the nested run: \(refusal)", from: run)
            }
        case .relieved: break
        }
    }

    private func becameDurable(_ run: RunID, through sequence: UInt64) {
        guard let live = runs[run] else { return }
        if !live.isDurable {
            runs[run]?.isDurable = true
            runs[run]?.startReply = nil
            live.startReply?(.started(run))
            runs[run]?.earlyRequests = []
            for (slot, request) in live.earlyRequests { record(request, of: slot, in: run) }
        }
        if !live.unrecorded.isEmpty { beginRecorded(run, through: sequence) }
        live.feed.markDurable(through: sequence)
        guard let end = live.end, sequence >= end.sequence else { return }
        for waiter in live.outputWaiters.values { waiter(.output(end.output)) }
        for waiter in live.signatureWaiters.values { waiter(.refused(.notFound)) }
        readers.removeValue(forKey: run)?(.read(end.output, end.status))
        runs[run] = nil
        guard end.sequence <= Limits.endedRunEventsMax, endedRuns.count < Limits.endedRunsPerLaneMax else {
            return
        }
        endedRuns[run] = EndedRun(access: live.access, feed: live.feed, output: end.output)
        schedule(.forgets(run), after: .milliseconds(Limits.endedRunMilliseconds))
    }

    /// Work begins whose beginning is durable.
    private func beginRecorded(_ run: RunID, through sequence: UInt64) {
        guard let waiting = runs[run]?.unrecorded else { return }
        let count = waiting.prefix { $0.sequence <= sequence }.count
        runs[run]?.unrecorded.removeFirst(count)
        for (_, work) in waiting.prefix(count) { held.append(work) }
    }

    /// Writes an entry down at the end of the turn.
    func record(_ entry: JournalEntry) {
        entries.append(entry)
    }

    private func flushEntries() {
        guard !entries.isEmpty else { return }
        context.ports.journal.append(entries)
        entries.removeAll(keepingCapacity: true)
    }
}

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

/// Work of an execution that has no worker yet.
struct HeldWork: Sendable {
    enum Kind: Sendable {
        case start(ValueMap)
        case resume(InstructionCall, signature: String?)
    }

    let run: RunID
    let slot: ExecutionSlot
    let kind: Kind
}

/// Carries what a node says from wherever it runs to the lane of its run.
private struct NodeAnswer: Sendable {
    private let run: RunID
    private let slot: ExecutionSlot
    private let clock: Clock
    private let isKeyPair: @Sendable (Bytes64) -> Bool
    private let mailbox: Mailbox<LaneMessage>

    init(_ work: HeldWork, context: LaneContext, mailbox: Mailbox<LaneMessage>) {
        run = work.run
        slot = work.slot
        clock = context.clock
        isKeyPair = context.ports.isKeyPair
        self.mailbox = mailbox
    }

    func take(_ step: NodeStep, inputs: ValueMap) {
        switch step {
        case .done(let outcome): end(outcome)
        case .wait(let duration, let outcome):
            mailbox.postReply(.nodeSlept(run, slot, duration, outcome.markingKeyPairs(isKeyPair)))
        case .ask(.flow(let flow)):
            // They enter another run. A node's inputs may be constants of a document, too.
            let inputs = inputs.markingKeyPairs(isKeyPair)
            mailbox.postReply(.nodeAsked(run, slot, .flow(flow), inputs, clock.now()))
        case .ask(let request): mailbox.postReply(.nodeAsked(run, slot, request, inputs, clock.now()))
        case .pending: break
        }
    }

    func end(_ outcome: NodeOutcome) {
        mailbox.postReply(.nodeEnded(run, slot, outcome.markingKeyPairs(isKeyPair), clock.now()))
    }

    func log(_ line: RunLogLine) {
        // Lines beyond what the lane can take are dropped: a talkative node must not stop the others.
        _ = mailbox.post(.nodeLogged(run, slot, line, clock.now()))
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
