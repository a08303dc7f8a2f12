// The record of awaited values on Postgres. An answer is one conditional update, so of several only one counts,
// whichever servers they reach.

public import Engine
internal import Postgres
public import Primitives
internal import Values

/// What is asked about requests for values.
enum InputStatements {
    static let commands = [record, resolve]
    static let reads = [answered, ofRun, awaited]

    /// Writes a request down. A request that is there already stays as it is.
    static let record = PostgresStatement(
        "input_record", [.bytea, .uuid, .uuid, .integer, .timestamptz],
        """
        INSERT INTO api_input_requests (key_hash, flow_run_id, node_id, times, expires_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
        """)

    /// Takes an answer, unless the request has one, its time is over, or its run has ended. The answer that the time is
    /// over is always taken, because the clock that says so need not be this one. If another server has the run, that
    /// server is told.
    static let resolve = PostgresStatement(
        "input_resolve", [.bytea, .text, .json, .bool, .uuid],
        """
        WITH run AS MATERIALIZED (
            SELECT r.server_id, r.end_time
            FROM (SELECT a.flow_run_id FROM api_input_requests a WHERE a.key_hash = $1 OFFSET 0) q
                CROSS JOIN LATERAL (
                    SELECT f.server_id, f.end_time FROM flow_run f WHERE f.id = q.flow_run_id OFFSET 0) r
        ), answered AS (
            UPDATE api_input_requests q SET status = $2, value = $3, value_hidden = $4
            WHERE q.key_hash = $1 AND q.status = 'pending'
                AND ($2 = 'expired'
                    OR (q.expires_at IS NULL OR q.expires_at > now()) AND (SELECT end_time FROM run) IS NULL)
            RETURNING q.flow_run_id, q.node_id, q.times, q.expires_at, q.key_hash,
                (SELECT server_id FROM run) AS server_id
        )
        SELECT flow_run_id, node_id, times, expires_at, key_hash,
            CASE WHEN server_id <> $5 THEN pg_notify('\(ServerNotice.Channel.runWake)', flow_run_id::text) END
        FROM answered
        """)

    static let awaited = PostgresStatement(
        "input_awaited", [.bytea],
        """
        SELECT 1 FROM api_input_requests WHERE key_hash = $1 AND status = 'pending'
        """)

    static let answered = PostgresStatement(
        "inputs_answered", [.bytea.array],
        """
        SELECT flow_run_id, node_id, times, expires_at, key_hash, status, value, value_hidden
        FROM api_input_requests WHERE key_hash = ANY ($1) AND status <> 'pending'
        """)

    static let ofRun = PostgresStatement(
        "inputs_of_run", [.uuid],
        """
        SELECT flow_run_id, node_id, times, expires_at, key_hash, status, value, value_hidden
        FROM api_input_requests WHERE flow_run_id = $1 ORDER BY created_at, node_id, times
        """)
}

/// The record of all runs. Any thread; replies come on the storage loop's thread.
public struct PostgresInputs: InputRequests {
    let desk: QuestionDesk
    let server: ServerID

    /// Writes a request down; one with the same key that is stored already stays as it is. Waits as long as the
    /// database needs.
    public func record(
        _ request: InputRequest, reply: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        desk.ask(
            InputStatements.record,
            [
                .bytea(request.keyHash), .uuid(request.run.id), .uuid(request.execution.node.id),
                .integer(request.execution.times), request.expiresAt.map { .timestamptz($0) } ?? .null,
            ], isPatient: true
        ) { _ throws(PostgresError) in
        } _: {
            reply($0)
        }
    }

    /// Answers the request of this key if it waits, and notifies the server that has the run, if that is another one.
    /// Gives the request that was answered; nil if none was.
    public func resolve(
        keyHash: [UInt8], _ answer: InputAnswer,
        reply: @escaping @Sendable (Result<InputRequest?, StorageError>) -> Void
    ) {
        let (status, value, isHidden): (String, PostgresValue, Bool) =
            switch answer {
            case .submitted(let value): ("submitted", .json(ValueJSON.encode(value)), value.holdsSecret)
            case .canceled: ("canceled", .null, false)
            case .expired: ("expired", .null, false)
            }
        desk.ask(
            InputStatements.resolve,
            [.bytea(keyHash), .text(status), value, .bool(isHidden), .uuid(server.id)],
            isPatient: status != "submitted"
        ) { rows throws(PostgresError) in
            rows.count > 0 ? try PostgresInputs.request(rows[0]) : nil
        } _: {
            reply($0)
        }
    }

    /// Reads all requests of a run with their answers, oldest first.
    public func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) {
        desk.ask(InputStatements.ofRun, [.uuid(run.id)], on: .reads, PostgresInputs.stored, reply)
    }

    /// Asks whether a request of this key waits.
    public func isAwaited(
        keyHash: [UInt8], reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void
    ) {
        // Strangers may ask this as often as they like, so it goes over another connection than the questions that
        // starts wait for.
        desk.ask(InputStatements.awaited, [.bytea(keyHash)], on: .reads) { rows throws(PostgresError) in
            rows.count > 0
        } _: {
            reply($0)
        }
    }

    /// Reads those of these requests that have an answer.
    public func answered(
        _ keyHashes: [[UInt8]],
        reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) {
        desk.ask(
            InputStatements.answered, [.array(of: .bytea, keyHashes) { .bytea($0) }], on: .reads,
            PostgresInputs.stored, reply)
    }

    private static func stored(_ rows: PostgresRows) throws(PostgresError) -> [StoredInputRequest] {
        var requests: [StoredInputRequest] = []
        for index in 0..<rows.count { requests.append(try stored(rows[index])) }
        return requests
    }

    /// A row of run, node, times, end, hash of the key, status, value, whether that was hidden.
    static func stored(_ row: PostgresRows.Row) throws(PostgresError) -> StoredInputRequest {
        StoredInputRequest(request: try request(row), answer: try answer(row))
    }

    private static func request(_ row: PostgresRows.Row) throws(PostgresError) -> InputRequest {
        InputRequest(
            run: RunID(try row.uuid(0)),
            execution: NodeExecution(node: NodeID(try row.uuid(1)), times: try row.integer(2)),
            keyHash: try row.bytes(4), expiresAt: row.isNull(3) ? nil : try row.timestamptz(3))
    }

    private static func answer(_ row: PostgresRows.Row) throws(PostgresError) -> InputAnswer? {
        switch try row.text(5) {
        case "pending": return nil
        case "canceled": return .canceled
        case "expired": return .expired
        case "submitted":
            guard let value = try? ValueJSON.decode(try row.bytes(6)) else { throw unreadable }
            return .submitted(try row.bool(7) ? .secret(SecretValue(.null, shownAs: value)) : value)
        default: throw unreadable
        }
    }

    private static let unreadable = PostgresError(
        .unexpectedReply, detail: "a stored answer to a request for a value cannot be read")
}
