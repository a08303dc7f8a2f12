// Flow documents in a few lines.

/// A document whose nodes are written `name: kind inputs > outputs {config}` and whose edges are written
/// `a.output -> b.input`. A `*` behind an input's name makes it come out again; an edge from it has the `*`, too.
struct DocumentText {
    private struct Node {
        let name: String
        let kind: String
        let inputs: [String]
        let outputs: [String]
        let config: String
    }

    private let nodes: [Node]
    private let edges: [String]

    init(nodes: [String], edges: [String]) {
        self.nodes = nodes.map { line in
            let brace = line.firstIndex(of: "{") ?? line.endIndex
            let sides = line[..<brace].split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
            let words = sides[0].split(separator: " ").map(String.init)
            return Node(
                name: String(words[0].dropLast()), kind: words[1], inputs: Array(words.dropFirst(2)),
                outputs: sides.count > 1 ? sides[1].split(separator: " ").map(String.init) : [],
                config: brace == line.endIndex ? "{}" : String(line[brace...]))
        }
        self.edges = edges
    }

    /// The document as a file holds it.
    var json: String {
        """
        {"nodes":[\(nodes.indices.map(node).joined(separator: ","))],\
        "edges":[\(edges.map(edge).joined(separator: ","))]}
        """
    }

    private func id(_ node: Int, _ port: Int = 0) -> String {
        func digits(_ number: Int, _ count: Int) -> String {
            String(repeating: "0", count: count - String(number).count) + String(number)
        }
        return "00000000-0000-4000-a000-\(digits(node + 1, 8))\(digits(port, 4))"
    }

    private func node(_ index: Int) -> String {
        let node = nodes[index]
        let inputs = node.inputs.enumerated().map { position, name in
            let bare = name.hasSuffix("*") ? String(name.dropLast()) : name
            return #"{"id":"\#(id(index, 100 + position))","name":"\#(bare)","passthrough":\#(bare != name)}"#
        }
        let outputs = node.outputs.enumerated().map { position, name in
            #"{"id":"\#(id(index, 200 + position))","name":"\#(name)"}"#
        }
        return """
            {"id":"\(id(index))","type":"native","data":{"node_id":"\(node.kind)","config":\(node.config),\
            "ports":{"inputs":[\(inputs.joined(separator: ","))],"outputs":[\(outputs.joined(separator: ","))]}}}
            """
    }

    private func edge(_ line: String) -> String {
        let ends = line.split(separator: " ").map { $0.split(separator: ".").map(String.init) }
        guard let source = nodes.firstIndex(where: { $0.name == ends[0][0] }),
            let target = nodes.firstIndex(where: { $0.name == ends[2][0] })
        else { preconditionFailure("an edge joins nodes of the document") }
        func position(_ name: String, in names: [String]) -> Int {
            guard let position = names.firstIndex(of: name) else { preconditionFailure("no port \(name)") }
            return position
        }
        let isPassthrough = ends[0][1].hasSuffix("*")
        let handle =
            isPassthrough
            ? "passthrough-" + id(source, 100 + position(ends[0][1], in: nodes[source].inputs))
            : id(source, 200 + position(ends[0][1], in: nodes[source].outputs))
        let input = nodes[target].inputs.map { $0.hasSuffix("*") ? String($0.dropLast()) : $0 }
        return """
            {"source":"\(id(source))","sourceHandle":"\(handle)","target":"\(id(target))",\
            "targetHandle":"\(id(target, 100 + position(ends[2][1], in: input)))"}
            """
    }
}
