// A node without a flow, for rules about what nodes read.

import Engine
import Nodes
import Primitives
import Values

/// A node of the library that computes.
struct LoneNode: Sendable {
    private let node: GraphNode

    init(_ name: String) {
        do {
            guard let kind = NodeLibrary.registry().kind(named: name) else {
                preconditionFailure("there is no kind \(name)")
            }
            node = try kind.configure(
                kind,
                NodeDeclaration(
                    id: NodeID(.zero), kindName: kind.name, inputs: [], outputs: [], config: [:]))
        } catch {
            preconditionFailure("\(name) needs a configuration: \(error)")
        }
    }

    /// What the node gives for these inputs; nil if it fails, which it must do with a sentence.
    func outputs(_ inputs: ValueMap) throws -> ValueMap? {
        var joined = node.defaults
        for (name, value) in inputs.entries { joined[name] = value }
        let step = node.work(
            NodeCall(
                run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0), inputs: joined))
        switch step {
        case .done(.outputs(let outputs)): return outputs
        case .done(.failed(let text)):
            try expect(!text.isEmpty && text.utf8.count < 4_096, "an error has \(text.utf8.count) bytes")
            return nil
        default: throw Finding("a node that computes asks for something: \(step)")
        }
    }
}
