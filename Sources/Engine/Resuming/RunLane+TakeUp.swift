// What becomes of a run that was left behind and is read: it goes on where its journal ends, or ends as crashed.

internal import Primitives
internal import Values

extension RunLane {
    static let crashText = "the server stopped while this run was in progress"

    func preparationFailed(_ run: RunID, _ error: EngineError) {
        switch error {
        case .storage, .busy: postpone(run, error)
        default: crash(run, because: "what it may come to is not there: \(error)")
        }
    }

    func prepared(_ run: RunID, _ flows: FlowSet, _ terms: any RunTerms) {
        guard let resumption = resumptions[run], let left = resumption.left, let flow = resumption.flow
        else { return }
        guard !isDraining else { return giveBack(run) }
        do throws(RebuildError) {
            let record = left.record
            let rebuilt = try RunMachine.rebuilt(
                graph: flow.graph, inputs: record.inputs,
                settings: RunSettings(
                    flow, secrets: flows.secrets, isCollecting: false, isReadOnly: record.isReadOnly),
                from: resumption.events,
                controls: resumption.controls(left).filter { !$0.kind.isFinal },
                at: context.clock.now())
            let continuity = resumption.continuity(left)
            if let reason = left.obstacle(rebuilt, flow.graph, continuity) {
                return crash(run, because: reason)
            }
            takeUp(run, resumption, left, flow, flows, terms, rebuilt, continuity)
        } catch {
            crash(run, because: error.description)
        }
    }

    // MARK: Going on

    private func takeUp(
        _ run: RunID, _ resumption: Resumption, _ left: LeftRun, _ flow: CompiledFlow,
        _ flows: FlowSet, _ terms: any RunTerms, _ rebuilt: RebuiltMachine,
        _ continuity: RunContinuity
    ) {
        var live = LiveRun(
            left, graph: flow.graph, flows: flows, terms: terms, parent: resumption.parent,
            machine: rebuilt.machine, after: resumption.events, continuity, tracks: context.ports.tracks)
        for open in rebuilt.open {
            live.executions[ExecutionSlot(node: open.node, times: open.times)] = LiveExecution(
                startedAt: steady(at: open.startedAt))
        }
        take(rebuilt.step, of: run, &live)
        runs[run] = live
        context.takingUp.resumed()
        // They come before whatever lets further nodes start: answers that have come meanwhile, times that are over.
        for control in resumption.controls(left) { carryOut(control, on: run) }
        for open in rebuilt.open { takeUp(open, of: run, resumption, left, flow.graph) }
        endResumption(of: run)
        // Looks for what was written down since the run was read.
        touchedElsewhere(run)
        let waiting = Set(
            rebuilt.open.map { NodeExecution(node: flow.graph.nodes[$0.node].id, times: $0.times) })
        for child in left.children where !waiting.contains(child.execution) { child.abandon(in: context) }
    }

    private func takeUp(
        _ open: OpenExecution, of run: RunID, _ resumption: Resumption, _ left: LeftRun,
        _ graph: FlowGraph
    ) {
        let slot = ExecutionSlot(node: open.node, times: open.times)
        let execution = NodeExecution(node: graph.nodes[open.node].id, times: open.times)
        guard let wait = left.wait(of: execution) else { return again(slot, of: run, open.inputs) }
        takeUp(wait, slot, of: run, hasTold: resumption.hasTold(execution))
    }

    /// The steady time of a moment that has passed.
    private func steady(at moment: Timestamp) -> Int64 {
        let passed = context.clock.now().nanoseconds - moment.nanoseconds
        return context.clock.steady() - max(0, passed)
    }

    // MARK: Not going on

    /// - Parameter nodes: the nodes of the run's flow, given if the flow cannot run any more.
    func crash(_ run: RunID, _ nodes: [NodeID]? = nil, because reason: String) {
        guard let resumption = resumptions[run], let left = resumption.left else { return }
        context.takingUp.tell(run, cannotGoOnBecause: reason)
        let graph = nodes.map { FlowGraph(unconnected: $0) } ?? resumption.flow?.graph ?? .empty
        let machine = RunMachine.beforeCrash(graph, resumption.events)
        var live = LiveRun(
            left, graph: graph, flows: FlowSet(), terms: left.record.terms, parent: resumption.parent,
            machine: machine,
            after: resumption.events, resumption.continuity(left), tracks: context.ports.tracks)
        let now = context.clock.now()
        let step = live.machine.apply([RunFact(.crashed(error: RunLane.crashText), at: now)], at: now)
        take(step, of: run, &live)
        runs[run] = live
        context.takingUp.ended()
        endResumption(of: run)
        for wait in left.waits { wait.abandon(in: context) }
    }
}

extension Resumption {
    /// Why the run cannot go on, as far as this is known without its machine.
    func obstacle(_ left: LeftRun) -> String? {
        if isAbandoned { return "the run that started it cannot go on" }
        if left.record.isNested, parent == nil { return "the run that started it is not there" }
        if isTooLong { return "its journal is too long" }
        return continuity(left).obstacle
    }

    /// What holds for the run, because it was asked of it or of one around it.
    fileprivate func controls(_ left: LeftRun) -> [RunControl] { controls + left.controls }

    fileprivate func continuity(_ left: LeftRun) -> RunContinuity {
        var continuity = RunContinuity(left, flow?.graph ?? .empty)
        continuity.take(events)
        return continuity
    }

    /// True if the journal holds what an execution waits for.
    fileprivate func hasTold(_ execution: NodeExecution) -> Bool {
        events.contains { $0.content.origin == .outside && $0.content.subject == execution }
    }
}

extension RunContinuity {
    fileprivate init(_ left: LeftRun, _ graph: FlowGraph) {
        self.init(
            graph, isPartial: left.record.partial != nil,
            collectsActs: left.record.collectsActs, hasWholeInputs: left.hasWholeInputs,
            allowsRepetition: left.record.resumesOnCrash)
    }
}

extension LeftRun {
    /// Why a run cannot go on: what was at work may have had an effect and must not be done twice.
    fileprivate func obstacle(
        _ rebuilt: RebuiltMachine, _ graph: FlowGraph, _ continuity: RunContinuity
    ) -> String? {
        rebuilt.open.lazy.compactMap { open in
            let execution = NodeExecution(node: graph.nodes[open.node].id, times: open.times)
            return continuity.obstacle(
                work(on: execution, graph.nodes[open.node].conduct.repetition), of: execution)
        }.first
    }

    /// What an execution is doing, as far as storage knows.
    private func work(on execution: NodeExecution, _ repetition: Repetition) -> OpenWork {
        wait(of: execution)?.work ?? .atWork(repetition)
    }

    fileprivate func wait(of execution: NodeExecution) -> (any StoredWait)? {
        waits.first { $0.execution == execution }
    }
}

extension RunRecord {
    fileprivate var isReadOnly: Bool { if case .read = origin { true } else { false } }
    fileprivate var isNested: Bool { if case .nested = origin { true } else { false } }
}

extension LiveRun {
    /// A run that comes back.
    fileprivate init(
        _ left: LeftRun, graph: FlowGraph, flows: FlowSet, terms: any RunTerms,
        parent: ParentLink?, machine: RunMachine, after events: [RunEvent], _ continuity: RunContinuity,
        tracks: TrackTable
    ) {
        let record = left.record
        self.init(
            basis: RunBasis(
                access: RunAccess(run: record.id, owner: record.owner, sharedWith: record.sharedWith),
                graph: graph,
                context: RunContext(
                    owner: record.owner, startedBy: record.startedBy, startedKey: record.startedKey,
                    deployment: record.deployment, environment: record.environment, terms: terms,
                    isReadOnly: record.isReadOnly, depth: record.depth),
                flows: flows,
                feed: RunFeed(run: record.id, tracks: tracks, after: events.last?.sequence ?? 0),
                parent: parent),
            machine: machine, continuity: continuity)
        isDurable = true
    }
}
