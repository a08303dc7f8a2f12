// The API keys of users: the port on which they are made and deleted.

public import Primitives

/// What came of making a key.
public enum KeyOutcome: Hashable, Sendable {
    case done(createdAt: Timestamp)
    /// The user has a key of this name.
    case nameTaken
    /// The user has as many keys as allowed.
    case tooMany
}

/// Keeps API keys. Each method returns at once; its reply comes exactly once, on any thread.
public protocol KeyBook: Sendable {
    /// Stores a key of a user under a name that no other key of the user has.
    func create(
        _ key: APIKey, named name: String, of user: UserID,
        reply: @escaping @Sendable (Result<KeyOutcome, StorageError>) -> Void)

    /// Deletes a key; false if the user has no such key.
    func delete(
        _ hash: APIKeyHash, of user: UserID,
        reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void)
}
