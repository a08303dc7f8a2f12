// A document to a graph that can run: finds the kind of each node, resolves ports, and gathers all problems.

internal import Chain
public import Engine
public import Primitives

/// The compiler of this build's kinds.
public struct FlowDocumentCompiler: FlowCompiler {
    private let registry: NodeRegistry
    private let digest: @Sendable ([UInt8]) -> [UInt8]

    /// - Parameters:
    ///   - registry: the kinds that documents may use.
    ///   - digest: SHA-256, which names snapshots.
    public init(registry: NodeRegistry, digest: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.registry = registry
        self.digest = digest
    }

    /// The flow of a document in any form. Takes time in proportion to the document's size.
    ///
    /// - Throws: every problem of the document, at most `Limits.documentProblemsMax` of them.
    public func compile(_ document: [UInt8]) throws(GraphProblems) -> CompiledFlow {
        let document = try FlowDocument(document)
        var assembly = GraphAssembly(document, registry: registry)
        assembly.configureNodes()
        assembly.joinEdges()
        assembly.warnAboutPorts()
        let graph: FlowGraph
        do {
            graph = try FlowGraph(
                nodes: assembly.nodes, edges: assembly.edges, problems: document.problems + assembly.problems,
                words: .transactions)
        } catch {
            throw error.cut
        }
        let canonical = document.canonical
        return CompiledFlow(
            graph: graph, warnings: assembly.warnings + graph.warnings,
            snapshot: FlowSnapshot(hash: digest(canonical), document: canonical),
            environment: document.settings.environment, terms: ChainTerms(network: document.settings.network),
            bundling: document.settings.bundling)
    }

    /// The ids of the nodes that can be read, in the document's order.
    public func nodes(of document: [UInt8]) -> [NodeID] {
        ((try? FlowDocument(document))?.nodes ?? []).map(\.id)
    }
}

extension GraphProblems {
    /// The first `Limits.documentProblemsMax` problems, and how many more there are.
    fileprivate var cut: GraphProblems {
        let rest = problems.count - Limits.documentProblemsMax
        guard rest > 0 else { return self }
        return GraphProblems(
            problems.prefix(Limits.documentProblemsMax)
                + [GraphProblem("and \(rest) more problems", isLack: problems.allSatisfy(\.isLack))])
    }
}
