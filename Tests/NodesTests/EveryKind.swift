import Engine
import Nodes
import Primitives
import Synchronization
import TestKit
import Values

/// One execution of a node of any kind, with everything that came out of it.
struct KindTrial {
    /// What a node of this kind gets without a document, if the kind makes one.
    static func node(of kind: NodeKind) -> GraphNode? {
        try? kind.configure(
            kind,
            NodeDeclaration(
                id: NodeID(UniqueID(high: 0, low: 1)), kindName: kind.name, inputs: [InputPort("in")],
                outputs: [OutputPort("in")], config: [:]))
    }

    /// What it gave, nil if it failed.
    let outputs: ValueMap?
    /// Outputs, error and log as text.
    let text: String

    init(_ node: GraphNode, _ inputs: ValueMap, cancellation: NodeCancellation = NodeCancellation()) {
        let heard = Heard()
        let step = node.work(
            NodeCall(
                run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0), inputs: inputs,
                cancellation: cancellation, log: { line in heard.add("\(line)") },
                complete: { heard.end($0) }))
        switch step {
        case .done(let outcome), .wait(_, then: let outcome): heard.end(outcome)
        default: break
        }
        var outputs: ValueMap?
        var text = heard.lines.joined(separator: "\n")
        switch heard.outcome {
        case .outputs(let map):
            outputs = map
            text += Value.map(map).taggedText + Value.map(map).debugDescription
        case .failed(let message): text += message
        case nil: break
        }
        self.outputs = outputs
        self.text = text
    }

    private final class Heard: Sendable {
        private let state = Mutex<(outcome: NodeOutcome?, lines: [String])>((nil, []))
        var outcome: NodeOutcome? { state.withLock { $0.outcome } }
        var lines: [String] { state.withLock { $0.lines } }
        func end(_ outcome: NodeOutcome) { state.withLock { $0.outcome = $0.outcome ?? outcome } }
        func add(_ line: String) { state.withLock { $0.lines.append(line) } }
    }
}

extension ValueMap {
    /// The same entries with one more, or another one.
    func setting(_ name: String, to value: Value) -> ValueMap {
        var map = self
        map[name] = value
        return map
    }
}

extension InputPort {
    /// A value that a node may well make something of.
    var plausibleValue: Value {
        switch name {
        case "pattern", "search": return .string("a")
        case "operator": return .string("eq")
        case "field": return .string("")
        case "rows": return .array([.map(["a": .u64(1)])])
        case "key", "string", "path", "field_path", "url", "store": return .string("a")
        case "json_input": return .map(["a": .u64(1)])
        case "time", "from", "to": return .u64(0)
        case "expires_in": return .u64(60)
        case "zone": return .string("Europe/Berlin")
        case "program_id": return .string("11111111111111111111111111111111")
        case "template": return .string("{{a}}")
        default: break
        }
        if let defaultValue { return defaultValue }
        switch types.first {
        case "bool": return .bool(true)
        case "array": return .array([.u64(1), .u64(2)])
        case "object": return .map(["a": .u64(1)])
        case "string": return .string("a")
        case "bytes": return .bytes([1, 2, 3])
        default: return .u64(1)
        }
    }
}
