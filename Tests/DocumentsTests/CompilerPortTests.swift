import Chain
import Documents
import Engine
import Nodes
import Primitives
import TestKit
import Testing

/// What every compiler must do: the one of sketches, on which the engine is tested, and the one of documents.
///
/// Port: FlowCompiler. Implementations: FlowDocumentCompiler, SketchCompiler.
@Suite struct `Compilers` {
    enum Kind: CaseIterable {
        case sketches, documents
    }

    /// One implementation with two documents and the numbers of their nodes.
    private struct Bench {
        let compiler: any FlowCompiler
        let documents: [(text: [UInt8], nodeCount: Int)]

        init(_ kind: Kind) throws {
            switch kind {
            case .sketches:
                var sketches = [GraphSketch(), GraphSketch()]
                sketches[0].constant("a", .u64(1))
                for name in ["a", "b"] { sketches[1].constant(name, .u64(2)) }
                let graphs = ["first": try sketches[0].graph(), "second": try sketches[1].graph()]
                compiler = SketchCompiler(graphs)
                documents = [(Array("first".utf8), 1), (Array("second".utf8), 2)]
            case .documents:
                compiler = FlowDocumentCompiler(registry: NodeLibrary.registry(), digest: { $0 })
                let node = "to_string in:stringify out:result"
                documents = [(document(nodes: [node]), 1), (document(nodes: [node, node]), 2)]
            }
        }
    }

    @Test(arguments: Kind.allCases) func `make the same of a document each time`(kind: Kind) throws {
        let bench = try Bench(kind)
        for (text, nodeCount) in bench.documents {
            let (first, second) = (try bench.compiler.compile(text), try bench.compiler.compile(text))
            #expect(first.graph.nodes.count == nodeCount)
            #expect(first.graph.nodes.map(\.id) == second.graph.nodes.map(\.id))
            #expect(first.snapshot.hash == second.snapshot.hash)
            #expect(first.snapshot.document == second.snapshot.document)
            #expect(first.warnings == second.warnings && first.terms.chain == second.terms.chain)
        }
    }

    @Test(arguments: Kind.allCases) func `name snapshots by what is in them`(kind: Kind) throws {
        let bench = try Bench(kind)
        let all = try bench.documents.map { try bench.compiler.compile($0.text) }
        #expect(all[0].snapshot.hash != all[1].snapshot.hash)
        // A deployment and a run that was left behind are made of these.
        for flow in all {
            let frozen = try bench.compiler.compile(flow.snapshot.document)
            #expect(frozen.graph.nodes.map(\.id) == flow.graph.nodes.map(\.id))
            #expect(frozen.snapshot.hash == flow.snapshot.hash)
            #expect(frozen.snapshot.document == flow.snapshot.document)
        }
    }

    @Test(arguments: Kind.allCases) func `find the nodes of a document`(kind: Kind) throws {
        let bench = try Bench(kind)
        for (text, _) in bench.documents {
            let ids = try bench.compiler.compile(text).graph.nodes.map(\.id)
            #expect(Set(bench.compiler.nodes(of: text)) == Set(ids))
        }
    }

    @Test(arguments: Kind.allCases, ["", "x", "{", #"{"nodes":7}"#, "\u{0}"])
    func `say what is wrong with what they cannot read, which has no nodes`(kind: Kind, text: String) throws {
        let bench = try Bench(kind)
        let problems = #expect(throws: GraphProblems.self) { try bench.compiler.compile(Array(text.utf8)) }
        #expect(problems?.problems.isEmpty == false)
        #expect(bench.compiler.nodes(of: Array(text.utf8)).isEmpty)
    }
}
