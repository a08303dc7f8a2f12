// Which servers are there, and the runs of those that are not: the statements. Which of these runs go on is decided by
// the engine, for each.

internal import Engine
internal import Postgres
internal import Primitives

/// The statements about servers and the runs they hold (spec storage-and-operations 7.2).
enum Recovery {
    /// True if a server `s` of the table is another one and lives: it has given a sign of life, or the database has
    /// just started and has not heard from any server yet. A row with this server's name is left from an older version,
    /// when each start had an id of its own.
    private static func lives(besides server: String) -> String {
        """
        s.name <> \(server)::text AND s.heartbeat_at > '-infinity' AND (
            s.heartbeat_at > now() - interval '\(Limits.heartbeatMillisecondsMax) ms'
            OR pg_postmaster_start_time() > now() - interval '\(Limits.heartbeatMillisecondsMax) ms')
        """
    }

    static let all: [any ListedStatement] = [
        endJournals, enter, heartbeat, leave, findDead, claim, inherit, makePartitions,
    ]

    /// A server by its id, with the version of its program.
    typealias Server = (id: ServerID, version: String)

    /// Ends the journal connections, by their name, that a killed daemon of this server has left. Afterwards their
    /// transactions are durable or gone. Gives of each whether it ended within the time.
    static let endJournals = Statement<String, [Bool]>(waiting: "end_journals") { q in
        let name = q.parameter(.text) { $0 }
        let hasEnded = q.column(
            "pg_terminate_backend(a.pid, \(Limits.endedJournalMillisecondsMax))", .bool)
        return q.all(
            """
            SELECT \(q.columns) FROM pg_stat_activity a
            WHERE a.application_name = \(name) AND a.datname = current_database()
            """, hasEnded)
    }

    /// Enters a server that starts.
    static let enter = Statement<Server, Void>(waiting: "enter") { q in
        let id = q.parameter(.server) { $0.id }
        let version = q.parameter(.text) { $0.version }
        return q.effect(
            """
            INSERT INTO servers (id, name, version) VALUES (\(id), \(id)::text, \(version))
            ON CONFLICT (id) DO UPDATE SET heartbeat_at = now(), started_at = now(), version = \(version)
            """)
    }

    /// A server's sign of life.
    static let heartbeat = Statement<Server, Void>("heartbeat", on: .commands) { q in
        let id = q.parameter(.server) { $0.id }
        let version = q.parameter(.text) { $0.version }
        return q.effect(
            """
            INSERT INTO servers (id, name, version) VALUES (\(id), \(id)::text, \(version))
            ON CONFLICT (id) DO UPDATE SET heartbeat_at = now()
            """)
    }

    /// A server leaves, so other servers may take its runs. Old rows of other servers without runs are deleted too.
    static let leave = Statement<ServerID, Void>("leave", on: .commands) { q in
        let id = q.parameter(.server) { $0 }
        return q.effect(
            """
            WITH left_behind AS (
                UPDATE servers s SET heartbeat_at = '-infinity'
                WHERE s.id = \(id)
                    AND EXISTS (SELECT FROM flow_run r WHERE r.server_id = s.id AND r.end_time IS NULL)
            )
            DELETE FROM servers s
            WHERE (s.id = \(id) OR s.heartbeat_at < now() - interval '1 day')
                AND NOT EXISTS (SELECT FROM flow_run r WHERE r.server_id = s.id AND r.end_time IS NULL)
            """)
    }

    /// Dead servers that hold runs, without this one, which asks.
    ///
    /// Each server that holds runs is found by one step in the index, so the cost does not depend on how many runs it
    /// holds.
    static let findDead = Statement<ServerID, [ServerID]>("find_dead", on: .upkeep) { q in
        let this = q.parameter(.server) { $0 }
        let id = q.column("h.id", .server)
        let sql = """
            WITH RECURSIVE holders (id) AS (
                (SELECT r.server_id FROM flow_run r WHERE r.end_time IS NULL ORDER BY r.server_id LIMIT 1)
                UNION ALL
                SELECT (
                    SELECT r.server_id FROM flow_run r WHERE r.end_time IS NULL AND r.server_id > h.id
                    ORDER BY r.server_id LIMIT 1)
                FROM holders h WHERE h.id IS NOT NULL
            )
            SELECT \(q.columns) FROM holders h
            WHERE h.id <> \(this)
                AND NOT EXISTS (SELECT FROM servers s WHERE s.id = h.id AND \(lives(besides: this)))
            """
        return q.all(sql, id)
    }

    /// All runs of dead servers become this one's, in one step: a run and those nested in it never part. If several
    /// servers try, one gets all the runs; none does if the dead server has come back. The rule: the runs belong to
    /// whoever has deleted the server's row, or entered it again.
    static let claim = Statement<(server: ServerID, dead: [ServerID]), [ClaimedRun]>(
        "claim_runs", on: .upkeep
    ) { q in
        let this = q.parameter(.server) { $0.server }
        let others = q.parameter(.array(.server)) { $0.dead }
        return claimed(
            """
            WITH dead AS MATERIALIZED (
                DELETE FROM servers s WHERE s.id = ANY (\(others)) AND NOT (\(lives(besides: this)))
                RETURNING s.id
            ), unknown AS MATERIALIZED (
                SELECT w.id FROM unnest(\(others)) AS w (id)
                WHERE NOT EXISTS (SELECT FROM servers s WHERE s.id = w.id)
            )
            UPDATE flow_run r SET server_id = \(this)
            WHERE r.server_id = ANY (ARRAY(SELECT id FROM dead UNION ALL SELECT id FROM unknown))
                AND r.end_time IS NULL
            RETURNING
            """, "", &q)
    }

    /// The live runs of this server.
    static let inherit = Statement<ServerID, [ClaimedRun]>("inherit_runs", on: .upkeep) { q in
        let this = q.parameter(.server) { $0 }
        return claimed(
            "SELECT", "FROM flow_run r WHERE r.server_id = \(this) AND r.end_time IS NULL", &q)
    }

    private static func claimed<Input>(
        _ before: String, _ after: String, _ q: inout StatementBuilder<Input>
    ) -> StatementBody<[ClaimedRun]> {
        let run = q.column("r.id", .run)
        let parent = q.column("r.parent_run_id", .optional(.run))
        return q.all("\(before) \(q.columns) \(after)") { row throws(PostgresError) in
            ClaimedRun(run: try row[run], parent: try row[parent])
        }
    }

    /// Makes the partitions of so many days to come.
    static let makePartitions = Statement<Int32, Void>("make_partitions", on: .upkeep) { q in
        let days = q.parameter(.integer) { $0 }
        return q.effect("SELECT make_run_partitions((now() AT TIME ZONE 'UTC')::date, \(days))")
    }
}
