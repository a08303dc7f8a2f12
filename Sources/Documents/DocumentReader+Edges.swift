// Edges: which node, which port (spec flow-engine 1.6).

internal import Engine
internal import Primitives
internal import Wire

extension DocumentReader {
    /// The prefix of an input's id where the input is used as an output.
    private static let passthroughPrefix = "passthrough-"

    mutating func edges(of flow: JSONObject) -> [DocumentEdge] {
        let trees =
            list("edges", of: flow, isRequired: false, countMax: Limits.edgesPerFlowMax) ?? []
        var edges: [DocumentEdge] = []
        edges.reserveCapacity(trees.count)
        for (index, tree) in trees.enumerated() {
            if let edge = edge(tree, "edge number \(index + 1)") { edges.append(edge) }
        }
        return edges
    }

    private mutating func edge(_ tree: JSONValue, _ place: String) -> DocumentEdge? {
        let source = id("source", of: tree, place)
        let target = id("target", of: tree, place)
        let handle = tree["sourceHandle"]?.string ?? ""
        let isPassthrough = handle.utf8.starts(with: DocumentReader.passthroughPrefix.utf8)
        let sourceHandle = id(
            "sourceHandle", of: tree, place,
            from: isPassthrough ? DocumentReader.passthroughPrefix.utf8.count : 0)
        let targetHandle = id("targetHandle", of: tree, place)
        guard let source, let target, let sourceHandle, let targetHandle else { return nil }
        return DocumentEdge(
            source: NodeID(source), sourceHandle: sourceHandle, isPassthrough: isPassthrough,
            target: NodeID(target), targetHandle: targetHandle)
    }

    private mutating func id(
        _ name: String, of tree: JSONValue, _ place: String, from offset: Int = 0
    ) -> UniqueID? {
        guard let text = tree[name]?.string, let id = UniqueID(utf8: Array(text.utf8.dropFirst(offset))[...])
        else {
            note("\(place): its \(name) is not a UUID")
            return nil
        }
        return id
    }
}
