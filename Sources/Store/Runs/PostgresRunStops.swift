// Stops that are permitted, until their runs have ended, on Postgres.

public import Engine
internal import Postgres
public import Primitives

/// What is asked about stops.
enum StopStatements {
    /// Writes a stop down, unless there is one, and tells the server that has the run, unless that is this one: the run, the
    /// kind, the grace, the reason, this server. Gives a row if the run has not ended.
    static let record = PostgresStatement(
        "stop_record", [.uuid, .bool, .integer, .text, .uuid],
        """
        WITH found AS (
            SELECT r.id, r.server_id
            FROM (SELECT f.id, f.server_id, f.end_time FROM flow_run f WHERE f.id = $1 OFFSET 0) r
            WHERE r.end_time IS NULL
        ), made AS (
            INSERT INTO run_stops (flow_run_id, ends_run, grace_milliseconds, reason)
            SELECT id, $2, $3, $4 FROM found ON CONFLICT DO NOTHING
        )
        SELECT CASE WHEN server_id <> $5 THEN pg_notify('\(ServerNotice.Channel.runWake)', id::text) END FROM found
        """)

    /// Deletes stops of runs that ended otherwise, or in the same moment.
    static let forget = PostgresStatement(
        "stops_forget", [],
        """
        DELETE FROM run_stops s
        WHERE EXISTS (
            SELECT FROM (SELECT f.end_time FROM flow_run f WHERE f.id = s.flow_run_id OFFSET 0) r
            WHERE r.end_time IS NOT NULL)
        """)

    /// The stops of some runs, as far as a server has the runs. Each run's stops are looked up first, because most runs
    /// have none; only then whose the run is.
    static let ofRuns = PostgresStatement(
        "stops_of_runs", [.uuid, .uuid.array],
        """
        SELECT s.flow_run_id, s.ends_run, s.grace_milliseconds, s.reason
        FROM unnest($2) AS w (id)
            CROSS JOIN LATERAL (SELECT t.* FROM run_stops t WHERE t.flow_run_id = w.id OFFSET 0) s
        WHERE EXISTS (
            SELECT FROM (SELECT f.server_id, f.end_time FROM flow_run f WHERE f.id = s.flow_run_id OFFSET 0) r
            WHERE r.server_id = $1 AND r.end_time IS NULL)
        """)
}

/// The record of all servers. Any thread; replies come on the storage loop's thread.
public struct PostgresRunStops: RunStops {
    let desk: QuestionDesk
    let server: ServerID

    /// Writes a stop down, unless one of its kind is there, and notifies the server that has the run, if that is
    /// another one; false if there is no such run or it has ended.
    public func record(_ stop: RunStop, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void) {
        desk.ask(
            StopStatements.record,
            [
                .uuid(stop.run.id), .bool(stop.endsRun), .integer(stop.graceMilliseconds),
                stop.reason.map { .text($0) } ?? .null, .uuid(server.id),
            ]
        ) { rows throws(PostgresError) in
            rows.count > 0
        } _: {
            reply($0)
        }
    }

    /// Reads the stops of those of these runs that are this server's and have not ended.
    public func stops(
        of runs: [RunID], reply: @escaping @Sendable (Result<[RunStop], StorageError>) -> Void
    ) {
        desk.ask(
            StopStatements.ofRuns, [.uuid(server.id), .array(of: .uuid, runs) { .uuid($0.id) }], on: .reads
        ) { rows throws(PostgresError) in
            var stops: [RunStop] = []
            for index in 0..<rows.count {
                let row = rows[index]
                stops.append(
                    RunStop(
                        run: RunID(try row.uuid(0)), endsRun: try row.bool(1),
                        grace: .milliseconds(try row.integer(2)),
                        reason: row.isNull(3) ? nil : try row.text(3)))
            }
            return stops
        } _: {
            reply($0)
        }
    }
}

extension RunStop {
    fileprivate var graceMilliseconds: Int32 {
        let (seconds, attoseconds) = grace.components
        return Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}
