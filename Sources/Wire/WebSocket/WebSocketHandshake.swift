// An upgrade request becomes the answer that opens a WebSocket, or the exact refusal. Pure function.

internal import Primitives

/// Why a request does not open a WebSocket.
public enum WebSocketHandshakeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The request does not ask for a WebSocket at all.
    case notAnUpgrade
    /// Another method than GET, or HTTP/1.0 (RFC 6455 section 4.1).
    case methodOrVersion
    /// A key that is not sixteen bytes in Base64, or not exactly one.
    case keyMalformed
    /// Another version of the protocol than 13.
    case versionUnsupported

    public var description: String {
        switch self {
        case .notAnUpgrade: "not a WebSocket upgrade"
        case .methodOrVersion: "a WebSocket opens with GET in HTTP/1.1"
        case .keyMalformed: "malformed Sec-WebSocket-Key header"
        case .versionUnsupported: "only version 13 is supported"
        }
    }

    /// The answer: 400 without a body (spec http-and-websocket 3.1), but for the wrong version 426 with the
    /// right one (RFC 6455 section 4.4).
    public var response: HTTPResponse {
        switch self {
        case .versionUnsupported:
            HTTPResponse(.upgradeRequired, headers: ["Sec-WebSocket-Version": "13", "Upgrade": "websocket"])
        default: HTTPResponse(.badRequest)
        }
    }
}

/// The server's half of opening a WebSocket (RFC 6455 section 4.2), without extensions.
public struct WebSocketHandshake: Sendable {
    /// The answer 101. What the client sends behind its request belongs to the `WebSocketDecoder`.
    public let response: HTTPResponse
    /// The subprotocol that was agreed on.
    public let subprotocol: String?

    /// Accepts a request.
    ///
    /// - Parameter subprotocols: those the server speaks. The first one of the client's list that the server speaks is
    ///   agreed on. If there is none, the conversation goes on without a subprotocol, and the client decides.
    public init(
        accepting request: HTTPRequest, subprotocols: [String] = []
    ) throws(WebSocketHandshakeError) {
        guard request.headers.list("upgrade", contains: "websocket"),
            request.headers.list("connection", contains: "upgrade")
        else { throw .notAnUpgrade }
        guard request.method == .get, request.version == .http11 else { throw .methodOrVersion }
        guard request.headers.values(of: "sec-websocket-version") == ["13"] else { throw .versionUnsupported }
        let keys = request.headers.values(of: "sec-websocket-key")
        guard keys.count == 1, Base64.decode(keys[0])?.count == 16 else { throw .keyMalformed }
        var response = HTTPResponse(
            .switchingProtocols,
            headers: [
                "Upgrade": "websocket", "Connection": "Upgrade",
                "Sec-WebSocket-Accept": WebSocketHandshake.accept(keys[0]),
            ])
        subprotocol = request.headers.list("sec-websocket-protocol").first { subprotocols.contains($0) }
        response.headers["Sec-WebSocket-Protocol"] = subprotocol
        self.response = response
    }

    /// The proof that the handshake was understood, with the fixed text of RFC 6455 section 1.3.
    private static func accept(_ key: String) -> String {
        Base64.encode(SHA1.hash(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }
}
