// Rows of runs that are to be taken up again, as values. Stored rows are not trusted.

internal import Engine
internal import Postgres
internal import Primitives
internal import Values
internal import Wire

/// The rows of all statements about some runs.
struct LeftRunRows {
    let heads: PostgresRows
    let events: PostgresRows
    let children: PostgresRows
    let inputs: PostgresRows
    let signatures: PostgresRows
    /// How many events of a run, and how many of its children and requests, were asked for at most.
    let eventsMax: Int
    let rowsMax: Int

    /// The runs. One that cannot be read harms no other.
    func read() -> FoundRuns {
        var parts = LeftRunParts()
        for index in 0..<events.count { parts.add(event: events[index]) }
        for index in 0..<children.count { parts.add(child: children[index]) }
        for index in 0..<inputs.count { parts.add(input: inputs[index]) }
        for index in 0..<signatures.count { parts.add(signature: signatures[index]) }
        var found = FoundRuns()
        var texts = RepeatedTexts()
        for index in 0..<heads.count {
            guard let id = try? RunID(heads[index].uuid(0)) else { continue }
            do throws(PostgresError) {
                found.runs.append(try run(id, heads[index], parts.take(id), &texts))
            } catch {
                found.unreadable.append(id)
            }
        }
        return found
    }

    private func run(
        _ id: RunID, _ row: PostgresRows.Row, _ part: LeftRunParts.Part, _ texts: inout RepeatedTexts
    ) throws(PostgresError) -> LeftRun {
        if let error = part.error { throw error }
        var isCut =
            part.isCut || part.children.count > rowsMax || part.inputs.count > rowsMax
            || part.signatures.count > rowsMax
        var (inputs, environment, terms) = (ValueMap(), [String: String](), RunTerms())
        let lacksTerms = row.isNull(18) ? try row.bool(19) : false
        if row.isNull(5) || row.isNull(7) || lacksTerms {
            isCut = true
        } else {
            guard let values = ValueMap(taggedJSON: try row.bytes(5)),
                let names = try texts.environment(row.bytes(7)),
                let stored = row.isNull(18) ? RunTerms() : RunTerms(try row.bytes(18))
            else { throw CatalogRows.unreadable("run \(id)") }
            (inputs, environment, terms) = (values, names, stored)
        }
        guard let network = try texts.network(row.bytes(8)), let bundling = try texts.bundling(row.bytes(9)),
            let origin = LeftRunRows.origin(try row.bytes(10))
        else { throw CatalogRows.unreadable("run \(id)") }
        let record = RunRecord(
            id: id, owner: UserID(try row.uuid(1)),
            startedBy: row.isNull(2) ? nil : UserID(try row.uuid(2)),
            startedKey: row.isNull(17) ? nil : try row.text(17),
            flow: row.isNull(3) ? nil : try row.integer(3), deployment: terms.deployment,
            snapshot: FlowSnapshot(hash: try row.bytes(4), document: []), inputs: inputs,
            environment: environment, network: network, bundling: bundling, origin: origin,
            depth: try row.integer(11), collectsInstructions: try row.bool(12),
            fees: terms.fees, action: terms.action,
            partial: try row.bool(13) ? PartialConfig(onlyNodes: [], runs: [:], defaultRun: nil) : nil,
            resumesOnCrash: try row.bool(14),
            sharedWith: try row.uuids(16).map { UserID($0) }, createdAt: try row.timestamptz(15))
        return LeftRun(
            record: record, hasWholeInputs: try !row.bool(6),
            events: Array(part.events.prefix(eventsMax)),
            hasAllEvents: part.events.count <= eventsMax && !part.hasFurtherEvents,
            children: part.children, inputs: part.inputs, signatures: part.signatures, isCut: isCut)
    }

    /// Nil if a part of the output is hidden or cut.
    fileprivate static func output(_ data: [UInt8], _ status: RunStatus) -> ValueMap? {
        let end = StoredEvent.read(FlowFinished.self, from: data, in: EventFrame(status: status))
        return end.flatMap { $0.output.holdsSecret ? nil : $0.output }
    }

    fileprivate static func environment(_ bytes: [UInt8]) -> [String: String]? {
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

    fileprivate static func origin(_ bytes: [UInt8]) -> RunOrigin? {
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

/// What belongs to each run, gathered from the rows of several statements.
private struct LeftRunParts {
    struct Part {
        var events: [RunEvent] = []
        /// Events follow that were too large to be read with the others.
        var hasFurtherEvents = false
        var children: [LeftChild] = []
        var inputs: [StoredInputRequest] = []
        var signatures: [StoredSignature] = []
        /// A cell was left out.
        var isCut = false
        /// Something of the run cannot be read.
        var error: PostgresError?
    }

    private var parts: [RunID: Part] = [:]

    mutating func take(_ run: RunID) -> Part { parts.removeValue(forKey: run) ?? Part() }

    mutating func add(event row: PostgresRows.Row) {
        change(row) { part throws(PostgresError) in
            guard !part.hasFurtherEvents else { return }
            guard !row.isNull(7) else {
                part.hasFurtherEvents = true
                return
            }
            let event = try CatalogRows.event(row, at: 1)
            if let last = part.events.last, last.sequence >= event.sequence {
                throw CatalogRows.unreadable("order of events")
            }
            part.events.append(event)
        }
    }

    mutating func add(child row: PostgresRows.Row) {
        change(row) { part throws(PostgresError) in
            guard case .nested(_, let execution)? = LeftRunRows.origin(try row.bytes(2)),
                let errors = (try? JSONValue.parse(try row.bytes(4)))?.array
            else { throw CatalogRows.unreadable("nested run") }
            let status = try CatalogRows.status(row, 3)
            if row.isNull(5), try row.bool(6) { part.isCut = true }
            part.children.append(
                LeftChild(
                    run: RunID(try row.uuid(1)), execution: execution, status: status,
                    output: row.isNull(5) ? nil : LeftRunRows.output(try row.bytes(5), status),
                    errors: errors.compactMap(\.string)))
        }
    }

    mutating func add(input row: PostgresRows.Row) {
        change(row) { part throws(PostgresError) in
            if row.isNull(6), try row.bool(8) {
                part.isCut = true
            } else {
                part.inputs.append(try PostgresInputs.stored(row))
            }
        }
    }

    mutating func add(signature row: PostgresRows.Row) {
        change(row) { part throws(PostgresError) in part.signatures.append(try SignatureRows.stored(row)) }
    }

    /// Every row begins with the id of its run.
    private mutating func change(
        _ row: PostgresRows.Row, _ change: (inout Part) throws(PostgresError) -> Void
    ) {
        guard let id = try? RunID(row.uuid(0)) else { return }
        // Taken out while it changes, so that its arrays are changed in place.
        var part = parts.removeValue(forKey: id) ?? Part()
        do throws(PostgresError) {
            try change(&part)
        } catch {
            part.error = error
        }
        parts[id] = part
    }
}

/// Cells that are the same in most rows are read once.
private struct RepeatedTexts {
    private var lastEnvironment: (bytes: [UInt8], value: [String: String]?) = ([], nil)
    private var lastNetwork: (bytes: [UInt8], value: FlowNetwork?) = ([], nil)
    private var lastBundling: (bytes: [UInt8], value: String?) = ([], nil)

    mutating func environment(_ bytes: [UInt8]) -> [String: String]? {
        if bytes != lastEnvironment.bytes { lastEnvironment = (bytes, LeftRunRows.environment(bytes)) }
        return lastEnvironment.value
    }

    mutating func network(_ bytes: [UInt8]) -> FlowNetwork? {
        if bytes != lastNetwork.bytes { lastNetwork = (bytes, LeftRunRows.network(bytes)) }
        return lastNetwork.value
    }

    mutating func bundling(_ bytes: [UInt8]) -> String? {
        if bytes != lastBundling.bytes {
            lastBundling = (bytes, (try? JSONValue.parse(bytes))?.string)
        }
        return lastBundling.value
    }
}
