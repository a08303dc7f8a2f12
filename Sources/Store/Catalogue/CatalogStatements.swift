// The statements of the catalogue.

internal import Engine
internal import Postgres
internal import Primitives
internal import Values

/// What is asked about flows, runs and their events on behalf of the engine.
enum CatalogStatements {
    static let all: [any ListedStatement] = [flowByNumber, flowByUUID, run, outputs, events]

    static let flowByNumber = Statement<(number: Int32, known: Int64?), FlowRow?>(
        "flow_by_number", on: .commands
    ) { q in
        let number = q.parameter(.integer) { $0.number }
        let known = q.parameter(.optional(.bigint)) { $0.known }
        return flow(where: "id = \(number)", known: known, &q)
    }

    static let flowByUUID = Statement<(uuid: UniqueID, known: Int64?), FlowRow?>(
        "flow_by_uuid", on: .commands
    ) { q in
        let uuid = q.parameter(.uuid) { $0.uuid }
        let known = q.parameter(.optional(.bigint)) { $0.known }
        return flow(where: "uuid = \(uuid)", known: known, &q)
    }

    /// The document is left out when the asker knows this version or wants none. Permissions are always read.
    private static func flow<Input>(
        where condition: String, known: String, _ q: inout StatementBuilder<Input>
    ) -> StatementBody<FlowRow?> {
        let number = q.column("id", .integer)
        let uuid = q.column("uuid", .uuid)
        let owner = q.column("user_id", .user)
        let isPublic = q.column("is_public", .bool)
        let startShared = q.column("start_shared", .bool)
        let startUnverified = q.column("start_unverified", .bool)
        let readEnabled = q.column("read_enabled", .bool)
        let version = q.column("version", .bigint)
        let resumes = q.column("on_crash", .resumesOnCrash)
        let document = q.column(
            """
            CASE WHEN version IS DISTINCT FROM \(known) AND \(known) IS DISTINCT FROM \(FlowRow.noDocument) THEN json_build_object(
                'id', id, 'uuid', uuid, 'user_id', user_id, 'name', name, 'description', description,
                'nodes', nodes, 'edges', edges, 'environment', environment, 'current_network', current_network,
                'instructions_bundling', instructions_bundling, 'is_public', is_public,
                'start_shared', start_shared, 'start_unverified', start_unverified,
                'read_enabled', read_enabled)
            END
            """, .optional(.json))
        return q.first("SELECT \(q.columns) FROM flows WHERE \(condition)") { row throws(PostgresError) in
            FlowRow(
                number: try row[number], uuid: try row[uuid], owner: try row[owner],
                isPublic: try row[isPublic], startShared: try row[startShared],
                startUnverified: try row[startUnverified], readEnabled: try row[readEnabled],
                resumesOnCrash: try row[resumes], version: try row[version], document: try row[document])
        }
    }

    static let run = Statement<RunID, RunSummary?>("run", on: .commands) { q in
        let run = q.parameter(.run) { $0 }
        let id = q.column("id", .run)
        let owner = q.column("user_id", .user)
        let status = q.column("status", .status)
        let output = q.column("CASE WHEN end_time IS NOT NULL THEN output END", .optional(.values))
        let sharedWith = q.column(
            "ARRAY(SELECT s.user_id FROM flow_run_shared s WHERE s.flow_run_id = flow_run.id)", .users)
        return q.first("SELECT \(q.columns) FROM flow_run WHERE id = \(run)") { row throws(PostgresError) in
            RunSummary(
                id: try row[id], owner: try row[owner], sharedWith: try row[sharedWith],
                status: try row[status], output: try row[output])
        }
    }

    /// A node in a run.
    typealias NodeOfRun = (run: RunID, node: NodeID)

    /// The outputs of nodes in runs of one owner, by node and times, as many as fit.
    static let outputs = Statement<(nodes: [NodeOfRun], owner: UserID), [StoredOutput]>(
        "outputs", on: .reads
    ) { q in
        let wanted = Table<NodeOfRun, Void>("wanted") { t in
            t.write("run", .run) { $0.run }
            t.write("node", .node) { $0.node }
        }
        let nodes = q.rows(wanted, as: "w") { $0.nodes }
        let owner = q.parameter(.user) { $0.owner }
        let bytesMax = q.parameter(.bigint) { _ in Int64(Limits.storedOutputsBytesMax) }
        let node = q.column("p.node_id", .node)
        let times = q.column("p.times", .integer)
        let output = q.column("p.output", .values)
        let sql = """
            SELECT \(q.columns)
            FROM (
                SELECT n.node_id, n.times, n.output,
                    sum(octet_length(n.output::text)) OVER (ORDER BY n.node_id, n.times) AS bytes
                FROM \(nodes.unnested)
                    CROSS JOIN LATERAL (SELECT f.user_id FROM flow_run f WHERE f.id = w.run OFFSET 0) r
                    CROSS JOIN LATERAL (
                        SELECT m.node_id, m.times, m.output FROM node_run m
                        WHERE m.flow_run_id = w.run AND m.node_id = w.node OFFSET 0) n
                WHERE r.user_id = \(owner) AND n.output IS NOT NULL
            ) p
            WHERE p.bytes <= \(bytesMax)
            ORDER BY p.node_id, p.times
            """
        return q.all(sql) { row throws(PostgresError) in
            StoredOutput(node: try row[node], times: try row[times], outputs: try row[output])
        }
    }

    /// A page of a run's journal, at most so many rows and `Limits.replayPageBytesMax` bytes. The first row comes
    /// whatever its size, and the end of an execution comes with the output before it, which some readers want in one
    /// piece. Events and log lines share their numbering, so a replay is a merge of two index scans.
    static let events = Statement<(run: RunID, after: UInt64, limit: Int), [RunEvent]>(
        "events", on: .reads, .upkeep
    ) { q in
        let run = q.parameter(.run) { $0.run }
        let after = q.parameter(.sequence) { $0.after }
        let limit = q.parameter(.integer) { Int32(clamping: $0.limit) }
        let bytesMax = q.parameter(.bigint) { _ in Int64(Limits.replayPageBytesMax) }
        let event = EventCells(of: "j", data: "j.data", &q)
        let exact = q.column("j.exact", .optional(.json))
        let module = q.column("j.module", .optional(.text))
        let content = q.column("j.content", .optional(.text))
        let status = q.column(
            "CASE WHEN j.name = 'FlowFinish' THEN (SELECT r.status FROM flow_run r WHERE r.id = \(run)) END",
            .optional(.status))
        let sql = """
            SELECT \(q.columns)
            FROM (
                SELECT p.*, sum(p.bytes) OVER (ORDER BY p.seq) - p.bytes AS bytes_before,
                    CASE WHEN p.name = 'NodeFinish' AND lag(p.name) OVER (ORDER BY p.seq) = 'NodeOutput'
                        THEN lag(p.bytes) OVER (ORDER BY p.seq) ELSE 0 END AS output_bytes
                FROM (
                    (SELECT e.seq, e.time, e.time_nanos, e.event AS name, e.node_id, e.times, e.data,
                        NULL::json AS exact, NULL AS module, NULL AS content, octet_length(e.data::text) AS bytes
                    FROM flow_run_events e WHERE e.flow_run_id = \(run) AND e.seq > \(after)
                    ORDER BY e.seq LIMIT \(limit))
                    UNION ALL
                    (SELECT g.seq, g.time, g.time_nanos, g.log_level, g.node_id, g.times, NULL,
                        g.exact, g.module, g.content, octet_length(g.content)
                    FROM flow_run_logs g WHERE g.flow_run_id = \(run) AND g.seq > \(after)
                    ORDER BY g.seq LIMIT \(limit))
                    ORDER BY seq LIMIT \(limit)
                ) p
            ) j
            WHERE j.bytes_before - j.output_bytes < \(bytesMax)
            ORDER BY j.seq
            """
        return q.all(sql) { row throws(PostgresError) in
            try event.read(row, status: try row[status] ?? .running) { level throws(PostgresError) in
                if let exact = try row[exact] {
                    guard let line = RunLogLine(level: level, exactJSON: exact) else {
                        throw .unreadable("log line")
                    }
                    return line
                }
                guard let content = try row[content] else { throw .unreadable("log line") }
                return RunLogLine(level: level, module: try row[module], content: content)
            }
        }
    }
}
