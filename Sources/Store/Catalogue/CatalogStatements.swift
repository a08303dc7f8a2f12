// The statements of the catalogue.

internal import Engine
internal import Postgres
internal import Primitives

/// What the command connection is asked on behalf of the engine.
enum CatalogStatements {
    static let all = [flowByNumber, flowByUUID, run]
    /// What may read much of a run.
    static let reads = [outputs, events]

    /// The document is left out when the asker knows this version. Permissions are always read.
    private static let flowColumns = """
        SELECT id, uuid, user_id, is_public, start_shared, start_unverified, read_enabled, version,
            on_crash = 'resume', CASE WHEN version IS DISTINCT FROM $2 THEN json_build_object(
                'id', id, 'uuid', uuid, 'user_id', user_id, 'name', name, 'description', description,
                'nodes', nodes, 'edges', edges, 'environment', environment, 'current_network', current_network,
                'instructions_bundling', instructions_bundling, 'is_public', is_public,
                'start_shared', start_shared, 'start_unverified', start_unverified,
                'read_enabled', read_enabled)
            END
        FROM flows
        """

    static let flowByNumber = PostgresStatement(
        "flow_by_number", [.integer, .bigint], flowColumns + " WHERE id = $1")

    static let flowByUUID = PostgresStatement(
        "flow_by_uuid", [.uuid, .bigint], flowColumns + " WHERE uuid = $1")

    static let run = PostgresStatement(
        "run", [.uuid],
        """
        SELECT id, user_id, status, CASE WHEN end_time IS NOT NULL THEN output END,
            ARRAY(SELECT s.user_id FROM flow_run_shared s WHERE s.flow_run_id = flow_run.id)
        FROM flow_run WHERE id = $1
        """)

    /// The outputs of nodes in runs of one owner, by node and times, as many as fit: pairs of run and node, the owner,
    /// bytes at most.
    static let outputs = PostgresStatement(
        "outputs", [.uuid.array, .uuid.array, .uuid, .bigint],
        """
        SELECT p.node_id, p.times, p.output
        FROM (
            SELECT n.node_id, n.times, n.output,
                sum(octet_length(n.output::text)) OVER (ORDER BY n.node_id, n.times) AS bytes
            FROM unnest($1, $2) AS w (run, node)
                CROSS JOIN LATERAL (SELECT f.user_id FROM flow_run f WHERE f.id = w.run OFFSET 0) r
                CROSS JOIN LATERAL (
                    SELECT m.node_id, m.times, m.output FROM node_run m
                    WHERE m.flow_run_id = w.run AND m.node_id = w.node OFFSET 0) n
            WHERE r.user_id = $3 AND n.output IS NOT NULL
        ) p
        WHERE p.bytes <= $4
        ORDER BY p.node_id, p.times
        """)

    /// The values of `events`.
    static func page(of run: RunID, after sequence: UInt64, limit: Int) -> [PostgresValue] {
        [
            .uuid(run.id), .bigint(Int64(clamping: sequence)), .integer(Int32(clamping: limit)),
            .bigint(Int64(Limits.replayPageBytesMax)),
        ]
    }

    /// A page of a run's journal: run, sequence to begin behind, rows and bytes at most. The first row comes
    /// whatever its size, and the end of an execution comes with the output before it, which some readers want in one
    /// piece. Events and log lines share their numbering, so a replay is a merge of two index scans.
    static let events = PostgresStatement(
        "events", [.uuid, .bigint, .integer, .bigint],
        """
        SELECT j.seq, j.time, j.time_nanos, j.name, j.node_id, j.times, j.data, j.module, j.content,
            CASE WHEN j.name = 'FlowFinish' THEN (SELECT r.status FROM flow_run r WHERE r.id = $1) END
        FROM (
            SELECT p.*, sum(p.bytes) OVER (ORDER BY p.seq) - p.bytes AS bytes_before,
                CASE WHEN p.name = 'NodeFinish' AND lag(p.name) OVER (ORDER BY p.seq) = 'NodeOutput'
                    THEN lag(p.bytes) OVER (ORDER BY p.seq) ELSE 0 END AS output_bytes
            FROM (
                (SELECT e.seq, e.time, e.time_nanos, e.event AS name, e.node_id, e.times, e.data,
                    NULL AS module, NULL AS content, octet_length(e.data::text) AS bytes
                FROM flow_run_events e WHERE e.flow_run_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3)
                UNION ALL
                (SELECT g.seq, g.time, g.time_nanos, g.log_level, g.node_id, g.times, g.exact,
                    g.module, g.content, octet_length(g.content)
                FROM flow_run_logs g WHERE g.flow_run_id = $1 AND g.seq > $2 ORDER BY g.seq LIMIT $3)
                ORDER BY seq LIMIT $3
            ) p
        ) j
        WHERE j.bytes_before - j.output_bytes < $4
        ORDER BY j.seq
        """)
}
