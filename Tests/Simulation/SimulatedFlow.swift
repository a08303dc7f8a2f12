// A flow of a simulation: what the machine gets as a graph, in a form that can be reasoned about without it.

import Chain
import Engine
import Primitives
import Values

/// Nodes in document order, and edges by node positions.
struct SimulatedFlow {
    struct Edge {
        let source: Int
        let output: String
        let target: Int
        let input: String
    }

    let nodes: [SimulatedNode]
    let edges: [Edge]
    /// Node positions so that each edge leads forward.
    let order: [Int]
    /// What a run starts with.
    let inputs: ValueMap
    let settings: RunSettings
    /// Flows that nodes run.
    let nested: [SimulatedFlow]
    let graph: FlowGraph

    init(
        nodes: [SimulatedNode], edges: [Edge], order: [Int], inputs: ValueMap,
        settings: RunSettings = RunSettings(), nested: [SimulatedFlow] = []
    ) throws(GraphProblems) {
        self.nodes = nodes
        self.edges = edges
        self.order = order
        self.inputs = inputs
        self.settings = settings
        self.nested = nested
        graph = try FlowGraph(
            nodes: nodes.enumerated().map { SimulatedFlow.graphNode($1, at: $0) },
            edges: edges.map {
                EdgeDeclaration(
                    source: SimulatedFlow.id($0.source), output: $0.output,
                    target: SimulatedFlow.id($0.target), input: $0.input)
            })
    }

    static func id(_ position: Int) -> NodeID {
        NodeID(UniqueID(high: 0x4000, low: 0x8000_0000_0000_0000 | UInt64(position + 1)))
    }

    var hasInstructions: Bool {
        nodes.contains { if case .instructions = $0.kind { true } else { false } }
    }

    /// True if what comes of one node depends on others that no edge leads from: on those that share its transaction,
    /// for example.
    var isEntangled: Bool {
        hasInstructions && (settings.bundles || settings.collectsActs || settings.isReadOnly)
    }

    private static func graphNode(_ node: SimulatedNode, at position: Int) -> GraphNode {
        var role = NodeRole.ordinary
        var info: ActInfo?
        var binding: StartBinding?
        switch node.kind {
        case .foreach: role = .foreach
        case .collect: role = .collect
        case .flowInput(let label):
            role = .flowInput(label)
            binding = StartBinding(name: label, input: label)
        case .flowOutput(let name): role = .flowOutput(name)
        case .instructions:
            let carried = node.inputs.filter(\.isPassthrough).map(\.name)
            info = ActInfo(before: ["early"] + carried, receipt: "signature", after: ["late"])
        case .ordinary, .asking, .nested: break
        }
        return GraphNode(
            id: id(position), kindName: node.name, role: role, inputs: node.inputs, outputs: node.outputs,
            defaults: node.defaults, isAlwaysArray: node.isAlwaysArray, actInfo: info,
            startBinding: binding
        ) { _ in
            // The simulation does the work itself: it knows what comes of it.
            .done(.failed("not run here"))
        }.withKeyPorts
    }
}
