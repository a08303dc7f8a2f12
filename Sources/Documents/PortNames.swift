// Names of ports by their ids, for edges that know ids only (spec flow-engine 1.6, 24.12).

internal import Primitives

/// The ports of a document's nodes.
struct PortNames {
    /// What an id means at one end of an edge.
    enum End {
        /// The port has this name.
        case named(String)
        /// No node of the document has such a port.
        case unknown
        /// Only other nodes than the edge's have such a port.
        case foreign
        /// The port is that of some node, but the edge's own node is not in the document.
        case noNode
    }

    private struct Key: Hashable {
        let node: NodeID
        let port: UniqueID
    }

    private var inputs: [Key: String] = [:]
    private var outputs: [Key: String] = [:]
    private var nodes: Set<NodeID> = []
    private var known: Set<UniqueID> = []

    init(_ nodes: [DocumentNode]) {
        for node in nodes {
            self.nodes.insert(node.id)
            for port in node.inputs { inputs[Key(node: node.id, port: port.id)] = port.name }
            for port in node.outputs { outputs[Key(node: node.id, port: port.id)] = port.name }
            known.formUnion(node.inputs.lazy.map(\.id))
            known.formUnion(node.outputs.lazy.map(\.id))
        }
    }

    /// Where an edge begins: an output, or an input that lets its value through.
    func output(_ port: UniqueID, of node: NodeID) -> End {
        end(port, of: node, first: outputs, second: inputs)
    }

    /// Where an edge ends. The name of an output is found as well; that there is no such input is reported later.
    func input(_ port: UniqueID, of node: NodeID) -> End {
        end(port, of: node, first: inputs, second: outputs)
    }

    private func end(
        _ port: UniqueID, of node: NodeID, first: [Key: String], second: [Key: String]
    ) -> End {
        let key = Key(node: node, port: port)
        if let name = first[key] ?? second[key] { return .named(name) }
        guard known.contains(port) else { return .unknown }
        return nodes.contains(node) ? .foreign : .noNode
    }
}
