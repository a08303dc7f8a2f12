// Runs that nodes of other runs start, on the lane that has them. Their parents may be on other lanes (spec flow-engine
// 11).

internal import Primitives
internal import Values

extension RunLane {
    func receive(_ message: NestedRunMessage) {
        switch message {
        case .start(let run, let start): beginNested(run, start)
        case .control(let run, let control): carryOut(control, on: run)
        }
    }

    private func beginNested(_ run: RunID, _ start: NestedStart) {
        guard let member = start.flows[start.flow] else {
            return tell(start.parent, EventWords.flowNotFound, from: run)
        }
        guard runs.count < Limits.runsPerLaneMax else {
            return tell(start.parent, EventWords.laneIsFull, from: run)
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
        for control in start.controls { carryOut(control, on: run) }
    }

    // MARK: What the parent is told

    /// Tells a parent how a nested run has ended.
    func tell(_ parent: ParentLink, _ end: NestedEnd) { post(.ended(end), to: parent) }

    /// Tells a parent that a nested run could not begin, or is gone.
    func tell(_ parent: ParentLink, _ error: String, from run: RunID) {
        tell(parent, NestedEnd(run: run, outcome: .ofNestedRun(errors: [error])))
    }

    /// Tells a parent that a nested run goes on at the next server: only then may the parent be left as well.
    func tellLeft(_ parent: ParentLink, _ run: RunID) { post(.left(run), to: parent) }

    private func post(_ news: NestedRunNews, to parent: ParentLink) {
        context.lanes.post(
            .wait(WaitMessage(run: parent.run, address: .slot(parent.slot), news: news)),
            toLaneOf: parent.run)
    }
}
