// Stops that are permitted, until their runs have ended, on Postgres.

public import Engine
internal import Postgres
public import Primitives

/// What is asked about stops.
enum StopStatements {
    static let all: [any ListedStatement] = [record, forget, ofRuns]

    /// The columns of `run_stops`.
    private static let stops = Table<RunStop, RecordReader<RunStop>>("run_stops") { t in
        let run = t.column("flow_run_id", .run) { $0.run }
        let endsRun = t.column("ends_run", .bool) { $0.endsRun }
        let grace = t.column("grace_milliseconds", .integer) { $0.graceMilliseconds }
        let reason = t.column("reason", .optional(.text)) { $0.reason }
        return RecordReader { row throws(PostgresError) in
            RunStop(
                run: try row[run], endsRun: try row[endsRun], grace: .milliseconds(try row[grace]),
                reason: try row[reason])
        }
    }

    /// Writes a stop down, unless there is one, and tells the server that has the run, unless that is this one. Gives
    /// whether the run has not ended.
    static let record = Statement<(stop: RunStop, server: ServerID), Bool>("stop_record", on: .commands) {
        q in
        let stop = q.values(of: stops) { $0.stop }
        let run = q.parameter(.run) { $0.stop.run }
        let server = q.parameter(.server) { $0.server }
        _ = q.column(ServerNotice.wake(run: "id", of: "server_id", unless: server), .nothing)
        return q.exists(
            """
            WITH found AS (
                SELECT r.id, r.server_id
                FROM (SELECT f.id, f.server_id, f.end_time FROM flow_run f WHERE f.id = \(run) OFFSET 0) r
                WHERE r.end_time IS NULL
            ), made AS (
                INSERT INTO run_stops (\(stop.names)) SELECT \(stop.stored) FROM found ON CONFLICT DO NOTHING
            )
            SELECT \(q.columns) FROM found
            """)
    }

    /// Deletes stops of runs that ended otherwise, or in the same moment.
    static let forget = Statement<Void, Void>("stops_forget", on: .upkeep) { q in
        q.effect(
            """
            DELETE FROM run_stops s
            WHERE EXISTS (
                SELECT FROM (SELECT f.end_time FROM flow_run f WHERE f.id = s.flow_run_id OFFSET 0) r
                WHERE r.end_time IS NOT NULL)
            """)
    }

    /// The stops of some runs, as far as a server has the runs. Each run's stops are looked up first, because most runs
    /// have none; only then whose the run is.
    static let ofRuns = Statement<(server: ServerID, runs: [RunID]), [RunStop]>(
        "stops_of_runs", on: .reads
    ) { q in
        let server = q.parameter(.server) { $0.server }
        let runs = q.parameter(.array(.run)) { $0.runs }
        let stop = q.record(of: stops, "s")
        let sql = """
            SELECT \(q.columns)
            FROM unnest(\(runs)) AS w (id)
                CROSS JOIN LATERAL (SELECT t.* FROM run_stops t WHERE t.flow_run_id = w.id OFFSET 0) s
            WHERE EXISTS (
                SELECT FROM (SELECT f.server_id, f.end_time FROM flow_run f WHERE f.id = s.flow_run_id OFFSET 0) r
                WHERE r.server_id = \(server) AND r.end_time IS NULL)
            """
        return q.all(sql, stop)
    }
}

/// The record of all servers. Any thread; replies come on the storage loop's thread.
public struct PostgresRunStops: RunStops, StoragePort {
    static let statements: [any ListedStatement] = StopStatements.all

    let context: PortContext

    /// Writes a stop down, unless one of its kind is there, and notifies the server that has the run, if that is
    /// another one; false if there is no such run or it has ended.
    public func record(_ stop: RunStop, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void) {
        context.desk.ask(StopStatements.record, (stop, context.server), reply)
    }

    /// Reads the stops of those of these runs that are this server's and have not ended.
    public func stops(
        of runs: [RunID], reply: @escaping @Sendable (Result<[RunStop], StorageError>) -> Void
    ) {
        context.desk.ask(StopStatements.ofRuns, (context.server, runs), reply)
    }
}

extension RunStop {
    fileprivate var graceMilliseconds: Int32 {
        let (seconds, attoseconds) = grace.components
        return Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}
