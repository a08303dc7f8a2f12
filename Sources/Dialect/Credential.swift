// What callers show to prove who they are: read by dialects, verified by Identity or by the dialect's own verifier.

public import Identity
public import Primitives
public import Wire

/// A credential as a dialect has found it in a header, a subprotocol or a message. Nothing is proved by it yet.
public enum Credential: Sendable {
    /// What these headers hold, of the kinds that are accepted. Identity verifies it.
    case headers(CredentialHeaders, accepting: CredentialShape)
    /// An API key, a flow-run token or a signed token, each with or without `Bearer `. Identity verifies it.
    case token(String)
    /// One that only its dialect can verify.
    case own(any OwnCredential)
}

/// A credential of a dialect, together with what verifies it. The caller whom it proves is remembered with it: on a socket
/// it is asked again before each message.
public protocol OwnCredential: Sendable {
    /// Finds out whose it is. Returns at once; the reply comes exactly once, on any thread.
    func verify(at now: Timestamp, reply: @escaping @Sendable (AuthenticationResult) -> Void)
    /// Finds out whether the caller whom it has proved before still counts. A credential that is good for one message only
    /// says here whether its user still has the right to be served.
    func confirm(at now: Timestamp, reply: @escaping @Sendable (AuthenticationResult) -> Void)
}

extension OwnCredential {
    /// For a credential that stays good: verifies it again.
    public func confirm(at now: Timestamp, reply: @escaping @Sendable (AuthenticationResult) -> Void) {
        verify(at: now, reply: reply)
    }
}

/// Where in a request the credential stands.
public struct CredentialReader: Sendable {
    /// The credential of a request; nil if it has none. Called on the web loop, or by a worker for large content.
    public let read: @Sendable (HTTPRequest) -> Credential?

    public init(_ read: @escaping @Sendable (HTTPRequest) -> Credential?) { self.read = read }

    /// `Authorization` and `x-api-key`, as far as they hold what is accepted.
    public static func headers(_ shape: CredentialShape) -> CredentialReader {
        CredentialReader { .headers(CredentialHeaders($0), accepting: shape) }
    }
}

extension CredentialHeaders {
    /// Those of a request.
    public init(_ request: HTTPRequest) {
        self.init(authorization: request.headers["authorization"], apiKey: request.headers["x-api-key"])
    }
}

/// The caller, or why there is none.
public enum AuthenticationResult: Sendable {
    case caller(Caller)
    case refused(CredentialError)
    /// Storage, which knows the keys, did not answer.
    case unavailable
}

extension AuthenticationResult {
    /// Goes on with the caller, or refuses in the words of the dialect.
    public func then(_ next: (Caller) -> RouteStep) -> RouteStep {
        switch self {
        case .caller(let caller): next(caller)
        case .refused(let error): .refuse(.caller(error))
        case .unavailable: .refuse(.storage(.unavailable))
        }
    }
}
