import Chain
import Engine
import Primitives
import TestKit
import Testing
import Values

@Suite struct `Ports for keys` {
    private static let pair = known(Bytes64((0..<64).map { UInt8($0) }))

    @Test func `are those whose type says so`() throws {
        #expect(KeyPorts([InputPort("a", types: ["pubkey"])], [OutputPort("b")]) == nil)
        let ports = try #require(
            KeyPorts([InputPort("a", types: ["keypair", "pubkey"]), InputPort("c")], [OutputPort("b")]))
        #expect(ports.takesSecrets("a") && !ports.takesSecrets("c"))
    }

    @Test func `show the public half of what they give`() throws {
        let ports = try #require(
            KeyPorts(
                [InputPort("in", types: ["keypair"], passthrough: true)],
                [OutputPort("out", type: "keypair"), OutputPort("open")]))
        let key = Value.b32(known(Bytes32([UInt8](32..<64))))
        var values: ValueMap = [
            "in": .map(["public_key": key, "token": .string("psst")]), "out": .b64(Self.pair),
            "open": .b64(Self.pair),
        ]
        ports.hide(in: &values)
        let shown = Value.map(["public_key": key])
        #expect(GraphSketch.text(values["in"]?.concealed ?? .null) == GraphSketch.text(shown))
        #expect(GraphSketch.text(values["out"]?.concealed ?? .null) == GraphSketch.text(shown))
        #expect(values["open"]?.holdsSecret == false)
    }

    /// To a port that takes public keys only the public half travels, unless it takes the whole.
    @Test(arguments: [(["pubkey"], false), (["pubkey", "keypair"], true)])
    func `get the whole of what is sent to them`(types: [String], isWhole: Bool) throws {
        var sketch = GraphSketch()
        sketch.constant("x", .keyPairSecret(Self.pair))
        sketch.node("y", inputs: [InputPort("in", types: types)], outputs: [OutputPort("out")]) { call in
            .done(.outputs(["out": .bool(call.inputs["in"]?.holdsSecret == true)]))
        }
        sketch.output("o")
        sketch.connect("x.out -> y.in")
        sketch.connect("y.out -> o.o")
        var driver = MachineDriver(
            try FlowGraph(nodes: sketch.nodes.map(\.withKeyPorts), edges: sketch.edges))
        driver.runToTheEnd()
        #expect(driver.result.map { GraphSketch.text(.map($0.output)) } == "{o: \(Value.bool(isWhole))}")
    }
}
