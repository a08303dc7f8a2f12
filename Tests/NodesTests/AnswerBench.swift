import Engine
import Nodes
import Primitives
import Synchronization
import TestKit
import Values
import Wire

/// Nodes that ask something outside, with ports in memory that answer at once.
struct AnswerBench {
    let services: NodeServices
    let owner: UserID
    let isReadOnly: Bool
    let terms: any RunTerms

    init(
        outbound: any OutboundClient = NodeServices.unavailable.outbound,
        keyValues: any KeyValueStore = MemoryKeyValues(), files: any FileStore = MemoryFiles(),
        owner: UserID = UserID(.random()), isReadOnly: Bool = false,
        terms: any RunTerms = NoTerms(), fileLinks: FileLinks = .none, clock: Clock = .system
    ) {
        services = NodeServices(
            outbound: outbound, keyValues: keyValues, files: files, fileLinks: fileLinks, clock: clock)
        self.owner = owner
        self.isReadOnly = isReadOnly
        self.terms = terms
    }

    /// What a node ends with, as `NodeBench` writes it. Config and inputs are JSON objects of tagged values.
    func result(
        _ name: String, _ inputs: String = "{}", config: String = "{}", outputs: [String] = []
    ) throws -> String {
        var values: [(String, Value)] = []
        for (name, tree) in try JSONValue.parse(inputs).object?.entries ?? [] {
            values.append((name, try ValueJSON.decode(tree)))
        }
        return try result(name, ValueMap(values), config: config, outputs: outputs)
    }

    func result(
        _ name: String, _ inputs: ValueMap, config: String = "{}", outputs: [String] = []
    ) throws -> String {
        guard let kind = NodeLibrary.registry(services).kind(named: name) else {
            throw NodeBench.UnknownKind(name: name)
        }
        var entries: [String: ConfigEntry] = [:]
        for (name, tree) in try JSONValue.parse(config).object?.entries ?? [] {
            let entry = try ValueJSON.taggedOrPlain(tree)
            entries[name] = ConfigEntry(entry.value, isTagged: entry.isTagged)
        }
        let node = try kind.configure(
            kind,
            NodeDeclaration(
                id: NodeID(UniqueID(high: 0, low: 1)), kindName: kind.name, inputs: [],
                outputs: outputs.map { OutputPort($0) }, config: entries))
        let box = OutcomeBox()
        let step = node.work(
            NodeCall(
                run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0), inputs: inputs,
                context: RunContext(owner: owner, terms: terms, isReadOnly: isReadOnly),
                complete: { box.add($0) }))
        guard case .pending = step else { return NodeBench.text(of: step) }
        let all = box.all
        return all.count == 1 ? NodeBench.text(of: .done(all[0])) : "\(all.count) answers"
    }
}

private final class OutcomeBox: Sendable {
    private let outcomes = Mutex<[NodeOutcome]>([])
    var all: [NodeOutcome] { outcomes.withLock { $0 } }
    func add(_ outcome: NodeOutcome) { outcomes.withLock { $0.append(outcome) } }
}
