// Executions that wait for the end of another run, which they have started (spec flow-engine 11).

internal import Primitives
internal import Values

/// Waits for a run of another flow of the same owner.
struct NestedRunWait: Wait {
    private enum Stage {
        case wished(FlowID, ValueMap)
        case running(RunID)
        /// The nested run has been left for the next server.
        case left(RunID)
    }

    private var stage: Stage

    init(_ flow: FlowID, inputs: ValueMap) { stage = .wished(flow, inputs) }

    /// A run that has been started before.
    init(_ child: RunID) { stage = .running(child) }

    /// The nested run, once it has been started.
    var child: RunID? {
        switch stage {
        case .wished: nil
        case .running(let child), .left(let child): child
        }
    }

    var canBeLeft: Bool { if case .running = stage { false } else { true } }

    func work(_ repetition: Repetition) -> OpenWork {
        child.map { .nested($0, goesOn: true) } ?? .atWork(repetition)
    }

    func mayEnd(before moment: Int64) -> Bool { if case .left = stage { false } else { true } }

    mutating func begin(at place: WaitPlace) -> [WaitOrder] {
        guard case .wished(let flow, let inputs) = stage else { return [] }
        let run = place.basis
        guard run.context.depth < Limits.nestedRunsMax else {
            return [.end(.failed("recursive depth reached"))]
        }
        let child = RunID.make(at: place.context.clock.now())
        var context = run.context
        context.depth += 1
        context.terms = context.terms.nested
        stage = .running(child)
        let start = NestedStart(
            parent: place.link, flow: flow, inputs: inputs, context: context,
            sharedWith: run.access.sharedWith, isCollecting: false,
            controls: place.controls, flows: run.flows)
        place.context.lanes.post(.nested(.start(child, start)), toLaneOf: child)
        return [.log(RunLogLine(level: .info, module: "interflow", content: "nested run \(child)"))]
    }

    mutating func take(_ news: any WaitNews, at place: WaitPlace) -> [WaitOrder] {
        guard let child else { return [] }
        switch news as? NestedRunNews {
        case .ended(let end)? where end.run == child: return [.end(end.outcome)]
        case .left(child)?:
            stage = .left(child)
            return []
        default: return []
        }
    }

    func cancel(because reason: String?, at place: WaitPlace) {
        guard let child else { return }
        place.context.lanes.post(
            .nested(.control(child, RunControl(.stop, of: child, reason: reason))), toLaneOf: child)
    }
}

extension WaitPlace {
    /// How a nested run names the execution that waits for it.
    var link: ParentLink { ParentLink(run: run, slot: slot, execution: execution) }
}

/// What a wait for another run is told.
enum NestedRunNews: WaitNews {
    case ended(NestedEnd)
    /// The nested run goes on at another server.
    case left(RunID)
}

/// What the parent learns of a run.
struct NestedEnd: Sendable {
    let run: RunID
    /// What the end means for the execution.
    let outcome: NodeOutcome
}

extension NodeOutcome {
    /// What the end of a run means for the execution that has started it. Any error of the run fails it; the output is
    /// lost then (spec flow-engine 11.4, 24.18). Which nodes failed, and why, follows (spec nodes 6.22).
    ///
    /// - Parameter graph: that of the run, if it is known.
    static func ofNestedRun(
        _ output: ValueMap = ValueMap(), errors: [String], failures: [FailedExecution] = [],
        of graph: FlowGraph? = nil
    ) -> NodeOutcome {
        errors.isEmpty
            ? .outputs(output)
            : .failed(errors.map { $0 + ";\n" }.joined() + failures.lines(in: graph))
    }
}

extension RunMachine {
    /// What the end of this run means for the execution of another run that has started it.
    public var outcomeForParent: NodeOutcome {
        .ofNestedRun(output, errors: flowErrors, failures: failures, of: graph)
    }
}

extension LiveRun {
    /// The runs that its executions wait for.
    var children: [RunID] { executions.values.compactMap { ($0.wait as? NestedRunWait)?.child } }
}
