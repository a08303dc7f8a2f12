// Rows of the catalogue's statements as values. Pure.

internal import Engine
internal import Postgres
internal import Primitives
internal import Values

/// Readers of rows; each throws if a row is not what its statement selects.
enum CatalogRows {
    static func flow(_ rows: PostgresRows) throws(PostgresError) -> FlowRow? {
        guard rows.count > 0 else { return nil }
        let row = rows[0]
        return FlowRow(
            number: try row.integer(0), uuid: try row.uuid(1), owner: UserID(try row.uuid(2)),
            isPublic: try row.bool(3), startShared: try row.bool(4), startUnverified: try row.bool(5),
            readEnabled: try row.bool(6), resumesOnCrash: try row.bool(8), version: try row.bigint(7),
            document: row.isNull(9) ? nil : try row.bytes(9))
    }

    static func run(_ rows: PostgresRows) throws(PostgresError) -> RunSummary? {
        guard rows.count > 0 else { return nil }
        let row = rows[0]
        var output: ValueMap?
        if !row.isNull(3) {
            output = ValueMap(taggedJSON: try row.bytes(3))
            guard output != nil else { throw unreadable("output of a run") }
        }
        return RunSummary(
            id: RunID(try row.uuid(0)), owner: UserID(try row.uuid(1)),
            sharedWith: try row.uuids(4).map { UserID($0) }, status: try status(row, 2), output: output)
    }

    static func outputs(_ rows: PostgresRows) throws(PostgresError) -> [StoredOutput] {
        var outputs: [StoredOutput] = []
        for index in 0..<rows.count {
            guard let values = ValueMap(taggedJSON: try rows[index].bytes(2)) else {
                throw unreadable("output of a node")
            }
            outputs.append(
                StoredOutput(
                    node: NodeID(try rows[index].uuid(0)), times: try rows[index].integer(1), outputs: values)
            )
        }
        return outputs
    }

    static func events(_ rows: PostgresRows) throws(PostgresError) -> [RunEvent] {
        var events: [RunEvent] = []
        events.reserveCapacity(rows.count)
        for index in 0..<rows.count {
            let row = rows[index]
            events.append(
                try event(row, status: row.isNull(9) ? .running : try status(row, 9)) {
                    level throws(PostgresError) in try line(level, row)
                })
        }
        return events
    }

    /// Reads an event that does not end a run, whose columns begin at this place. A log line comes without its text.
    static func event(_ row: PostgresRows.Row, at first: Int) throws(PostgresError) -> RunEvent {
        try event(row, at: first, status: .running) { RunLogLine(level: $0, content: "") }
    }

    private static func event(
        _ row: PostgresRows.Row, at first: Int = 0, status: RunStatus,
        line: (RunLogLevel) throws(PostgresError) -> RunLogLine
    ) throws(PostgresError) -> RunEvent {
        let sequence = UInt64(clamping: try row.bigint(first))
        let time = try row.timestamptz(first + 1, nanosecondsBelow: try row.smallint(first + 2))
        let name = try row.text(first + 3)
        var execution: NodeExecution?
        if !row.isNull(first + 4) {
            execution = NodeExecution(
                node: NodeID(try row.uuid(first + 4)), times: try row.integer(first + 5))
        }
        if let level = RunLogLevel(rawValue: name) {
            let line = try line(level)
            return RunEvent(
                sequence: sequence, time: time,
                content: execution.map { .nodeLogged($0, line) } ?? .flowLogged(line))
        }
        let stored = StoredEvent(
            sequence: sequence, time: time, name: name, execution: execution, data: try row.bytes(first + 6),
            status: status)
        guard let event = stored.event() else { throw unreadable("event \(sequence)") }
        return event
    }

    private static func line(_ level: RunLogLevel, _ row: PostgresRows.Row) throws(PostgresError)
        -> RunLogLine
    {
        if !row.isNull(6) {
            guard let line = RunLogLine(level: level, exactJSON: try row.bytes(6)) else {
                throw unreadable("log line")
            }
            return line
        }
        return RunLogLine(
            level: level, module: row.isNull(7) ? nil : try row.text(7), content: try row.text(8))
    }

    static func status(_ row: PostgresRows.Row, _ column: Int) throws(PostgresError) -> RunStatus {
        guard let status = RunStatus(rawValue: try row.text(column)) else {
            throw unreadable("status of a run")
        }
        return status
    }

    static func unreadable(_ what: String) -> PostgresError {
        PostgresError(.unexpectedReply, detail: "the \(what) cannot be read")
    }
}
