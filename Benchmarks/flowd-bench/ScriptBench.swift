// What nodes that are scripts cost, as a lane or a worker calls them. Main thread.

internal import Engine
internal import Nodes
internal import Primitives
internal import Values

/// Measures nodes of scripts, inputs and outputs included.
enum ScriptBench {
    private static let rounds = 9

    static func measureAll() throws(BenchError) {
        var table = Table(
            "Nodes that are scripts, inputs and outputs included; processor time, median of \(rounds) rounds",
            ["script", "where", "calls", "us each"])
        let sum = try node("a + b")
        guard let brief = sum.brief else { throw .wrong("a sum is not brief") }
        try table.add(
            row("a + b", "a lane's turn", calls: 20_000) { call in
                guard case .done(.outputs(let outputs))? = brief(call) else { return nil }
                return outputs["u"]
            })
        try table.add(row("a + b", "a worker", sum, calls: 20_000))
        for (name, source) in [
            ("100,000 times for", "let s = 0; for i in 0..100000 { s += i * 2; } s"),
            ("100,000 times while", "let s = 0; let i = 0; while i < 100000 { s += i * 2; i += 1; } s"),
        ] {
            try table.add(row(name, "a worker", node(source), calls: 5))
        }
        Terminal.say(table.text)
    }

    private static func node(_ source: String) throws(BenchError) -> GraphNode {
        guard let kind = NodeLibrary.registry().kind(named: "rhai_script_2x1") else {
            throw .wrong("there are no scripts")
        }
        do throws(NodeRefusal) {
            return try kind.configure(
                kind,
                NodeDeclaration(
                    id: NodeID(.zero), kindName: kind.name, inputs: [], outputs: [],
                    config: ["source": ConfigEntry(.string(source), isTagged: true)]))
        } catch {
            throw .wrong("\(error)")
        }
    }

    private static func row(
        _ name: String, _ place: String, _ node: GraphNode, calls: Int
    ) throws(BenchError) -> [String] {
        try row(name, place, calls: calls, defaults: node.defaults) { call in
            guard case .done(.outputs(let outputs)) = node.work(call) else { return nil }
            return outputs["u"]
        }
    }

    private static func row(
        _ name: String, _ place: String, calls: Int, defaults: ValueMap = [:], _ work: (NodeCall) -> Value?
    ) throws(BenchError) -> [String] {
        var inputs = defaults
        if inputs["source"] == nil { inputs["source"] = .string("a + b") }
        inputs["a"] = .i64(20)
        inputs["b"] = .i64(22)
        let call = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: NodeID(.zero), times: 0), inputs: inputs)
        var times: [Double] = []
        for _ in 0..<rounds {
            let before = ProcessTable.ownNanoseconds
            for _ in 0..<calls {
                guard work(call) != nil else { throw .wrong("\(name) gives nothing") }
            }
            times.append(Double(ProcessTable.ownNanoseconds - before) / Double(calls))
        }
        return [
            name, place, Text.grouped(calls),
            Text.fixed(times.sorted()[times.count / 2] / 1_000, digits: 2),
        ]
    }
}
