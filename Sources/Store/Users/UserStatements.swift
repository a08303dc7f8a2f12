// What is asked about users and who stands behind a credential.

internal import Identity
internal import Postgres
internal import Primitives

/// One statement for each kind of proof, because each request waits for one of them; and those of commands.
enum UserStatements {
    static let all: [any ListedStatement] = [
        byAPIKey, bySession, byID, adopt, create, byPublicKey, administrator, counts,
    ]

    /// The user behind a key, unless one of the two has ended. Notes the use of the key once a minute at most.
    static let byAPIKey = Statement<APIKeyHash, KnownUser?>("user_by_api_key", on: .commands) { q in
        let hash = q.parameter(.keyHash) { $0 }
        let user = known(of: "u", &q)
        return q.first(
            """
            WITH used AS (
                UPDATE apikeys SET last_used_at = now()
                WHERE key_hash = \(hash) AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
            )
            SELECT \(q.columns) FROM apikeys k JOIN users u ON u.id = k.user_id
            WHERE k.key_hash = \(hash) AND u.disabled_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
            """, user)
    }

    /// The user of an open session: session and user must belong together.
    static let bySession = Statement<(session: SessionID, user: UserID), KnownUser?>(
        "user_by_session", on: .commands
    ) { q in
        let session = q.parameter(.session) { $0.session }
        let id = q.parameter(.user) { $0.user }
        let user = known(of: "u", &q)
        return q.first(
            """
            SELECT \(q.columns)
            FROM (SELECT o.* FROM user_sessions o WHERE o.id = \(session) OFFSET 0) s
                JOIN users u ON u.id = s.user_id
            WHERE s.user_id = \(id) AND s.revoked_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL
            """, user)
    }

    /// The user of this id, and whether the user is disabled.
    static let byID = Statement<UserID, (user: KnownUser, isDisabled: Bool)?>(
        "user_by_id", on: .commands
    ) { q in
        let id = q.parameter(.user) { $0 }
        let user = known(of: "u", &q)
        let isDisabled = q.column("u.disabled_at IS NOT NULL", .bool)
        return q.first("SELECT \(q.columns) FROM users u WHERE u.id = \(id)") { row throws(PostgresError) in
            (try user(row), try row[isDisabled])
        }
    }

    /// Makes a user whom another service vouches for. Gives no row if id or key belong to a user already. Nobody here
    /// has seen the user sign, so the wallet is not verified.
    static let adopt = Statement<KnownUser, KnownUser?>("user_adopt", on: .commands) { q in
        let id = q.parameter(.user) { $0.user }
        let key = q.parameter(.publicKey) { $0.publicKey }
        let user = known(of: "m", &q)
        return q.first(
            """
            WITH made AS (
                INSERT INTO users (id, pub_key) VALUES (\(id), \(key)) ON CONFLICT DO NOTHING RETURNING id, pub_key
            ), wallet AS (
                INSERT INTO wallets (user_id, public_key, name) SELECT id, pub_key, 'Main wallet' FROM made
            )
            SELECT \(q.columns) FROM made m
            """, user)
    }

    /// A user that is to be.
    typealias NewUser = (id: UserID, key: PublicKey, name: String, isAdministrator: Bool)

    /// Makes a user, unless there is one with this key. The operator knows that the user holds the key, so the wallet is
    /// verified.
    static let create = Statement<NewUser, Void>(waiting: "user_create") { q in
        let id = q.parameter(.user) { $0.id }
        let key = q.parameter(.publicKey) { $0.key }
        let name = q.parameter(.text) { $0.name }
        let role = q.parameter(.text) { $0.isAdministrator ? "admin" : "user" }
        return q.effect(
            """
            WITH made AS (
                INSERT INTO users (id, pub_key, username, role) VALUES (\(id), \(key), \(name), \(role))
                ON CONFLICT (pub_key) DO NOTHING RETURNING id, pub_key
            )
            INSERT INTO wallets (user_id, public_key, name, verified_at)
            SELECT id, pub_key, 'Main wallet', now() FROM made
            """)
    }

    static let byPublicKey = Statement<PublicKey, KnownUser?>(waiting: "user_by_public_key") { q in
        let key = q.parameter(.publicKey) { $0 }
        let user = known(of: "u", &q)
        return q.first("SELECT \(q.columns) FROM users u WHERE u.pub_key = \(key)", user)
    }

    /// The first administrator.
    static let administrator = Statement<Void, KnownUser?>(waiting: "user_administrator") { q in
        let user = known(of: "u", &q)
        return q.first(
            """
            SELECT \(q.columns) FROM users u WHERE u.role = 'admin' AND u.disabled_at IS NULL
            ORDER BY u.created_at, u.id LIMIT 1
            """, user)
    }

    static let counts = Statement<Void, (users: Int, apiKeys: Int, flows: Int)>(waiting: "counts") { q in
        let users = q.column("(SELECT count(*) FROM users)", .bigint)
        let apiKeys = q.column("(SELECT count(*) FROM apikeys)", .bigint)
        let flows = q.column("(SELECT count(*) FROM flows)", .bigint)
        return q.one("SELECT \(q.columns)") { row throws(PostgresError) in
            (Int(try row[users]), Int(try row[apiKeys]), Int(try row[flows]))
        }
    }

    /// Adds the columns of a user, who is a row of this alias.
    static func known<Input>(of alias: String, _ q: inout StatementBuilder<Input>) -> RowReader<KnownUser> {
        let id = q.column("\(alias).id", .user)
        let key = q.column("\(alias).pub_key", .publicKey)
        return { row throws(PostgresError) in KnownUser(user: try row[id], publicKey: try row[key]) }
    }
}
