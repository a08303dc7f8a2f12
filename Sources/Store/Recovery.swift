// Runs that a dead server left behind are claimed, if they may be able to go on, or ended: the statements, and what
// lies between them. Pure; carried out at start by a blocking connection, later by the storage loop.

internal import Engine
internal import Postgres
public import Primitives
internal import Wire

/// The statements about servers and the runs they hold (spec storage-and-operations 7.2).
enum Recovery {
    /// What a run's last events say about its end.
    static let reason = "the server stopped while this run was in progress"

    /// Enters a server, or gives its sign of life: id, name, version.
    static let heartbeat = PostgresStatement(
        "heartbeat", [.uuid, .text, .text],
        """
        INSERT INTO servers (id, name, version) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET heartbeat_at = now()
        """)

    /// A server leaves; old rows of others that hold no run go too.
    static let leave = PostgresStatement(
        "leave", [.uuid],
        """
        DELETE FROM servers s
        WHERE s.id = $1 OR s.heartbeat_at < now() - interval '1 day'
            AND NOT EXISTS (SELECT FROM flow_run r WHERE r.server_id = s.id AND r.end_time IS NULL)
        """)

    /// True for a run `r` whose server is dead. Parameters: this server's id; a name whose other servers are dead in
    /// any case, as they would hold this server's data folder, or null. A database that has just started has not heard
    /// from anybody, so nobody else is dead yet.
    private static let isLost = """
        r.end_time IS NULL AND r.server_id <> $1
            AND NOT EXISTS (
                SELECT FROM servers s
                WHERE s.id = r.server_id AND s.name IS DISTINCT FROM $2
                    AND (s.heartbeat_at > now() - interval '\(Limits.heartbeatMillisecondsMax) ms'
                        OR pg_postmaster_start_time()
                            > now() - interval '\(Limits.heartbeatMillisecondsMax) ms'))
        """

    /// `lost`, the runs of dead servers, and of these `kept`, which may be able to go on: those that waited for a value
    /// from outside or for a signature, whatever has become of it, those whose author allows it, and every run that started one of these
    /// or was started by one.
    private static let lostAndKept = """
        WITH RECURSIVE lost AS MATERIALIZED (
            SELECT r.id, r.parent_run_id, r.server_id, r.on_crash FROM flow_run r WHERE \(isLost)
        ), kept AS (
            SELECT l.id, l.parent_run_id, l.server_id FROM lost l
            WHERE l.on_crash = 'resume'
                OR EXISTS (SELECT FROM api_input_requests q WHERE q.flow_run_id = l.id)
                OR EXISTS (SELECT FROM signature_requests q WHERE q.flow_run_id = l.id)
            UNION
            SELECT l.id, l.parent_run_id, l.server_id
            FROM kept k JOIN lost l ON l.id = k.parent_run_id OR l.parent_run_id = k.id
        )
        """

    /// Runs that are kept become this server's.
    static let claim = PostgresStatement(
        "claim_runs", [.uuid, .text],
        """
        \(lostAndKept)
        UPDATE flow_run r SET server_id = $1 FROM kept k
        WHERE r.id = k.id AND r.server_id = k.server_id AND r.end_time IS NULL
        RETURNING r.id, r.parent_run_id
        """)

    /// Runs of dead servers that are not kept, as many as the third parameter says. A server that has died since the
    /// last claim leaves runs that the next claim is for.
    static let findLost = PostgresStatement(
        "find_lost", [.uuid, .text, .integer],
        """
        \(lostAndKept)
        SELECT r.id, r.server_id, r.snapshot_hash,
            ARRAY(SELECT DISTINCT e.node_id FROM flow_run_events e
                WHERE e.flow_run_id = r.id AND e.event = 'NodeStart' AND e.node_id IS NOT NULL)
        FROM lost l JOIN flow_run r ON r.id = l.id
        WHERE NOT EXISTS (SELECT FROM kept k WHERE k.id = l.id)
        ORDER BY r.id LIMIT $3
        """)

    static let readSnapshots = PostgresStatement(
        "read_snapshots", [.bytea.array], "SELECT hash, data FROM flow_snapshots WHERE hash = ANY ($1)")

    /// Ends runs: their ids, their dead servers, the nodes that never started, the data of FlowFinish, the
    /// reason. A run that somebody else is ending, or has ended, is left alone.
    static let end = PostgresStatement(
        "end_runs", [.uuid.array, .uuid.array, .text.array, .json.array, .text],
        """
        WITH lost AS (
            SELECT r.id, l.not_run::uuid[] AS not_run, l.finish
            FROM unnest($1, $2, $3, $4) AS l (id, server_id, not_run, finish) JOIN flow_run r ON r.id = l.id
            WHERE r.end_time IS NULL AND r.server_id = l.server_id
            FOR UPDATE OF r SKIP LOCKED
        ), tail AS (
            SELECT l.id, l.not_run, l.finish, COALESCE(j.seq, 0) AS seq,
                GREATEST(now(), j.time + interval '1 microsecond') AS time
            FROM lost l CROSS JOIN LATERAL (
                SELECT max(u.seq) AS seq, max(u.time) AS time
                FROM (SELECT e.seq, e.time FROM flow_run_events e WHERE e.flow_run_id = l.id
                    UNION ALL
                    SELECT g.seq, g.time FROM flow_run_logs g WHERE g.flow_run_id = l.id) u) j
        ), nodes AS (
            UPDATE node_run n SET end_time = t.time, errors = n.errors || $5
            FROM tail t WHERE n.flow_run_id = t.id AND n.end_time IS NULL
        ), events AS (
            INSERT INTO flow_run_events (flow_run_id, seq, time, event, data)
            SELECT t.id, t.seq + 1, t.time, 'FlowError', json_build_object('error', $5) FROM tail t
            UNION ALL
            SELECT t.id, t.seq + 2, t.time, 'FlowFinish', t.finish FROM tail t
        )
        UPDATE flow_run r
        SET status = 'crashed', end_time = t.time, server_id = NULL, not_run = t.not_run,
            output = COALESCE(r.output, '{"M":{}}'), errors = r.errors || $5
        FROM tail t WHERE r.id = t.id
        RETURNING r.id
        """)

    static let makePartitions = PostgresStatement(
        "make_partitions", [.integer],
        "SELECT make_run_partitions((now() AT TIME ZONE 'UTC')::date, $1)")
}

/// A run of a dead server that is this one's now.
public struct ClaimedRun: Sendable {
    public let run: RunID
    /// The run that started it, if a run did.
    public let parent: RunID?

    /// Reads the rows of `Recovery.claim`.
    static func all(_ rows: PostgresRows) throws(PostgresError) -> [ClaimedRun] {
        var runs: [ClaimedRun] = []
        for index in 0..<rows.count {
            runs.append(
                ClaimedRun(
                    run: RunID(try rows[index].uuid(0)),
                    parent: rows[index].isNull(1) ? nil : RunID(try rows[index].uuid(1))))
        }
        return runs
    }
}

/// A run whose server is dead.
struct LostRun: Sendable {
    let id: RunID
    let server: ServerID
    let snapshotHash: [UInt8]
    let startedNodes: Set<NodeID>

    /// Reads a row of `Recovery.findLost`.
    init(_ row: PostgresRows.Row) throws(PostgresError) {
        id = RunID(try row.uuid(0))
        server = ServerID(try row.uuid(1))
        snapshotHash = try row.bytes(2)
        startedNodes = Set(try row.uuids(3).map { NodeID($0) })
    }

    static func all(_ rows: PostgresRows) throws(PostgresError) -> [LostRun] {
        var runs: [LostRun] = []
        for index in 0..<rows.count { runs.append(try LostRun(rows[index])) }
        return runs
    }
}

/// The nodes of snapshots, by hash.
struct SnapshotNodes: Sendable {
    private var nodes: [[UInt8]: [NodeID]] = [:]

    /// Reads the rows of `Recovery.readSnapshots`.
    init(_ rows: PostgresRows) throws(PostgresError) {
        for index in 0..<rows.count {
            nodes[try rows[index].bytes(0)] = SnapshotNodes.nodes(of: try rows[index].bytes(1))
        }
    }

    /// The values of `Recovery.end` for these runs.
    func end(of runs: [LostRun]) -> [PostgresValue] {
        let notRun = runs.map { run in
            (nodes[run.snapshotHash] ?? []).filter { !run.startedNodes.contains($0) }
        }
        return [
            .array(of: .uuid, runs) { .uuid($0.id.id) },
            .array(of: .uuid, runs) { .uuid($0.server.id) },
            .array(of: .text, notRun) { .text(PostgresArray.literal($0.map(\.text))) },
            .array(of: .json, notRun) { .json(SnapshotNodes.finish($0)) },
            .text(Recovery.reason),
        ]
    }

    private static func finish(_ notRun: [NodeID]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("not_run")
        writer.beginArray()
        for node in notRun { writer.string(node.text) }
        writer.endArray()
        writer.key("output")
        writer.raw(#"{"M":{}}"#.utf8)
        writer.endObject()
        return writer.output
    }

    /// The ids in the `nodes` of a document. A document that cannot be read has none: its run ends all the same.
    private static func nodes(of document: [UInt8]) -> [NodeID] {
        guard let tree = try? JSONValue.parse(document) else { return [] }
        return (tree["nodes"]?.array ?? []).compactMap { $0["id"]?.string.flatMap { NodeID($0) } }
    }
}
