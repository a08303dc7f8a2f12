import Engine
import Primitives
import TestKit
import Testing
import Values

/// Spec flow-engine 6.4, nodes 6.4.
@Suite struct `An input that takes public keys` {
    private static let key = "AKnL4NNf3DGWZJS6cPknBuEGnVsV4A4m5tgebLHaRSZ9"
    private static let bytes = Bytes32(Base58.decode(key) ?? [])

    /// What arrives at an input of these types.
    private func arrived(_ value: Value, at types: [String]) throws -> Value? {
        var sketch = GraphSketch()
        sketch.constant("x", value)
        sketch.node("t", inputs: [InputPort("in", types: types)], outputs: [OutputPort("out")]) { call in
            .done(.outputs(["out": call.inputs["in"] ?? .null]))
        }
        sketch.output("o")
        sketch.connect("x.out -> t.in")
        sketch.connect("t.out -> o.o")
        var driver = MachineDriver(try sketch.graph())
        driver.runToTheEnd()
        return driver.result?.output["o"]
    }

    @Test func `gets one of every value that can be read as one`() throws {
        let key = Value.b32(try #require(Self.bytes))
        for value in [.string(Self.key), key, .map(["public_key": .string(Self.key)])] as [Value] {
            #expect(try arrived(value, at: ["pubkey"]) == key)
        }
    }

    @Test func `gets texts as they are if it takes texts as well`() throws {
        let key = Value.b32(try #require(Self.bytes))
        for types in [["string", "pubkey", "bytes"], ["pubkey", "string"]] {
            #expect(try arrived(.string(Self.key), at: types) == .string(Self.key))
            #expect(try arrived(.map(["public_key": .string(Self.key)]), at: types) == key)
        }
        #expect(try arrived(.string(Self.key), at: ["string"]) == .string(Self.key))
    }
}
