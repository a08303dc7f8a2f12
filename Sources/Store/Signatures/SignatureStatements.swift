// The statements about requests for signatures. An answer is one conditional update, so of several only one counts,
// whichever servers they reach.

internal import Postgres
internal import Primitives

/// What is asked about signatures.
enum SignatureStatements {
    static let commands = [arrange, find, resolve]
    static let reads = [answered, awaited, ofRun, pending]

    /// A request `q`, as `SignatureRows.waiting` reads it.
    static let columns =
        "q.flow_run_id, q.node_id, q.times, q.id, q.pubkey, q.msg, q.kind, q.created_at, q.expires_at"

    /// Finds who signs for a key (spec flow-engine 16.1), and writes the request down unless a kept key signs. A kept
    /// key comes first, then a user who has proved to hold the key, then a user who has only written it down. Otherwise
    /// an owner could take the requests of another user by naming their key (spec http-and-websocket 7.20). Of equals
    /// the owner comes first. Last is the anonymous starter, who only claims the key.
    ///
    /// Parameters: the key; the owner; the user who started the run; the key that an anonymous starter claims; the
    /// deployment; whether the owner's kept keys count if there is no deployment, or if the owner has started it; then
    /// the request: id, run, node, times, kind, times of making and end, message; this server, which notifies other
    /// servers if any are alive.
    static let arrange = PostgresStatement(
        "signature_arrange",
        [
            .text, .uuid, .uuid, .text, .uuid, .bool, .bigint, .uuid, .uuid, .integer, .text, .timestamptz,
            .timestamptz, .text, .uuid,
        ],
        """
        WITH signer AS (
            SELECT * FROM (
                SELECT 1 AS rank, w.user_id, w.sealed_keypair
                FROM wallets w
                WHERE w.public_key = $1 AND w.type = 'HARDCODED'
                    AND (w.user_id = $3 AND w.user_id <> $2
                        OR w.user_id = $2 AND CASE WHEN $5 IS NULL OR $3 = $2 THEN $6 ELSE EXISTS (
                            SELECT FROM flow_deployments_wallets d
                            WHERE d.deployment_id = $5 AND d.wallet_id = w.id) END)
                UNION ALL
                SELECT CASE WHEN w.verified_at IS NOT NULL THEN 2 ELSE 3 END, w.user_id, NULL
                FROM wallets w
                WHERE w.public_key = $1 AND w.type = 'ADAPTER' AND w.user_id IN ($2, $3)
                UNION ALL
                SELECT 2, u.id, NULL FROM users u WHERE u.pub_key = $1 AND u.id IN ($2, $3)
                UNION ALL
                SELECT 4, NULL, NULL WHERE $4 = $1
            ) s ORDER BY rank, user_id = $2 DESC LIMIT 1
        ), made AS (
            INSERT INTO signature_requests
                (id, user_id, flow_run_id, node_id, times, kind, created_at, expires_at, pubkey, msg)
            SELECT $7, user_id, $8, $9, $10, $11, $12, $13, $1, $14 FROM signer WHERE rank > 1
            RETURNING id
        )
        SELECT user_id, sealed_keypair,
            CASE WHEN EXISTS (SELECT FROM made) AND EXISTS (
                    SELECT FROM servers s WHERE s.id <> $15
                        AND s.heartbeat_at > now() - interval '\(Limits.heartbeatMillisecondsMax) ms')
                THEN pg_notify('\(ServerNotice.Channel.signatureAsked)', $15::text || ':' || $7::text) END
        FROM signer
        """)

    /// A request that an answer may come for.
    static let find = PostgresStatement(
        "signature_find", [.bigint],
        """
        SELECT \(columns), q.user_id
        FROM (SELECT s.* FROM signature_requests s WHERE s.id = $1 OFFSET 0) q
            CROSS JOIN LATERAL (SELECT f.end_time FROM flow_run f WHERE f.id = q.flow_run_id OFFSET 0) r
        WHERE q.status = 'pending' AND q.expires_at > now() AND r.end_time IS NULL
        """)

    /// Takes an answer, unless there is one. A signature must come before the request's time is over and before the end
    /// of the run. The other answers, which say that nobody waits any more, are always taken, because the clock that
    /// says so need not be this one. If another server has the run, that server is told.
    static let resolve = PostgresStatement(
        "signature_resolve", [.bigint, .text, .text, .uuid],
        """
        WITH run AS MATERIALIZED (
            SELECT r.server_id, r.end_time
            FROM (SELECT s.flow_run_id FROM signature_requests s WHERE s.id = $1 OFFSET 0) q
                CROSS JOIN LATERAL (
                    SELECT f.server_id, f.end_time FROM flow_run f WHERE f.id = q.flow_run_id OFFSET 0) r
        ), q AS (
            UPDATE signature_requests a SET status = $2, signature = $3, resolved_at = now()
            WHERE a.id = $1 AND a.status = 'pending'
                AND ($2 <> 'signed' OR a.expires_at > now() AND (SELECT end_time FROM run) IS NULL)
            RETURNING a.*, (SELECT server_id FROM run) AS server_id
        )
        SELECT \(columns),
            CASE WHEN q.server_id <> $4 THEN pg_notify('\(ServerNotice.Channel.runWake)', q.flow_run_id::text) END
        FROM q
        """)

    static let answered = PostgresStatement(
        "signatures_answered", [.bigint.array],
        """
        SELECT \(columns), q.status, q.signature
        FROM signature_requests q WHERE q.id = ANY ($1) AND q.status <> 'pending'
        """)

    /// Those of some runs that have ended or are gone, and the oldest request of each run that waits.
    static let awaited = PostgresStatement(
        "signatures_awaited", [.uuid.array],
        """
        SELECT \(columns), a.run, r.id IS NULL OR r.end_time IS NOT NULL
        FROM unnest($1) AS a (run) LEFT JOIN flow_run r ON r.id = a.run
            LEFT JOIN LATERAL (
                SELECT w.* FROM signature_requests w
                WHERE w.flow_run_id = r.id AND r.end_time IS NULL AND w.status = 'pending'
                    AND w.expires_at > now()
                ORDER BY w.created_at, w.id LIMIT 1
            ) q ON true
        WHERE r.id IS NULL OR r.end_time IS NOT NULL OR q.id IS NOT NULL
        """)

    static let ofRun = PostgresStatement(
        "signatures_of_run", [.uuid],
        """
        SELECT \(columns), q.status, q.signature
        FROM signature_requests q WHERE q.flow_run_id = $1 ORDER BY q.created_at, q.id
        """)

    /// A page of what waits for a user: the user, the last one before it, rows and bytes at most. The first row comes
    /// whatever its size.
    static let pending = PostgresStatement(
        "signatures_pending", [.uuid, .timestamptz, .bigint, .integer, .bigint],
        """
        SELECT \(columns) FROM (
            SELECT p.*, sum(length(p.msg)) OVER (ORDER BY p.created_at, p.id) - length(p.msg) AS bytes_before
            FROM (
                SELECT w.* FROM signature_requests w CROSS JOIN LATERAL (
                    SELECT f.end_time FROM flow_run f WHERE f.id = w.flow_run_id OFFSET 0) r
                WHERE w.user_id = $1 AND w.status = 'pending' AND w.expires_at > now()
                    AND r.end_time IS NULL AND (w.created_at, w.id) > ($2, $3)
                ORDER BY w.created_at, w.id LIMIT $4
            ) p
        ) q WHERE q.bytes_before < $5 ORDER BY q.created_at, q.id
        """)
}
