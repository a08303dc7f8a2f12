// The refusals that the routes of this dialect answer with.

internal import Dialect
internal import Engine
internal import Primitives
internal import Wire

extension HTTPResponse {
    /// The body that every refusal has: `{"error":"…"}` (spec http-and-websocket 2.3).
    static func error(_ status: HTTPStatus, _ message: String) -> HTTPResponse {
        json(status, JSONWriter.encode(["error": .string(message)]))
    }

    /// The answer to a refusal in this dialect's words.
    static func refusal(_ refusal: Refusal) -> HTTPResponse {
        var response = HTTPResponse.error(refusal.status, SpaceOperatorWords.text(of: refusal))
        for field in refusal.headers.fields { response.headers.add(field.name, field.value) }
        return response
    }

    /// The response to a reply that is not what the route hoped for (spec http-and-websocket 2.3, 2.5).
    static func refusal(_ reply: EngineReply) -> HTTPResponse {
        guard case .refused(let error) = reply else {
            preconditionFailure("the engine answers what it was asked")
        }
        return .refusal(Refusal.engine(error))
    }

    /// The server cannot answer now; says when to try again.
    static func unavailable(_ message: String, retryAfterSeconds: Int = 1) -> HTTPResponse {
        var response = HTTPResponse.error(.serviceUnavailable, message)
        response.headers.add("Retry-After", "\(retryAfterSeconds)")
        return response
    }

    /// One answer for every credential that does not do (spec http-and-websocket 1.2).
    static let unauthenticated = HTTPResponse.error(.unauthorized, SpaceOperatorWords.unauthenticated)
}
