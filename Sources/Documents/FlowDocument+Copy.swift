// A document whose nodes refer to other flows and other wallets than before.

public import Engine
internal import Primitives
internal import Values
internal import Wire

extension FlowDocumentCompiler: FlowRewriter {
    /// The graph says what a node refers to, as its kind has decided. So there is no second rule for what a wallet is.
    public func rewrite(_ document: [UInt8], _ graph: FlowGraph, _ references: FlowReferences)
        throws(GraphProblems) -> RewrittenFlow
    {
        let original = try FlowDocument(document)
        var changes: [NodeID: [JSONObject.Entry]] = [:]
        for node in graph.nodes {
            if let flow = node.nestedFlow.flatMap({ references.flows[$0] }) {
                changes[node.id, default: []].append((key: "flow_id", value: ["S": .string(flow.text)]))
            }
            if let wallet = node.staticWallet.flatMap({ references.wallets[$0] }) {
                changes[node.id, default: []] += [
                    (key: "public_key", value: ["B3": .string(Base58.encode(wallet.key.bytes))]),
                    (key: "wallet_id", value: ["U": .string("\(wallet.id)")]),
                    (key: "wallet_type", value: ["S": wallet.isKept ? "HARDCODED" : "ADAPTER"]),
                ]
            }
        }
        let copy = FlowDocument(
            settings: original.settings,
            nodes: original.nodes.map { node in changes[node.id].map { node.configured($0) } ?? node },
            edges: original.edges, brokenNodes: [], problems: [])
        return RewrittenFlow(nodes: copy.nodesRow, edges: copy.edgesRow)
    }
}

extension DocumentNode {
    /// The same node with these values in its configuration.
    fileprivate func configured(_ values: [JSONObject.Entry]) -> DocumentNode {
        let kept = config.entries.filter { entry in !values.contains { $0.key == entry.key } }
        return DocumentNode(
            id: id, runtime: runtime, kindName: kindName, inputs: inputs, outputs: outputs,
            config: JSONObject(kept + values), layout: layout, dataLayout: dataLayout)
    }
}
