// Building a graph: every mistake is found in one pass, in time linear in the size of the document.

internal import Primitives
public import Values

extension FlowGraph {
    /// Checks and joins nodes and edges (spec flow-engine 3.2, 3.3, 24.7 to 24.12).
    ///
    /// - Parameters:
    ///   - problems: what a reader of the document has already found; reported together with what is found here.
    ///   - words: in which a cycle is told.
    /// - Throws: all problems at once.
    public init(
        nodes: [GraphNode], edges declarations: [EdgeDeclaration], problems earlier: [GraphProblem] = [],
        stored: [Int: [ValueMap]] = [:], words: GraphWords = GraphWords()
    ) throws(GraphProblems) {
        var check = GraphCheck(nodes: nodes, problems: earlier, words: words)
        let joined = check.join(declarations)
        let order = check.sort(joined, count: nodes.count)
        guard check.problems.isEmpty, let order else { throw GraphProblems(check.problems) }

        let ranks = order.ranks
        var incoming: [[Int]] = Array(repeating: [], count: nodes.count)
        var outgoing: [[Int]] = Array(repeating: [], count: nodes.count)
        for (index, edge) in joined.enumerated() {
            incoming[edge.target].append(index)
            outgoing[edge.source].append(index)
        }
        for node in nodes.indices { incoming[node].sort { joined[$0].input < joined[$1].input } }

        let scopes = check.scopes(joined, incoming: incoming, order: order.nodes, ranks: ranks)
        guard check.problems.isEmpty else { throw GraphProblems(check.problems) }
        let edgeScopes = joined.map { edge in
            nodes[edge.source].role.scope(within: scopes[edge.source], rank: ranks[edge.source])
        }
        self.nodes = nodes
        self.warnings = check.warnings
        self.incoming = incoming
        self.outgoing = outgoing
        self.scopes = scopes
        joins = nodes.indices.map { node in
            scopes[node].isEmpty ? .none : LoopJoin(incoming[node], scopes: edgeScopes)
        }
        self.ranks = ranks
        self.stored = stored
        self.edges = joined.enumerated().map { index, edge in
            let input = nodes[edge.target].inputs[edge.input]
            return GraphEdge(
                source: edge.source, output: edge.output, target: edge.target, input: edge.input,
                isRequired: input.isRequired,
                narrowsToPublicKey: input.types.contains("pubkey")
                    && nodes[edge.target].secretPorts?.takesSecrets(input.name) != true,
                keepsTexts: input.types.contains("string"),
                scope: edgeScopes[index],
                spreads: nodes[edge.source].role == .foreach)
        }
    }
}

extension FlowGraph {
    /// A graph without nodes.
    static let empty = FlowGraph(unconnected: [])

    /// A graph of nodes of which only the ids are known. They must not run.
    init(unconnected ids: [NodeID]) {
        self.init(
            nodes: ids.map { id in
                GraphNode(id: id, kindName: "", inputs: [], outputs: []) { _ in .done(.outputs([:])) }
            },
            warnings: [], edges: [], incoming: ids.map { _ in [] }, outgoing: ids.map { _ in [] },
            scopes: ids.map { _ in [] }, joins: [], ranks: Array(ids.indices),
            stored: [:])
    }
}

extension NodeRole {
    /// The loops around what a node sends out, given those around the node itself.
    func scope(within scope: [Int], rank: Int) -> [Int] {
        switch self {
        case .foreach: scope + [rank]
        case .collect, .stored(isLoop: false): []
        case .stored(isLoop: true): [rank]
        case .ordinary, .flowInput, .flowOutput: scope
        }
    }
}

/// An edge whose ends have been found.
private struct JoinedEdge {
    let source: Int
    let output: String
    let target: Int
    let input: Int
}

/// The checks of one document, gathering what they find.
private struct GraphCheck {
    private let nodes: [GraphNode]
    private let words: GraphWords
    private var indices: [NodeID: Int] = [:]
    var problems: [GraphProblem]
    var warnings: [String] = []

    init(nodes: [GraphNode], problems: [GraphProblem], words: GraphWords) {
        self.nodes = nodes
        self.words = words
        self.problems = problems
        for (index, node) in nodes.enumerated() where indices.updateValue(index, forKey: node.id) != nil {
            self.problems.append(GraphProblem("two nodes have the id \(node.id)", node: node.id))
        }
    }

    mutating func join(_ declarations: [EdgeDeclaration]) -> [JoinedEdge] {
        var taken: Set<[Int]> = []
        var joined: [JoinedEdge] = []
        joined.reserveCapacity(declarations.count)
        for edge in declarations {
            guard let source = indices[edge.source] else {
                problems.append(GraphProblem("edge's source not found: \(edge.source)", node: edge.source))
                continue
            }
            guard let target = indices[edge.target] else {
                warnings.append(
                    "edge from node \(edge.source) ignored: its target \(edge.target) does not exist")
                continue
            }
            let input = nodes[target].inputs.firstIndex { $0.name == edge.input }
            if input == nil { missing("input", edge.input, of: nodes[target]) }
            let hasOutput = nodes[source].sends(edge.output)
            if !hasOutput { missing("output", edge.output, of: nodes[source]) }
            guard let input, hasOutput else { continue }
            if !taken.insert([target, input]).inserted {
                problems.append(
                    GraphProblem(
                        "2 edges connected to the same target: node \(edge.target) input \"\(edge.input)\"",
                        node: edge.target, port: edge.input))
                continue
            }
            joined.append(JoinedEdge(source: source, output: edge.output, target: target, input: input))
        }
        return joined
    }

    private mutating func missing(_ what: String, _ port: String, of node: GraphNode) {
        problems.append(
            GraphProblem(
                "node \(node.id):\(node.kindName) has no \(what) \"\(port)\"", node: node.id, port: port))
    }

    /// Nodes so that every edge leads forward; among free nodes the first in the document comes first.
    mutating func sort(_ edges: [JoinedEdge], count: Int) -> (nodes: [Int], ranks: [Int])? {
        var open = Array(repeating: 0, count: count)
        var targets: [[Int]] = Array(repeating: [], count: count)
        for edge in edges {
            open[edge.target] += 1
            targets[edge.source].append(edge.target)
        }
        var order = open.indices.filter { open[$0] == 0 }
        var next = 0
        while next < order.count {
            for target in targets[order[next]] {
                open[target] -= 1
                if open[target] == 0 { order.append(target) }
            }
            next += 1
        }
        guard order.count == count else {
            let node = open.firstIndex { $0 > 0 }.map { nodes[$0].id }
            problems.append(GraphProblem(words.hasCycle, node: node))
            return nil
        }
        var ranks = Array(repeating: 0, count: count)
        for (rank, node) in order.enumerated() { ranks[node] = rank }
        return (order, ranks)
    }

    /// The loops around each node: those of everything that flows into it.
    mutating func scopes(
        _ edges: [JoinedEdge], incoming: [[Int]], order: [Int], ranks: [Int]
    ) -> [[Int]] {
        var scopes: [[Int]] = Array(repeating: [], count: order.count)
        for node in order {
            var loops: [Int] = []
            for edge in incoming[node] {
                let source = edges[edge].source
                let scope = nodes[source].role.scope(within: scopes[source], rank: ranks[source])
                if loops.isEmpty {
                    loops = scope
                } else if loops != scope {
                    loops = Set(loops).union(scope).sorted()
                }
            }
            if loops.count > Limits.loopsAroundNodeMax {
                problems.append(
                    GraphProblem(
                        "node \(nodes[node].id) stands in more than \(Limits.loopsAroundNodeMax) loops",
                        node: nodes[node].id))
                return scopes
            }
            // A collect node takes everything at once. So no loop stands around it, and none goes on behind it.
            scopes[node] = nodes[node].role == .collect ? [] : loops
        }
        return scopes
    }
}

extension GraphNode {
    /// True if edges may start from an output of this name.
    fileprivate func sends(_ name: String) -> Bool {
        outputs.contains { $0.name == name } || inputs.contains { $0.isPassthrough && $0.name == name }
    }
}
