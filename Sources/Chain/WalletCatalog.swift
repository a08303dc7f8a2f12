// The port to the wallets that are stored.

public import Primitives
public import Values

/// A wallet of a user, without anything secret.
public struct WalletRow: Sendable {
    public let id: Int64
    public let owner: UserID
    public let key: Bytes32
    /// The server keeps the key and signs with it; else its holder signs.
    public let isKept: Bool

    public init(id: Int64, owner: UserID, key: Bytes32, isKept: Bool) {
        self.id = id
        self.owner = owner
        self.key = key
        self.isKept = isKept
    }
}

/// Reads of wallets. Returns at once and answers exactly once, on any thread.
public protocol WalletCatalog: Sendable {
    /// The wallets of these users in the order in which they were added. Behind all of them there are the keys by which the
    /// users are known, as wallets with the id 0 whose holders sign.
    func wallets(
        of users: [UserID], reply: @escaping @Sendable (Result<[WalletRow], StorageError>) -> Void)
}
