// How this dialect says no. Existing clients show these texts, and some compare them: they do not change.

internal import Chain
internal import Dialect
internal import Engine
internal import Primitives
internal import Tables
internal import Wire

/// The words of Space Operator's refusals (spec http-and-websocket 2.3, 2.5, 3.1).
struct SpaceOperatorWords: DialectWords {
    static let unauthenticated = "unauthenticated"

    func answer(_ refusal: Refusal, to request: HTTPRequest?) -> HTTPResponse {
        // A handshake that does not do gets no body (spec http-and-websocket 3.1).
        if case .handshake = refusal { return HTTPResponse(refusal.status, headers: refusal.headers) }
        if let request, TableRoutes.isPlace(of: request) { return TableError(refusal, request).response }
        return .refusal(refusal)
    }

    func farewell(_ end: SocketEnd) -> SocketFarewell { SocketFarewell(end.code, end.text) }

    static func text(of refusal: Refusal) -> String {
        switch refusal {
        case .unreadable(let error): error.text
        case .late: "the request did not arrive in time"
        case .foreignOrigin: "Origin is not allowed to make this request"
        case .unknownName:
            "Origin is not allowed to make this request: the name in Host is not one that this server is known by; "
                + "set public_url to the address that browsers use, or name the origin in cors_origins"
        case .unknownPath: "not found"
        case .otherMethods: "method not allowed"
        case .crowded: "too much is being sent: try again in a second"
        case .handshake: ""
        case .handshakeWithContent: "a request for a socket has no content"
        case .caller: unauthenticated
        case .engine(let error): error.text
        case .storage(let error): error.text
        }
    }
}

extension EngineError {
    /// What clients are told, over HTTP and on sockets.
    var text: String {
        switch self {
        case .notFound: "not found"
        case .flowNotFound: "flow not found"
        case .notAllowed: "not allowed"
        case .readNotAllowed: "read not allowed"
        case .unauthorized: "unauthorized"
        case .noOutput: "flow run has no output"
        case .invalidFlow(let problems): problems.description
        case .noBelongings: "user has no wallets"
        case .readViolation(let violation): "read mode violation: \(violation.text)"
        case .tooManyCandidates:
            "more than \(Limits.keyPairsSoughtMax) values of 64 bytes, as numbers or text, any of which may be a key pair"
        case .signature(.changedMessage):
            "could not update tx because it will invalidate existing signature"
        case .signature(.wrongSignature): "signature verification failed"
        case .readTimeout: "read timeout"
        case .busy(let seconds): "the server is busy, try again in \(seconds) s"
        case .storage(let error): error.text
        }
    }
}

extension ReadViolation {
    fileprivate var text: String {
        switch self {
        case .collectsActs: "read-only flows cannot collect or return instructions"
        case .node(let id, let kind, let capability):
            "node \(id) (\(kind)) is not allowed in read-only flows: \(capability.text)"
        }
    }
}

extension ReadCapability {
    fileprivate var text: String {
        switch self {
        case .snapshot: "Snapshot"
        case .interactive: "Interactive"
        case .mutating: "Mutating"
        }
    }
}

extension StorageError {
    /// What clients are told.
    var text: String {
        switch self {
        case .unavailable: "storage is not available"
        case .overloaded: "storage is overloaded"
        case .failed: "storage refused the request"
        }
    }
}
