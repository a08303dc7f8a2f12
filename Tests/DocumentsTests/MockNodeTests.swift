import Engine
import Primitives
import Testing
import Values

/// Spec nodes 4.5.
@Suite struct `Mock nodes` {
    private static let ports =
        #""inputs":[{"id":"\#(id(1, 32))","name":"in"}],"outputs":[{"id":"\#(id(1, 16))","name":"out"},{"id":"\#(id(1, 17))","name":"more"}]"#

    /// A mock with this configuration before a node that takes its first output, in each of the three forms.
    private static func documents(_ outputs: String, mode: String = "on") -> [String] {
        let first = #"{"id":"\#(id(1, 16))","name":"out"},{"id":"\#(id(1, 17))","name":"more"}"#
        return [
            #""type":"mock","data":{"node_id":"later","ports":{\#(ports)},"config":{"outputs":\#(outputs)}}"#,
            #""data":{"type":"mock","node_id":"later",\#(ports),"config":{"outputs":\#(outputs)}}"#,
            #""data":{"type":"mock","node_id":"later","sources":[\#(first)],"targets":[],"targets_form":{"form_data":{"outputs":\#(outputs)}}}"#,
        ].map { mock in
            #"""
            {"environment":{"FLOWD_MOCKS":"\#(mode)"},"nodes":[{"id":"\#(id(1))",\#(mock)},
              {"id":"\#(id(2))","data":{"node_id":"to_string","ports":{"inputs":[{"id":"\#(id(2, 32))","name":"stringify"}],"outputs":[]}}}],
             "edges":[{"source":"\#(id(1))","sourceHandle":"\#(id(1, 16))","target":"\#(id(2))","targetHandle":"\#(id(2, 32))"}]}
            """#
        }
    }

    private func outputs(of node: GraphNode) -> ValueMap? {
        let call = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0), inputs: ValueMap())
        guard case .done(.outputs(let outputs)) = node.work(call) else { return nil }
        return outputs
    }

    @Test func `give what they are configured with, where the flow says so`() throws {
        for document in Self.documents(#"{"out":{"S":"tagged"}}"#) + Self.documents(#"{"out":"tagged"}"#) {
            let flow = try compiler.compile(Array(document.utf8))
            #expect(flow.graph.nodes.count == 2 && flow.warnings.isEmpty)
            #expect(try outputs(of: #require(flow.graph.nodes.first)) == ["out": .string("tagged")])
            #expect(flow.graph.nodes[0].outputs.map(\.isOptional) == [false, true])
            // What is stored of the flow says the same again.
            let again = try compiler.compile(flow.snapshot.document)
            #expect(again.graph.nodes.count == 2 && again.snapshot.hash == flow.snapshot.hash)
        }
    }

    @Test func `are left out otherwise, and nothing of them is read`() throws {
        for mode in ["off", "", "ON", "true"] {
            for document in Self.documents(#"{"nowhere":1}"#, mode: mode) {
                let flow = try compiler.compile(Array(document.utf8))
                #expect(flow.graph.nodes.count == 1)
                #expect(flow.warnings.contains("edge from mock node \(id(1)) to node \(id(2)) left out"))
            }
        }
    }

    @Test func `are left out if they are configured with no outputs`() throws {
        for document in Self.documents("{}") {
            let text = document.replacing(#""outputs":{}"#, with: #""other":{}"#)
            let flow = try compiler.compile(Array(text.utf8))
            #expect(flow.graph.nodes.count == 1 && flow.warnings.count == 2)
        }
    }

    @Test(arguments: [
        ("7", "outputs must be an object of values by the names of outputs"),
        (#"{"elsewhere":1}"#, #"outputs has "elsewhere", which is no output of the node"#),
        (#"{"out":1e999}"#, #"outputs has "out", which cannot be read: number out of range"#),
    ])
    func `say what is wrong with their outputs`(outputs: String, message: String) {
        for document in Self.documents(outputs) {
            #expect(problems(document) == ["failed to create mock: \(message) (node \(id(1)))"])
        }
    }
}
