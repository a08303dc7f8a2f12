// What is refused, as a fact. Dialects have the words.

public import Engine
public import Identity
public import Primitives
public import Wire

/// Why a request is not answered with what it asks for.
public enum Refusal: Sendable {
    // MARK: Found by the web server

    /// The request breaks a rule of HTTP or a bound; its content, if it is too large, by the bound of its route.
    case unreadable(HTTPRequestError)
    /// The request did not arrive in time.
    case late
    /// A web page of an origin that is not admitted asks.
    case foreignOrigin
    /// A web page asks that calls this server by a name under which it is not known to be served.
    case unknownName
    /// No route, and no socket of a dialect that claims the request.
    case unknownPath
    /// The path is known, with these methods only.
    case otherMethods([HTTPMethod])
    /// There is no room for what somebody wants to send.
    case crowded(retryAfterSeconds: Int)
    /// A request for a socket that is no good handshake.
    case handshake(WebSocketHandshakeError)
    /// A request for a socket that has content, so that it is not known where the frames begin.
    case handshakeWithContent

    // MARK: Found by routes and sessions

    /// The caller is not let in.
    case caller(CredentialError)
    /// The engine does not do it.
    case engine(EngineError)
    /// Storage has no answer.
    case storage(StorageError)
}

extension Refusal {
    /// The status that HTTP has for it; a dialect may have another one.
    public var status: HTTPStatus {
        switch self {
        case .unreadable(let error): error.status
        case .late: .requestTimeout
        case .foreignOrigin, .unknownName, .handshakeWithContent: .badRequest
        case .unknownPath: .notFound
        case .otherMethods: .methodNotAllowed
        case .handshake(let error): error.status
        case .caller: .unauthorized
        case .engine(let error): error.status
        case .storage(.unavailable), .storage(.overloaded), .crowded: .serviceUnavailable
        case .storage(.failed): .internalServerError
        }
    }

    /// What an answer must or should say beside its status (RFC 9110 sections 10.2.1, 10.2.3 and 15.5.16, RFC 6455 section 4.4).
    /// The web server adds those of them that the dialect's answer lacks.
    public var headers: HTTPHeaders {
        switch self {
        case .otherMethods(let methods): ["Allow": methods.map(\.name).joined(separator: ", ")]
        case .unreadable(.contentEncoded): ["Accept-Encoding": "identity"]
        case .handshake(let error): error.headers
        case .crowded(let seconds), .engine(.busy(let seconds)): ["Retry-After": "\(seconds)"]
        case .storage(let error), .engine(.storage(let error)):
            error == .failed ? [:] : ["Retry-After": "1"]
        default: [:]
        }
    }
}

extension EngineError {
    fileprivate var status: HTTPStatus {
        switch self {
        case .notFound, .flowNotFound, .noOutput: .notFound
        case .unauthorized: .unauthorized
        case .notAllowed, .readNotAllowed: .forbidden
        case .signature, .invalidFlow, .noBelongings, .tooManyCandidates: .badRequest
        case .readTimeout: .requestTimeout
        case .readViolation: .conflict
        case .busy: .serviceUnavailable
        case .storage(let error): Refusal.storage(error).status
        }
    }
}
