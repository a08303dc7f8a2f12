// Small graphs for tests, drawn in a few lines, and a driver that runs them to the end.

import Engine
import Primitives
import Values

/// A graph in the making. Nodes are named; ids are made from their position.
public struct GraphSketch {
    public private(set) var nodes: [GraphNode] = []
    public private(set) var edges: [EdgeDeclaration] = []
    private var names: [String] = []

    public init() {}

    public static func id(_ position: Int) -> NodeID {
        NodeID(UniqueID(high: 0x4000, low: 0x8000_0000_0000_0000 | UInt64(position + 1)))
    }

    public mutating func node(
        _ name: String, role: NodeRole = .ordinary, inputs: [InputPort] = [], outputs: [OutputPort] = [],
        defaults: ValueMap = ValueMap(), work: @escaping NodeWork
    ) {
        nodes.append(
            GraphNode(
                id: GraphSketch.id(nodes.count), kindName: name, role: role, inputs: inputs, outputs: outputs,
                defaults: defaults, work: work))
        names.append(name)
    }

    /// A node with the output `out` that always has this value.
    public mutating func constant(_ name: String, _ value: Value) {
        node(name, outputs: [OutputPort("out")]) { _ in .done(.outputs(["out": value])) }
    }

    /// A loop over its input `array`; outputs `element` and `index`.
    public mutating func foreach(_ name: String) {
        node(
            name, role: .foreach, inputs: [InputPort("array")],
            outputs: [OutputPort("element"), OutputPort("index")]
        ) { call in
            guard let array = call.inputs["array"] else { return .done(.failed("no array")) }
            let elements: [Value] = if case .array(let elements) = array { elements } else { [array] }
            return .done(
                .outputs([
                    "element": .array(elements),
                    "index": .array(elements.indices.map { .u64(UInt64($0)) }),
                ]))
        }
    }

    /// Everything its input `element` receives, as `array`.
    public mutating func collect(_ name: String) {
        node(
            name, role: .collect, inputs: [InputPort("element", required: false)],
            outputs: [OutputPort("array")]
        ) { call in .done(.outputs(["array": call.inputs["element"] ?? .array([])])) }
    }

    /// Text of all its inputs in port order as `out`, joined by `+`; absent ones as `-`. Fails on the text
    /// `fail`, leaves `out` away on `skip`.
    public mutating func join(_ name: String, _ inputs: [InputPort]) {
        node(name, inputs: inputs, outputs: [OutputPort("out", optional: true)]) { call in
            let texts = inputs.map { call.inputs[$0.name].map(GraphSketch.text) ?? "-" }
            if texts.contains("fail") { return .done(.failed("told to fail")) }
            if texts.contains("skip") { return .done(.outputs([:])) }
            return .done(.outputs(["out": .string(texts.joined(separator: "+"))]))
        }
    }

    public mutating func output(_ name: String) {
        node(name, role: .flowOutput(name), inputs: [InputPort(name)], outputs: [OutputPort(name)]) { call in
            .done(.outputs(call.inputs))
        }
    }

    /// `"a.out -> b.in"`
    public mutating func connect(_ arrow: String) {
        let ends = arrow.split(separator: " ")
        let source = ends[0].split(separator: ".")
        let target = ends[2].split(separator: ".")
        edges.append(
            EdgeDeclaration(
                source: id(of: String(source[0])), output: String(source[1]),
                target: id(of: String(target[0])),
                input: String(target[1])))
    }

    public func id(of name: String) -> NodeID {
        guard let position = names.firstIndex(of: name) else { preconditionFailure("no node \(name)") }
        return GraphSketch.id(position)
    }

    public func graph() throws(GraphProblems) -> FlowGraph {
        try FlowGraph(nodes: nodes, edges: edges)
    }

    /// Short text of a value for comparisons.
    public static func text(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .string(let text): text
        case .u64(let number): "\(number)"
        case .array(let values): "[" + values.map(text).joined(separator: ", ") + "]"
        case .map(let map):
            "{" + map.entries.map { "\($0.key): \(text($0.value))" }.joined(separator: ", ") + "}"
        default: "\(value)"
        }
    }
}

/// Runs a machine without threads: all work of a round is done at once, in order.
public struct MachineDriver {
    public var machine: RunMachine
    public let graph: FlowGraph
    public private(set) var events: [RunEvent] = []
    /// Executions whose work has been ordered and not done yet.
    public private(set) var waiting: [(node: Int, times: Int32, inputs: ValueMap)] = []
    private var moment: Int64 = 0

    public init(_ graph: FlowGraph, inputs: ValueMap = ValueMap()) {
        self.graph = graph
        self.machine = RunMachine(graph: graph, inputs: inputs)
    }

    /// Gives facts to the machine as one batch.
    public mutating func apply(_ kinds: [RunFact.Kind]) {
        let facts = kinds.map { kind in
            moment += 1
            return RunFact(kind, at: Timestamp(nanoseconds: moment))
        }
        let step = machine.apply(facts, at: Timestamp(nanoseconds: moment))
        events += step.events
        for order in step.orders {
            switch order {
            case .startNode(let node, let times, let inputs): waiting.append((node, times, inputs))
            case .cancelNode(let node, let times): waiting.removeAll { $0.node == node && $0.times == times }
            case .end: break
            }
        }
    }

    /// Starts the run and goes on, round by round, until nothing is left to do.
    public mutating func runToTheEnd(environment: [String: String] = [:]) {
        apply([.started])
        while !waiting.isEmpty { finishRound() }
    }

    /// Does all work that has been ordered and reports it as one batch.
    public mutating func finishRound() {
        let round = waiting
        waiting = []
        apply(
            round.map { work in
                .nodeEnded(node: work.node, times: work.times, outcome(of: work))
            })
    }

    /// Does the work of one waiting execution and reports it alone.
    public mutating func finish(_ index: Int) {
        let work = waiting.remove(at: index)
        apply([.nodeEnded(node: work.node, times: work.times, outcome(of: work))])
    }

    private func outcome(of work: (node: Int, times: Int32, inputs: ValueMap)) -> NodeOutcome {
        let call = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: graph.nodes[work.node].id, times: work.times),
            inputs: work.inputs)
        switch graph.nodes[work.node].work(call) {
        case .done(let outcome): return outcome
        case .wait(_, let outcome): return outcome
        case .pending: return .failed("this driver cannot wait")
        }
    }

    /// The run's output and the nodes that did not run, once it has ended.
    public var result: (output: ValueMap, notRun: [NodeID], status: RunStatus)? {
        guard case .flowFinished(let notRun, let output, let status)? = events.last?.content else {
            return nil
        }
        return (output, notRun, status)
    }

    /// The events as lines like `start m#1 {a: 1}`, log lines left out.
    public var lines: [String] {
        events.compactMap { event in
            switch event.content {
            case .flowStarted: "flow start"
            case .flowFailed(let error): "flow error \(error)"
            case .flowLogged, .nodeLogged: nil
            case .flowFinished(let notRun, let output, _):
                "flow finish not_run=\(notRun.map(name)) output=\(GraphSketch.text(.map(output)))"
            case .nodeStarted(let execution, let input):
                "start \(name(execution)) \(GraphSketch.text(.map(input)))"
            case .nodeOutput(let execution, let output):
                "output \(name(execution)) \(GraphSketch.text(.map(output)))"
            case .nodeFailed(let execution, let error, _): "error \(name(execution)) \(error)"
            case .nodeFinished(let execution): "finish \(name(execution))"
            }
        }
    }

    private func name(_ execution: NodeExecution) -> String { "\(name(execution.node))#\(execution.times)" }

    private func name(_ id: NodeID) -> String { graph.nodes.first { $0.id == id }?.kindName ?? "?" }
}
