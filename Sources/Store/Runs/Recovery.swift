// Which servers are there, and the runs of those that are not: the statements. Which of these runs go on is decided by
// the engine, for each.

internal import Engine
internal import Postgres
internal import Primitives

/// The statements about servers and the runs they hold (spec storage-and-operations 7.2).
enum Recovery {
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

    /// Dead servers that hold runs: those without a sign of life, but for this server. Parameters: this server; a name
    /// whose other servers are dead in any case, as they would hold this server's data folder, or null. A database that
    /// has just started has not heard from anybody, so nobody else is dead yet.
    ///
    /// The servers that hold runs are found by one step in the index for each: what it costs does not depend on how
    /// many runs they hold.
    static let findDead = PostgresStatement(
        "find_dead", [.uuid, .text],
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
        WHERE h.id <> $1 AND NOT EXISTS (
            SELECT FROM servers s
            WHERE s.id = h.id AND s.name IS DISTINCT FROM $2
                AND (s.heartbeat_at > now() - interval '\(Limits.heartbeatMillisecondsMax) ms'
                    OR pg_postmaster_start_time()
                        > now() - interval '\(Limits.heartbeatMillisecondsMax) ms'))
        """)

    /// All runs of some servers become this one's, in one step: a run and those nested in it never part. Of several
    /// servers that do so one gets them all. Parameters: this server, the others.
    static let claim = PostgresStatement(
        "claim_runs", [.uuid, .uuid.array],
        """
        UPDATE flow_run r SET server_id = $1 WHERE r.server_id = ANY ($2) AND r.end_time IS NULL
        RETURNING r.id, r.parent_run_id
        """)

    static let makePartitions = PostgresStatement(
        "make_partitions", [.integer],
        "SELECT make_run_partitions((now() AT TIME ZONE 'UTC')::date, $1)")
}

extension ClaimedRun {
    /// Reads the rows of `Recovery.claim`.
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
