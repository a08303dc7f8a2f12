// Mock nodes: places in a flow for nodes that are not there yet (spec nodes 4.5). They are left out, unless the flow says
// that they stand in with what they are configured to give.

internal import Chain
internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// A mock node that gives the same outputs at each execution.
enum MockNode {
    /// The entry of a flow's environment that turns mocks on; its value is `on`.
    static let environmentName = "FLOWD_MOCKS"
    /// The entry of a mock's configuration: an object of output values, tagged or plain.
    static let configName = "outputs"

    /// The node; nil if it is not configured with outputs, so that it is left out. Outputs that it is not configured
    /// with are not given.
    static func node(for node: DocumentNode) throws(NodeRefusal) -> GraphNode? {
        guard let tree = node.config[configName] else { return nil }
        guard case .object(let object) = tree else {
            throw NodeRefusal("\(configName) must be an object of values by the names of outputs")
        }
        var values = ValueMap()
        for (name, tree) in object.entries {
            guard node.outputs.contains(where: { $0.name == name }) else {
                throw NodeRefusal("\(configName) has \(name.quoted), which is no output of the node")
            }
            do {
                values[name] = try ValueJSON.taggedOrPlain(tree).value
            } catch {
                throw NodeRefusal("\(configName) has \(name.quoted), which cannot be read: \(error)")
            }
        }
        let given = values
        return GraphNode(
            id: node.id, kindName: node.kindName, inputs: node.inputs.map { InputPort($0) },
            outputs: node.outputs.map {
                OutputPort($0.name, type: $0.types.first ?? "free", optional: given[$0.name] == nil)
            }
        ) { _ in
            .done(.outputs(given))
        }.withKeyPorts
    }
}

extension FlowSettings {
    /// Mock nodes stand in.
    var usesMocks: Bool { environment[MockNode.environmentName] == "on" }
}
