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

    /// Ends the journal connections that a killed daemon of this server has left. Afterwards their transactions are
    /// durable or gone. Gives whether they ended within the time. Parameter: their name.
    static let endJournals = PostgresStatement(
        "end_journals", [.text],
        """
        SELECT pg_terminate_backend(a.pid, \(Limits.endedJournalMillisecondsMax))
        FROM pg_stat_activity a WHERE a.application_name = $1 AND a.datname = current_database()
        """)

    /// Enters a server that starts: id, version.
    static let enter = PostgresStatement(
        "enter", [.uuid, .text],
        """
        INSERT INTO servers (id, name, version) VALUES ($1, $1::text, $2)
        ON CONFLICT (id) DO UPDATE SET heartbeat_at = now(), started_at = now(), version = $2
        """)

    /// A server's sign of life: id, version.
    static let heartbeat = PostgresStatement(
        "heartbeat", [.uuid, .text],
        """
        INSERT INTO servers (id, name, version) VALUES ($1, $1::text, $2)
        ON CONFLICT (id) DO UPDATE SET heartbeat_at = now()
        """)

    /// A server leaves, so other servers may take its runs. Old rows of other servers without runs are deleted too.
    static let leave = PostgresStatement(
        "leave", [.uuid],
        """
        WITH left_behind AS (
            UPDATE servers s SET heartbeat_at = '-infinity'
            WHERE s.id = $1 AND EXISTS (SELECT FROM flow_run r WHERE r.server_id = s.id AND r.end_time IS NULL)
        )
        DELETE FROM servers s
        WHERE (s.id = $1 OR s.heartbeat_at < now() - interval '1 day')
            AND NOT EXISTS (SELECT FROM flow_run r WHERE r.server_id = s.id AND r.end_time IS NULL)
        """)

    /// Dead servers that hold runs, without this one, which is the parameter.
    ///
    /// Each server that holds runs is found by one step in the index, so the cost does not depend on how many runs it
    /// holds.
    static let findDead = PostgresStatement(
        "find_dead", [.uuid],
        """
        WITH RECURSIVE holders (id) AS (
            (SELECT r.server_id FROM flow_run r WHERE r.end_time IS NULL ORDER BY r.server_id LIMIT 1)
            UNION ALL
            SELECT (
                SELECT r.server_id FROM flow_run r WHERE r.end_time IS NULL AND r.server_id > h.id
                ORDER BY r.server_id LIMIT 1)
            FROM holders h WHERE h.id IS NOT NULL
        )
        SELECT h.id FROM holders h
        WHERE h.id <> $1 AND NOT EXISTS (SELECT FROM servers s WHERE s.id = h.id AND \(lives(besides: "$1")))
        """)

    /// All runs of dead servers become this one's, in one step: a run and those nested in it never part. If several
    /// servers try, one gets all the runs; none does if the dead server has come back. The rule: the runs belong to
    /// whoever has deleted the server's row, or entered it again. Parameters: this server, the others.
    static let claim = PostgresStatement(
        "claim_runs", [.uuid, .uuid.array],
        """
        WITH dead AS MATERIALIZED (
            DELETE FROM servers s WHERE s.id = ANY ($2) AND NOT (\(lives(besides: "$1"))) RETURNING s.id
        ), unknown AS MATERIALIZED (
            SELECT w.id FROM unnest($2) AS w (id) WHERE NOT EXISTS (SELECT FROM servers s WHERE s.id = w.id)
        )
        UPDATE flow_run r SET server_id = $1
        WHERE r.server_id = ANY (ARRAY(SELECT id FROM dead UNION ALL SELECT id FROM unknown))
            AND r.end_time IS NULL
        RETURNING r.id, r.parent_run_id
        """)

    /// The live runs of this server.
    static let inherit = PostgresStatement(
        "inherit_runs", [.uuid],
        """
        SELECT r.id, r.parent_run_id FROM flow_run r WHERE r.server_id = $1 AND r.end_time IS NULL
        """)

    static let makePartitions = PostgresStatement(
        "make_partitions", [.integer],
        "SELECT make_run_partitions((now() AT TIME ZONE 'UTC')::date, $1)")
}

extension ClaimedRun {
    /// Reads the rows of `Recovery.claim` and `Recovery.inherit`.
    static func all(_ rows: PostgresRows) throws(PostgresError) -> [ClaimedRun] {
        var runs: [ClaimedRun] = []
        runs.reserveCapacity(rows.count)
        for index in 0..<rows.count {
            runs.append(
                ClaimedRun(
                    run: RunID(try rows[index].uuid(0)),
                    parent: rows[index].isNull(1) ? nil : RunID(try rows[index].uuid(1))))
        }
        return runs
    }
}
