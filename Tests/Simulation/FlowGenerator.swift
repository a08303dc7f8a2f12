// Random flows. Pure: the same seed gives the same flow.

import Engine
import Primitives
import TestKit
import Values

/// Makes one flow. Nodes are made in an order in which each edge leads forward, and then shuffled, as the order of a
/// document means nothing but which of two ready nodes starts first.
struct FlowGenerator {
    /// A flow with more executions takes too long.
    static let executionsMax = 600

    private var random: SeededGenerator
    private let depth: Int
    private let nodesMax: Int
    private var nodes: [SimulatedNode] = []
    private var edges: [SimulatedFlow.Edge] = []
    private var nested: [SimulatedFlow] = []
    private var outputCount = 0
    private var isAsking = false
    private var isInstructing = false
    private var hasSecrets = false
    private var isFailing = false

    private init(seed: UInt64, depth: Int, nodesMax: Int) {
        random = SeededGenerator(seed: seed)
        self.depth = depth
        self.nodesMax = nodesMax
    }

    /// How many nodes the flow of a seed has at the most: most defects show in small flows, some only in large ones.
    static func nodesMax(seed: UInt64) -> Int { [60, 8, 12, 20][Int(seed % 4)] }

    /// The first flow of a seed that is neither too large nor without a meaning.
    static func flow(seed: UInt64, depth: Int = 0) -> (SimulatedFlow, ExpectedRun) {
        let countMax = depth == 0 ? executionsMax : 30
        var attempt: UInt64 = 0
        while true {
            var mixer = Mixer(seed)
            mixer.add(attempt)
            mixer.add(UInt64(depth))
            var generator = FlowGenerator(
                seed: mixer.number, depth: depth, nodesMax: depth == 0 ? nodesMax(seed: seed) : 6)
            if let flow = try? generator.make(),
                let expected = try? ExpectedRun(flow, countMax: countMax)
            {
                return (flow, expected)
            }
            attempt += 1
        }
    }

    private mutating func make() throws -> SimulatedFlow {
        isAsking = chance(1, in: 4)
        isInstructing = depth == 0 && chance(1, in: 5)
        hasSecrets = depth == 0 && chance(1, in: 10)
        isFailing = chance(2, in: 3)
        if depth == 0, chance(1, in: 6) {
            nested = (0..<number(1...2)).map { _ in
                FlowGenerator.flow(seed: random.next(), depth: depth + 1).0
            }
        }
        let count = number(min(5, nodesMax / 2)...nodesMax)
        for _ in 0..<count { add() }
        return try shuffled()
    }

    private mutating func add() {
        let position = nodes.count
        var node = draw(position)
        node.salt = random.next()
        if isFailing, chance(1, in: 4) { node.failing = UInt64(number(1...6)) }
        if isFailing, chance(1, in: 6) { node.missing = UInt64(number(1...6)) }
        if chance(1, in: 2) { node.omitting = UInt64(number(2...12)) }
        nodes.append(node)
        connect(position)
    }

    private mutating func draw(_ position: Int) -> SimulatedNode {
        let roll = position < 2 ? number(0...29) : number(0...99)
        switch roll {
        case ..<20: return constant(position)
        case ..<25:
            let label = ["a", "b", "c", "d"][number(0...3)]
            return SimulatedNode(
                name: "input\(position)", kind: .flowInput(label),
                inputs: [InputPort(label, required: false)],
                outputs: [OutputPort(label)], defaults: chance(1, in: 2) ? [label: .u64(7)] : ValueMap())
        case ..<42:
            return SimulatedNode(
                name: "foreach\(position)", kind: .foreach, inputs: [InputPort("array")],
                outputs: [OutputPort("element"), OutputPort("index")])
        case ..<50:
            return SimulatedNode(
                name: "collect\(position)", kind: .collect, inputs: [InputPort("element", required: false)],
                outputs: [OutputPort("array")])
        case ..<60:
            // Sometimes two flow outputs share a name: the last one in the document counts.
            if !chance(1, in: 10) { outputCount += 1 }
            let name = "out\(outputCount)"
            return SimulatedNode(
                name: "output\(position)", kind: .flowOutput(name), inputs: [InputPort(name)],
                outputs: [OutputPort(name)], isAlwaysArray: chance(1, in: 5))
        case ..<66 where !nested.isEmpty:
            return SimulatedNode(
                name: "nested\(position)", kind: .nested(number(0...nested.count - 1)),
                inputs: ["a", "b"].map { InputPort($0, required: flip()) },
                outputs: (0...2).map { OutputPort("out\($0)", optional: !chance(1, in: 4)) })
        case ..<75 where isInstructing:
            var inputs = ports(number(1...2))
            inputs.append(InputPort("carried", required: false, passthrough: true))
            return SimulatedNode(
                name: "instructions\(position)", kind: .instructions(payer: UInt8(number(1...2))),
                inputs: inputs,
                outputs: [
                    OutputPort("early", optional: flip()), OutputPort("signature"),
                    OutputPort("late", optional: flip()),
                ])
        case ..<80 where isAsking:
            return SimulatedNode(
                name: "asking\(position)", kind: .asking, inputs: ports(number(0...2)),
                outputs: [OutputPort("x")])
        default: return ordinary(position)
        }
    }

    private mutating func constant(_ position: Int) -> SimulatedNode {
        SimulatedNode(
            name: "const\(position)", outputs: [OutputPort("x", optional: chance(1, in: 6))],
            arrayDepth: number(0...2))
    }

    private mutating func ordinary(_ position: Int) -> SimulatedNode {
        var node = SimulatedNode(
            name: "node\(position)", inputs: ports(chance(1, in: 12) ? number(5...12) : number(1...4)),
            outputs: (0..<number(1...2)).map { OutputPort(["x", "y"][$0], optional: chance(2, in: 5)) },
            arrayDepth: chance(1, in: 3) ? number(1...2) : 0)
        for port in node.inputs where chance(1, in: 8) {
            node.defaults[port.name] = chance(1, in: 4) ? .null : .u64(UInt64(number(0...9)))
        }
        if hasSecrets, chance(1, in: 3) { node.outputs.append(OutputPort("key", type: "keypair")) }
        return node
    }

    private mutating func ports(_ count: Int) -> [InputPort] {
        (0..<count).map { InputPort("i\($0)", required: chance(3, in: 5), passthrough: chance(1, in: 5)) }
    }

    /// Gives most inputs of the last node an edge from an earlier one, rather from a near one.
    private mutating func connect(_ position: Int) {
        guard position > 0 else { return }
        if case .flowInput = nodes[position].kind { return }
        for port in nodes[position].inputs where !chance(1, in: 12) {
            let near = max(0, position - 6)
            let source = chance(1, in: 3) ? number(0...position - 1) : number(near...position - 1)
            var names = nodes[source].outputs.map(\.name)
            if nodes[source].kind != .foreach {
                names += nodes[source].inputs.filter(\.isPassthrough).map(\.name)
            }
            guard let output = names.randomElement(using: &random) else { continue }
            edges.append(
                SimulatedFlow.Edge(source: source, output: output, target: position, input: port.name))
        }
    }

    private mutating func shuffled() throws -> SimulatedFlow {
        let document = nodes.indices.shuffled(using: &random)
        var places = Array(repeating: 0, count: nodes.count)
        for (place, position) in document.enumerated() { places[position] = place }
        var settings = RunSettings()
        settings.bundles = flip()
        settings.collectsActs = isInstructing && chance(1, in: 6)
        settings.isReadOnly = isInstructing && chance(1, in: 10)
        var inputs = ValueMap()
        for label in ["a", "b", "c"] where flip() {
            inputs[label] = flip() ? .u64(UInt64(number(0...99))) : .array([.u64(1), .u64(2), .null])
        }
        return try SimulatedFlow(
            nodes: document.map { nodes[$0] },
            edges: edges.shuffled(using: &random).map { edge in
                SimulatedFlow.Edge(
                    source: places[edge.source], output: edge.output, target: places[edge.target],
                    input: edge.input)
            },
            order: places, inputs: inputs, settings: settings, nested: nested)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func flip() -> Bool { Bool.random(using: &random) }

    private mutating func chance(_ part: Int, in whole: Int) -> Bool { number(1...whole) <= part }
}
