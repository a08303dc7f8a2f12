// Hides the secrets in the environments of flows, before any run has one.

public import Primitives

/// A compiler of flows in whose environments no secrets are seen. Scripts read them, and rows of runs show them.
public struct ConcealingCompiler: FlowCompiler {
    private let compiler: any FlowCompiler
    private let finder: any SecretFinder

    public init(_ compiler: any FlowCompiler, _ finder: any SecretFinder) {
        self.compiler = compiler
        self.finder = finder
    }

    /// The flow of a document, with a note in place of each secret in its environment.
    public func compile(_ document: [UInt8]) throws(GraphProblems) -> CompiledFlow {
        let flow = try compiler.compile(document)
        return CompiledFlow(
            graph: flow.graph, warnings: flow.warnings, snapshot: flow.snapshot,
            environment: finder.concealing(flow.environment), terms: flow.terms, bundling: flow.bundling)
    }

    /// The nodes of a document that need not be able to run.
    public func nodes(of document: [UInt8]) -> [NodeID] { compiler.nodes(of: document) }
}
