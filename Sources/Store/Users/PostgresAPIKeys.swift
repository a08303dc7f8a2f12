// The API keys of users on Postgres.

public import Identity
public import Primitives

/// Keeps API keys. Any thread; replies come on the storage loop's thread and must be posted on from there.
public struct PostgresAPIKeys: KeyBook, StoragePort {
    static let statements: [any ListedStatement] = APIKeyStatements.all

    let context: PortContext

    /// Writes the hash of a key down, unless another key of the user has this name or the user has
    /// `Limits.apiKeysPerUserMax` keys. The log tells of a new key.
    public func create(
        _ key: APIKey, named name: String, of user: UserID,
        reply: @escaping @Sendable (Result<KeyOutcome, StorageError>) -> Void
    ) {
        let log = context.desk.log
        context.desk.ask(APIKeyStatements.create, (key, name, user)) { result in
            if case .success(.done) = result {
                log.info("accounts", "an API key was made", LogField("user", user))
            }
            reply(result)
        }
    }

    /// Deletes the key of this hash; false if the user has no such key. The log tells of it.
    public func delete(
        _ hash: APIKeyHash, of user: UserID,
        reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void
    ) {
        let log = context.desk.log
        context.desk.ask(APIKeyStatements.delete, (hash, user)) { result in
            if case .success(true) = result {
                log.info("accounts", "an API key was deleted", LogField("user", user))
            }
            reply(result)
        }
    }
}
