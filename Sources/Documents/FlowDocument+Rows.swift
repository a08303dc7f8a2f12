// A document as the flows table holds it, and in the form that names snapshots (spec flow-engine 1.1, 1.3).

internal import Chain
internal import Engine
internal import Primitives
internal import Wire

extension FlowDocument {
    /// The parts of the document that a run depends on, always in the same bytes: members sorted by name, no white
    /// space, no members that only editors look at. Read again it gives the same graph.
    ///
    /// Inside a configured value the order stays: it is part of the value.
    public var canonical: [UInt8] {
        let network: JSONValue = [
            "cluster": .string(settings.network.cluster), "url": .string(settings.network.url),
        ]
        return JSONWriter.encode([
            "current_network": network,
            "edges": .array(edges.map(\.tree)),
            "environment": environmentTree,
            "instructions_bundling": .string(settings.bundling),
            "nodes": .array(nodes.map { $0.tree(withLayout: false) }),
        ])
    }

    /// The nodes as a row of the flows table holds them, with what editors need to show them.
    public var nodesRow: [UInt8] { JSONWriter.encode(.array(nodes.map { $0.tree(withLayout: true) })) }

    /// The edges as a row of the flows table holds them.
    public var edgesRow: [UInt8] { JSONWriter.encode(.array(edges.map(\.tree))) }

    /// The environment as a row of the flows table holds it.
    public var environmentRow: [UInt8] { JSONWriter.encode(environmentTree) }

    /// The network as a row of the flows table holds it.
    public var networkRow: [UInt8] {
        JSONWriter.encode([
            "cluster": .string(settings.network.cluster), "url": .string(settings.network.url),
        ])
    }

    private var environmentTree: JSONValue {
        .sorted(settings.environment.map { (key: $0.key, value: .string($0.value)) })
    }
}

extension DocumentNode {
    fileprivate func tree(withLayout: Bool) -> JSONValue {
        var data: [JSONObject.Entry] = [
            (key: "config", value: .sorted(config.entries)),
            (key: "node_id", value: .string(kindName)),
            (
                key: "ports",
                value: [
                    "inputs": .array(inputs.map { $0.inputTree(withTooltip: withLayout) }),
                    "outputs": .array(outputs.map { $0.outputTree(withTooltip: withLayout) }),
                ]
            ),
        ]
        var members: [JSONObject.Entry] = [
            (key: "id", value: .string(id.text)), (key: "type", value: .string(runtime.rawValue)),
        ]
        if withLayout {
            data += dataLayout
            members += layout
        }
        members.append((key: "data", value: .sorted(data)))
        return .sorted(members)
    }
}

extension DocumentPort {
    fileprivate func inputTree(withTooltip: Bool) -> JSONValue {
        var members: [JSONObject.Entry] = [
            (key: "id", value: .string(id.text)), (key: "name", value: .string(name)),
            (key: "passthrough", value: .bool(isPassthrough)), (key: "required", value: .bool(isRequired)),
        ]
        if withTooltip, let tooltip { members.append((key: "tooltip", value: .string(tooltip))) }
        members.append((key: "type_bounds", value: .array(types.map { .string($0) })))
        return .object(JSONObject(members))
    }

    fileprivate func outputTree(withTooltip: Bool) -> JSONValue {
        var members: [JSONObject.Entry] = [
            (key: "id", value: .string(id.text)), (key: "name", value: .string(name)),
            (key: "optional", value: .bool(isOptional)),
        ]
        if withTooltip, let tooltip { members.append((key: "tooltip", value: .string(tooltip))) }
        members.append((key: "type", value: .string(types.first ?? "free")))
        return .object(JSONObject(members))
    }
}

extension DocumentEdge {
    fileprivate var tree: JSONValue {
        [
            "source": .string(source.text),
            "sourceHandle": .string((isPassthrough ? "passthrough-" : "") + sourceHandle.text),
            "target": .string(target.text), "targetHandle": .string(targetHandle.text),
        ]
    }
}

extension JSONValue {
    /// An object with its members sorted by name; of equal names the last one stays.
    fileprivate static func sorted(_ entries: [JSONObject.Entry]) -> JSONValue {
        var unique: [String: JSONValue] = [:]
        for (key, value) in entries { unique[key] = value }
        return .object(
            JSONObject(
                unique.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                    .map { (key: $0.key, value: $0.value) }))
    }
}
