// An upgrade request becomes the answer that opens a WebSocket, or the exact refusal. Pure function.

internal import Primitives

/// Why a request does not open a WebSocket.
public enum WebSocketHandshakeError: Error, Hashable, Sendable {
    /// The request does not ask for a WebSocket at all.
    case notAnUpgrade
    /// Another method than GET, or HTTP/1.0 (RFC 6455 section 4.1).
    case methodOrVersion
    /// A key that is not sixteen bytes in Base64, or not exactly one.
    case keyMalformed
    /// Another version of the protocol than 13.
    case versionUnsupported

    /// 400, but for the wrong version 426 (RFC 6455 section 4.4).
    public var status: HTTPStatus { self == .versionUnsupported ? .upgradeRequired : .badRequest }

    /// What the answer must say beside its status: the right version, if the wrong one was asked for.
    public var headers: HTTPHeaders {
        self == .versionUnsupported ? ["Sec-WebSocket-Version": "13", "Upgrade": "websocket"] : [:]
    }
}

/// The server's half of opening a WebSocket (RFC 6455 section 4.2), without extensions.
public struct WebSocketHandshake: Sendable {
    private let accept: String
    private let offered: [String]

    /// Accepts a request.
    public init(accepting request: HTTPRequest) throws(WebSocketHandshakeError) {
        guard request.headers.list("upgrade", contains: "websocket"),
            request.headers.list("connection", contains: "upgrade")
        else { throw .notAnUpgrade }
        guard request.method == .get, request.version == .http11 else { throw .methodOrVersion }
        guard request.headers.values(of: "sec-websocket-version") == ["13"] else { throw .versionUnsupported }
        let keys = request.headers.values(of: "sec-websocket-key")
        guard keys.count == 1, Base64.decode(keys[0])?.count == 16 else { throw .keyMalformed }
        accept = WebSocketHandshake.accept(keys[0])
        offered = request.subprotocols
    }

    /// The answer 101. What the client sends behind its request belongs to the `WebSocketDecoder`.
    ///
    /// - Parameter subprotocol: the one that is agreed on. One that the client has not offered, byte for byte, is left
    ///   out: the client would fail the connection (RFC 6455 section 4.1). Without one the client decides whether the
    ///   conversation goes on.
    public func response(agreeingOn subprotocol: String? = nil) -> HTTPResponse {
        var response = HTTPResponse(
            .switchingProtocols,
            headers: ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept])
        if let subprotocol, offered.contains(where: { $0.utf8.elementsEqual(subprotocol.utf8) }) {
            response.headers.add("Sec-WebSocket-Protocol", subprotocol)
        }
        return response
    }

    /// The proof that the handshake was understood, with the fixed text of RFC 6455 section 1.3.
    private static func accept(_ key: String) -> String {
        Base64.encode(SHA1.hash(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }
}

extension HTTPRequest {
    /// The subprotocols that the client offers for a WebSocket, in its order; none in most requests.
    public var subprotocols: [String] { headers.list("sec-websocket-protocol") }
}
