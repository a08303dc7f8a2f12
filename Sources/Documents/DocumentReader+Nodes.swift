// Nodes in their three forms: rows of today, wire nodes, and the first generation (spec flow-engine 1.3, 1.4,
// 1.7).

internal import Engine
internal import Primitives
internal import Wire

extension DocumentReader {
    /// The form a node has, by the members that only this form has.
    private enum Form {
        /// Ports and configuration in `data.ports` and `data.config`, the type beside `data`.
        case row
        /// Everything in `data`: inputs, outputs, config, type.
        case wire
        /// Everything in `data`, with outputs called sources and inputs called targets.
        case first

        init(_ data: JSONObject) {
            if data["ports"] != nil {
                self = .row
            } else if data["sources"] != nil || data["targets"] != nil {
                self = .first
            } else if data["inputs"] != nil || data["outputs"] != nil {
                self = .wire
            } else {
                self = .row
            }
        }
    }

    mutating func nodes(of flow: JSONObject) -> [DocumentNode] {
        let trees =
            list("nodes", of: flow, isRequired: true, countMax: Limits.nodesPerFlowMax) ?? []
        var nodes: [DocumentNode] = []
        nodes.reserveCapacity(trees.count)
        for (index, tree) in trees.enumerated() {
            guard let text = tree["id"]?.string, let id = NodeID(text) else {
                note("node number \(index + 1) has no id that is a UUID")
                continue
            }
            if let node = node(id, tree) { nodes.append(node) } else { give(up: id) }
        }
        return nodes
    }

    private mutating func node(_ id: NodeID, _ tree: JSONValue) -> DocumentNode? {
        let problemCount = problems.count
        guard case .object(let node) = tree, case .object(let data)? = node["data"] else {
            note("node \(id) has no data", node: id)
            return nil
        }
        guard case .string(let kindName)? = data["node_id"] else {
            note("node \(id) has no node_id", node: id)
            return nil
        }
        let form = Form(data)
        let ports = data["ports"]
        let type = form == .row ? node["type"] : data["type"] ?? node["type"]
        let runtime = runtime(form, type, kindName: kindName, of: id)
        let inputTrees: JSONValue?
        let outputTrees: JSONValue?
        switch form {
        case .row: (inputTrees, outputTrees) = (ports?["inputs"], ports?["outputs"])
        case .wire: (inputTrees, outputTrees) = (data["inputs"], data["outputs"])
        case .first: (inputTrees, outputTrees) = (data["targets"], data["sources"])
        }
        let inputs = self.ports(inputTrees, "input", of: id)
        let outputs = self.ports(outputTrees, "output", of: id)
        let config = config(form, data, inputTrees, of: id)
        guard problems.count == problemCount, let runtime else { return nil }
        return DocumentNode(
            id: id, runtime: runtime, kindName: kindName, inputs: inputs, outputs: outputs, config: config,
            layout: node.entries(named: ["height", "position", "width"]),
            dataLayout: data.entries(named: ["name", "style", "version"]))
    }

    // MARK: Type

    /// The type of a node. For rows of today and documents of the first generation it follows from the kind's name,
    /// unless the node names another type than native (spec 1.5). Wire nodes must name one of five types; without a
    /// name the type is native.
    private mutating func runtime(
        _ form: Form, _ type: JSONValue?, kindName: String, of node: NodeID
    ) -> DocumentNode.Runtime? {
        let word = type?.string
        if let word, let runtime = DocumentNode.Runtime(word: word), runtime != .native || form == .wire {
            return runtime
        }
        guard form != .wire else {
            if type == nil || type == .null { return .native }
            note("node \(node) has an unknown type", node: node)
            return nil
        }
        let name = kindName.split(separator: "/").last ?? ""
        if name.utf8.starts(with: "deno_".utf8) { return .deno }
        if name.utf8.starts(with: "bun_".utf8) { return .bun }
        return .native
    }

    // MARK: Ports

    private mutating func ports(_ tree: JSONValue?, _ kind: String, of node: NodeID) -> [DocumentPort] {
        guard let tree, tree != .null else { return [] }
        guard case .array(let trees) = tree else {
            note("node \(node): its \(kind)s must be an array", node: node)
            return []
        }
        return trees.enumerated().compactMap { port($1, "\(kind) number \($0 + 1)", of: node) }
    }

    private mutating func port(_ tree: JSONValue, _ place: String, of node: NodeID) -> DocumentPort? {
        guard case .object(let port) = tree else {
            note("node \(node): \(place) must be an object", node: node)
            return nil
        }
        guard case .string(let name)? = port["name"] else {
            note("node \(node): \(place) has no name", node: node)
            return nil
        }
        guard let text = port["id"]?.string, let id = UniqueID(text) else {
            note("node \(node): \(place) \(name.quoted) has no id that is a UUID", node: node, port: name)
            return nil
        }
        return DocumentPort(
            id: id, name: name,
            types: types(port["type_bounds"] ?? port["acceptHandles"] ?? port["type"]),
            isRequired: port["required"]?.bool ?? false, isPassthrough: port["passthrough"]?.bool ?? false,
            isOptional: port["optional"]?.bool ?? false, tooltip: port["tooltip"]?.string)
    }

    /// Names of types are for people only, so an entry that is no text is skipped and not refused.
    private func types(_ tree: JSONValue?) -> [String] {
        switch tree {
        case .string(let name)?: [name]
        case .array(let names)?: names.compactMap(\.string)
        default: []
        }
    }

    // MARK: Configuration

    private mutating func config(
        _ form: Form, _ data: JSONObject, _ inputs: JSONValue?, of node: NodeID
    ) -> JSONObject {
        switch form {
        case .row:
            switch data["config"] {
            case nil, .null?: return JSONObject()
            case .object(let config)?: return config
            default:
                note("node \(node): config must be an object", node: node)
                return JSONObject()
            }
        case .wire:
            // Anything is allowed here, but only an object has entries.
            return data["config"]?.object ?? JSONObject()
        case .first:
            var config =
                (data["targets_form"]?["form_data"] ?? data["targets_form.form_data"])?.object ?? JSONObject()
            // In the first generation the ports held the defaults. Of equal names the last entry counts.
            let defaults = (inputs?.array ?? []).compactMap { input -> JSONObject.Entry? in
                guard let name = input["name"]?.string, let value = input["defaultValue"], value != .null,
                    value != ""
                else { return nil }
                return (key: name, value: value)
            }
            config.entries.insert(contentsOf: defaults, at: 0)
            return config
        }
    }
}

extension JSONObject {
    /// The members of these names, in the order of the names.
    fileprivate func entries(named names: [String]) -> [Entry] {
        names.compactMap { name in self[name].map { (key: name, value: $0) } }
    }
}
