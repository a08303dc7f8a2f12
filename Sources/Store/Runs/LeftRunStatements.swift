// The statements about runs that another server has left behind. Each reads many runs.

internal import Engine
internal import Postgres
internal import Primitives
internal import Values
internal import Wire

/// Which runs are read, and how much of each.
struct LeftRunLookup: Sendable {
    let runs: [RunID]
    /// The server that has the runs.
    let server: ServerID
    /// Events of a run.
    let eventsMax: Int
    /// Children of a run, and requests of each kind.
    let rowsMax: Int
    /// Bytes of a cell; a run that is asked for alone has no such bound.
    let cellBytesMax: Int32
}

/// Reads of runs that are to be taken up again, each by their ids. Every statement begins with the ids and looks each
/// up by its key, inside of a sub-select that the planner does not take apart. With outdated statistics the planner
/// would otherwise read all runs of this server for each.
///
/// Many runs are read together, so large cells are left out: they are null, and another cell says so. A run that is
/// asked for alone has no such bound. One row more than what is wanted is read, which says that there are more.
enum LeftRunStatements {
    static let all: [any ListedStatement] = [heads, events, children, inputs, signatures, controls]

    /// A run without what its other tables hold.
    struct Head {
        let id: RunID
        let columns: StoredRecord
        let sharedWith: [UserID]
        let hasTerms: Bool
    }

    /// Something of a run, with the run; the run is known even if the rest cannot be read.
    typealias Part<Value> = (run: RunID, value: Result<Value, PostgresError>)

    /// A cell that is given only if it has at most so many bytes. A compressed cell that is too large is not unpacked
    /// to find that out.
    private static func bounded(_ column: String, by parameter: String) -> String {
        """
        CASE WHEN pg_column_size(\(column)) <= \(parameter) AND octet_length(\(column)::text) <= \(parameter)
            THEN \(column) END
        """
    }

    /// The requests of a table that have no answer, or whose execution has not ended, for FROM. Few of each run: as many
    /// as say that there are too many.
    private static func requests(in table: String, of runs: String, atMost count: String) -> String {
        """
        unnest(\(runs)) AS w (id) CROSS JOIN LATERAL (
            SELECT a.* FROM \(table) a
                LEFT JOIN node_run n
                    ON n.flow_run_id = w.id AND n.node_id = a.node_id AND n.times = a.times
            WHERE a.flow_run_id = w.id AND (a.status = 'pending' OR n.end_time IS NULL)
            LIMIT \(count)
        )
        """
    }

    /// Runs that have not ended and are a server's.
    static let heads = Statement<LeftRunLookup, StoredRows<Head>>("left_runs", on: .upkeep) { q in
        let runs = q.parameter(.array(.run)) { $0.runs }
        let server = q.parameter(.server) { $0.server }
        let bytesMax = q.parameter(.integer) { $0.cellBytesMax }
        let id = q.column("r.id", .run)
        let columns = q.columns(RunTable.created, of: "r") { bounded($0, by: bytesMax) }
        let hasTerms = q.column("r.terms IS NOT NULL", .bool)
        let sharedWith = q.column(
            "ARRAY(SELECT s.user_id FROM flow_run_shared s WHERE s.flow_run_id = r.id)", .users)
        return q.rows(
            """
            SELECT \(q.columns)
            FROM unnest(\(runs)) AS w (id)
                CROSS JOIN LATERAL (SELECT f.* FROM flow_run f WHERE f.id = w.id OFFSET 0) r
            WHERE r.server_id = \(server) AND r.end_time IS NULL
            """
        ) { row throws(PostgresError) in
            Head(
                id: try row[id], columns: row[columns], sharedWith: try row[sharedWith],
                hasTerms: try row[hasTerms])
        }
    }

    /// The first events of runs. Log lines come without their text. An event without data stands behind all events
    /// that are given with it, and is nil.
    static let events = Statement<LeftRunLookup, StoredRows<Part<RunEvent?>>>("left_events", on: .upkeep) {
        q in
        let runs = q.parameter(.array(.run)) { $0.runs }
        let count = q.parameter(.integer) { Int32(clamping: $0.eventsMax + 1) }
        let bytesMax = q.parameter(.bigint) { _ in Int64(Limits.leftRunBytesMax) }
        let run = q.column("w.id", .run)
        let event = EventCells(of: "j", data: "CASE WHEN j.bytes <= \(bytesMax) THEN j.data END", &q)
        let sql = """
            SELECT \(q.columns)
            FROM unnest(\(runs)) AS w (id) CROSS JOIN LATERAL (
                SELECT p.*, sum(octet_length(p.data::text)) OVER (ORDER BY p.seq) AS bytes
                FROM (
                    (SELECT e.seq, e.time, e.time_nanos, e.event AS name, e.node_id, e.times, e.data
                    FROM flow_run_events e WHERE e.flow_run_id = w.id ORDER BY e.seq LIMIT \(count))
                    UNION ALL
                    (SELECT g.seq, g.time, g.time_nanos, g.log_level, g.node_id, g.times, '{}'::json
                    FROM flow_run_logs g WHERE g.flow_run_id = w.id ORDER BY g.seq LIMIT \(count))
                    ORDER BY seq LIMIT \(count)
                ) p
            ) j
            """
        return q.rows(sql) { row throws(PostgresError) in
            try part(of: run, row) { row throws(PostgresError) in
                guard try event.hasData(row) else { return nil }
                return try event.read(row, status: .running) { level throws(PostgresError) in
                    RunLogLine(level: level, content: "")
                }
            }
        }
    }

    /// The runs that nodes of these runs have started, if they have not ended or the execution that waits for them has
    /// not. The other value says whether the output was left out.
    static let children = Statement<LeftRunLookup, StoredRows<Part<(LeftChild, isCut: Bool)>>>(
        "left_children", on: .upkeep
    ) { q in
        let runs = q.parameter(.array(.run)) { $0.runs }
        let count = q.parameter(.integer) { Int32(clamping: $0.rowsMax + 1) }
        let bytesMax = q.parameter(.integer) { $0.cellBytesMax }
        let failuresMax = q.parameter(.integer) { _ in Int32(clamping: Limits.failuresToldMax) }
        let textMax = q.parameter(.integer) { _ in Int32(clamping: Limits.failureTextMax) }
        // Beginning and end: what lies between is never shown.
        let text = """
            left(f.error, \(textMax))
            || right(f.error, greatest(0, least(\(textMax), length(f.error) - \(textMax))))
            """
        let run = q.column("w.id", .run)
        let child = q.column("c.id", .run)
        let origin = q.column("c.origin", .origin)
        let status = q.column("c.status", .status)
        let errors = q.column("array_to_json(c.errors)", .json)
        let failures = q.column("c.failures", .optional(.json))
        let finish = q.column(bounded("c.finish", by: bytesMax), .optional(.json))
        let hasFinish = q.column("c.finish IS NOT NULL", .bool)
        let sql = """
            SELECT \(q.columns)
            FROM unnest(\(runs)) AS w (id) CROSS JOIN LATERAL (
                SELECT r.id, r.origin, r.status, r.errors,
                    CASE WHEN r.end_time IS NOT NULL THEN (
                        SELECT e.data FROM flow_run_events e WHERE e.flow_run_id = r.id AND e.event = 'FlowFinish'
                        ORDER BY e.seq DESC LIMIT 1) END AS finish,
                    CASE WHEN r.end_time IS NOT NULL AND r.errors <> '{}' THEN (
                        SELECT json_agg(json_build_array(f.node_id, \(text))) FROM (
                            SELECT x.node_id, x.errors[1] AS error FROM node_run x
                            WHERE x.flow_run_id = r.id AND x.errors <> '{}'
                            ORDER BY x.end_time LIMIT \(failuresMax)) f) END AS failures
                FROM flow_run r
                    LEFT JOIN node_run n ON n.flow_run_id = w.id
                        AND n.node_id = (r.origin #>> '{Interflow,node_id}')::uuid
                        AND n.times = (r.origin #>> '{Interflow,times}')::integer
                WHERE r.parent_run_id = w.id AND (r.end_time IS NULL OR n.end_time IS NULL)
                LIMIT \(count)
            ) c
            """
        return q.rows(sql) { row throws(PostgresError) in
            try part(of: run, row) { row throws(PostgresError) in
                guard case .nested(_, let execution) = try row[origin],
                    let errors = (try? JSONValue.parse(try row[errors]))?.array
                else { throw .unreadable("nested run") }
                let failed = try row[failures].flatMap { try? JSONValue.parse($0) }?.array ?? []
                let (data, hasFinish, status) = (try row[finish], try row[hasFinish], try row[status])
                let found = LeftChild(
                    run: try row[child], execution: execution, status: status,
                    output: data.flatMap { EventCells.output($0, status) },
                    errors: errors.compactMap(\.string), failures: failed.compactMap(FailedExecution.init))
                return (found, isCut: data == nil && hasFinish)
            }
        }
    }

    /// The runs' requests for values that have no answer, or whose execution has not ended; nil for one whose value was
    /// left out.
    static let inputs = Statement<LeftRunLookup, StoredRows<Part<StoredInputRequest?>>>(
        "left_inputs", on: .upkeep
    ) { q in
        let runs = q.parameter(.array(.run)) { $0.runs }
        let count = q.parameter(.integer) { Int32(clamping: $0.rowsMax + 1) }
        let bytesMax = q.parameter(.integer) { $0.cellBytesMax }
        let run = q.column("q.flow_run_id", .run)
        let request = InputCells(value: bounded("q.value", by: bytesMax), &q)
        let hasValue = q.column("q.value IS NOT NULL", .bool)
        let sql = """
            SELECT \(q.columns)
            FROM \(requests(in: "api_input_requests", of: runs, atMost: count)) q
            """
        return q.rows(sql) { row throws(PostgresError) in
            try part(of: run, row) { row throws(PostgresError) in
                if try row[hasValue], try !request.hasValue(row) { return nil }
                return try request.read(row)
            }
        }
    }

    /// The same for requests for signatures.
    static let signatures = Statement<LeftRunLookup, StoredRows<Part<StoredSignature>>>(
        "left_signatures", on: .upkeep
    ) { q in
        let runs = q.parameter(.array(.run)) { $0.runs }
        let count = q.parameter(.integer) { Int32(clamping: $0.rowsMax + 1) }
        let run = q.column("q.flow_run_id", .run)
        let request = SignatureTable.answered(&q)
        let sql = """
            SELECT \(q.columns)
            FROM \(requests(in: "signature_requests", of: runs, atMost: count)) q
            """
        return q.rows(sql) { row throws(PostgresError) in
            try part(of: run, row, request)
        }
    }

    /// What was asked of the runs and holds.
    static let controls = Statement<LeftRunLookup, StoredRows<Part<RunControl>>>(
        "left_controls", on: .upkeep
    ) { q in
        let runs = q.parameter(.array(.run)) { $0.runs }
        let run = q.column("w.id", .run)
        let control = q.record(of: ControlStatements.controls, "c")
        let sql = """
            SELECT \(q.columns)
            FROM unnest(\(runs)) AS w (id)
                CROSS JOIN LATERAL (SELECT t.* FROM run_controls t WHERE t.flow_run_id = w.id OFFSET 0) c
            """
        return q.rows(sql) { row throws(PostgresError) in
            try part(of: run, row, control)
        }
    }

    /// Reads the run, then the rest.
    private static func part<Value>(
        of run: Cell<RunID>, _ row: PostgresRows.Row,
        _ read: (PostgresRows.Row) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Part<Value> {
        let run = try row[run]
        do throws(PostgresError) {
            return (run, .success(try read(row)))
        } catch {
            return (run, .failure(error))
        }
    }
}

extension FailedExecution {
    /// A pair of a node's id and its text.
    fileprivate init?(_ pair: JSONValue) {
        guard let pair = pair.array, pair.count == 2, let node = pair[0].string.flatMap({ NodeID($0) }),
            let error = pair[1].string
        else { return nil }
        self.init(node: node, error: error)
    }
}
