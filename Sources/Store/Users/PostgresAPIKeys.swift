// The API keys of users on Postgres.

public import Identity
internal import Postgres
public import Primitives

/// What is asked about API keys.
enum APIKeyStatements {
    static let all = [create, delete]

    /// User, hash, name, what may be shown of the key, keys at most.
    static let create = PostgresStatement(
        "api_key_create", [.uuid, .text, .text, .text, .bigint],
        "SELECT outcome, made FROM create_api_key($1, $2, $3, $4, $5)")

    static let delete = PostgresStatement(
        "api_key_delete", [.text, .uuid],
        "DELETE FROM apikeys WHERE key_hash = $1 AND user_id = $2 RETURNING trimmed_key")
}

/// Keeps API keys. Any thread; replies come on the storage loop's thread and must be posted on from there.
public struct PostgresAPIKeys: KeyBook {
    let desk: QuestionDesk

    /// Writes the hash of a key down, unless another key of the user has this name or the user has
    /// `Limits.apiKeysPerUserMax` keys. The log tells of a new key.
    public func create(
        _ key: APIKey, named name: String, of user: UserID,
        reply: @escaping @Sendable (Result<KeyOutcome, StorageError>) -> Void
    ) {
        let log = desk.log
        desk.ask(
            APIKeyStatements.create,
            [
                .uuid(user.id), .text(key.hash.text), .text(name), .text(key.trimmed),
                .bigint(Int64(Limits.apiKeysPerUserMax)),
            ]
        ) { rows throws(PostgresError) in
            guard rows.count > 0 else { throw PostgresAPIKeys.unreadable }
            switch try rows[0].text(0) {
            case "exists": return KeyOutcome.nameTaken
            case "full": return .tooMany
            case "done":
                log.info("accounts", "an API key was made", LogField("user", user))
                return .done(createdAt: try rows[0].timestamptz(1))
            default: throw PostgresAPIKeys.unreadable
            }
        } _: {
            reply($0)
        }
    }

    /// Deletes the key of this hash; false if the user has no such key. The log tells of it.
    public func delete(
        _ hash: APIKeyHash, of user: UserID,
        reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void
    ) {
        let log = desk.log
        desk.ask(APIKeyStatements.delete, [.text(hash.text), .uuid(user.id)]) { rows throws(PostgresError) in
            if rows.count > 0 { log.info("accounts", "an API key was deleted", LogField("user", user)) }
            return rows.count > 0
        } _: {
            reply($0)
        }
    }

    private static let unreadable = PostgresError(
        .unexpectedReply, detail: "the outcome of making an API key cannot be read")
}
