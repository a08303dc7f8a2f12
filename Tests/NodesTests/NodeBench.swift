import Engine
import Nodes
import Primitives
import Values
import Wire

/// One node on its own, with what its run functions answer.
struct NodeBench {
    let node: GraphNode

    /// A node as a document would declare it; `config` is a JSON object of tagged or plain values.
    init(
        _ kind: String, config: String = "{}", inputs: [InputPort] = [], outputs: [OutputPort] = [],
        services: NodeServices = .unavailable
    ) throws {
        guard let kind = NodeLibrary.registry(services).kind(named: kind) else {
            throw UnknownKind(name: kind)
        }
        try self.init(kind, config: config, inputs: inputs, outputs: outputs)
    }

    /// A node of a kind that need not be in the library.
    init(
        _ kind: NodeKind, config: String = "{}", inputs: [InputPort] = [], outputs: [OutputPort] = []
    ) throws {
        var entries: [String: ConfigEntry] = [:]
        for (name, tree) in try JSONValue.parse(config).object?.entries ?? [] {
            let entry = try ValueJSON.taggedOrPlain(tree)
            entries[name] = ConfigEntry(entry.value, isTagged: entry.isTagged)
        }
        node = try kind.configure(
            kind,
            NodeDeclaration(
                id: NodeID(UniqueID(high: 0, low: 1)), kindName: kind.name, inputs: inputs, outputs: outputs,
                config: entries))
    }

    /// Runs the node on the configured defaults and these inputs, a JSON object of tagged values.
    func step(_ inputs: String, cancellation: NodeCancellation = NodeCancellation()) throws -> NodeStep {
        var joined = node.defaults
        for (name, tree) in try JSONValue.parse(inputs).object?.entries ?? [] {
            joined[name] = try ValueJSON.decode(tree)
        }
        return node.work(
            NodeCall(
                run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0), inputs: joined,
                cancellation: cancellation))
    }

    /// The outputs as a JSON object of tagged values, or `failed: ` with the node's text, or `waits …`.
    func result(_ inputs: String = "{}") throws -> String {
        try NodeBench.text(of: step(inputs))
    }

    static func text(of step: NodeStep) -> String {
        switch step {
        case .done(.outputs(let map)):
            var bytes: [UInt8] = []
            ValueJSON.append(map, to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        case .done(.failed(let text)): return "failed: \(text)"
        case .wait(let time, let outcome): return "waits \(time) then \(text(of: .done(outcome)))"
        case .pending: return "pending"
        case .ask(.input(let wish)): return "asks for a value" + (wish.timeLimit.map { " for \($0)" } ?? "")
        case .ask(.signature(let wish)):
            return "asks \(Base58.encode(wish.publicKey.bytes)) to sign \(wish.message.count) bytes"
                + " within \(wish.timeLimit)"
        case .ask(.flow(let flow)): return "asks for flow \(flow)"
        case .ask(.act): return "asks for a transaction"
        }
    }

    struct UnknownKind: Error {
        let name: String
    }
}
