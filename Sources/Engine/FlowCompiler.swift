// The port to what makes graphs of documents.

public import Primitives

/// A flow that is ready to run, made from a stored document.
public struct CompiledFlow: Sendable {
    public let graph: FlowGraph
    /// What was tolerated while reading the document; said as `FlowLog` lines at every start.
    public let warnings: [String]
    public let snapshot: FlowSnapshot
    public let environment: [String: String]
    /// The flow's own.
    public let terms: any RunTerms
    public let bundling: String

    public init(
        graph: FlowGraph, warnings: [String], snapshot: FlowSnapshot, environment: [String: String],
        terms: any RunTerms, bundling: String
    ) {
        self.graph = graph
        self.warnings = warnings
        self.snapshot = snapshot
        self.environment = environment
        self.terms = terms
        self.bundling = bundling
    }
}

/// Turns stored documents into graphs. Pure; called on a worker, as a large document takes a while.
public protocol FlowCompiler: Sendable {
    /// The flow of a document, or every problem that keeps it from running. The same document gives the same flow, and so
    /// does the document of its snapshot.
    func compile(_ document: [UInt8]) throws(GraphProblems) -> CompiledFlow
    /// The nodes of a document that need not be able to run, as far as they can be read; none of what is no document.
    func nodes(of document: [UInt8]) -> [NodeID]
}
