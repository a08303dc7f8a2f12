// What is asked about a run that another server has left behind.

internal import Postgres

/// Reads of runs that are to be taken up again.
enum RunStatements {
    static let all = [open, children]

    /// A run that has not ended.
    static let open = PostgresStatement(
        "open_run", [.uuid],
        """
        SELECT r.user_id, r.started_by, r.flow_id, r.snapshot_hash, s.data, r.inputs, r.inputs_hidden,
            r.environment, r.network, r.instructions_bundling, r.origin, r.call_depth, r.collect_instructions,
            r.partial_config, r.on_crash, r.created_at,
            ARRAY(SELECT w.user_id FROM flow_run_shared w WHERE w.flow_run_id = r.id), r.started_key, r.terms
        FROM flow_run r JOIN flow_snapshots s ON s.hash = r.snapshot_hash
        WHERE r.id = $1 AND r.end_time IS NULL
        """)

    /// The runs that a run's nodes have started, the latest first, with the event of their end.
    static let children = PostgresStatement(
        "children", [.uuid, .integer],
        """
        SELECT c.id, c.origin, c.status, array_to_json(c.errors),
            (SELECT e.data FROM flow_run_events e WHERE e.flow_run_id = c.id AND e.event = 'FlowFinish')
        FROM flow_run c WHERE c.parent_run_id = $1 ORDER BY c.id DESC LIMIT $2
        """)
}
