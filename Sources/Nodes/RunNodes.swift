// What a flow can ask about its own run (spec nodes 2.1).

internal import Chain
internal import Engine
internal import Primitives
internal import Values

/// The kinds that look at the run they are in.
enum RunNodes {
    static let kinds: [NodeKind] = [flowRunInfo]

    private static let flowRunInfo = NodeKind.computing(
        name: "@spo/std.flow_run_info.0.1", aliases: ["flow_run_info"],
        summary: "Says whose flow this is, who started the run, and on which network it works.",
        inputs: [],
        outputs: [
            OutputPort("flow_owner", type: "string"),
            OutputPort("started_by", type: "string", tooltip: "Null if nobody known did."),
            OutputPort("solana_net", type: "string", tooltip: "devnet, testnet or mainnet-beta."),
        ]
    ) { call in
        [
            "flow_owner": .string(call.context.owner.text),
            "started_by": call.context.startedBy.map { .string($0.text) } ?? .null,
            "solana_net": .string(call.context.terms.chain.network.cluster),
        ]
    }
}
