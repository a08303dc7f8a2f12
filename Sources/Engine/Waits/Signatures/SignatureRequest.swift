// What somebody is asked to sign: plain values that go from a node to storage, events and back.

public import Primitives
public import Values

/// The name of a request. It is random, so that it tells nothing about others, and small enough for every client.
public struct SignatureRequestID: Hashable, Sendable, CustomStringConvertible {
    /// From 1 to `Limits.javaScriptIntegerMax`.
    public let number: Int64

    /// Nil unless the number is within its range.
    public init?(_ number: Int64) {
        guard number > 0, number <= Limits.javaScriptIntegerMax else { return nil }
        self.number = number
    }

    private init(checked number: Int64) { self.number = number }

    /// A random name. Storage refuses a name that a stored request has already.
    public static func random() -> SignatureRequestID {
        SignatureRequestID(checked: Int64.random(in: 1...Int64(Limits.javaScriptIntegerMax)))
    }

    public var description: String { "\(number)" }
}

/// What the bytes to be signed are (spec http-and-websocket 4.3).
public enum SignatureKind: String, Sendable {
    /// Any bytes, signed as they are.
    case message
}

/// What an execution wants to have signed.
public struct SignatureWish: Sendable {
    public let publicKey: Bytes32
    public let message: [UInt8]
    public let kind: SignatureKind
    /// How long to wait for a person, in whole milliseconds.
    public let timeLimit: Duration

    public init(
        publicKey: Bytes32, message: [UInt8], kind: SignatureKind = .message, timeLimit: Duration
    ) {
        self.publicKey = publicKey
        self.message = message
        self.kind = kind
        self.timeLimit = timeLimit
    }
}

/// A request for a signature as people see it (spec flow-engine 16.2).
public struct SignatureRequest: Hashable, Sendable {
    public let id: SignatureRequestID
    public let publicKey: Bytes32
    public let message: [UInt8]
    public let kind: SignatureKind
    /// To the millisecond, which is what clients are told.
    public let createdAt: Timestamp
    /// In whole milliseconds, counted from `createdAt`.
    public let timeLimit: Duration

    public init(
        id: SignatureRequestID, publicKey: Bytes32, message: [UInt8], kind: SignatureKind,
        createdAt: Timestamp, timeLimit: Duration
    ) {
        self.id = id
        self.publicKey = publicKey
        self.message = message
        self.kind = kind
        self.createdAt = createdAt
        self.timeLimit = timeLimit
    }

    /// A new request of what an execution wants, made now.
    init(_ wish: SignatureWish, at now: Timestamp) {
        self.init(
            id: .random(), publicKey: wish.publicKey, message: wish.message, kind: wish.kind,
            createdAt: Timestamp(nanoseconds: now.milliseconds * 1_000_000), timeLimit: wish.timeLimit)
    }

    /// `timeLimit` as a number.
    public var timeLimitMilliseconds: Int64 {
        let (seconds, attoseconds) = timeLimit.components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }

    /// From then on no answer counts.
    public var expiresAt: Timestamp { createdAt.advanced(by: timeLimit) }
}

/// A request with the execution that waits for it.
public struct WaitingSignature: Hashable, Sendable {
    public let run: RunID
    public let execution: NodeExecution
    public let request: SignatureRequest

    public init(run: RunID, execution: NodeExecution, request: SignatureRequest) {
        self.run = run
        self.execution = execution
        self.request = request
    }
}

/// A request with the user who was asked.
public struct AskedSignature: Hashable, Sendable {
    public let waiting: WaitingSignature
    /// Nil for the holder of the run's token.
    public let user: UserID?

    public init(waiting: WaitingSignature, user: UserID?) {
        self.waiting = waiting
        self.user = user
    }
}

/// What has come of waiting for a run's next request.
public enum AwaitedSignature: Hashable, Sendable {
    case asked(WaitingSignature)
    /// The run has ended, or is gone.
    case ended(RunID)
}

/// What became of a request.
public enum SignatureAnswer: Hashable, Sendable {
    case signed(Bytes64)
    /// Nobody waits for it any more.
    case canceled
    case expired
}

/// A request as it is stored.
public struct StoredSignature: Sendable {
    public let waiting: WaitingSignature
    /// Nil while it waits.
    public let answer: SignatureAnswer?

    public init(waiting: WaitingSignature, answer: SignatureAnswer?) {
        self.waiting = waiting
        self.answer = answer
    }
}

/// Somebody's answer to a request (spec http-and-websocket 2.5).
public struct SignatureSubmission: Sendable {
    public let id: Int64
    public let signature: Bytes64
    /// What was signed, if the signer says so.
    public let message: [UInt8]?

    public init(id: Int64, signature: Bytes64, message: [UInt8]? = nil) {
        self.id = id
        self.signature = signature
        self.message = message
    }
}

/// Why an answer does not do; the request goes on waiting (spec flow-engine 16.3).
public enum SignatureRefusal: Error, Hashable, Sendable {
    /// Something else was signed than was asked for.
    case changedMessage
    case wrongSignature
}
