// Which instruction nodes go into one transaction: fixed by the graph alone (spec flow-engine 17.3, 24.34).

/// The instruction nodes of a graph in groups. A node that needs the outcome of a transaction belongs to a later group
/// than that transaction.
struct InstructionGroups: Sendable {
    /// Node indices by group, each in topological order, independent nodes in document order.
    let groups: [[Int]]
    /// The group of each instruction node.
    let groupOf: [Int: Int]

    init(_ graph: FlowGraph) {
        var levels = Array(repeating: 0, count: graph.nodes.count)
        var groups: [[Int]] = []
        var groupOf: [Int: Int] = [:]
        let order = graph.nodes.indices.sorted { graph.ranks[$0] < graph.ranks[$1] }
        for node in order {
            for edge in graph.incoming[node].map({ graph.edges[$0] }) {
                let isLate = graph.nodes[edge.source].instructionInfo?.isLate(edge.output) == true
                levels[node] = max(levels[node], levels[edge.source] + (isLate ? 1 : 0))
            }
            guard graph.nodes[node].instructionInfo != nil else { continue }
            while groups.count <= levels[node] { groups.append([]) }
            groups[levels[node]].append(node)
            groupOf[node] = levels[node]
        }
        self.groups = groups
        self.groupOf = groupOf
    }
}

extension InstructionInfo {
    /// True if an output is known only when the transaction is on the chain.
    func isLate(_ output: String) -> Bool { output == signature || after.contains(output) }
}
