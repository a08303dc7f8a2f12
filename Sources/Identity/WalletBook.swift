// The wallets of users: the port on which they are written.

public import Primitives

/// Who signs with a wallet's key.
public enum WalletKind: String, Sendable {
    /// Its holder, when asked to.
    case adapter = "ADAPTER"
    /// This server, which keeps the key.
    case kept = "HARDCODED"
}

/// The values to write into a wallet. In a change, nil leaves the stored value.
public struct WalletDraft: Sendable {
    public var kind: WalletKind?
    public var publicKey: PublicKey?
    /// The key that this server shall keep; fits `publicKey`.
    public var keyPair: Ed25519KeyPair?
    public var name: String?
    public var adapter: String?
    public var description: String?
    public var icon: String?
    public var purpose: String?

    public init() {}
}

/// A stored wallet, without its secret key.
public struct Wallet: Hashable, Sendable {
    public var id: Int64
    public var user: UserID
    public var kind: WalletKind
    public var publicKey: PublicKey
    public var name: String
    public var adapter: String
    public var description: String
    public var icon: String?
    public var purpose: String?
    public var createdAt: Timestamp

    public init(
        id: Int64, user: UserID, kind: WalletKind, publicKey: PublicKey, name: String, adapter: String,
        description: String, icon: String?, purpose: String?, createdAt: Timestamp
    ) {
        self.id = id
        self.user = user
        self.kind = kind
        self.publicKey = publicKey
        self.name = name
        self.adapter = adapter
        self.description = description
        self.icon = icon
        self.purpose = purpose
        self.createdAt = createdAt
    }
}

/// What came of writing a wallet.
public enum WalletOutcome: Hashable, Sendable {
    case done(Wallet)
    /// The user has no wallet of this id.
    case missing
    /// Another wallet of the user has this public key.
    case keyTaken
    /// The user has as many wallets as allowed.
    case tooMany
    /// The server is to sign with a key that it was not given.
    case keyPairMissing
    /// The holder is to sign, but the secret key was given.
    case keyPairUnwanted
}

/// Keeps wallets. Each method returns at once; its reply comes exactly once, on any thread.
public protocol WalletBook: Sendable {
    /// Adds a wallet of a user. The draft has a public key, and a key pair exactly if its kind is `kept`.
    func add(
        _ draft: WalletDraft, of user: UserID,
        reply: @escaping @Sendable (Result<WalletOutcome, StorageError>) -> Void)

    /// Changes a wallet of a user. Without a key pair a kept key stays as long as kind and public key do.
    func change(
        _ id: Int64, to draft: WalletDraft, of user: UserID,
        reply: @escaping @Sendable (Result<WalletOutcome, StorageError>) -> Void)
}
