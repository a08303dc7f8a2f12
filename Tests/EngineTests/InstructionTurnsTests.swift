import Chain
import Engine
import Primitives
import TestKit
import Testing
import Values

/// Instruction nodes and the order of what happens around them.
@Suite struct `Nodes that send transactions` {
    /// A graph of instruction nodes with the inputs `early` and `late`, each with its own payer, beside other nodes.
    private struct Sketch {
        var nodes: [GraphNode] = []
        var edges: [EdgeDeclaration] = []

        mutating func sender(_ name: String, payer: UInt8 = 1, inputs: [String] = []) {
            nodes.append(
                GraphNode(
                    id: GraphSketch.id(nodes.count), kindName: name, inputs: inputs.map { InputPort($0) },
                    outputs: [OutputPort("known"), OutputPort("signature")],
                    actInfo: ActInfo(before: ["known"], receipt: "signature")
                ) { _ in .ask(.act(call(payer, name))) })
        }

        mutating func plain(
            _ name: String, role: NodeRole = .ordinary, inputs: [String] = [], gives: Value = .null
        ) {
            nodes.append(
                GraphNode(
                    id: GraphSketch.id(nodes.count), kindName: name, role: role,
                    inputs: inputs.map { InputPort($0) }, outputs: [OutputPort("out")]
                ) { _ in .done(.outputs(["out": gives])) })
        }

        mutating func connect(_ source: Int, _ output: String, _ target: Int, _ input: String) {
            edges.append(
                EdgeDeclaration(
                    source: GraphSketch.id(source), output: output, target: GraphSketch.id(target),
                    input: input))
        }

        func driver(collects: Bool = false) throws -> MachineDriver {
            var settings = RunSettings()
            settings.bundles = true
            settings.collectsActs = collects
            return MachineDriver(try FlowGraph(nodes: nodes, edges: edges), settings: settings)
        }
    }

    private static func call(_ payer: UInt8, _ name: String) -> ActCall {
        guard let key = Bytes32(Array(repeating: payer, count: 32)) else { preconditionFailure("32 bytes") }
        return ActCall(
            InstructionAct(
                feePayer: key, signers: [],
                instructions: [Instruction(program: key, accounts: [], data: Array(name.utf8))]),
            early: ["known": .u64(1)]
        ) { .outputs(["signature": .string($0 ?? "")]) }
    }

    @Test func `are not given up while another transaction can be sent`() throws {
        var sketch = Sketch()
        let elements = Value.array([.u64(1), .u64(2)])
        sketch.plain("loop", role: .foreach, gives: elements)
        sketch.sender("first", inputs: ["a"])
        sketch.plain("all", role: .collect, inputs: ["a"])
        // Both go into one transaction, and one of them can only run when all of the first kind are sent.
        sketch.sender("each", inputs: ["a"])
        sketch.sender("once", inputs: ["a"])
        sketch.connect(0, "out", 1, "a")
        sketch.connect(1, "signature", 2, "a")
        sketch.connect(1, "signature", 3, "a")
        sketch.connect(2, "out", 4, "a")
        var driver = try sketch.driver()
        driver.runToTheEnd()
        #expect(driver.transactions == [["first"], ["first"], ["each", "once"], ["each"]])
        #expect(driver.result?.status == .finished)
    }

    @Test func `end once when a stop and the transaction before theirs come together`() throws {
        var sketch = Sketch()
        sketch.sender("first", payer: 1)
        sketch.sender("second", payer: 2)
        var driver = try sketch.driver()
        driver.apply([.started])
        driver.finishRound()
        driver.apply([
            .stopRequested(reason: nil, isGraceful: false), .parcelEnded(1, .success("signature")),
        ])
        #expect(driver.lines.count { $0 == "finish second#0" } == 1)
        #expect(driver.result?.status == .stopped)
    }

    @Test func `let a run be stopped while their transaction is built`() throws {
        for isGraceful in [false, true] {
            var sketch = Sketch()
            sketch.sender("first")
            var driver = try sketch.driver(collects: true)
            driver.apply([.started])
            driver.finishRound()
            #expect(!driver.machine.hasEnded)
            driver.apply([.stopRequested(reason: nil, isGraceful: isGraceful)])
            #expect(driver.machine.hasEnded != isGraceful)
            driver.apply([.graceEnded])
            #expect(driver.result?.status == .stopped)
        }
    }

    @Test func `end later than what another node has put out`() throws {
        var sketch = Sketch()
        sketch.sender("first")
        sketch.sender("second")
        var driver = try sketch.driver(collects: true)
        driver.apply([.started])
        driver.finishRound()
        for (event, next) in zip(driver.events, driver.events.dropFirst()) {
            guard case .nodeOutput(let given) = event.content,
                case .nodeFinished(let end) = next.content, given.execution != end.execution
            else { continue }
            #expect(event.time < next.time)
            return
        }
        Issue.record("the outputs of one node and the end of another do not follow each other")
    }
}
