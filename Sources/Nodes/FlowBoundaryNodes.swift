// Where values enter and leave a flow: flow_input, flow_output, const (spec flow-engine 13.1 to 13.3, nodes
// 2.1).

internal import Engine
internal import Values

/// The kinds whose ports and meaning come from the document.
enum FlowBoundaryNodes {
    static let kinds: [NodeKind] = [const, flowInput, flowOutput]

    /// Gives out a configured value. What the configuration means is decided when the graph is built.
    private static let const = NodeKind(
        name: "const", aliases: [], summary: "Gives out a configured value.", inputs: [],
        outputs: [OutputPort("output")],
        settings: [
            NodeSetting(
                "type", type: "string", default: .string("JSON"),
                tooltip: "JSON reads a plain text as JSON, File takes addresses; others are for people."),
            NodeSetting("value", default: .string("")),
        ], definitionName: "@spo/std.const.2.0.0"
    ) { kind, declaration throws(NodeRefusal) in
        let value = try ConstValue.read(declaration.config)
        // Documents of the first generation call the output `Source`.
        let isOld = declaration.outputs.first?.name == "Source"
        let name = isOld ? "Source" : "output"
        return GraphNode(
            id: declaration.id, kindName: kind.name, inputs: [], outputs: [OutputPort(name)]
        ) { _ in
            .done(.outputs([name: value]))
        }
    }

    /// Gives out the start input of its label, else the configured value, else Null.
    private static let flowInput = NodeKind(
        name: "flow_input", aliases: [], summary: "Gives out what the run was started with under a name.",
        inputs: [], outputs: [],
        settings: [
            NodeSetting("label", type: "string", tooltip: "The name, where the port has none."),
            NodeSetting("value", tooltip: "Given when a run starts without this input."),
        ]
    ) { kind, declaration throws(NodeRefusal) in
        let label = [declaration.outputs.first?.name, declaration.label].firstNotEmpty
        let configured = declaration.config["value"] ?? declaration.config["form_label"]
        return GraphNode(
            id: declaration.id, kindName: kind.name, role: .flowInput(label), inputs: [],
            outputs: [OutputPort(label)], defaults: configured.map { [label: $0.value] } ?? [:],
            startBinding: StartBinding(name: label, input: label)
        ) { call in
            .done(.outputs([label: call.inputs[label] ?? .null]))
        }
    }

    /// Hands its input to the flow's output. Without any value it gives nothing, which the engine complains
    /// about.
    private static let flowOutput = NodeKind(
        name: "flow_output", aliases: [], summary: "Makes a value part of the run's output.", inputs: [],
        outputs: [],
        settings: [
            NodeSetting("label", type: "string", tooltip: "The name, where the port has none."),
            NodeSetting(
                "always_array", type: "boolean",
                tooltip: "The output is an array of all values, also of one or none, as a loop may bring."),
        ]
    ) { kind, declaration throws(NodeRefusal) in
        let name =
            [declaration.inputs.first?.name, declaration.label, declaration.outputs.first?.name].firstNotEmpty
        let inputs = [InputPort(name)]
        return GraphNode(
            id: declaration.id, kindName: kind.name, role: .flowOutput(name), inputs: inputs,
            outputs: [OutputPort(name)], defaults: declaration.defaults(for: inputs),
            isAlwaysArray: declaration.config["always_array"]?.value == .bool(true)
        ) { call in
            .done(.outputs(call.inputs[name].map { [name: $0] } ?? [:]))
        }
    }
}

extension ConfigEntry {
    /// The text, if the value is one.
    var text: String? {
        guard case .string(let text) = value else { return nil }
        return text
    }
}

extension NodeDeclaration {
    /// What the node is called in its form, tagged or plain.
    var label: String? { config["label"]?.text }
}

extension [String?] {
    /// The first of several texts that there is and that is not empty, else the empty one.
    fileprivate var firstNotEmpty: String {
        for case .some(let text) in self where !text.isEmpty { return text }
        return ""
    }
}
