// What storage has of waits for nested runs, as waits.

internal import Primitives
internal import Values

extension LeftChild: StoredWait {
    var isOpen: Bool { !status.isEnd }

    var work: OpenWork { .nested(run, goesOn: isOpen || output != nil || !errors.isEmpty) }

    func wait(at place: WaitPlace) -> any Wait { NestedRunWait(run) }

    /// A nested run that has not ended is told that its parent goes on.
    func resume(at place: WaitPlace, hasTold: Bool) -> [WaitOrder] {
        guard isOpen else {
            let flow = place.basis.graph.nodes[place.slot.node].nestedFlow.flatMap { place.basis.flows[$0] }
            let outcome = NodeOutcome.ofNestedRun(
                output ?? ValueMap(), errors: errors, failures: failures, of: flow?.flow.graph)
            return [.end(outcome)]
        }
        place.context.lanes.post(
            .resuming(.parentGoesOn(run, parent: place.link, controls: place.controls)), toLaneOf: run)
        return []
    }

    /// A nested run shares the fate of the run that started it.
    func abandon(in context: LaneContext) {
        guard isOpen else { return }
        context.lanes.post(.resuming(.parentIsGone(run)), toLaneOf: run)
    }
}
