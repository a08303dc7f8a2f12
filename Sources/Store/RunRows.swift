// Rows of runs that are to be taken up again, as values. Stored rows are not trusted.

internal import Engine
internal import Postgres
internal import Primitives
internal import Values
internal import Wire

/// Readers of the rows of `RunStatements`.
enum RunRows {
    static func run(
        _ rows: PostgresRows, _ id: RunID, children: [StoredChild]
    ) throws(PostgresError) -> StoredRun? {
        guard rows.count > 0 else { return nil }
        let row = rows[0]
        guard let inputs = ValueMap(taggedJSON: try row.bytes(5)),
            let environment = environment(try row.bytes(7)), let network = network(try row.bytes(8)),
            let bundling = (try? JSONValue.parse(try row.bytes(9)))?.string,
            let origin = origin(try row.bytes(10))
        else { throw CatalogRows.unreadable("run \(id)") }
        var terms = RunTerms()
        if !row.isNull(18) {
            guard let stored = RunTerms(try row.bytes(18)) else { throw CatalogRows.unreadable("run \(id)") }
            terms = stored
        }
        let record = RunRecord(
            id: id, owner: UserID(try row.uuid(0)),
            startedBy: row.isNull(1) ? nil : UserID(try row.uuid(1)),
            startedKey: row.isNull(17) ? nil : try row.text(17),
            flow: row.isNull(2) ? nil : try row.integer(2), deployment: terms.deployment,
            snapshot: FlowSnapshot(hash: try row.bytes(3), document: try row.bytes(4)), inputs: inputs,
            environment: environment, network: network, bundling: bundling, origin: origin,
            depth: try row.integer(11), collectsInstructions: try row.bool(12),
            fees: terms.fees, action: terms.action,
            partial: row.isNull(13) ? nil : PartialConfig(onlyNodes: [], runs: [:], defaultRun: nil),
            resumesOnCrash: try row.text(14) == "resume",
            sharedWith: try row.uuids(16).map { UserID($0) }, createdAt: try row.timestamptz(15))
        return StoredRun(record: record, hasWholeInputs: try !row.bool(6), children: children)
    }

    static func children(_ rows: PostgresRows) throws(PostgresError) -> [StoredChild] {
        var children: [StoredChild] = []
        for index in 0..<rows.count {
            let row = rows[index]
            guard case .nested(_, let execution)? = origin(try row.bytes(1)),
                let errors = (try? JSONValue.parse(try row.bytes(3)))?.array
            else { throw CatalogRows.unreadable("nested run") }
            let status = try CatalogRows.status(row, 2)
            children.append(
                StoredChild(
                    run: RunID(try row.uuid(0)), execution: execution, status: status,
                    output: row.isNull(4) ? nil : output(try row.bytes(4), status),
                    errors: errors.compactMap(\.string)))
        }
        return children
    }

    /// Nil if something in it stands for what is not known.
    private static func output(_ data: [UInt8], _ status: RunStatus) -> ValueMap? {
        let stored = StoredEvent(
            sequence: 0, time: Timestamp(nanoseconds: 0), name: EventName.flowFinish.rawValue, execution: nil,
            data: data, status: status)
        guard case .flowFinished(_, let output, _)? = stored.event()?.content, !output.holdsSecret else {
            return nil
        }
        return output
    }

    private static func environment(_ bytes: [UInt8]) -> [String: String]? {
        guard let object = (try? JSONValue.parse(bytes))?.object else { return nil }
        var environment: [String: String] = [:]
        for entry in object.entries { environment[entry.key] = entry.value.string }
        return environment
    }

    static func network(_ bytes: [UInt8]) -> FlowNetwork? {
        guard let tree = try? JSONValue.parse(bytes), let url = tree["url"]?.string,
            let cluster = tree["cluster"]?.string
        else { return nil }
        return FlowNetwork(url: url, cluster: cluster)
    }

    private static func origin(_ bytes: [UInt8]) -> RunOrigin? {
        guard let tree = try? JSONValue.parse(bytes) else { return nil }
        if tree["Start"] != nil { return .start }
        if tree["Read"] != nil { return .read }
        if let text = tree["StartShared"]?["started_by"]?.string, let user = UserID(text) {
            return .startShared(by: user)
        }
        guard let nested = tree["Interflow"],
            let run = nested["flow_run_id"]?.string.flatMap({ RunID($0) }),
            let node = nested["node_id"]?.string.flatMap({ NodeID($0) }),
            let times = nested["times"]?.number?.integer(Int32.self)
        else { return nil }
        return .nested(in: run, NodeExecution(node: node, times: times))
    }
}
