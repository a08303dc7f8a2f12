// How this dialect words refusals.

internal import Engine
internal import Primitives
internal import Wire

extension HTTPResponse {
    /// One answer for every credential that does not do (spec http-and-websocket 1.2).
    static let unauthenticated = HTTPResponse.error(.unauthorized, "unauthenticated")

    /// The server cannot answer now; says when to try again.
    static func unavailable(_ message: String, retryAfterSeconds: Int = 1) -> HTTPResponse {
        var response = HTTPResponse.error(.serviceUnavailable, message)
        response.headers.add("Retry-After", "\(retryAfterSeconds)")
        return response
    }

    /// The response to a reply that is not what the route hoped for (spec http-and-websocket 2.3, 2.5).
    static func refusal(_ reply: EngineReply) -> HTTPResponse {
        guard case .refused(let error) = reply else {
            preconditionFailure("the engine answers what it was asked")
        }
        switch error {
        case .notFound, .flowNotFound, .noOutput: return .error(.notFound, error.description)
        case .unauthorized: return .error(.unauthorized, error.description)
        case .notAllowed, .readNotAllowed: return .error(.forbidden, error.description)
        case .signature: return .error(.badRequest, error.description)
        case .invalidFlow, .tooManyKeyPairs: return .error(.badRequest, error.description)
        case .readTimeout: return .error(.requestTimeout, error.description)
        case .readViolation: return .error(.conflict, error.description)
        case .busy(let seconds): return .unavailable(error.description, retryAfterSeconds: seconds)
        case .storage(.unavailable), .storage(.overloaded): return .unavailable(error.description)
        case .storage(.failed): return .error(.internalServerError, error.description)
        }
    }
}
