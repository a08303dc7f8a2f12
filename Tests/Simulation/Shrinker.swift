// Makes a failing flow smaller, so that somebody can look at it.

import Engine

enum Shrinker {
    /// The flow without nodes and edges that a failure does not need.
    ///
    /// - Parameter fails: true if a flow still fails.
    static func shrink(_ flow: SimulatedFlow, while fails: (SimulatedFlow) -> Bool) -> SimulatedFlow {
        var smallest = flow
        while let smaller = candidates(smallest).first(where: fails) { smallest = smaller }
        return smallest
    }

    /// All flows that lack one node or one edge.
    private static func candidates(_ flow: SimulatedFlow) -> some Sequence<SimulatedFlow> {
        let without = flow.nodes.indices.lazy.compactMap { removing(node: $0, from: flow) }
        return Array(without)
            + flow.edges.indices.lazy.compactMap { index in
                var edges = flow.edges
                edges.remove(at: index)
                return try? flow.with(flow.nodes, edges, flow.order)
            }
    }

    private static func removing(node: Int, from flow: SimulatedFlow) -> SimulatedFlow? {
        func place(_ position: Int) -> Int { position > node ? position - 1 : position }
        var nodes = flow.nodes
        nodes.remove(at: node)
        let edges = flow.edges.filter { $0.source != node && $0.target != node }.map { edge in
            SimulatedFlow.Edge(
                source: place(edge.source), output: edge.output, target: place(edge.target), input: edge.input
            )
        }
        return try? flow.with(nodes, edges, flow.order.filter { $0 != node }.map(place))
    }
}

extension SimulatedFlow {
    fileprivate func with(
        _ nodes: [SimulatedNode], _ edges: [Edge], _ order: [Int]
    ) throws(GraphProblems) -> SimulatedFlow {
        try SimulatedFlow(
            nodes: nodes, edges: edges, order: order, inputs: inputs, settings: settings, nested: nested)
    }
}
