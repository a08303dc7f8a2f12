// Controls that are permitted, until their runs have ended, on Postgres.

public import Engine
internal import Postgres
public import Primitives

/// What is asked about controls.
enum ControlStatements {
    static let all: [any ListedStatement] = [record, forget, ofRuns]

    /// The columns of `run_controls`.
    static let controls = Table<RunControl, RecordReader<RunControl>>("run_controls") { t in
        let run = t.column("flow_run_id", .run) { $0.run }
        t.write("topic", .word("topic of a control")) { $0.kind.topic }
        let kind = t.column("kind", .word("kind of a control")) { $0.kind }
        let grace = t.column("grace_milliseconds", .integer) { $0.graceMilliseconds }
        let reason = t.column("reason", .optional(.text)) { $0.reason }
        return RecordReader { row throws(PostgresError) in
            RunControl(
                try row[kind], of: try row[run], grace: .milliseconds(try row[grace]), reason: try row[reason]
            )
        }
    }

    /// Writes a control down, unless one of its kind holds, and tells the server that has the run, unless that is this
    /// one. Gives whether the run has not ended.
    static let record = Statement<(control: RunControl, server: ServerID), Bool>(
        "control_record", on: .commands
    ) { q in
        let control = q.values(of: controls) { $0.control }
        let run = q.parameter(.run) { $0.control.run }
        let server = q.parameter(.server) { $0.server }
        _ = q.column(ServerNotice.wake(run: "id", of: "server_id", unless: server), .nothing)
        return q.exists(
            """
            WITH found AS (
                SELECT r.id, r.server_id
                FROM (SELECT f.id, f.server_id, f.end_time FROM flow_run f WHERE f.id = \(run) OFFSET 0) r
                WHERE r.end_time IS NULL
            ), made AS (
                INSERT INTO run_controls AS c (\(control.names)) SELECT \(control.stored) FROM found
                ON CONFLICT (flow_run_id, topic) DO UPDATE
                SET kind = EXCLUDED.kind, grace_milliseconds = EXCLUDED.grace_milliseconds,
                    reason = EXCLUDED.reason, asked_at = now()
                WHERE c.kind <> EXCLUDED.kind
            )
            SELECT \(q.columns) FROM found
            """)
    }

    /// Deletes controls of runs that ended otherwise, or in the same moment.
    static let forget = Statement<Void, Void>("controls_forget", on: .upkeep) { q in
        q.effect(
            """
            DELETE FROM run_controls s
            WHERE EXISTS (
                SELECT FROM (SELECT f.end_time FROM flow_run f WHERE f.id = s.flow_run_id OFFSET 0) r
                WHERE r.end_time IS NOT NULL)
            """)
    }

    /// The controls of some runs, as far as a server has the runs. Each run's controls are looked up first, because most
    /// runs have none; only then whose the run is.
    static let ofRuns = Statement<(server: ServerID, runs: [RunID]), [RunControl]>(
        "controls_of_runs", on: .reads
    ) { q in
        let server = q.parameter(.server) { $0.server }
        let runs = q.parameter(.array(.run)) { $0.runs }
        let control = q.record(of: controls, "s")
        let sql = """
            SELECT \(q.columns)
            FROM unnest(\(runs)) AS w (id)
                CROSS JOIN LATERAL (SELECT t.* FROM run_controls t WHERE t.flow_run_id = w.id OFFSET 0) s
            WHERE EXISTS (
                SELECT FROM (SELECT f.server_id, f.end_time FROM flow_run f WHERE f.id = s.flow_run_id OFFSET 0) r
                WHERE r.server_id = \(server) AND r.end_time IS NULL)
            """
        return q.all(sql, control)
    }
}

/// The record of all servers. Any thread; replies come on the storage loop's thread.
public struct PostgresRunControls: RunControls, StoragePort {
    static let statements: [any ListedStatement] = ControlStatements.all

    let context: PortContext

    /// Writes a control down, unless one of its kind holds, and notifies the server that has the run, if that is another
    /// one; false if there is no such run or it has ended.
    public func record(_ control: RunControl, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void)
    {
        context.desk.ask(ControlStatements.record, (control, context.server), reply)
    }

    /// Reads the controls of those of these runs that are this server's and have not ended.
    public func controls(
        of runs: [RunID], reply: @escaping @Sendable (Result<[RunControl], StorageError>) -> Void
    ) {
        context.desk.ask(ControlStatements.ofRuns, (context.server, runs), reply)
    }
}

extension RunControl {
    fileprivate var graceMilliseconds: Int32 {
        let (seconds, attoseconds) = grace.components
        return Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}
