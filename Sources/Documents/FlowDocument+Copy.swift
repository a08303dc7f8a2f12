// A document whose nodes refer to other flows and other belongings than before.

public import Engine
internal import Primitives
internal import Values
internal import Wire

extension FlowDocumentCompiler: FlowRewriter {
    /// The graph says what a node refers to, as its kind has decided. So there is no second rule for what it has
    /// that is its owner's.
    public func rewrite(_ document: [UInt8], _ graph: FlowGraph, _ references: FlowReferences)
        throws(GraphProblems) -> RewrittenFlow
    {
        let original = try FlowDocument(document)
        var changes: [NodeID: [JSONObject.Entry]] = [:]
        for node in graph.nodes {
            if let flow = node.nestedFlow.flatMap({ references.flows[$0] }) {
                changes[node.id, default: []].append((key: "flow_id", value: ["S": .string(flow.text)]))
            }
            if let belonging = node.belonging,
                let config = references.belongings?.configuration(inPlaceOf: belonging)
            {
                changes[node.id, default: []] += config.entries.map { ($0.key, $0.value.taggedTree) }
            }
        }
        let copy = FlowDocument(
            settings: original.settings,
            nodes: original.nodes.map { node in changes[node.id].map { node.configured($0) } ?? node },
            edges: original.edges, brokenNodes: [], problems: [])
        return RewrittenFlow(nodes: copy.nodesRow, edges: copy.edgesRow)
    }
}

extension Value {
    /// The tagged form.
    fileprivate var taggedTree: JSONValue {
        guard let tree = try? JSONValue.parse(ValueJSON.encode(self)) else {
            preconditionFailure("the tagged form of a value is JSON")
        }
        return tree
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
