// Nodes that run another flow (spec flow-engine 11, nodes 2.1).

internal import Engine
internal import Primitives
internal import Values

/// The kinds that start runs of their own.
enum NestedFlowNodes {
    static let kinds: [NodeKind] = [interflow]

    /// The effects belong to the other run. That run does nothing before it is written down, and after that it is found
    /// again. So this node may be repeated.
    private static let conduct = NodeConduct(readCapability: .mutating, repetition: .always, timeLimit: nil)

    /// The ports are those of the document. Authors make them fit the inputs and outputs of the other flow.
    private static let interflow = NodeKind(
        name: "interflow", aliases: [],
        summary: "Runs another flow of the same owner and gives out what it gives out.", inputs: [],
        outputs: [],
        settings: [
            NodeSetting("flow_id", type: "string", tooltip: "The flow to run: its UUID or its number.")
        ],
        conduct: conduct
    ) { kind, declaration throws(NodeRefusal) in
        guard let flow = declaration.flowID else {
            throw NodeRefusal("interflow.flow_id missing or invalid")
        }
        return GraphNode(
            id: declaration.id, kindName: kind.name, inputs: declaration.inputs, outputs: declaration.outputs,
            defaults: declaration.defaults(for: declaration.inputs), conduct: kind.conduct, nestedFlow: flow
        ) { _ in
            .ask(.flow(flow))
        }
    }
}

extension NodeDeclaration {
    /// The configured flow: a UUID or a number, tagged or plain (spec nodes 6.6). Documents of the first generation call
    /// its number `id`.
    fileprivate var flowID: FlowID? {
        switch (config["flow_id"] ?? config["id"])?.value {
        case .string(let text)?: FlowID(text)
        case .u64(let number)?: FlowID(String(number))
        case .i64(let number)?: FlowID(String(number))
        case .decimal(let number)?: FlowID(number.normalized.text)
        default: nil
        }
    }
}
