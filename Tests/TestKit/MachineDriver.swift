// Runs a machine without threads, chain or clock: what it orders is done at once, in an order that the test decides.

import Chain
import Engine
import Primitives
import Values

/// A machine with everything around it that it needs. Nested flows run to their end inside of the work of their node.
public struct MachineDriver {
    /// Something that the machine has ordered and that has not been done yet.
    public enum Task {
        case work(node: Int, times: Int32, inputs: ValueMap)
        case rest(node: Int, times: Int32, ActCall, receipt: String?)
        case transaction(ParcelNumber, [any Act])
        case building([any Act])

        public var node: Int? {
            switch self {
            case .work(let node, _, _), .rest(let node, _, _, _): node
            case .transaction, .building: nil
            }
        }
    }

    public var machine: RunMachine
    public let graph: FlowGraph
    public private(set) var events: [RunEvent] = []
    /// What has been ordered and not done yet, in order.
    public private(set) var waiting: [Task] = []
    /// Executions that wait for a value from outside.
    public private(set) var awaitingInput: [(node: Int, times: Int32)] = []
    /// The transactions that were sent, by the data of their instructions as text.
    public private(set) var transactions: [[String]] = []
    /// What the chain says to the next transactions, the first one first; with nothing here each succeeds.
    public var failures: [ActFailure?] = []
    /// Flows that nodes can run.
    public var flows: [FlowID: FlowGraph] = [:]
    /// The events of nested runs, in order of their starts.
    public private(set) var nested: [[RunEvent]] = []
    private var moment: Int64 = 0

    public init(_ graph: FlowGraph, inputs: ValueMap = ValueMap(), settings: RunSettings = RunSettings()) {
        self.graph = graph
        self.machine = RunMachine(graph: graph, inputs: inputs, settings: settings)
    }

    /// Gives facts to the machine as one batch.
    public mutating func apply(_ kinds: [RunFact.Kind]) {
        let facts = kinds.map { kind in
            moment += 1
            return RunFact(kind, at: Timestamp(nanoseconds: moment))
        }
        take(machine.apply(facts, at: Timestamp(nanoseconds: moment)))
    }

    private mutating func take(_ step: RunStep) {
        events += step.events
        for order in step.orders {
            switch order {
            case .startNode(let node, let times, let inputs):
                waiting.append(.work(node: node, times: times, inputs: inputs))
            case .resumeNode(let node, let times, let call, let receipt):
                waiting.append(.rest(node: node, times: times, call, receipt: receipt))
            case .carryOutParcel(let number, let acts): waiting.append(.transaction(number, acts))
            case .buildParcel(let acts): waiting.append(.building(acts))
            case .cancelNode(let node, let times):
                waiting.removeAll { task in
                    switch task {
                    case .work(node, times, _), .rest(node, times, _, _): true
                    default: false
                    }
                }
                awaitingInput.removeAll { $0 == (node, times) }
            case .end: break
            }
        }
    }

    /// Starts the run and goes on, round by round, until nothing is left to do.
    public mutating func runToTheEnd() {
        apply([.started])
        finishRounds()
    }

    /// Goes on, round by round, until nothing is left to do but to wait for values from outside.
    public mutating func finishRounds() {
        while !waiting.isEmpty { finishRound() }
    }

    /// Does everything that has been ordered and reports it as one batch.
    public mutating func finishRound() {
        let round = waiting
        waiting = []
        apply(round.compactMap { fact(from: $0) })
    }

    /// Does one of the things that have been ordered and reports it alone.
    public mutating func finish(_ index: Int) {
        let task = waiting.remove(at: index)
        apply([fact(from: task)].compactMap(\.self))
    }

    /// Answers the execution that waits for a value the longest.
    public mutating func answerInput(_ outcome: NodeOutcome) {
        let (node, times) = awaitingInput.removeFirst()
        apply([.nodeEnded(node: node, times: times, outcome)])
    }

    private mutating func fact(from task: Task) -> RunFact.Kind? {
        switch task {
        case .work(let node, let times, let inputs): work(node, times, inputs)
        case .rest(let node, let times, let call, let receipt):
            .nodeEnded(node: node, times: times, call.then(receipt))
        case .transaction(let number, let acts): .parcelEnded(number, send(acts))
        case .building(let acts):
            .parcelBuilt(MachineDriver.built(acts))
        }
    }

    private mutating func work(_ node: Int, _ times: Int32, _ inputs: ValueMap) -> RunFact.Kind? {
        let call = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: graph.nodes[node].id, times: times),
            inputs: inputs)
        func ended(_ outcome: NodeOutcome) -> RunFact.Kind { .nodeEnded(node: node, times: times, outcome) }
        switch graph.nodes[node].work(call) {
        case .done(let outcome), .wait(_, let outcome): return ended(outcome)
        case .pending: return ended(.failed("this driver cannot wait"))
        case .ask(.act(let call)): return .actGiven(node: node, times: times, call)
        case .ask(.flow(let flow)): return ended(runNested(flow, inputs))
        case .ask(.signature): return ended(.failed("this driver cannot sign"))
        case .ask(.input):
            awaitingInput.append((node, times))
            return .nodeWaits(
                node: node, times: times, .inputRequested(call.execution, url: "<submit URL>"))
        }
    }

    private mutating func runNested(_ flow: FlowID, _ inputs: ValueMap) -> NodeOutcome {
        guard let graph = flows[flow] else { return .failed("flow not found") }
        var child = MachineDriver(graph, inputs: inputs)
        child.flows = flows
        let place = nested.count
        nested.append([])
        child.runToTheEnd()
        nested[place] = child.events
        nested += child.nested
        return child.machine.outcomeForParent
    }

    private mutating func send(_ acts: [any Act]) -> Result<String, ActFailure> {
        transactions.append(MachineDriver.texts(TransactionDraft(acts)))
        if !failures.isEmpty, let failure = failures.removeFirst() { return .failure(failure) }
        return .success("sig\(transactions.count)")
    }

    private static func built(_ acts: [any Act]) -> Result<ValueMap, ActFailure> {
        guard let draft = TransactionDraft(acts) else { return .failure(ActFailure("no transaction")) }
        return .success(draft.outputs(texts(draft).joined(separator: "+")))
    }

    private static func texts(_ draft: TransactionDraft?) -> [String] {
        draft?.instructions.map { String(decoding: $0.data, as: UTF8.self) } ?? []
    }

    /// The run's output and the nodes that did not run, once it has ended.
    public var result: (output: ValueMap, notRun: [NodeID], status: RunStatus)? {
        guard case .flowFinished(let end)? = events.last?.content else { return nil }
        return (end.output, end.notRun, end.status)
    }

    /// The events as lines like `start m#1 {a: 1}`, log lines left out.
    public var lines: [String] {
        events.compactMap { event in
            switch event.content.effect {
            case .nothing: words(event.content)
            case .line: nil
            case .runIs where event.content.kind == .flowStarted: "flow start"
            case .runIs(let status): "flow \(status)"
            case .runFailed(let error): "flow error \(error)"
            case .runEnded(let notRun, let output, _):
                "flow finish not_run=\(notRun.map(name)) output=\(GraphSketch.text(.map(output)))"
            case .executionStarted(let execution, let input):
                "start \(name(execution)) \(GraphSketch.text(.map(input)))"
            case .executionGave(let execution, let output):
                "output \(name(execution)) \(GraphSketch.text(.map(output)))"
            case .executionFailed(let execution, let error): "error \(name(execution)) \(error)"
            case .executionEnded(let execution): "finish \(name(execution))"
            }
        }
    }

    /// Of an event without an effect: its kind, and what it is about.
    private func words(_ content: RunEvent.Content) -> String {
        if case .inputRequested(let asked) = content { return "input \(name(asked.execution)) \(asked.url)" }
        return "\(content.kind) \(content.subject.map(name) ?? "")"
    }

    private func name(_ execution: NodeExecution) -> String { "\(name(execution.node))#\(execution.times)" }

    private func name(_ id: NodeID) -> String { graph.nodes.first { $0.id == id }?.kindName ?? "?" }
}

extension RunFact.Kind {
    /// Somebody stops the run; a graceful stop lets running nodes finish.
    public static func stopRequested(reason: String?, isGraceful: Bool) -> RunFact.Kind {
        .controlled(
            RunControl(
                .stop, of: RunID(UniqueID(high: 0, low: 0)), grace: isGraceful ? .seconds(1) : .zero,
                reason: reason))
    }
}
