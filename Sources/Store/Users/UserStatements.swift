// What is asked about users and who stands behind a credential.

internal import Identity
internal import Postgres
internal import Primitives

/// All that the command connection is asked about accounts.
enum AccountStatements {
    static let all = UserStatements.all + SessionStatements.all + APIKeyStatements.all + WalletStatements.all
}

/// One statement for each kind of proof, because each request waits for one of them.
enum UserStatements {
    static let all = [byAPIKey, bySession, byID, adopt]

    /// The user behind a key, unless one of the two has ended. Notes the use of the key once a minute at most.
    static let byAPIKey = PostgresStatement(
        "user_by_api_key", [.text],
        """
        WITH used AS (
            UPDATE apikeys SET last_used_at = now()
            WHERE key_hash = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
        )
        SELECT u.id, u.pub_key FROM apikeys k JOIN users u ON u.id = k.user_id
        WHERE k.key_hash = $1 AND u.disabled_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
        """)

    /// The user of an open session: session and user, who must belong together.
    static let bySession = PostgresStatement(
        "user_by_session", [.uuid, .uuid],
        """
        SELECT u.id, u.pub_key
        FROM (SELECT o.* FROM user_sessions o WHERE o.id = $1 OFFSET 0) s JOIN users u ON u.id = s.user_id
        WHERE s.user_id = $2 AND s.revoked_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL
        """)

    /// The user of this id, and whether the user is disabled.
    static let byID = PostgresStatement(
        "user_by_id", [.uuid], "SELECT id, pub_key, disabled_at IS NOT NULL FROM users WHERE id = $1")

    /// Makes a user whom another service vouches for. Gives no row if id or key belong to a user already. Nobody here
    /// has seen the user sign, so the wallet is not verified.
    static let adopt = PostgresStatement(
        "user_adopt", [.uuid, .text],
        """
        WITH made AS (
            INSERT INTO users (id, pub_key) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id, pub_key
        ), wallet AS (
            INSERT INTO wallets (user_id, public_key, name) SELECT id, pub_key, 'Main wallet' FROM made
        )
        SELECT id, pub_key FROM made
        """)
}

/// Rows of these statements as values. Pure.
enum UserRows {
    /// The user of the first row, whose first columns are id and public key.
    static func known(_ rows: PostgresRows) throws(PostgresError) -> KnownUser? {
        guard rows.count > 0 else { return nil }
        return try known(rows[0])
    }

    static func known(_ row: PostgresRows.Row) throws(PostgresError) -> KnownUser {
        guard let key = PublicKey(try row.text(1)) else {
            throw PostgresError(.unexpectedReply, detail: "the public key of a user cannot be read")
        }
        return KnownUser(user: UserID(try row.uuid(0)), publicKey: key)
    }
}
