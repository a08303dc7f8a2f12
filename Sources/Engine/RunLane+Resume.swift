// Runs that another server has left behind: read, rebuilt, and taken up, or ended as crashed.

internal import Primitives
internal import Values

/// A run on its way back. Kept by its lane.
struct Resumption {
    let parent: ParentLink?
    /// Its parent does not come back.
    let isAbandoned: Bool
    /// Storage is being asked about it; else it waits for its turn.
    var isUnderWay = false
    /// How often it was tried in vain.
    var failedCount = 0
    var stored: StoredRun?
    var events: [RunEvent] = []
    /// There are more events than are read: those that are left tell how the journal ends and which nodes started.
    var isTooLong = false
    var requests: [StoredInputRequest] = []
    var signatures: [StoredSignature] = []
    var flow: CompiledFlow?
    /// What came for the run meanwhile.
    var calls: [LaneMessage] = []
}

extension RunLane {
    private static let crashText = "the server stopped while this run was in progress"

    func receiveForResumption(_ message: LaneMessage) {
        switch message {
        case .openRunFound(let run, let result): openRunFound(run, result)
        case .historyFound(let run, let result): historyFound(run, result)
        case .requestsFound(let run, let result): requestsFound(run, result)
        case .signaturesFound(let run, let result): signaturesFound(run, result)
        case .resumedFlowCompiled(let run, let result): resumedFlowCompiled(run, result)
        default: preconditionFailure("only what resumptions wait for comes here")
        }
    }

    func resume(_ run: RunID, parent: ParentLink?, isAbandoned: Bool = false) {
        guard runs[run] == nil, resumptions[run] == nil else { return }
        resumptions[run] = Resumption(parent: parent, isAbandoned: isAbandoned)
        guard !isDraining else { return giveBack(run) }
        waitingResumptions.append(run)
        beginResumptions()
    }

    /// A nested run whose parent does not come back ends, too.
    func abandon(_ run: RunID) { resume(run, parent: nil, isAbandoned: true) }

    /// Only some at a time: after a crash of a busy server all of them would be more than storage takes.
    private func beginResumptions() {
        while resumptionsUnderWay < Limits.resumptionsAtOnceMax, let run = waitingResumptions.popFirst() {
            guard resumptions[run]?.isUnderWay == false else { continue }
            resumptions[run]?.isUnderWay = true
            resumptionsUnderWay += 1
            let mailbox = mailbox
            context.ports.catalog.openRun(run) { mailbox.postReply(.openRunFound(run, $0)) }
        }
    }

    /// Keeps what comes for a run until the run is there.
    func hold(_ message: LaneMessage, for run: RunID) {
        if let reply = message.reply, (resumptions[run]?.calls.count ?? 0) >= Limits.outputWaitersPerRunMax {
            return reply(.refused(.busy(retryAfterSeconds: 1)))
        }
        resumptions[run]?.calls.append(message)
    }

    private func openRunFound(_ run: RunID, _ result: Result<StoredRun?, StorageError>) {
        switch result {
        case .failure(let error): postpone(run, .storage(error))
        case .success(nil):
            // It has ended meanwhile; whoever waits for it must not wait for ever.
            if let parent = endResumption(of: run)?.parent { tell(parent, RunLane.crashText, from: run) }
        case .success(let stored?):
            resumptions[run]?.stored = stored
            findHistory(of: run, after: 0)
        }
    }

    private func findHistory(of run: RunID, after sequence: UInt64) {
        let mailbox = mailbox
        context.ports.catalog.events(of: run, after: sequence, limit: Limits.replayPageEventsMax) {
            mailbox.postReply(.historyFound(run, $0))
        }
    }

    private func historyFound(_ run: RunID, _ result: Result<[RunEvent], StorageError>) {
        switch result {
        case .failure(let error): postpone(run, .storage(error))
        case .success(let events):
            resumptions[run]?.add(events)
            guard let last = events.last else { return findRequests(of: run) }
            findHistory(of: run, after: last.sequence)
        }
    }

    private func findRequests(of run: RunID) {
        let mailbox = mailbox
        context.ports.inputs.requests(of: run) { mailbox.postReply(.requestsFound(run, $0)) }
    }

    private func requestsFound(_ run: RunID, _ result: Result<[StoredInputRequest], StorageError>) {
        switch result {
        case .failure(let error): postpone(run, .storage(error))
        case .success(let requests):
            resumptions[run]?.requests = requests
            let mailbox = mailbox
            context.ports.signatures.requests(of: run) { mailbox.postReply(.signaturesFound(run, $0)) }
        }
    }

    private func signaturesFound(_ run: RunID, _ result: Result<[StoredSignature], StorageError>) {
        guard let document = resumptions[run]?.stored?.record.snapshot.document else { return }
        switch result {
        case .failure(let error): postpone(run, .storage(error))
        case .success(let signatures):
            resumptions[run]?.signatures = signatures
            let mailbox = mailbox
            let compiler = context.ports.compiler
            let isTaken = context.pool.submit {
                let result = Result { () throws(GraphProblems) in try compiler.compile(document) }
                mailbox.postReply(.resumedFlowCompiled(run, result))
            }
            if !isTaken { postpone(run, .busy(retryAfterSeconds: 1)) }
        }
    }

    /// It is tried again after a while: nobody else takes the run up as long as this server lives.
    private func postpone(_ run: RunID, _ error: EngineError) {
        guard let resumption = resumptions[run] else { return }
        context.log.error(
            "engine", "run not taken up yet", LogField("run", run), LogField("reason", "\(error)"))
        stopWork(on: run)
        guard !isDraining else { return giveBack(run) }
        var next = Resumption(parent: resumption.parent, isAbandoned: resumption.isAbandoned)
        next.failedCount = resumption.failedCount + 1
        for call in resumption.calls {
            // Callers need not wait for storage; what other owners have said must not be lost.
            if let reply = call.reply { reply(.refused(error)) } else { next.calls.append(call) }
        }
        resumptions[run] = next
        let pause = Limits.resumptionPauseMilliseconds << min(resumption.failedCount, 16)
        schedule(.resumes(run), after: .milliseconds(min(pause, Limits.resumptionPauseMillisecondsMax)))
    }

    /// The pause after a failed attempt is over.
    func resumeAgain(_ run: RunID) {
        guard resumptions[run]?.isUnderWay == false else { return }
        waitingResumptions.append(run)
        beginResumptions()
    }

    /// This server stops: the next one takes the run up.
    private func giveBack(_ run: RunID) {
        stopWork(on: run)
        guard let resumption = resumptions.removeValue(forKey: run) else { return }
        for call in resumption.calls { call.reply?(.refused(.busy(retryAfterSeconds: 1))) }
        if let parent = resumption.parent { tellLeft(parent, run) }
    }

    /// Runs that nobody works on yet are left to the next server.
    func giveBackWaitingResumptions() {
        for (run, resumption) in resumptions where !resumption.isUnderWay { giveBack(run) }
    }

    private func stopWork(on run: RunID) {
        guard resumptions[run]?.isUnderWay == true else { return }
        resumptions[run]?.isUnderWay = false
        resumptionsUnderWay -= 1
        beginResumptions()
    }

    private func resumedFlowCompiled(_ run: RunID, _ result: Result<CompiledFlow, GraphProblems>) {
        guard let resumption = resumptions[run], let stored = resumption.stored else { return }
        guard case .success(let flow) = result else {
            return crash(run, because: "its flow cannot run any more")
        }
        resumptions[run]?.flow = flow
        if let reason = resumption.obstacle(stored) { return crash(run, because: reason) }
        prepare(flow.graph, stored.record)
    }

    func preparationFailed(_ run: RunID, _ error: EngineError) {
        switch error {
        case .storage, .busy: postpone(run, error)
        default: crash(run, because: "what it may come to is not there: \(error)")
        }
    }

    func prepared(_ run: RunID, _ flows: FlowSet, _ wallets: [StaticWallet: Bytes32]) {
        guard let resumption = resumptions[run], let stored = resumption.stored, let flow = resumption.flow
        else { return }
        guard !isDraining else { return giveBack(run) }
        do throws(RebuildError) {
            let record = stored.record
            let rebuilt = try RunMachine.rebuilt(
                graph: flow.graph, inputs: record.inputs,
                settings: RunSettings(
                    flow, secrets: flows.secrets, isCollecting: false, isReadOnly: record.isReadOnly),
                from: resumption.events, at: context.clock.now())
            if let reason = resumption.obstacle(stored, rebuilt, flow.graph) {
                return crash(run, because: reason)
            }
            takeUp(run, resumption, stored, flow, flows, wallets, rebuilt)
        } catch {
            crash(run, because: error.description)
        }
    }

    /// The run is here again, or will not be: what came for it meanwhile comes now.
    private func endResumption(of run: RunID) -> Resumption? {
        stopWork(on: run)
        guard let resumption = resumptions.removeValue(forKey: run) else { return nil }
        for call in resumption.calls { receive(call) }
        return resumption
    }

    // MARK: Going on

    private func takeUp(
        _ run: RunID, _ resumption: Resumption, _ stored: StoredRun, _ flow: CompiledFlow,
        _ flows: FlowSet, _ wallets: [StaticWallet: Bytes32], _ rebuilt: RebuiltMachine
    ) {
        var live = LiveRun(
            stored, graph: flow.graph, flows: flows, wallets: wallets, parent: resumption.parent,
            machine: rebuilt.machine,
            feed: resumption.feed(of: run, context.ports.tracks))
        for open in rebuilt.open {
            live.executions[ExecutionSlot(node: open.node, times: open.times)] = LiveExecution()
        }
        take(rebuilt.step, of: run, &live)
        runs[run] = live
        context.log.info("engine", "run taken up", LogField("run", run))
        for open in rebuilt.open { takeUp(open, of: run, resumption, stored, flow.graph) }
        _ = endResumption(of: run)
        // What was written down since it was read, and whether somebody has stopped the run.
        touchedElsewhere(run)
        let waiting = Set(
            rebuilt.open.map { NodeExecution(node: flow.graph.nodes[$0.node].id, times: $0.times) })
        for child in stored.openChildren where !waiting.contains(child.execution) {
            context.lanes.post(.abandon(child.run), toLaneOf: child.run)
        }
    }

    private func takeUp(
        _ open: OpenExecution, of run: RunID, _ resumption: Resumption, _ stored: StoredRun,
        _ graph: FlowGraph
    ) {
        let slot = ExecutionSlot(node: open.node, times: open.times)
        let execution = NodeExecution(node: graph.nodes[open.node].id, times: open.times)
        if let request = resumption.requests.first(where: { $0.request.execution == execution }) {
            runs[run]?.executions[slot]?.inputKeyHash = request.request.keyHash
            if let answer = request.answer { return inputAnswered(request.request, answer) }
            if !resumption.hasTold(execution) {
                let address = context.ports.addresses.address(run, execution)
                add(.inputRequested(node: slot.node, times: slot.times, url: address), to: run)
            }
            guard let expiry = request.request.expiresAt else { return }
            let rest = expiry.nanoseconds - context.clock.now().nanoseconds
            schedule(.inputExpires(run, slot), after: .nanoseconds(max(0, rest)))
        } else if let signature = resumption.signature(of: execution) {
            takeUp(signature, slot, hasTold: resumption.hasTold(execution))
        } else if let child = stored.children.first(where: { $0.execution == execution }) {
            runs[run]?.executions[slot]?.child = child.run
            let link = ParentLink(run: run, slot: slot, execution: execution)
            if child.isOpen {
                context.lanes.post(.resume(child.run, parent: link), toLaneOf: child.run)
            } else {
                let end = NestedEnd(run: child.run, output: child.output ?? ValueMap(), errors: child.errors)
                self.end(slot, of: run, NestedEnd.outcome(end), at: context.clock.now())
            }
        } else {
            again(slot, of: run, open.inputs)
        }
    }

    // MARK: Not going on

    private func crash(_ run: RunID, because reason: String) {
        guard let resumption = resumptions[run], let stored = resumption.stored else { return }
        context.log.warning(
            "engine", "run ended: it cannot be taken up", LogField("run", run), LogField("reason", reason))
        let machine = RunMachine.beforeCrash(stored.nodes(resumption.flow), resumption.events)
        var live = LiveRun(
            stored, graph: machine.graph, flows: FlowSet(), parent: resumption.parent, machine: machine,
            feed: resumption.feed(of: run, context.ports.tracks))
        let now = context.clock.now()
        let step = live.machine.apply([RunFact(.crashed(error: RunLane.crashText), at: now)], at: now)
        take(step, of: run, &live)
        runs[run] = live
        _ = endResumption(of: run)
        for request in resumption.requests where request.answer == nil {
            context.ports.inputs.resolve(keyHash: request.request.keyHash, .canceled) { _ in }
        }
        for signature in resumption.signatures where signature.answer == nil {
            context.ports.signatures.resolve(signature.waiting.request.id, .canceled) { _ in }
        }
        for child in stored.openChildren {
            context.lanes.post(.abandon(child.run), toLaneOf: child.run)
        }
    }
}

extension Resumption {
    /// Takes in the next events. Of a journal that is too long only that stays which the end of the run needs.
    fileprivate mutating func add(_ page: [RunEvent]) {
        events += page
        guard events.count > Limits.resumedEventsMax || isTooLong else { return }
        isTooLong = true
        var seen: Set<NodeID> = []
        let last = events.count - 1
        events = events.enumerated().filter { index, event in
            guard index < last, case .nodeStarted(let execution, _) = event.content else {
                return index == last
            }
            return seen.insert(execution.node).inserted
        }.map(\.element)
    }

    /// Why a run cannot go on, as far as that is known without its machine.
    fileprivate func obstacle(_ stored: StoredRun) -> String? {
        if isAbandoned { return "the run that started it cannot go on" }
        if stored.record.isNested, parent == nil { return "the run that started it is not there" }
        if stored.record.partial != nil { return "it ran a part of its flow" }
        if stored.record.collectsInstructions { return "it was collecting instructions" }
        if !stored.hasWholeInputs { return "its inputs are not stored whole" }
        if isTooLong { return "its journal is too long" }
        return nil
    }

    /// Why a run cannot go on: what was at work may have had an effect and must not be done twice.
    fileprivate func obstacle(_ stored: StoredRun, _ rebuilt: RebuiltMachine, _ graph: FlowGraph) -> String? {
        for open in rebuilt.open {
            let execution = NodeExecution(node: graph.nodes[open.node].id, times: open.times)
            if let request = requests.first(where: { $0.request.execution == execution }) {
                if case .submitted(let value)? = request.answer, value.holdsSecret {
                    return "the value posted for node \(execution.node) is not stored whole"
                }
                continue
            }
            if signature(of: execution) != nil { continue }
            if let child = stored.children.first(where: { $0.execution == execution }) {
                guard child.isOpen || child.output != nil || !child.errors.isEmpty else {
                    return "the output of its nested run \(child.run) is not stored whole"
                }
                continue
            }
            guard graph.nodes[open.node].conduct.isRepeatable else {
                return "node \(execution.node) was at work and must not be repeated"
            }
            guard stored.record.resumesOnCrash else {
                return "node \(execution.node) was at work and its flow does not say that it may be repeated"
            }
        }
        return nil
    }

    fileprivate func signature(of execution: NodeExecution) -> StoredSignature? {
        signatures.first { $0.waiting.execution == execution }
    }

    /// True if the journal holds what an execution waits for.
    fileprivate func hasTold(_ execution: NodeExecution) -> Bool {
        events.contains { event in
            switch event.content {
            case .inputRequested(execution, _), .signatureRequested(execution, _): true
            default: false
            }
        }
    }

    /// A feed that goes on where the journal ends.
    fileprivate func feed(of run: RunID, _ tracks: TrackTable) -> RunFeed {
        RunFeed(run: run, tracks: tracks, after: events.last?.sequence ?? 0)
    }
}

extension StoredRun {
    fileprivate var openChildren: [StoredChild] { children.filter(\.isOpen) }

    /// The nodes that the end of the run has to speak of.
    fileprivate func nodes(_ flow: CompiledFlow?) -> FlowGraph { flow?.graph ?? .empty }
}

extension StoredChild {
    fileprivate var isOpen: Bool { status == .running || status == .starting }
}

extension RunRecord {
    fileprivate var isReadOnly: Bool { if case .read = origin { true } else { false } }
    fileprivate var isNested: Bool { if case .nested = origin { true } else { false } }
}

extension LiveRun {
    /// A run that comes back.
    fileprivate init(
        _ stored: StoredRun, graph: FlowGraph, flows: FlowSet, wallets: [StaticWallet: Bytes32] = [:],
        parent: ParentLink?, machine: RunMachine, feed: RunFeed
    ) {
        let record = stored.record
        self.init(
            access: RunAccess(run: record.id, owner: record.owner, sharedWith: record.sharedWith),
            graph: graph,
            context: RunContext(
                owner: record.owner, startedBy: record.startedBy, startedKey: record.startedKey,
                deployment: record.deployment, environment: record.environment, network: record.network,
                fees: record.fees, action: record.action, wallets: wallets, isReadOnly: record.isReadOnly,
                depth: record.depth),
            flows: flows, feed: feed, parent: parent, machine: machine, isResumable: true)
        isDurable = true
    }
}
