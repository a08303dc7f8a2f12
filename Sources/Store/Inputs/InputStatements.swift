// The statements about awaited values. An answer is one conditional update, so of several only one counts, whichever
// servers they reach.

internal import Engine
internal import Postgres
internal import Primitives
internal import Values

/// What is asked about requests for values.
enum InputStatements {
    static let all: [any ListedStatement] = [record, resolve, awaited, answered, ofRun]

    /// Writes a request down. A request that is there already stays as it is.
    static let record = Statement<InputRequest, Void>("input_record", on: .commands) { q in
        let request = q.values(of: InputTable.requests) { $0 }
        return q.effect(
            """
            INSERT INTO api_input_requests (\(request.names)) VALUES (\(request.stored)) ON CONFLICT DO NOTHING
            """)
    }

    /// Takes an answer, unless the request has one, its time is over, or its run has ended. The answer that the time is
    /// over is always taken, because the clock that says so need not be this one. If another server has the run, that
    /// server is told. Gives the request that was answered.
    static let resolve = Statement<(keyHash: [UInt8], answer: InputAnswer, server: ServerID), InputRequest?>(
        "input_resolve", on: .commands
    ) { q in
        let keyHash = q.parameter(.bytea) { $0.keyHash }
        let newStatus = q.parameter(.text) { $0.answer.stored.status }
        let value = q.parameter(.optional(.value)) { $0.answer.stored.value }
        let isHidden = q.parameter(.bool) { $0.answer.stored.value?.holdsSecret ?? false }
        let server = q.parameter(.server) { $0.server }
        let request = q.record(of: InputTable.requests, "q")
        _ = q.column(ServerNotice.wake(run: "q.flow_run_id", of: "q.server_id", unless: server), .nothing)
        let sql = """
            WITH run AS MATERIALIZED (
                SELECT r.server_id, r.end_time
                FROM (SELECT a.flow_run_id FROM api_input_requests a WHERE a.key_hash = \(keyHash) OFFSET 0) q
                    CROSS JOIN LATERAL (
                        SELECT f.server_id, f.end_time FROM flow_run f WHERE f.id = q.flow_run_id OFFSET 0) r
            ), q AS (
                UPDATE api_input_requests a SET status = \(newStatus), value = \(value), value_hidden = \(isHidden)
                WHERE a.key_hash = \(keyHash) AND a.status = 'pending'
                    AND (\(newStatus) = 'expired'
                        OR (a.expires_at IS NULL OR a.expires_at > now()) AND (SELECT end_time FROM run) IS NULL)
                RETURNING a.*, (SELECT server_id FROM run) AS server_id
            )
            SELECT \(q.columns) FROM q
            """
        return q.first(sql, request)
    }

    /// Whether a request waits.
    static let awaited = Statement<[UInt8], Bool>("input_awaited", on: .reads) { q in
        let keyHash = q.parameter(.bytea) { $0 }
        return q.exists("SELECT 1 FROM api_input_requests WHERE key_hash = \(keyHash) AND status = 'pending'")
    }

    /// Those of some requests that have an answer.
    static let answered = Statement<[[UInt8]], [StoredInputRequest]>("inputs_answered", on: .reads) { q in
        let hashes = q.parameter(.array(.bytea)) { $0 }
        return requests("WHERE q.key_hash = ANY (\(hashes)) AND q.status <> 'pending'", &q)
    }

    /// All requests of a run, oldest first.
    static let ofRun = Statement<RunID, [StoredInputRequest]>("inputs_of_run", on: .reads) { q in
        let run = q.parameter(.run) { $0 }
        return requests("WHERE q.flow_run_id = \(run) ORDER BY q.created_at, q.node_id, q.times", &q)
    }

    private static func requests<Input>(
        _ which: String, _ q: inout StatementBuilder<Input>
    ) -> StatementBody<[StoredInputRequest]> {
        let request = InputCells(&q)
        return q.all("SELECT \(q.columns) FROM api_input_requests q \(which)") { row throws(PostgresError) in
            try request.read(row)
        }
    }
}
