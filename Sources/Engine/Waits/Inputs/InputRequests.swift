// Values that people post to running flows: the record of who waits for what, which survives a restart. Implemented
// above this target. Every method returns at once; the answer comes exactly once, on any thread.

public import Primitives
public import Values

/// An execution that waits for a value (spec flow-engine 15, storage-and-operations 7.1).
public struct InputRequest: Sendable {
    public let run: RunID
    public let execution: NodeExecution
    /// What is stored of the key in the address: 32 bytes.
    public let keyHash: [UInt8]
    /// Nil if it waits for ever.
    public let expiresAt: Timestamp?

    public init(run: RunID, execution: NodeExecution, keyHash: [UInt8], expiresAt: Timestamp?) {
        self.run = run
        self.execution = execution
        self.keyHash = keyHash
        self.expiresAt = expiresAt
    }
}

/// What became of a request.
public enum InputAnswer: Sendable {
    case submitted(Value)
    /// Somebody outside wants no value to come.
    case canceled
    case expired
}

/// A request as it is stored.
public struct StoredInputRequest: Sendable {
    public let request: InputRequest
    /// Nil while it waits.
    public let answer: InputAnswer?

    public init(request: InputRequest, answer: InputAnswer?) {
        self.request = request
        self.answer = answer
    }
}

/// The record of requests.
public protocol InputRequests: Sendable {
    /// Writes a request down. The run is durable already; a request of a run that is not there fails. Writing the same
    /// request again changes nothing, nor does a second one of an execution.
    func record(
        _ request: InputRequest, reply: @escaping @Sendable (Result<Void, StorageError>) -> Void)
    /// Answers a request, once: gives the request that this call has answered, or nil if there is none that waits under
    /// this key. An answer that comes after `expiresAt`, or after the end of its run, finds no request, even if the request
    /// has not been marked as expired yet; that it is expired may be said then, too. Of a value that holds a secret it is
    /// kept what may be seen, as a secret that nobody knows.
    func resolve(
        keyHash: [UInt8], _ answer: InputAnswer,
        reply: @escaping @Sendable (Result<InputRequest?, StorageError>) -> Void)
    /// Whether a request waits under this key. A hint: its time may be over, and somebody else may be faster.
    func isAwaited(keyHash: [UInt8], reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void)
    /// Those of these requests that have an answer, in any order.
    func answered(
        _ keyHashes: [[UInt8]],
        reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void)
    /// All requests of a run, oldest first.
    func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void)
}

/// How addresses for values are made and read.
public struct InputAddresses: Sendable {
    private let prefix: @Sendable () -> String
    private let key: @Sendable (RunID, NodeExecution) -> String
    private let digest: @Sendable (String) -> [UInt8]

    /// - Parameters:
    ///   - prefix: what stands before the key, for example `http://127.0.0.1:8080/flow/submit/`.
    ///   - key: 64 hexadecimal digits that nobody can guess and that are always the same for an execution.
    ///   - digest: what is stored of a key, 32 bytes.
    public init(
        prefix: @escaping @Sendable () -> String, key: @escaping @Sendable (RunID, NodeExecution) -> String,
        digest: @escaping @Sendable (String) -> [UInt8]
    ) {
        self.prefix = prefix
        self.key = key
        self.digest = digest
    }

    func address(_ run: RunID, _ execution: NodeExecution) -> String { prefix() + key(run, execution) }
    func keyHash(_ run: RunID, _ execution: NodeExecution) -> [UInt8] { digest(key(run, execution)) }
    func keyHash(of key: String) -> [UInt8] { digest(key) }
}

/// The record of a server that keeps none: no node can wait for values.
public struct NoInputRequests: InputRequests {
    public init() {}

    /// Fails as unavailable at once, on the caller's thread.
    public func record(
        _ request: InputRequest, reply: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        reply(.failure(.unavailable))
    }

    /// Finds no request; replies at once, on the caller's thread.
    public func resolve(
        keyHash: [UInt8], _ answer: InputAnswer,
        reply: @escaping @Sendable (Result<InputRequest?, StorageError>) -> Void
    ) {
        reply(.success(nil))
    }

    /// Says false at once, on the caller's thread.
    public func isAwaited(
        keyHash: [UInt8], reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void
    ) {
        reply(.success(false))
    }

    /// Finds no answers; replies at once, on the caller's thread.
    public func answered(
        _ keyHashes: [[UInt8]],
        reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) {
        reply(.success([]))
    }

    /// Finds no requests; replies at once, on the caller's thread.
    public func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) {
        reply(.success([]))
    }
}
