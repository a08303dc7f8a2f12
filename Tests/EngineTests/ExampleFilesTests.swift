import Documents
import Engine
import Nodes
import TestKit
import Testing

@Suite struct `The files of worked examples` {
    private static let names: [String] = (try? WorkedExample.allNames()) ?? []

    @Test func `are the examples that this build can run`() {
        #expect(Self.names.count == 31)
        #expect(Self.names.first == "EX01" && Self.names.last == "EX31")
    }

    @Test(arguments: names)
    func `hold a document that builds, or the reason why it does not`(name: String) throws {
        let example = try WorkedExample.named(name)
        #expect(example.title.hasPrefix(name))
        let compiler = FlowDocumentCompiler(
            registry: NodeRegistry(NodeLibrary.kinds(.unavailable) + [TestInstructionNode.kind]),
            digest: { _ in [] })
        if let refusal = example.refusal {
            let problems = #expect(throws: GraphProblems.self) { try compiler.compile(example.document) }
            #expect(problems?.problems.map(\.description) == [refusal])
        } else {
            let flow = try compiler.compile(example.document)
            #expect(flow.graph.nodes.map(\.id).map { example.names[$0] }.allSatisfy { $0 != nil })
            #expect(example.events.first?.kind == "FlowStart")
            #expect(example.events.last?.kind == "FlowFinish")
        }
    }

    @Test func `are written down again as they were read`() throws {
        for name in Self.names {
            for event in try WorkedExample.named(name).events {
                let kinds = [
                    "FlowStart", "FlowError", "FlowFinish", "NodeStart", "NodeOutput", "NodeError",
                    "NodeFinish", "ApiInput",
                ]
                #expect(kinds.contains(event.kind) && event.execution.isEmpty == event.kind.hasPrefix("Flow"))
            }
        }
        let example = try WorkedExample.named("EX19")
        #expect(example.lines[2] == .stop(timeoutMilliseconds: 0, reason: "enough"))
        #expect(example.events.map(\.description).contains(#"NodeError w#0 "canceled by user enough""#))
        #expect(try WorkedExample.named("EX20").lines[2] == .stop(timeoutMilliseconds: 1000, reason: nil))
        #expect(
            try WorkedExample.named("EX05").events.last?.description
                == #"FlowFinish [d, bad] {"M":{"good":{"S":"not json"}}}"#)
    }
}
