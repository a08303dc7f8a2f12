// What is asked about API keys.

internal import Identity
internal import Postgres
internal import Primitives

/// The statements about API keys, of which only hashes are stored.
enum APIKeyStatements {
    static let all: [any ListedStatement] = [create, delete, add, owner]

    /// A key of a user, with its name.
    typealias NewKey = (key: APIKey, name: String, user: UserID)

    /// Stores a key, unless another key of the user has this name or the user has `Limits.apiKeysPerUserMax` keys.
    static let create = Statement<NewKey, KeyOutcome>("api_key_create", on: .commands) { q in
        let user = q.parameter(.user) { $0.user }
        let hash = q.parameter(.keyHash) { $0.key.hash }
        let name = q.parameter(.text) { $0.name }
        let trimmed = q.parameter(.text) { $0.key.trimmed }
        let keysMax = q.parameter(.bigint) { _ in Int64(Limits.apiKeysPerUserMax) }
        let outcome = q.column("outcome", .text)
        let made = q.column("made", .optional(.timestamptz))
        let sql = """
            SELECT \(q.columns) FROM create_api_key(\(user), \(hash), \(name), \(trimmed), \(keysMax))
            """
        return q.one(sql) { row throws(PostgresError) in
            switch (try row[outcome], try row[made]) {
            case ("exists", _): return .nameTaken
            case ("full", _): return .tooMany
            case ("done", let made?): return .done(createdAt: made)
            default: throw .unreadable("outcome of making an API key")
            }
        }
    }

    /// False if the user has no such key.
    static let delete = Statement<(hash: APIKeyHash, user: UserID), Bool>("api_key_delete", on: .commands) {
        q in
        let hash = q.parameter(.keyHash) { $0.hash }
        let user = q.parameter(.user) { $0.user }
        return q.exists(
            "DELETE FROM apikeys WHERE key_hash = \(hash) AND user_id = \(user) RETURNING trimmed_key")
    }

    /// Stores a key for the operator. False if the user has one of that name, or the key is stored already.
    static let add = Statement<NewKey, Bool>(waiting: "api_key_add") { q in
        let hash = q.parameter(.keyHash) { $0.key.hash }
        let user = q.parameter(.user) { $0.user }
        let name = q.parameter(.text) { $0.name }
        let trimmed = q.parameter(.text) { $0.key.trimmed }
        return q.exists(
            """
            INSERT INTO apikeys (key_hash, user_id, name, trimmed_key)
            VALUES (\(hash), \(user), \(name), \(trimmed)) ON CONFLICT DO NOTHING RETURNING user_id
            """)
    }

    /// Whose a key is, if it is stored.
    static let owner = Statement<APIKeyHash, UserID?>(waiting: "api_key_owner") { q in
        let hash = q.parameter(.keyHash) { $0 }
        let user = q.column("user_id", .user)
        return q.first("SELECT \(q.columns) FROM apikeys WHERE key_hash = \(hash)", user)
    }
}
