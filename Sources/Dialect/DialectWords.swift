// How a dialect says no: over HTTP, and when it closes a socket.

public import Wire

/// The words and the shape of a dialect's refusals. Called on the web loop, so it neither waits nor computes much.
public protocol DialectWords: Sendable {
    /// The answer to a request that is refused.
    ///
    /// - Parameter request: as far as it was read, without promise of content; nil if not even its first line could be.
    func answer(_ refusal: Refusal, to request: HTTPRequest?) -> HTTPResponse
    /// The last words on a socket that the server closes.
    func farewell(_ end: SocketEnd) -> SocketFarewell
}

extension DialectWords {
    /// The code of the standard and no words.
    public func farewell(_ end: SocketEnd) -> SocketFarewell { SocketFarewell(end.code, "") }
}

/// Why the server closes a socket, when it is not its session that wants so.
public enum SocketEnd: Hashable, Sendable {
    /// The peer breaks a rule of the protocol or a bound.
    case broken(WebSocketError)
    /// Nobody has authenticated in time.
    case stranger
    /// A proof of the peer counts no more, and it watches something.
    case identityEnded
    /// There is no room for what the peer sends.
    case crowded
    /// Stored events, or stored requests for signatures, cannot be read now.
    case eventsUnavailable, signaturesUnavailable
    /// The peer is too far behind the requests for signatures.
    case behind
    /// The server stops.
    case stopping

    /// The close code that the standard has for it (RFC 6455 section 7.4).
    public var code: WebSocketCloseCode {
        switch self {
        case .broken(let error): error.closeCode
        case .stranger, .identityEnded: .policyViolation
        case .crowded, .eventsUnavailable, .signaturesUnavailable, .behind: .tryAgainLater
        case .stopping: .goingAway
        }
    }
}

/// What stands in a close frame.
public struct SocketFarewell: Sendable {
    public let code: WebSocketCloseCode
    /// At most 123 bytes are sent (RFC 6455 section 5.5).
    public let reason: String

    public init(_ code: WebSocketCloseCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}
