// Rules of documents of flows: whatever can be compiled is still the same flow in its canonical form.

import Documents
import Engine
import Nodes
import Primitives
import Wire

extension FuzzTarget {
    static let documents = FuzzTarget("documents") { input in
        let flow: CompiledFlow
        do throws(GraphProblems) {
            flow = try DocumentRules.compiler.compile(input)
        } catch {
            try expect(error.problems.count <= Limits.documentProblemsMax + 1, "there are too many problems")
            for problem in error.problems {
                try expect(!problem.description.isEmpty, "a problem says nothing")
                try expect(problem.description.utf8.count < 8_192, "a problem is long: \(problem)")
            }
            return
        }
        let canonical = flow.snapshot.document
        let again = try expect("a canonical document compiles") {
            try DocumentRules.compiler.compile(canonical)
        }
        try expect(again.snapshot.document == canonical, "a canonical document has another canonical form")
        try expect(again.snapshot.hash == flow.snapshot.hash, "a flow has two snapshots")
        try DocumentRules.expectSame(again, flow, "in canonical form")
        let ids = DocumentRules.compiler.nodes(of: input)
        for node in flow.graph.nodes {
            try expect(ids.contains(node.id), "node \(node.id) is not among those of the document")
        }
        let references = FlowReferences(flows: [:], belongings: nil)
        let rows = try expect("a flow can be copied") {
            try DocumentRules.compiler.rewrite(input, flow.graph, references)
        }
        let copy = try expect("a copy compiles") {
            try DocumentRules.compiler.compile(
                Array(#"{"nodes":"#.utf8) + rows.nodes + Array(#","edges":"#.utf8) + rows.edges + [0x7D])
        }
        try DocumentRules.expectSame(copy, flow, "as a copy")
    }
}

private enum DocumentRules {
    static let compiler = FlowDocumentCompiler(
        registry: NodeLibrary.registry(), digest: { bytes in [UInt8(truncatingIfNeeded: bytes.count)] })

    static func expectSame(_ other: CompiledFlow, _ flow: CompiledFlow, _ form: String) throws {
        try expect(
            other.graph.nodes.map(\.id) == flow.graph.nodes.map(\.id), "a flow has other nodes \(form)")
        try expect(other.warnings.count == flow.warnings.count, "a flow has other warnings \(form)")
    }
}
