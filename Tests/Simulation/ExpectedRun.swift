// What must come of a run, worked out node by node from the specification: nothing here knows rounds, queues or time.

import Engine
import Primitives
import Values

/// The executions that a run of a flow must have, whatever order things end in.
struct ExpectedRun {
    struct Execution {
        let inputs: ValueMap
        /// Everything that its output events show, joined; empty if it failed.
        let outputs: ValueMap
        let hasFailed: Bool
        /// Executions that must have come before.
        let sources: [Occasion]
    }

    /// The flow is too large or has no meaning by the specification.
    struct Unfit: Error {}

    private(set) var executions: [[Execution]]
    private(set) var output = ValueMap()

    private let flow: SimulatedFlow
    /// The loops around each node, outermost first.
    private var scopes: [[Int]]
    /// What each edge carries.
    private var arrivals: [[Arrival]]
    private var count = 0
    private let countMax: Int

    /// - Parameter countMax: the executions beyond which a flow is too large.
    init(_ flow: SimulatedFlow, inputs: ValueMap? = nil, countMax: Int) throws(Unfit) {
        self.flow = flow
        self.countMax = countMax
        executions = Array(repeating: [], count: flow.nodes.count)
        scopes = Array(repeating: [], count: flow.nodes.count)
        arrivals = Array(repeating: [], count: flow.edges.count)
        for node in flow.order { try run(node, inputs ?? flow.inputs) }
        gather()
    }

    var failedCount: Int { executions.joined().count(where: \.hasFailed) }

    /// What a node gets that runs this flow (spec flow-engine 11.4).
    var nestedOutcome: NodeOutcome {
        failedCount > 0 ? .failed("\(failedCount) nodes failed;\n") : .outputs(output)
    }

    private mutating func run(_ node: Int, _ startInputs: ValueMap) throws(Unfit) {
        let incoming = flow.edges.indices.filter { flow.edges[$0].target == node }
        if flow.nodes[node].kind == .collect { return try collect(node, incoming) }
        let around = Set(incoming.flatMap(loops(on:)))
        scopes[node] = flow.order.filter(around.contains)

        let isCut = incoming.contains { edge in
            loops(on: edge).isEmpty && isRequired(edge) && arrivals[edge].first?.value == nil
        }
        guard !isCut else { return }
        let looping = incoming.filter { !loops(on: $0).isEmpty }
        guard !looping.isEmpty else {
            return try execute(node, startInputs, incoming.map { ($0, arrivals[$0].first) }, tag: [:])
        }
        let iterations = LoopJoin.iterations(
            looping.map { edge in
                Stream(scope: loops(on: edge), isRequired: isRequired(edge), arrivals: arrivals[edge])
            })
        for iteration in iterations {
            let picks =
                Array(zip(looping, iteration.picks))
                + incoming.filter { loops(on: $0).isEmpty }.map { ($0, arrivals[$0].first) }
            if picks.contains(where: { isRequired($0) && $1?.value == nil }) {
                try deliver(ValueMap(), from: node, iteration.tag, nil)
            } else {
                try execute(node, startInputs, picks, tag: iteration.tag)
            }
        }
    }

    private mutating func collect(_ node: Int, _ incoming: [Int]) throws(Unfit) {
        var inputs = flow.nodes[node].defaults
        for edge in incoming { inputs[flow.edges[edge].input] = .array(arrivals[edge].compactMap(\.value)) }
        try execute(
            node, inputs: inputs, sources: incoming.flatMap { arrivals[$0].compactMap(\.source) }, [:])
    }

    private mutating func execute(
        _ node: Int, _ startInputs: ValueMap, _ picks: [(edge: Int, arrival: Arrival?)], tag: [Int: Int]
    ) throws(Unfit) {
        var inputs = flow.nodes[node].defaults
        if case .flowInput(let label) = flow.nodes[node].kind, let value = startInputs[label] {
            inputs[label] = value
        }
        for (edge, arrival) in picks {
            if let value = arrival?.value { inputs[flow.edges[edge].input] = value }
        }
        try execute(node, inputs: inputs, sources: picks.compactMap { $0.arrival?.source }, tag)
    }

    private mutating func execute(
        _ node: Int, inputs: ValueMap, sources: [Occasion], _ tag: [Int: Int]
    ) throws(Unfit) {
        count += 1
        guard count <= countMax else { throw Unfit() }
        let times = Int32(executions[node].count)
        var outputs: ValueMap
        var hasFailed = false
        switch try outcome(of: node, inputs, times) {
        case .outputs(let made):
            outputs = made
            carryOver(node, inputs, &outputs)
            hasFailed = flow.nodes[node].outputs.contains { !$0.isOptional && outputs[$0.name] == nil }
            for port in flow.nodes[node].outputs where port.type == "keypair" {
                if case .b64(let pair)? = outputs[port.name] { outputs[port.name] = .keyPairSecret(pair) }
            }
        case .failed:
            outputs = ValueMap()
            hasFailed = true
        }
        executions[node].append(
            Execution(inputs: inputs, outputs: outputs, hasFailed: hasFailed, sources: sources))
        try deliver(outputs, from: node, tag, Occasion(node: node, times: times))
    }

    private func outcome(of node: Int, _ inputs: ValueMap, _ times: Int32) throws(Unfit) -> NodeOutcome {
        let node = flow.nodes[node]
        switch node.kind {
        case .nested(let index):
            return try ExpectedRun(flow.nested[index], inputs: inputs, countMax: countMax).nestedOutcome
        case .instructions:
            guard let call = node.call(inputs, times: times) else { return .failed("") }
            var signature: String?
            if !call.act.isEmpty {
                guard case .success(let text) = SimulatedChain.result([call.act]) else {
                    return .failed("")
                }
                signature = text
            }
            guard case .outputs(var outputs) = call.then(signature) else { return .failed("") }
            for entry in call.early.entries { outputs[entry.key] = entry.value }
            return .outputs(outputs)
        default: return node.outcome(inputs, times: times)
        }
    }

    /// Passthrough inputs take the place of outputs of their name (spec flow-engine 6.2).
    private func carryOver(_ node: Int, _ inputs: ValueMap, _ outputs: inout ValueMap) {
        for port in flow.nodes[node].inputs where port.isPassthrough {
            guard let value = inputs[port.name], port.isRequired || value != .null else { continue }
            outputs[port.name] = value
        }
    }

    private mutating func deliver(
        _ outputs: ValueMap, from node: Int, _ tag: [Int: Int], _ source: Occasion?
    ) throws(Unfit) {
        for index in flow.edges.indices where flow.edges[index].source == node {
            let value = outputs[flow.edges[index].output]
            guard flow.nodes[node].kind == .foreach else {
                arrivals[index].append(Arrival(tag: tag, value: value, source: source))
                continue
            }
            // Elements of an array; anything else is one element; nothing is none (spec flow-engine 5.1).
            let elements: [Value]
            if case .array(let values)? = value {
                elements = values
            } else {
                elements = value.map { [$0] } ?? []
            }
            for (position, element) in elements.enumerated() {
                var inner = tag
                inner[node] = position
                arrivals[index].append(Arrival(tag: inner, value: element, source: source))
            }
            guard arrivals[index].count <= countMax else { throw Unfit() }
        }
    }

    private mutating func gather() {
        for (index, node) in flow.nodes.enumerated() {
            guard case .flowOutput(let name) = node.kind else { continue }
            let values = executions[index].compactMap { $0.outputs[name] }
            if let value = node.gathered(values) { output[name] = value }
        }
    }

    /// The loops whose elements an edge carries, outermost first.
    private func loops(on edge: Int) -> [Int] {
        let source = flow.edges[edge].source
        switch flow.nodes[source].kind {
        case .foreach: return scopes[source] + [source]
        case .collect: return []
        default: return scopes[source]
        }
    }

    private func isRequired(_ edge: Int) -> Bool {
        flow.nodes[flow.edges[edge].target].inputs.first { $0.name == flow.edges[edge].input }?.isRequired
            ?? false
    }
}
