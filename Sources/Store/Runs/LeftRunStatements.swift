// The statements about runs that another server has left behind. Each reads many runs.

internal import Engine
internal import Postgres
internal import Primitives

/// Reads of runs that are to be taken up again, each by their ids. Every statement begins with the ids and looks each
/// up by its key, inside of a sub-select that the planner does not take apart. With outdated statistics the planner
/// would otherwise read all runs of this server for each.
///
/// Many runs are read together, so large cells are left out: they are null, and another cell says so. A run that is
/// asked for alone has no such bound.
enum LeftRunStatements {
    static let all = [heads, events, children, inputs, signatures]

    /// A cell that is given only if it has at most so many bytes. A compressed cell that is too large is not unpacked
    /// to find that out.
    private static func bounded(_ column: String, by parameter: String) -> String {
        """
        CASE WHEN pg_column_size(\(column)) <= \(parameter) AND octet_length(\(column)::text) <= \(parameter)
            THEN \(column) END
        """
    }

    /// Runs that have not ended and are a server's: ids, the server, bytes of a cell.
    static let heads = PostgresStatement(
        "left_runs", [.uuid.array, .uuid, .integer],
        """
        SELECT r.id, r.user_id, r.started_by, r.flow_id, r.snapshot_hash, \(bounded("r.inputs", by: "$3")),
            r.inputs_hidden, \(bounded("r.environment", by: "$3")), r.network, r.instructions_bundling, r.origin,
            r.call_depth, r.collect_instructions, r.partial_config IS NOT NULL, r.on_crash = 'resume', r.created_at,
            ARRAY(SELECT s.user_id FROM flow_run_shared s WHERE s.flow_run_id = r.id), r.started_key,
            \(bounded("r.terms", by: "$3")), r.terms IS NOT NULL
        FROM unnest($1) AS w (id)
            CROSS JOIN LATERAL (SELECT f.* FROM flow_run f WHERE f.id = w.id OFFSET 0) r
        WHERE r.server_id = $2 AND r.end_time IS NULL
        """)

    /// The first events of runs: ids, events of each, bytes of all data of a run. Log lines come without their text. An
    /// event without data stands behind all events that are given with it.
    static let events = PostgresStatement(
        "left_events", [.uuid.array, .integer, .bigint],
        """
        SELECT w.id, j.seq, j.time, j.time_nanos, j.name, j.node_id, j.times,
            CASE WHEN j.bytes <= $3 THEN j.data END
        FROM unnest($1) AS w (id) CROSS JOIN LATERAL (
            SELECT p.*, sum(octet_length(p.data::text)) OVER (ORDER BY p.seq) AS bytes
            FROM (
                (SELECT e.seq, e.time, e.time_nanos, e.event AS name, e.node_id, e.times, e.data
                FROM flow_run_events e WHERE e.flow_run_id = w.id ORDER BY e.seq LIMIT $2)
                UNION ALL
                (SELECT g.seq, g.time, g.time_nanos, g.log_level, g.node_id, g.times, '{}'::json
                FROM flow_run_logs g WHERE g.flow_run_id = w.id ORDER BY g.seq LIMIT $2)
                ORDER BY seq LIMIT $2
            ) p
        ) j
        """)

    /// The runs that nodes of these runs have started, if they have not ended or the execution that waits for them has
    /// not: ids, children of each, bytes of a cell.
    static let children = PostgresStatement(
        "left_children", [.uuid.array, .integer, .integer],
        """
        SELECT w.id, c.id, c.origin, c.status, array_to_json(c.errors), \(bounded("c.finish", by: "$3")),
            c.finish IS NOT NULL
        FROM unnest($1) AS w (id) CROSS JOIN LATERAL (
            SELECT r.id, r.origin, r.status, r.errors,
                CASE WHEN r.end_time IS NOT NULL THEN (
                    SELECT e.data FROM flow_run_events e WHERE e.flow_run_id = r.id AND e.event = 'FlowFinish'
                    ORDER BY e.seq DESC LIMIT 1) END AS finish
            FROM flow_run r
                LEFT JOIN node_run n ON n.flow_run_id = w.id
                    AND n.node_id = (r.origin #>> '{Interflow,node_id}')::uuid
                    AND n.times = (r.origin #>> '{Interflow,times}')::integer
            WHERE r.parent_run_id = w.id AND (r.end_time IS NULL OR n.end_time IS NULL)
            LIMIT $2
        ) c
        """)

    /// The runs' requests for values that have no answer, or whose execution has not ended: ids, requests of each,
    /// bytes of a cell.
    static let inputs = PostgresStatement(
        "left_inputs", [.uuid.array, .integer, .integer],
        """
        SELECT q.flow_run_id, q.node_id, q.times, q.expires_at, q.key_hash, q.status,
            \(bounded("q.value", by: "$3")), q.value_hidden, q.value IS NOT NULL
        FROM unnest($1) AS w (id) CROSS JOIN LATERAL (
            SELECT a.* FROM api_input_requests a
                LEFT JOIN node_run n
                    ON n.flow_run_id = w.id AND n.node_id = a.node_id AND n.times = a.times
            WHERE a.flow_run_id = w.id AND (a.status = 'pending' OR n.end_time IS NULL)
            LIMIT $2
        ) q
        """)

    /// The same for requests for signatures: ids, requests of each.
    static let signatures = PostgresStatement(
        "left_signatures", [.uuid.array, .integer],
        """
        SELECT \(SignatureStatements.columns), q.status, q.signature
        FROM unnest($1) AS w (id) CROSS JOIN LATERAL (
            SELECT a.* FROM signature_requests a
                LEFT JOIN node_run n
                    ON n.flow_run_id = w.id AND n.node_id = a.node_id AND n.times = a.times
            WHERE a.flow_run_id = w.id AND (a.status = 'pending' OR n.end_time IS NULL)
            LIMIT $2
        ) q
        """)
}
