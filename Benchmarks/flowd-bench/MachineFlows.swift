// Flows for the measurements of the run machine: nodes whose work is nothing, in a few shapes. Pure values.

internal import Engine
internal import Primitives
internal import Values

/// A shape of a flow, of any size.
enum MachineShape: String, CaseIterable {
    /// Each node feeds the next one.
    case line
    /// One node feeds all others, and all of them feed one.
    case fan
    /// A loop with one node in its body, and a collect.
    case loop
    /// The same with three nodes in a row.
    case longLoop = "long-loop"

    var title: String {
        switch self {
        case .line: "straight line of nodes"
        case .fan: "fan: one node to all, all into one"
        case .loop: "loop with 1 node, and collect"
        case .longLoop: "loop with 3 nodes, and collect"
        }
    }

    /// - Parameter size: nodes of a line or fan, elements of a loop.
    func graph(size: Int) throws(GraphProblems) -> FlowGraph {
        var sketch = FlowSketch()
        switch self {
        case .line:
            var last = sketch.node(inputs: [], gives: .u64(1))
            for _ in 1..<size {
                let next = sketch.node(inputs: ["a"])
                sketch.connect(last, to: next, "a")
                last = next
            }
        case .fan:
            let first = sketch.node(inputs: [], gives: .u64(1))
            let names = (0..<size - 2).map { "a\($0)" }
            let last = sketch.node(inputs: names)
            for name in names {
                let next = sketch.node(inputs: ["a"])
                sketch.connect(first, to: next, "a")
                sketch.connect(next, to: last, name)
            }
        case .loop, .longLoop:
            let elements = Value.array((0..<UInt64(size)).map { .u64($0) })
            var last = sketch.node(role: .foreach, inputs: [], gives: elements)
            for _ in 0..<(self == .loop ? 1 : 3) {
                let next = sketch.node(inputs: ["a"])
                sketch.connect(last, to: next, "a")
                last = next
            }
            let collect = sketch.node(role: .collect, inputs: ["a"])
            sketch.connect(last, to: collect, "a")
        }
        return try sketch.graph()
    }
}

/// A graph in the making.
private struct FlowSketch {
    private var nodes: [GraphNode] = []
    private var edges: [EdgeDeclaration] = []

    /// A node with the output `out`: a value of its own, or what its input `a` gets. Returns its position.
    mutating func node(role: NodeRole = .ordinary, inputs: [String], gives value: Value? = nil) -> Int {
        nodes.append(
            GraphNode(
                id: FlowSketch.id(nodes.count), kindName: "bench", role: role,
                inputs: inputs.map { InputPort($0) }, outputs: [OutputPort("out")]
            ) { call in .done(.outputs(["out": value ?? call.inputs["a"] ?? .null])) })
        return nodes.count - 1
    }

    mutating func connect(_ source: Int, to target: Int, _ input: String) {
        edges.append(
            EdgeDeclaration(
                source: FlowSketch.id(source), output: "out", target: FlowSketch.id(target), input: input))
    }

    func graph() throws(GraphProblems) -> FlowGraph { try FlowGraph(nodes: nodes, edges: edges) }

    private static func id(_ position: Int) -> NodeID {
        NodeID(UniqueID(high: 0x4000, low: 0x8000_0000_0000_0000 | UInt64(position)))
    }
}

/// A stored document with a line of nodes that make texts.
enum LineDocument {
    static func bytes(nodes count: Int) -> [UInt8] {
        var nodes: [String] = []
        var edges: [String] = []
        for node in 0..<count {
            nodes.append(
                #"{"id":"\#(id(node, 0))","type":"native","position":{"x":\#(node),"y":0},"data":{"#
                    + #""node_id":"@spo/std.to_string.0.1","version":"0.1","name":"To string","ports":{"#
                    + #""inputs":[{"id":"\#(id(node, 1))","name":"stringify","type_bounds":["free"],"#
                    + #""required":true,"passthrough":false}],"outputs":[{"id":"\#(id(node, 2))","#
                    + #""name":"result","type":"string","optional":false}]},"config":{}}}"#)
            guard node > 0 else { continue }
            edges.append(
                #"{"source":"\#(id(node - 1, 0))","sourceHandle":"\#(id(node - 1, 2))","#
                    + #""target":"\#(id(node, 0))","targetHandle":"\#(id(node, 1))"}"#)
        }
        return Array(
            #"{"nodes":[\#(nodes.joined(separator: ","))],"edges":[\#(edges.joined(separator: ","))]}"#.utf8)
    }

    private static func id(_ node: Int, _ part: Int) -> String {
        let digits = String(node * 16 + part, radix: 16)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}
