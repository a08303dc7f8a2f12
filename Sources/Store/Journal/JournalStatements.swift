// The SQL of the journal.

internal import Engine
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

    static let all: [any ListedStatement] = [
        begin, commit, insertEvents, insertSnapshots, insertRuns, insertReaders, upsertNodes, updateRuns,
        closeNodes, clearControls, findEvent, findRun,
    ]

    static let begin = Statement<Void, Void>(journal: "begin") { q in q.effect("BEGIN") }

    static let commit = Statement<Void, Void>(journal: "commit") { q in q.effect("COMMIT") }

    /// The same as COPY for a few events: one round trip less (decision 0001).
    static let insertEvents = Statement<[EventTable.Entry], Void>(journal: "insert_events") { q in
        let events = q.rows(EventTable.events, as: "e") { $0 }
        return q.effect(
            "INSERT INTO flow_run_events (\(events.names)) SELECT \(events.stored) FROM \(events.unnested)")
    }

    static let insertSnapshots = Statement<[FlowSnapshot], Void>(journal: "insert_snapshots") { q in
        let snapshots = q.rows(SnapshotTable.snapshots, as: "s") { $0 }
        return q.effect(
            """
            INSERT INTO flow_snapshots (\(snapshots.names))
            SELECT \(snapshots.stored) FROM \(snapshots.unnested) ON CONFLICT (hash) DO NOTHING
            """)
    }

    /// The deployment's column is set only for runs that were started, not for those that their nodes started, because
    /// that is what clients look for (spec storage-and-operations 1.5).
    static let insertRuns = Statement<(server: ServerID, runs: [ProjectedBatch.Head]), Void>(
        journal: "insert_runs"
    ) { q in
        let server = q.parameter(.server) { $0.server }
        let runs = q.rows(RunTable.inserted, as: "r") { $0.runs }
        return q.effect(
            """
            INSERT INTO flow_run (server_id, \(runs.names))
            SELECT CASE WHEN r.end_time IS NULL THEN \(server) END, \(runs.stored)
            FROM \(runs.unnested)
            LEFT JOIN flows f ON f.id = r.flow_id
            LEFT JOIN flow_deployments d ON d.id = r.deployment_id AND r.parent_run_id IS NULL
            """)
    }

    /// A user who may read a run.
    typealias Reader = (run: RunID, user: UserID)

    static let insertReaders = Statement<[Reader], Void>(journal: "insert_readers") { q in
        let table = Table<Reader, Void>("flow_run_shared") { t in
            t.write("flow_run_id", .run) { $0.run }
            t.write("user_id", .user) { $0.user }
        }
        let readers = q.rows(table, as: "s") { $0 }
        return q.effect(
            """
            INSERT INTO flow_run_shared (\(readers.names))
            SELECT \(readers.stored) FROM \(readers.unnested) ON CONFLICT DO NOTHING
            """)
    }

    static let upsertNodes = Statement<[ProjectedBatch.Node], Void>(journal: "upsert_nodes") { q in
        let nodes = q.rows(NodeTable.changed, as: "c") { $0 }
        return q.effect(
            """
            INSERT INTO node_run AS n (\(nodes.names)) SELECT \(nodes.stored) FROM \(nodes.unnested)
            ON CONFLICT (flow_run_id, node_id, times) DO UPDATE
            SET end_time = COALESCE(EXCLUDED.end_time, n.end_time), output = COALESCE(EXCLUDED.output, n.output),
                errors = n.errors || EXCLUDED.errors
            """)
    }

    /// A run that is paused stays paused since the first of several pauses, unless it has run in between: then the batch has
    /// a start time as well.
    static let updateRuns = Statement<[ProjectedBatch.Head], Void>(journal: "update_runs") { q in
        let changes = q.rows(RunTable.changed, as: "c") { $0 }
        return q.effect(
            """
            UPDATE flow_run r
            SET status = COALESCE(c.status, r.status), start_time = COALESCE(r.start_time, c.start_time),
                paused_at = CASE WHEN c.status IS NULL OR c.status = 'paused' AND c.start_time IS NULL
                    THEN COALESCE(r.paused_at, c.paused_at) ELSE c.paused_at END,
                end_time = c.end_time, output = COALESCE(c.output, r.output),
                errors = r.errors || c.errors::text[], not_run = COALESCE(c.not_run::uuid[], r.not_run),
                server_id = CASE WHEN c.end_time IS NULL THEN r.server_id END
            FROM \(changes.unnested)
            WHERE r.id = c.id
            """)
    }

    /// Ends the executions that were at work in runs that end without events of their nodes.
    static let closeNodes = Statement<[ProjectedBatch.Head], Void>(journal: "close_nodes") { q in
        let table = Table<ProjectedBatch.Head, Void>("node_run") { t in
            t.write("run", .run) { $0.run }
            t.write("time", .optional(.timestamptz)) { $0.endTime }
            t.write("error", .text) { $0.errors.last ?? "" }
        }
        let ended = q.rows(table, as: "c") { $0 }
        return q.effect(
            """
            UPDATE node_run n SET end_time = c.time, errors = n.errors || c.error
            FROM \(ended.unnested)
            WHERE n.flow_run_id = c.run AND n.end_time IS NULL
            """)
    }

    /// Deletes the controls of runs that a stop has ended.
    static let clearControls = Statement<[RunID], Void>(journal: "clear_controls") { q in
        let runs = q.parameter(.array(.run)) { $0 }
        return q.effect(
            "DELETE FROM run_controls s USING unnest(\(runs)) AS w (id) WHERE s.flow_run_id = w.id")
    }

    /// Whether an event was stored by this server: the same sequence of the same run at the same nanosecond.
    static let findEvent = Statement<(run: RunID, sequence: UInt64, time: Timestamp), Bool>(
        journal: "find_event"
    ) { q in
        let run = q.parameter(.run) { $0.run }
        let sequence = q.parameter(.sequence) { $0.sequence }
        let time = q.parameter(.timestamptz) { $0.time }
        let below = q.parameter(.smallint) { $0.time.nanosecondsBelowMicrosecond }
        let isIt = "flow_run_id = \(run) AND seq = \(sequence) AND time = \(time) AND time_nanos = \(below)"
        return q.exists(
            """
            SELECT 1 FROM flow_run_events WHERE \(isIt)
            UNION ALL
            SELECT 1 FROM flow_run_logs WHERE \(isIt)
            """)
    }

    /// Whether a run was stored. Run ids are random, so only this server can have stored it.
    static let findRun = Statement<RunID, Bool>(journal: "find_run") { q in
        let run = q.parameter(.run) { $0 }
        return q.exists("SELECT 1 FROM flow_run WHERE id = \(run)")
    }
}
