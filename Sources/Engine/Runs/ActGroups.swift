// Which acts are done as one: fixed by the graph alone (spec flow-engine 17.3, 24.34).

/// The acting nodes of a graph in groups. A node that needs what is known only when an act is done belongs to a later
/// group than that act.
struct ActGroups: Sendable {
    /// Node indices by group, each in topological order, independent nodes in document order.
    let groups: [[Int]]
    /// The group of each acting node.
    let groupOf: [Int: Int]

    init(_ graph: FlowGraph) {
        var levels = Array(repeating: 0, count: graph.nodes.count)
        var groups: [[Int]] = []
        var groupOf: [Int: Int] = [:]
        let order = graph.nodes.indices.sorted { graph.ranks[$0] < graph.ranks[$1] }
        for node in order {
            for edge in graph.incoming[node].map({ graph.edges[$0] }) {
                let isLate = graph.nodes[edge.source].actInfo?.isLate(edge.output) == true
                levels[node] = max(levels[node], levels[edge.source] + (isLate ? 1 : 0))
            }
            guard graph.nodes[node].actInfo != nil else { continue }
            while groups.count <= levels[node] { groups.append([]) }
            groups[levels[node]].append(node)
            groupOf[node] = levels[node]
        }
        self.groups = groups
        self.groupOf = groupOf
    }
}

extension ActInfo {
    /// True if an output is known only when the act is done.
    func isLate(_ output: String) -> Bool { output == receipt || after.contains(output) }
}
