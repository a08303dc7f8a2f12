// A part of a flow, with the outputs of an earlier run where the rest would be (spec flow-engine 12).

public import Primitives
public import Values

/// Which nodes of a flow to run, and where the values of the others come from.
public struct PartialConfig: Sendable {
    public let onlyNodes: [NodeID]
    /// The run whose stored outputs stand in for a node.
    public let runs: [NodeID: RunID]
    /// The run for nodes that are not named there.
    public let defaultRun: RunID?

    public init(onlyNodes: [NodeID], runs: [NodeID: RunID], defaultRun: RunID?) {
        self.onlyNodes = onlyNodes
        self.runs = runs
        self.defaultRun = defaultRun
    }

    /// The run whose outputs of this node count.
    func run(of node: NodeID) -> RunID? { runs[node] ?? defaultRun }
}

/// A part of a graph.
public struct GraphSelection: Sendable {
    public let graph: FlowGraph
    /// Why nothing of it can run: `no value for port "a"`, one for each port without a value.
    public let missing: [String]
}

extension FlowGraph {
    /// Nodes outside of a selection that feed nodes inside of it, in document order.
    public func sources(of selection: PartialConfig) -> [NodeID] {
        let selected = Set(selection.onlyNodes)
        let feeding = Set(
            edges.lazy.filter { selected.contains(nodes[$0.target].id) }.map(\.source))
        return nodes.indices.filter { feeding.contains($0) && !selected.contains(nodes[$0].id) }
            .map { nodes[$0].id }
    }

    /// The selected nodes, with stored outputs in place of the others that feed them.
    ///
    /// - Parameter stored: the outputs of each source, by execution; an empty list if there are none.
    /// - Throws: a problem for each selected node that the flow does not have.
    public func selecting(
        _ selection: PartialConfig, stored: [NodeID: [ValueMap]]
    ) throws(GraphProblems) -> GraphSelection {
        let known = Set(nodes.map(\.id))
        let unknown = selection.onlyNodes.filter { !known.contains($0) }
        guard unknown.isEmpty else {
            throw GraphProblems(
                unknown.map { GraphProblem("node not found in partial_config: \($0)", node: $0) })
        }
        let selected = Set(selection.onlyNodes)
        let sources = Set(sources(of: selection))
        var chosen: [GraphNode] = []
        var outputs: [Int: [ValueMap]] = [:]
        for node in nodes {
            if selected.contains(node.id) {
                chosen.append(node)
            } else if sources.contains(node.id) {
                let values = stored[node.id] ?? []
                outputs[chosen.count] = values
                chosen.append(node.storedInstead(of: values))
            }
        }
        var missing: [String] = []
        var kept: [EdgeDeclaration] = []
        for edge in edges where selected.contains(nodes[edge.target].id) {
            let input = nodes[edge.target].inputs[edge.input].name
            if sources.contains(nodes[edge.source].id), stored[nodes[edge.source].id]?.isEmpty != false {
                missing.append("no value for port \"\(input)\"")
            }
            kept.append(
                EdgeDeclaration(
                    source: nodes[edge.source].id, output: edge.output, target: nodes[edge.target].id,
                    input: input))
        }
        return GraphSelection(
            graph: try FlowGraph(nodes: chosen, edges: kept, stored: outputs), missing: missing)
    }
}

extension GraphNode {
    /// The same ports without the work.
    fileprivate func storedInstead(of values: [ValueMap]) -> GraphNode {
        GraphNode(
            id: id, kindName: kindName, role: .stored(isLoop: values.count > 1 || role == .foreach),
            inputs: inputs, outputs: outputs
        ) { _ in
            .done(.failed("a stored node does not run"))
        }.withSecretPorts(secretPorts)
    }
}
