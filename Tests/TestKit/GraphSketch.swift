// Small graphs for tests, drawn in a few lines.

import Chain
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
        defaults: ValueMap = ValueMap(), conduct: NodeConduct = .pure, vault: [String: VaultName] = [:],
        actInfo: ActInfo? = nil, belonging: (any Belonging)? = nil,
        work: @escaping NodeWork
    ) {
        let node = GraphNode(
            id: GraphSketch.id(nodes.count), kindName: name, role: role, inputs: inputs, outputs: outputs,
            defaults: defaults, conduct: conduct, actInfo: actInfo, belonging: belonging, work: work)
        nodes.append(node.withVaultInputs(vault.map { (input: $0.key, secret: $0.value) }))
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

    /// A start input as an output of the same name.
    public mutating func input(_ name: String) {
        nodes.append(
            GraphNode(
                id: GraphSketch.id(nodes.count), kindName: name, role: .flowInput(name), inputs: [],
                outputs: [OutputPort(name)], startBinding: StartBinding(name: name, input: name)
            ) { call in
                .done(.outputs([name: call.inputs[name] ?? .null]))
            })
        names.append(name)
    }

    /// A node that gives its wallet out as `pubkey`: the configured one, or the one that takes its place.
    public mutating func wallet(_ name: String, _ wallet: StaticWallet) {
        node(name, outputs: [OutputPort("pubkey")], belonging: wallet) { call in
            .done(.outputs(["pubkey": .b32(call.context.terms.chain.key(of: wallet))]))
        }
    }

    /// A node that runs another flow.
    ///
    /// - Parameter first: what it does before.
    public mutating func nested(
        _ name: String, flow: FlowID, inputs: [String], outputs: [String],
        first: @escaping @Sendable (NodeCall) -> Void = { _ in }
    ) {
        nodes.append(
            GraphNode(
                id: GraphSketch.id(nodes.count), kindName: name, inputs: inputs.map { InputPort($0) },
                outputs: outputs.map { OutputPort($0) },
                conduct: NodeConduct(readCapability: .mutating, repetition: .always, timeLimit: nil),
                nestedFlow: flow
            ) { call in
                first(call)
                return .ask(.flow(flow))
            })
        names.append(name)
    }

    /// A node that waits for a value and gives it out as `value`.
    public mutating func awaiting(_ name: String, timeLimit: Duration? = nil) {
        nodes.append(
            GraphNode(
                id: GraphSketch.id(nodes.count), kindName: name, inputs: [], outputs: [OutputPort("value")],
                conduct: NodeConduct(readCapability: .interactive, repetition: .always, timeLimit: nil)
            ) { _ in
                .ask(.input(InputWish(timeLimit: timeLimit)))
            })
        names.append(name)
    }

    public mutating func output(_ name: String, isAlwaysArray: Bool = false) {
        nodes.append(
            GraphNode(
                id: GraphSketch.id(nodes.count), kindName: name, role: .flowOutput(name),
                inputs: [InputPort(name)], outputs: [OutputPort(name)], isAlwaysArray: isAlwaysArray
            ) { call in
                .done(.outputs(call.inputs))
            })
        names.append(name)
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
