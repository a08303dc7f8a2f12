// The statements about requests for signatures. An answer is one conditional update, so of several only one counts,
// whichever servers they reach.

internal import Engine
internal import Postgres
internal import Primitives
internal import Values

/// What is asked about signatures.
enum SignatureStatements {
    static let all: [any ListedStatement] = [arrange, find, resolve, answered, awaited, ofRun, pending]

    /// A request that is to be signed, or else written down.
    struct Arrangement: Sendable {
        let waiting: WaitingSignature
        let parties: SignatureParties
        /// This server, which notifies other servers if any are alive.
        let server: ServerID
    }

    /// Who signs.
    struct Signer: Sendable {
        /// Nil for the holder of the run's token.
        let user: UserID?
        /// The user's kept key, sealed; nil if the user is asked.
        let sealedKey: [UInt8]?
    }

    /// Finds who signs for a key (spec flow-engine 16.1), and writes the request down unless a kept key signs. A kept
    /// key comes first, then a user who has proved to hold the key, then a user who has only written it down. Otherwise
    /// an owner could take the requests of another user by naming their key (spec http-and-websocket 7.20). Of equals
    /// the owner comes first. Last is the anonymous starter, who only claims the key. Nil if nobody has the key.
    static let arrange = Statement<Arrangement, Signer?>("signature_arrange", on: .commands) { q in
        let key = q.parameter(.text) { Base58.encode($0.waiting.request.publicKey.bytes) }
        let owner = q.parameter(.user) { $0.parties.owner }
        let startedBy = q.parameter(.optional(.user)) { $0.parties.startedBy }
        let startedKey = q.parameter(.optional(.text)) { $0.parties.startedKey }
        let deployment = q.parameter(.optional(.deployment)) { $0.parties.deployment }
        let ownerKeyCounts = q.parameter(.bool) { $0.parties.ownerKeyCounts }
        let request = q.values(of: SignatureTable.requests) { $0.waiting }
        let id = q.parameter(.bigint) { $0.waiting.request.id.number }
        let server = q.parameter(.server) { $0.server }
        let user = q.column("user_id", .optional(.user))
        let sealedKey = q.column("sealed_keypair", .optional(.bytea))
        _ = q.column(
            """
            CASE WHEN EXISTS (SELECT FROM made) AND EXISTS (
                    SELECT FROM servers s WHERE s.id <> \(server)
                        AND s.heartbeat_at > now() - interval '\(Limits.heartbeatMillisecondsMax) ms')
                THEN pg_notify(
                    '\(ServerNotice.Channel.signatureAsked)', \(server)::text || ':' || \(id)::text) END
            """, .nothing)
        let sql = """
            WITH signer AS (
                SELECT * FROM (
                    SELECT 1 AS rank, w.user_id, w.sealed_keypair
                    FROM wallets w
                    WHERE w.public_key = \(key) AND w.type = 'HARDCODED'
                        AND (w.user_id = \(startedBy) AND w.user_id <> \(owner)
                            OR w.user_id = \(owner) AND CASE
                                WHEN \(deployment) IS NULL OR \(startedBy) = \(owner) THEN \(ownerKeyCounts)
                                ELSE EXISTS (
                                    SELECT FROM flow_deployments_wallets d
                                    WHERE d.deployment_id = \(deployment) AND d.wallet_id = w.id) END)
                    UNION ALL
                    SELECT CASE WHEN w.verified_at IS NOT NULL THEN 2 ELSE 3 END, w.user_id, NULL
                    FROM wallets w
                    WHERE w.public_key = \(key) AND w.type = 'ADAPTER' AND w.user_id IN (\(owner), \(startedBy))
                    UNION ALL
                    SELECT 2, u.id, NULL FROM users u
                    WHERE u.pub_key = \(key) AND u.id IN (\(owner), \(startedBy))
                    UNION ALL
                    SELECT 4, NULL, NULL WHERE \(startedKey) = \(key)
                ) s ORDER BY rank, user_id = \(owner) DESC LIMIT 1
            ), made AS (
                INSERT INTO signature_requests (user_id, \(request.names))
                SELECT user_id, \(request.stored) FROM signer WHERE rank > 1
                RETURNING id
            )
            SELECT \(q.columns) FROM signer
            """
        return q.first(sql) { row throws(PostgresError) in
            Signer(user: try row[user], sealedKey: try row[sealedKey])
        }
    }

    /// A request that an answer may come for.
    static let find = Statement<SignatureRequestID, AskedSignature?>("signature_find", on: .commands) { q in
        let id = q.parameter(.bigint) { $0.number }
        let request = q.record(of: SignatureTable.requests, "q")
        let user = q.column("q.user_id", .optional(.user))
        let sql = """
            SELECT \(q.columns)
            FROM (SELECT s.* FROM signature_requests s WHERE s.id = \(id) OFFSET 0) q
                CROSS JOIN LATERAL (SELECT f.end_time FROM flow_run f WHERE f.id = q.flow_run_id OFFSET 0) r
            WHERE q.status = 'pending' AND q.expires_at > now() AND r.end_time IS NULL
            """
        return q.first(sql) { row throws(PostgresError) in
            AskedSignature(
                waiting: try request(row), user: try row[user])
        }
    }

    /// Takes an answer, unless there is one. A signature must come before the request's time is over and before the end
    /// of the run. The other answers, which say that nobody waits any more, are always taken, because the clock that
    /// says so need not be this one. If another server has the run, that server is told. Gives the request that was
    /// answered.
    static let resolve = Statement<
        (id: SignatureRequestID, answer: SignatureAnswer, server: ServerID), WaitingSignature?
    >("signature_resolve", on: .commands) { q in
        let id = q.parameter(.bigint) { $0.id.number }
        let status = q.parameter(.text) { $0.answer.stored.status }
        let signature = q.parameter(.optional(.text)) { $0.answer.stored.signature }
        let server = q.parameter(.server) { $0.server }
        let request = q.record(of: SignatureTable.requests, "q")
        _ = q.column(ServerNotice.wake(run: "q.flow_run_id", of: "q.server_id", unless: server), .nothing)
        let sql = """
            WITH run AS MATERIALIZED (
                SELECT r.server_id, r.end_time
                FROM (SELECT s.flow_run_id FROM signature_requests s WHERE s.id = \(id) OFFSET 0) q
                    CROSS JOIN LATERAL (
                        SELECT f.server_id, f.end_time FROM flow_run f WHERE f.id = q.flow_run_id OFFSET 0) r
            ), q AS (
                UPDATE signature_requests a
                SET status = \(status), signature = \(signature), resolved_at = now()
                WHERE a.id = \(id) AND a.status = 'pending'
                    AND (\(status) <> 'signed' OR a.expires_at > now() AND (SELECT end_time FROM run) IS NULL)
                RETURNING a.*, (SELECT server_id FROM run) AS server_id
            )
            SELECT \(q.columns) FROM q
            """
        return q.first(sql, request)
    }

    /// Those of some requests that have an answer.
    static let answered = Statement<[SignatureRequestID], [StoredSignature]>(
        "signatures_answered", on: .reads
    ) { q in
        let ids = q.parameter(.array(.bigint)) { $0.map(\.number) }
        let request = SignatureTable.answered(&q)
        return q.all(
            """
            SELECT \(q.columns) FROM signature_requests q
            WHERE q.id = ANY (\(ids)) AND q.status <> 'pending'
            """, request)
    }

    /// Those of some runs that have ended or are gone, and the oldest request of each run that waits.
    static let awaited = Statement<[RunID], [AwaitedSignature]>("signatures_awaited", on: .reads) { q in
        let runs = q.parameter(.array(.run)) { $0 }
        let request = q.record(of: SignatureTable.requests, "q")
        let run = q.column("a.run", .run)
        let hasEnded = q.column("r.id IS NULL OR r.end_time IS NOT NULL", .bool)
        let sql = """
            SELECT \(q.columns)
            FROM unnest(\(runs)) AS a (run) LEFT JOIN flow_run r ON r.id = a.run
                LEFT JOIN LATERAL (
                    SELECT w.* FROM signature_requests w
                    WHERE w.flow_run_id = r.id AND r.end_time IS NULL AND w.status = 'pending'
                        AND w.expires_at > now()
                    ORDER BY w.created_at, w.id LIMIT 1
                ) q ON true
            WHERE r.id IS NULL OR r.end_time IS NOT NULL OR q.id IS NOT NULL
            """
        return q.all(sql) { row throws(PostgresError) in
            if try row[hasEnded] { return .ended(try row[run]) }
            return .asked(try request(row))
        }
    }

    /// All requests of a run, oldest first.
    static let ofRun = Statement<RunID, [StoredSignature]>("signatures_of_run", on: .reads) { q in
        let run = q.parameter(.run) { $0 }
        let request = SignatureTable.answered(&q)
        return q.all(
            """
            SELECT \(q.columns) FROM signature_requests q
            WHERE q.flow_run_id = \(run) ORDER BY q.created_at, q.id
            """, request)
    }

    /// A page of what waits for a user, behind the last request before it; rows and bytes are bounded. The first row comes
    /// whatever its size.
    static let pending = Statement<(user: UserID, last: SignatureRequest?), [WaitingSignature]>(
        "signatures_pending", on: .reads
    ) { q in
        let user = q.parameter(.user) { $0.user }
        let lastTime = q.parameter(.timestamptz) { $0.last?.createdAt ?? Timestamp(seconds: 0) }
        let lastID = q.parameter(.bigint) { $0.last?.id.number ?? 0 }
        let rowsMax = q.parameter(.integer) { _ in Int32(Limits.signaturePageMax) }
        let bytesMax = q.parameter(.bigint) { _ in Int64(Limits.signaturePageBytesMax) }
        let request = q.record(of: SignatureTable.requests, "q")
        let sql = """
            SELECT \(q.columns) FROM (
                SELECT p.*, sum(length(p.msg)) OVER (ORDER BY p.created_at, p.id) - length(p.msg) AS bytes_before
                FROM (
                    SELECT w.* FROM signature_requests w CROSS JOIN LATERAL (
                        SELECT f.end_time FROM flow_run f WHERE f.id = w.flow_run_id OFFSET 0) r
                    WHERE w.user_id = \(user) AND w.status = 'pending' AND w.expires_at > now()
                        AND r.end_time IS NULL AND (w.created_at, w.id) > (\(lastTime), \(lastID))
                    ORDER BY w.created_at, w.id LIMIT \(rowsMax)
                ) p
            ) q WHERE q.bytes_before < \(bytesMax) ORDER BY q.created_at, q.id
            """
        return q.all(sql, request)
    }
}
