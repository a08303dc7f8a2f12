import Chain
import Documents
import Engine
import Primitives
import Testing
import Values
import Wire

@Suite struct `A document for somebody else` {
    private static let key = "9C6hybhQ6Aycep9jaUnP6uL9ZYvDjUp1aSkFWPUFJtpj"
    private static let other = "5ZgHPb447UcXavVTorgYBr8egi3sw7dXKpX4Frec9rYS"

    /// Replaces one wallet.
    private struct Other: BelongingReplacements {
        let wallet: StaticWallet
        let configuration: ValueMap

        func configuration(inPlaceOf belonging: any Belonging) -> ValueMap? {
            belonging as? StaticWallet == wallet ? configuration : nil
        }
    }

    private func bytes32(_ text: String) throws -> Bytes32 {
        try #require(Base58.decode(text).flatMap { Bytes32($0) })
    }

    @Test func `refers to other flows and wallets, and is otherwise the same`() throws {
        let flow = id(200)
        let original = document(nodes: [
            #"interflow in:a out:b config:{"flow_id":{"S":"\#(flow)"},"note":"n"}"#,
            #"@spo/std.interflow.0.1 config:{"flow_id":9}"#, #"interflow config:{"flow_id":"7"}"#,
            #"@spo/flow.wallet.0.1 out:pubkey config:{"public_key":{"B3":"\#(`A document for somebody else`.key)"},"wallet_id":{"U":"3"}}"#,
            #"wallet config:{"wallet":{"S":"\#(`A document for somebody else`.key)"}}"#,
        ])
        let graph = try compiler.compile(original).graph
        let wallet = StaticWallet(key: try bytes32(`A document for somebody else`.key), id: 3, type: nil)
        #expect(graph.belongings.map { $0 as? StaticWallet } == [wallet])
        let copies: [FlowID: UniqueID] = [
            .uuid(try #require(UniqueID(flow))): UniqueID(high: 1, low: 1),
            .number(9): UniqueID(high: 1, low: 2),
        ]
        let other = Other(
            wallet: wallet,
            configuration: [
                "public_key": .b32(try bytes32(`A document for somebody else`.other)),
                "wallet_id": .u64(12), "wallet_type": .string("HARDCODED"),
            ])
        let copy = try compiler.rewrite(
            original, graph, FlowReferences(flows: copies, belongings: other))
        let nodes = try #require(JSONValue.parse(copy.nodes).array)
        let configs = nodes.map { $0["data"]?["config"] }
        #expect(configs[0] == ["flow_id": ["S": .string(UniqueID(high: 1, low: 1).text)], "note": "n"])
        #expect(configs[1] == ["flow_id": ["S": .string(UniqueID(high: 1, low: 2).text)]])
        #expect(configs[2] == ["flow_id": "7"])
        #expect(
            configs[3] == [
                "public_key": ["B3": .string(`A document for somebody else`.other)],
                "wallet_id": ["U": "12"], "wallet_type": ["S": "HARDCODED"],
            ])
        #expect(configs[4] == ["wallet": ["S": .string(`A document for somebody else`.key)]])
        #expect(nodes.map { $0["id"] } == (1...5).map { .string(id($0)) })
        #expect(try JSONValue.parse(copy.edges).array == [])
        let again = Array(#"{"nodes":"#.utf8) + copy.nodes + Array(#","edges":[]}"#.utf8)
        #expect(try compiler.compile(again).graph.nestedFlows.contains(.uuid(UniqueID(high: 1, low: 1))))
    }
}
