// What nodes need from outside of the engine: other servers, the owner's stores and files. Implemented above this
// target. Every method returns at once; the answer comes exactly once, on a thread of the implementation's choice.

public import Primitives
public import Values

// MARK: Other servers

/// A request to another server.
public struct OutboundRequest: Sendable {
    public var method: String
    /// Absolute, `http` or `https`.
    public var url: String
    /// In order; names as they are to be written.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]?

    public init(
        method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// The answer of another server, whatever its status.
public struct OutboundResponse: Sendable {
    public let status: Int
    /// In order; names in lower case.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why there is no answer. The text may become part of a node's error: it holds nothing of headers or body.
public struct OutboundError: Error, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// Sends requests to other servers that the configuration allows (spec nodes 2.5, 6.29).
public protocol OutboundClient: Sendable {
    /// Sends a request and gives the whole answer, redirects followed. A cancellation ends the exchange at once; the
    /// reply then says so.
    func send(
        _ request: OutboundRequest, cancellation: NodeCancellation,
        reply: @escaping @Sendable (Result<OutboundResponse, OutboundError>) -> Void)
}

// MARK: Key-value stores

/// Something to do with a user's key-value stores (spec nodes 2.6).
public enum KeyValueRequest: Sendable {
    case createStore(String)
    /// The store goes with all its items.
    case deleteStore(String)
    case write(store: String, key: String, Value)
    case read(store: String, key: String)
    case deleteItem(store: String, key: String)
}

/// Why something could not be done with a key-value store; the texts are those of the specification.
public enum KeyValueError: Error, Sendable, CustomStringConvertible {
    /// A store is called by a letter and at most 119 letters, digits, `_` or `-`.
    case invalidStoreName
    case storeExists
    case storeNotFound
    case invalidKey
    case itemTooLarge
    /// The user's own limit, of stores or of bytes.
    case limitExceeded
    case storage(StorageError)

    public var description: String {
        switch self {
        case .invalidKey: "invalid key: at most \(Limits.keyValueKeyBytesMax) bytes, none of them NUL"
        case .itemTooLarge: "the value takes more than \(Limits.keyValueItemBytesMax) bytes as JSON"
        case .invalidStoreName:
            "invalid store name: a letter, then up to 119 letters, digits, underscores or hyphens"
        case .storeExists: "database already exists"
        case .storeNotFound: "store not found"
        case .limitExceeded: "user's storage limit exceeded"
        case .storage(let error): error.description
        }
    }
}

/// The key-value stores of all users: one tagged value for each user, store and key. Keys are told apart by their bytes.
public protocol KeyValueStore: Sendable {
    /// Does what is asked for one user. Answers with the item's value before: what was read, replaced or deleted; nil
    /// if there was none.
    func perform(
        _ request: KeyValueRequest, of owner: UserID,
        reply: @escaping @Sendable (Result<Value?, KeyValueError>) -> Void)
}

// MARK: Files

/// A stored file without its content.
public struct FileSummary: Sendable {
    /// `bucket/path`.
    public let key: String
    public let contentType: String
    public let size: Int
    public let modifiedAt: Timestamp

    public init(key: String, contentType: String, size: Int, modifiedAt: Timestamp) {
        self.key = key
        self.contentType = contentType
        self.size = size
        self.modifiedAt = modifiedAt
    }
}

/// Something to do with a user's files (spec nodes 2.7). Keys are `bucket/path` and have been normalised.
public enum FileRequest: Sendable {
    /// Without `overwrites` a file that is there stays, and the answer is `fileExists`.
    case upload(key: String, contentType: String, content: [UInt8], overwrites: Bool)
    case download(key: String)
    case delete(key: String)
    case summary(key: String)
    /// Files and folders one level below a prefix, by name, without the first `offset` of them.
    case list(bucket: String, prefix: String, offset: Int = 0)
}

/// What came of a request about files.
public enum FileReply: Sendable {
    case done(FileSummary)
    case content(FileSummary, [UInt8])
    /// Paths within the bucket, at most `Limits.filesListedMax`; and whether there are further ones.
    case names([String], hasMore: Bool)
}

/// Why something could not be done with a file.
public enum FileError: Error, Sendable, CustomStringConvertible {
    case notFound
    case fileExists
    case tooLarge(bytesMax: Int)
    case limitExceeded
    case storage(StorageError)

    public var description: String {
        switch self {
        case .notFound: "not found"
        case .fileExists: "The resource already exists"
        case .tooLarge(let bytes): "the file is larger than \(bytes) bytes"
        case .limitExceeded: "user's storage limit exceeded"
        case .storage(let error): error.description
        }
    }
}

/// The files of all users.
public protocol FileStore: Sendable {
    /// Does what is asked for one user: a file is found by its owner only. Names are told apart by their bytes.
    func perform(
        _ request: FileRequest, of owner: UserID,
        reply: @escaping @Sendable (Result<FileReply, FileError>) -> Void)
}

// MARK: Secrets

/// The name of a secret in its owner's vault.
public struct VaultName: Hashable, Sendable {
    public let provider: String
    public let label: String

    public init(provider: String, label: String) {
        self.provider = provider
        self.label = label
    }
}

/// The vaults of all users.
public protocol Vault: Sendable {
    /// The secrets of these names that the owner has; names that the owner has no secret of are left out. Names are told
    /// apart by their bytes.
    func secrets(
        _ names: [VaultName], of owner: UserID,
        reply: @escaping @Sendable (Result<[VaultName: String], StorageError>) -> Void)
}
