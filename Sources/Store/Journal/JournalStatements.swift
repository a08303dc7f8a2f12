// The SQL of the journal.

internal import Postgres
internal import Primitives

/// What the journal connection sends.
enum JournalStatements {
    /// Settings of the connection. Acknowledged means durable, so commits wait for the disk whatever the database's
    /// default is. The planner is pinned: its statistics of parameter arrays are guesses, and a plan made while the
    /// tables were small reads whole tables later (measured, decision 0001). Rows are found by bitmap scans only,
    /// because those need a condition: a plain index scan may read the whole index.
    static let setUp = """
        SET synchronous_commit = on; SET client_min_messages = error; SET timezone = 'UTC'; SET jit = off;
        SET default_transaction_isolation = 'read committed'; SET lock_timeout = '10s';
        SET statement_timeout = \(Limits.journalStatementMillisecondsMax);
        SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
        SET enable_mergejoin = off; SET enable_indexscan = off; SET enable_indexonlyscan = off
        """

    /// Everything that is prepared on the journal connection.
    static let all = [
        JournalTransaction.begin, JournalTransaction.commit, insertEvents, insertSnapshots, insertRuns,
        insertReaders,
        upsertNodes, updateRuns, closeNodes, clearStops, findEvent, findRun,
    ]

    static let copyEvents =
        "COPY flow_run_events (flow_run_id, seq, time, time_nanos, event, node_id, times, data) "
        + "FROM STDIN (FORMAT binary)"

    /// The same for a few events: one round trip less (decision 0001).
    static let insertEvents = PostgresStatement(
        "insert_events",
        [
            .uuid.array, .bigint.array, .timestamptz.array, .smallint.array, .text.array, .uuid.array,
            .integer.array, .json.array,
        ],
        """
        INSERT INTO flow_run_events (flow_run_id, seq, time, time_nanos, event, node_id, times, data)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
        """)

    static let copyLogs =
        "COPY flow_run_logs (flow_run_id, seq, user_id, node_id, times, time, time_nanos, log_level, content, "
        + "module, exact) FROM STDIN (FORMAT binary)"

    static let insertSnapshots = PostgresStatement(
        "insert_snapshots", [.bytea.array, .json.array],
        """
        INSERT INTO flow_snapshots (hash, data) SELECT * FROM unnest($1, $2) ON CONFLICT (hash) DO NOTHING
        """)

    /// The flow of a deployment's run may be gone, and the deployment may be deleted while its run begins or starts
    /// others. So the deployment's id is kept in the terms as well. The deployment's column is set only for runs that
    /// were started, not for those that their nodes started, because that is what clients look for (spec
    /// storage-and-operations 1.5).
    static let insertRuns = PostgresStatement(
        "insert_runs",
        [
            .uuid, .uuid.array, .uuid.array, .uuid.array, .text.array, .integer.array, .uuid.array,
            .bytea.array,
            .text.array, .timestamptz.array, .timestamptz.array, .timestamptz.array, .json.array, .json.array,
            .text.array, .text.array, .json.array, .json.array, .json.array, .json.array, .bool.array,
            .uuid.array,
            .integer.array, .bool.array, .json.array, .text.array, .json.array,
        ],
        """
        INSERT INTO flow_run (server_id, id, user_id, started_by, started_key, flow_id, deployment_id,
            snapshot_hash, status, created_at, start_time, end_time, inputs, output, errors, not_run,
            environment, network, instructions_bundling, origin, inputs_hidden, parent_run_id, call_depth,
            collect_instructions, partial_config, on_crash, terms)
        SELECT CASE WHEN r.end_time IS NULL THEN $1 END, r.id, r.user_id, r.started_by, r.started_key, f.id,
            d.id, r.snapshot_hash, r.status, r.created_at, r.start_time, r.end_time, r.inputs,
            r.output, r.errors::text[], COALESCE(r.not_run::uuid[], '{}'), r.environment, r.network, r.bundling,
            r.origin, r.inputs_hidden, r.parent, r.depth, r.collects, r.partial, r.on_crash, r.terms
        FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
            $22, $23, $24, $25, $26, $27)
            AS r (id, user_id, started_by, started_key, flow_id, deployment_id, snapshot_hash, status,
                created_at, start_time, end_time, inputs, output, errors, not_run, environment, network, bundling,
                origin, inputs_hidden, parent, depth, collects, partial, on_crash, terms)
        LEFT JOIN flows f ON f.id = r.flow_id
        LEFT JOIN flow_deployments d ON d.id = r.deployment_id AND r.parent IS NULL
        """)

    static let insertReaders = PostgresStatement(
        "insert_readers", [.uuid.array, .uuid.array],
        """
        INSERT INTO flow_run_shared (flow_run_id, user_id) SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING
        """)

    static let upsertNodes = PostgresStatement(
        "upsert_nodes",
        [
            .uuid.array, .uuid.array, .integer.array, .uuid.array, .timestamptz.array, .timestamptz.array,
            .json.array, .json.array, .text.array,
        ],
        """
        INSERT INTO node_run AS n (flow_run_id, node_id, times, user_id, start_time, end_time, input, output,
            errors)
        SELECT c.run, c.node, c.times, c.owner, c.start_time, c.end_time, COALESCE(c.input, '{"M":{}}'),
            c.output, c.errors::text[]
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            AS c (run, node, times, owner, start_time, end_time, input, output, errors)
        ON CONFLICT (flow_run_id, node_id, times) DO UPDATE
        SET end_time = COALESCE(EXCLUDED.end_time, n.end_time), output = COALESCE(EXCLUDED.output, n.output),
            errors = n.errors || EXCLUDED.errors
        """)

    static let updateRuns = PostgresStatement(
        "update_runs",
        [
            .uuid.array, .text.array, .timestamptz.array, .timestamptz.array, .json.array, .text.array,
            .text.array,
        ],
        """
        UPDATE flow_run r
        SET status = COALESCE(c.status, r.status), start_time = COALESCE(c.start_time, r.start_time),
            end_time = c.end_time, output = COALESCE(c.output, r.output),
            errors = r.errors || c.errors::text[], not_run = COALESCE(c.not_run::uuid[], r.not_run),
            server_id = CASE WHEN c.end_time IS NULL THEN r.server_id END
        FROM unnest($1, $2, $3, $4, $5, $6, $7)
            AS c (id, status, start_time, end_time, output, errors, not_run)
        WHERE r.id = c.id
        """)

    /// Ends the executions that were at work in runs that end without events of their nodes: run, moment, error.
    static let closeNodes = PostgresStatement(
        "close_nodes", [.uuid.array, .timestamptz.array, .text.array],
        """
        UPDATE node_run n SET end_time = c.time, errors = n.errors || c.error
        FROM unnest($1, $2, $3) AS c (run, time, error)
        WHERE n.flow_run_id = c.run AND n.end_time IS NULL
        """)

    /// Deletes the stops of runs that a stop has ended.
    static let clearStops = PostgresStatement(
        "clear_stops", [.uuid.array],
        "DELETE FROM run_stops s USING unnest($1) AS w (id) WHERE s.flow_run_id = w.id")

    /// Whether an event was stored by this server: the same sequence of the same run at the same nanosecond.
    static let findEvent = PostgresStatement(
        "find_event", [.uuid, .bigint, .timestamptz, .smallint],
        """
        SELECT 1 FROM flow_run_events WHERE flow_run_id = $1 AND seq = $2 AND time = $3 AND time_nanos = $4
        UNION ALL
        SELECT 1 FROM flow_run_logs WHERE flow_run_id = $1 AND seq = $2 AND time = $3 AND time_nanos = $4
        """)

    /// Whether a run was stored. Run ids are random, so only this server can have stored it.
    static let findRun = PostgresStatement("find_run", [.uuid], "SELECT 1 FROM flow_run WHERE id = $1")
}
