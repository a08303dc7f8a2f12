// Runs that nodes of other runs start: child and parent may be on different lanes (spec flow-engine 11).

internal import Primitives
internal import Values

extension RunLane {
    func receive(_ message: NestedRunMessage) {
        switch message {
        case .start(let run, let start): beginNested(run, start)
        case .ended(let run, let slot, let end): nestedEnded(end, slot, of: run)
        case .left(let run, let slot, let child):
            guard runs[run]?.executions[slot]?.child == child else { return }
            runs[run]?.executions[slot]?.isChildLeft = true
        case .stop(let run, let reason):
            add(.stopRequested(reason: reason, isGraceful: false), to: run)
        case .stopTransactions(let run): stopTransactions(of: run)
        }
    }

    // MARK: The parent's side

    func startNested(
        _ flow: FlowID, inputs: ValueMap, for slot: ExecutionSlot, of run: RunID, _ live: LiveRun
    ) {
        guard live.context.depth < Limits.nestedRunsMax else {
            return end(slot, of: run, .failed("recursive depth reached"), at: context.clock.now())
        }
        let child = RunID.make(at: context.clock.now())
        var childContext = live.context
        childContext.depth += 1
        childContext.fees = []
        childContext.action = nil
        let execution = NodeExecution(node: live.graph.nodes[slot.node].id, times: slot.times)
        let start = NestedStart(
            parent: ParentLink(run: run, slot: slot, execution: execution), flow: flow, inputs: inputs,
            context: childContext, sharedWith: live.access.sharedWith, isCollecting: false,
            sendsTransactions: !live.transactions.isCancelled, flows: live.flows)
        runs[run]?.executions[slot]?.child = child
        let line = RunLogLine(level: .info, module: "interflow", content: "nested run \(child)")
        add(.nodeLogged(node: slot.node, times: slot.times, line), to: run)
        context.lanes.post(.nested(.start(child, start)), toLaneOf: child)
    }

    /// Any error of the child fails the node; its output is lost then (spec flow-engine 11.4, 24.18).
    private func nestedEnded(_ nested: NestedEnd, _ slot: ExecutionSlot, of run: RunID) {
        guard runs[run]?.executions[slot]?.child == nested.run else { return }
        end(slot, of: run, NestedEnd.outcome(nested), at: context.clock.now())
    }

    /// Tells a parent that a nested run could not begin.
    func tell(_ parent: ParentLink, _ error: String, from run: RunID) {
        let end = NestedEnd(run: run, output: ValueMap(), errors: [error])
        context.lanes.post(.nested(.ended(parent.run, parent.slot, end)), toLaneOf: parent.run)
    }

    /// Tells a parent that a nested run goes on at the next server: only then may the parent be left as well.
    func tellLeft(_ parent: ParentLink, _ run: RunID) {
        context.lanes.post(.nested(.left(parent.run, parent.slot, child: run)), toLaneOf: parent.run)
    }

    // MARK: The child's side

    private func beginNested(_ run: RunID, _ start: NestedStart) {
        guard let member = start.flows[start.flow] else {
            return tell(start.parent, "\(EngineError.flowNotFound)", from: run)
        }
        guard runs.count < Limits.runsPerLaneMax else {
            return tell(start.parent, "\(EngineError.busy(retryAfterSeconds: 1))", from: run)
        }
        var runContext = start.context
        // The parent's environment fills gaps of the child's own (spec nodes 2.1, interflow).
        runContext.environment = member.flow.environment.merging(runContext.environment) { own, _ in own }
        begin(
            run,
            RunPlan(
                member: member, graph: member.flow.graph, context: runContext,
                inputs: start.inputs, flows: start.flows, sharedWith: start.sharedWith,
                origin: .nested(in: start.parent.run, start.parent.execution), parent: start.parent,
                isCollecting: start.isCollecting),
            reply: nil)
        if !start.sendsTransactions { stopTransactions(of: run) }
    }
}

extension NestedEnd {
    /// What the end of a nested run means for the node that started it.
    static func outcome(_ end: NestedEnd) -> NodeOutcome {
        end.errors.isEmpty
            ? .outputs(end.output) : .failed(end.errors.map { $0 + ";\n" }.joined())
    }
}
