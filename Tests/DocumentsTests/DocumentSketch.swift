import Documents
import Engine
import Nodes
import Primitives
import Testing

/// Ids as the examples have them: node 1 is …0100, its first output …0110, its first input …0120.
func id(_ node: Int, _ part: Int = 0) -> String {
    let digits = String(node * 256 + part, radix: 16)
    return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
}

/// A document in the form of a table's row, from lines: `to_string in:stringify out:result config:{…}`. Ports
/// marked with `!` are required, with `*` passed through.
func document(nodes: [String], edges: [String] = [], members: String = "") -> [UInt8] {
    let nodes = nodes.enumerated().map { index, line in node(index + 1, line) }
    let edges = edges.map { line in
        let ends = line.split(separator: " ").map(String.init)
        return
            #"{"source":"\#(ends[0])","sourceHandle":"\#(ends[1])","target":"\#(ends[2])","targetHandle":"\#(ends[3])"}"#
    }
    return Array(
        #"{\#(members)"nodes":[\#(nodes.joined(separator: ","))],"edges":[\#(edges.joined(separator: ","))]}"#
            .utf8)
}

/// An edge from the first port of a node to the first of another, unless other ports are named.
func edge(_ source: Int, _ target: Int, from output: Int = 0, to input: Int = 0) -> String {
    "\(id(source)) \(id(source, 16 + output)) \(id(target)) \(id(target, 32 + input))"
}

private func node(_ number: Int, _ line: String) -> String {
    let halves = line.split(separator: " config:", maxSplits: 1).map(String.init)
    let config = halves.count > 1 ? halves[1] : "{}"
    var parts = halves[0].split(separator: " ").map(String.init)
    let name = line.hasPrefix(" ") || parts.isEmpty ? "" : parts.removeFirst()
    func names(_ prefix: String) -> [String] {
        guard let part = parts.first(where: { $0.hasPrefix(prefix) }) else { return [] }
        return part.dropFirst(prefix.count).split(separator: ",", omittingEmptySubsequences: false).map(
            String.init)
    }
    let (inputs, outputs) = (names("in:"), names("out:"))
    let inputTexts = inputs.enumerated().map { index, name in
        #"{"id":"\#(id(number, 32 + index))","name":"\#(name)"}"#
    }
    let outputTexts = outputs.enumerated().map { index, name in
        #"{"id":"\#(id(number, 16 + index))","name":"\#(name)"}"#
    }
    return
        #"{"id":"\#(id(number))","data":{"node_id":"\#(name)","ports":{"inputs":[\#(inputTexts.joined(separator: ","))],"#
        + #""outputs":[\#(outputTexts.joined(separator: ","))]},"config":\#(config)}}"#
}

let compiler = FlowDocumentCompiler(registry: NodeLibrary.registry(), digest: { Array($0.prefix(8)) })

/// The texts of everything that is wrong with a document; empty if nothing is.
func problems(_ document: [UInt8]) -> [String] {
    do {
        _ = try compiler.compile(document)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

func problems(_ document: String) -> [String] { problems(Array(document.utf8)) }
