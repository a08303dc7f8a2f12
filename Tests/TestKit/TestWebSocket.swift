// A test's WebSocket: the handshake, any frame right or wrong, and the server's frames as they come.

/// The client's end of a WebSocket.
public final class TestWebSocket {
    public enum Failure: Error, CustomStringConvertible {
        /// The server did not open the socket.
        case refused(TestHTTPResponse)
        /// The server sent a frame that no server may send.
        case malformedFrame(first: UInt8, second: UInt8)
        /// Another frame came than the test waited for.
        case unexpected(ServerFrame, waitingFor: String)

        public var description: String {
            switch self {
            case .refused(let response): "the upgrade was answered with \(response.status) \(response.text)"
            case .malformedFrame(let first, let second): "a frame begins with the bytes \(first), \(second)"
            case .unexpected(let frame, let what):
                "waiting for \(what), got opcode \(frame.opcode) \(frame.text.debugDescription)"
            }
        }
    }

    public let connection: TestConnection
    /// The one that the server has agreed on.
    public let subprotocol: String?

    /// Connects and opens the socket.
    public convenience init(port: UInt16, path: String = "/ws", patience: Duration = .seconds(60)) throws {
        try self.init(on: TestHTTPClient(port: port, patience: patience), path: path)
    }

    /// Opens the socket on a connection that HTTP may have been spoken on before.
    public init(
        on client: TestHTTPClient, path: String = "/ws", _ headers: KeyValuePairs<String, String> = [:]
    ) throws {
        // Key and proof are the example of RFC 6455 section 1.3.
        let upgrade = [
            ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ]
        try client.send("GET", path, upgrade + Array(headers))
        let response = try client.receive(hasBody: true)
        guard response.status == 101, response["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            response["Upgrade"]?.lowercased() == "websocket",
            response["Connection"]?.lowercased() == "upgrade"
        else { throw Failure.refused(response) }
        connection = client.connection
        subprotocol = response["Sec-WebSocket-Protocol"]
    }

    // MARK: Sending

    /// Sends a text message.
    public func send(_ text: String) throws { try send(.text(text)) }
    /// Sends a frame, right or wrong.
    public func send(_ frame: ClientFrame) throws { try connection.send(frame.bytes) }

    // MARK: Receiving

    /// The next frame, whatever it is.
    public func receive() throws -> ServerFrame {
        let head = try connection.read(2)
        // Servers set no reserved bit, mask nothing, and this one does not fragment (RFC 6455 section 5.1).
        guard head[0] & 0xF0 == 0x80, head[1] & 0x80 == 0 else {
            throw Failure.malformedFrame(first: head[0], second: head[1])
        }
        var length = Int(head[1])
        if length > 125 {
            let bytes = try connection.read(length == 126 ? 2 : 8)
            length = bytes.reduce(0) { $0 << 8 | Int($1) }
        }
        return ServerFrame(first: head[0], payload: try connection.read(length))
    }

    /// The next text message. Pings on the way are answered.
    public func receiveText() throws -> String {
        while true {
            let frame = try receive()
            switch frame.opcode {
            case 1: return frame.text
            case 9: try send(ClientFrame(10, frame.payload))
            default: throw Failure.unexpected(frame, waitingFor: "a text message")
            }
        }
    }

    /// The close frame that must come next, and then nothing more.
    public func receiveClose() throws -> (code: Int?, reason: String) {
        let frame = try receive()
        guard frame.opcode == 8, frame.payload.count != 1 else {
            throw Failure.unexpected(frame, waitingFor: "a close frame")
        }
        let rest = try connection.readToEnd()
        guard rest.isEmpty else { throw TestConnection.Failure.broken("bytes came after the close frame") }
        guard frame.payload.count > 1 else { return (nil, "") }
        return (
            Int(frame.payload[0]) << 8 | Int(frame.payload[1]),
            String(decoding: frame.payload.dropFirst(2), as: UTF8.self)
        )
    }

    /// The next frame that is no ping. Pings on the way are not answered.
    public func receiveOther() throws -> ServerFrame {
        while true {
            let frame = try receive()
            if frame.opcode != 9 { return frame }
        }
    }

    /// Makes sure that the server has nothing more to say: the answer to a ping comes next. Pings of its own are not
    /// answered.
    public func expectNothingMore() throws {
        let payload = Array("nothing more".utf8)
        try send(.ping(payload))
        let frame = try receiveOther()
        guard frame.opcode == 10, frame.payload == payload else {
            throw Failure.unexpected(frame, waitingFor: "nothing but a pong")
        }
    }
}
