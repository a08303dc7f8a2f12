// The tables of events and of log lines: what is stored of each, and how both are read as events again.

internal import Engine
internal import Postgres
internal import Primitives
internal import Values

/// The columns of `flow_run_events`.
enum EventTable {
    /// An event with its run and its place there.
    typealias Entry = (run: RunID, sequence: UInt64, row: EventRow)

    static let events = Table<Entry, Void>("flow_run_events") { t in
        t.write("flow_run_id", .run) { $0.run }
        t.write("seq", .sequence) { $0.sequence }
        t.write("time", .timestamptz) { $0.row.time }
        t.write("time_nanos", .smallint) { $0.row.time.nanosecondsBelowMicrosecond }
        t.write("event", .text) { $0.row.name }
        t.write("node_id", .optional(.node)) { $0.row.execution?.node }
        t.write("times", .optional(.integer)) { $0.row.execution?.times }
        t.write("data", .json) { $0.row.data }
    }
}

/// The columns of `flow_run_logs`.
enum LogTable {
    /// A log line with its run, the run's owner and its place among the events.
    typealias Entry = (run: RunID, owner: UserID, sequence: UInt64, row: LogRow)

    static let lines = Table<Entry, Void>("flow_run_logs") { t in
        t.write("flow_run_id", .run) { $0.run }
        t.write("seq", .sequence) { $0.sequence }
        t.write("user_id", .user) { $0.owner }
        t.write("node_id", .optional(.node)) { $0.row.execution?.node }
        t.write("times", .optional(.integer)) { $0.row.execution?.times }
        t.write("time", .timestamptz) { $0.row.time }
        t.write("time_nanos", .smallint) { $0.row.time.nanosecondsBelowMicrosecond }
        t.write("log_level", .text) { $0.row.line.level.rawValue }
        t.write("content", .text) { $0.row.line.content }
        t.write("module", .optional(.text)) { $0.row.line.module }
        t.write("exact", .optional(.json)) { $0.row.line.exactJSON }
    }
}

/// Where an event stands in rows that events and log lines share: a log line has its level for a name.
struct EventCells: Sendable {
    private let sequence: Cell<UInt64>
    private let time: Cell<Timestamp>
    private let timeBelow: Cell<Int16>
    private let name: Cell<String>
    private let node: Cell<NodeID?>
    private let times: Cell<Int32?>
    private let data: Cell<[UInt8]?>

    /// Adds the columns to a statement.
    ///
    /// - Parameter data: the event's own fields.
    init<Input>(of alias: String, data: String, _ q: inout StatementBuilder<Input>) {
        sequence = q.column("\(alias).seq", .sequence)
        time = q.column("\(alias).time", .timestamptz)
        timeBelow = q.column("\(alias).time_nanos", .smallint)
        name = q.column("\(alias).name", .text)
        node = q.column("\(alias).node_id", .optional(.node))
        times = q.column("\(alias).times", .optional(.integer))
        self.data = q.column(data, .optional(.json))
    }

    /// False if the event's own fields were left out.
    func hasData(_ row: PostgresRows.Row) throws(PostgresError) -> Bool { try row[data] != nil }

    /// Reads the event of a row.
    ///
    /// - Parameters:
    ///   - status: that of the run, if the event ends it.
    ///   - line: makes the log line of a level.
    func read(
        _ row: PostgresRows.Row, status: RunStatus,
        line: (RunLogLevel) throws(PostgresError) -> RunLogLine
    ) throws(PostgresError) -> RunEvent {
        let (sequence, name) = (try row[sequence], try row[name])
        let time = try row.moment(time, timeBelow)
        var execution: NodeExecution?
        if let node = try row[node] {
            guard let times = try row[times] else { throw .unreadable("event \(sequence)") }
            execution = NodeExecution(node: node, times: times)
        }
        if let level = RunLogLevel(rawValue: name) {
            let line = try line(level)
            return RunEvent(
                sequence: sequence, time: time,
                content: execution.map { .nodeLogged($0, line) } ?? .flowLogged(line))
        }
        guard let data = try row[data] else { throw .unreadable("event \(sequence)") }
        let stored = StoredEvent(
            sequence: sequence, time: time, name: name, execution: execution, data: data, status: status)
        guard let event = stored.event() else { throw .unreadable("event \(sequence)") }
        return event
    }

    /// The output in the data of an event that ends a run; nil if a part of the output is hidden or cut.
    static func output(_ data: [UInt8], _ status: RunStatus) -> ValueMap? {
        let end = StoredEvent.read(FlowFinished.self, from: data, in: EventFrame(status: status))
        return end.flatMap { $0.output.holdsSecret ? nil : $0.output }
    }
}
