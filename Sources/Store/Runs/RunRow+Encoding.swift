// A run as it is created, to the columns of its row.

internal import Engine
internal import Primitives
internal import Values
internal import Wire

extension JournalRow {
    /// The row of a run.
    init(_ record: RunRecord) {
        run = record.id
        owner = record.owner
        sequence = 0
        form = .original
        content = .run(
            RunRow(
                startedBy: record.startedBy, startedKey: record.startedKey, flow: record.flow,
                deployment: record.deployment, snapshot: record.snapshot, createdAt: record.createdAt,
                inputs: record.inputs.taggedJSON, hasHiddenInputs: record.inputs.holdsSecret,
                environment: RunRow.environment(record.environment),
                network: RunRow.network(record.network), bundling: RunRow.string(record.bundling),
                origin: RunRow.origin(record.origin), parent: RunRow.parent(record.origin),
                depth: record.depth,
                collectsInstructions: record.collectsInstructions, terms: RunTerms(record)?.json,
                partial: record.partial.map(RunRow.partial),
                resumesOnCrash: record.resumesOnCrash, sharedWith: record.sharedWith))
    }

    /// The row of an entry.
    init(_ entry: JournalEntry) {
        switch entry {
        case .created(let record): self.init(record)
        case .event(let run, let owner, let event): self.init(run: run, owner: owner, event: event)
        }
    }
}

extension RunRow {
    fileprivate static func environment(_ environment: [String: String]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            writer.string(value)
        }
        writer.endObject()
        return writer.output
    }

    fileprivate static func network(_ network: FlowNetwork) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("url")
        writer.string(network.url)
        writer.key("cluster")
        writer.string(network.cluster)
        writer.endObject()
        return writer.output
    }

    fileprivate static func string(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONWriter.append(text, to: &bytes)
        return bytes
    }

    /// Spec flow-engine 1.2.
    fileprivate static func origin(_ origin: RunOrigin) -> [UInt8] {
        switch origin {
        case .start: Array(#"{"Start":{}}"#.utf8)
        case .read: Array(#"{"Read":{}}"#.utf8)
        case .nested(let run, let execution):
            Array(
                #"{"Interflow":{"flow_run_id":"\#(run.text)","node_id":"\#(execution.node.text)","times":\#(execution.times)}}"#
                    .utf8)
        case .startShared(let user): Array(#"{"StartShared":{"started_by":"\#(user.text)"}}"#.utf8)
        }
    }

    fileprivate static func parent(_ origin: RunOrigin) -> RunID? {
        if case .nested(let run, _) = origin { run } else { nil }
    }

    /// Spec flow-engine 12.1.
    fileprivate static func partial(_ config: PartialConfig) -> [UInt8] {
        JSONWriter.encode([
            "only_nodes": .array(config.onlyNodes.map { .string($0.text) }),
            "values_config": [
                "nodes": .object(
                    JSONObject(
                        config.runs.sorted { $0.key.text < $1.key.text }
                            .map { (key: $0.key.text, value: .string($0.value.text)) })),
                "default_run_id": config.defaultRun.map { .string($0.text) } ?? .null,
            ],
        ])
    }
}
