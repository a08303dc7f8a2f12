import Primitives
import TestKit
import TestTraits
import Testing
import Wire

/// WebSockets that do not keep to RFC 6455, and those that go to its limits.
@Suite(.blocking) struct `A socket of the daemon` {
    private let client: DaemonClient

    init() throws { client = try SharedDaemon.shared.get().client }

    @Test(
        arguments: [
            ([ClientFrame.text("{}").with(mask: nil)], 1002),
            ([.text("{}").with(reserved: 0x40, mask: [0, 0, 0, 0])], 1002),
            ([ClientFrame(3)], 1002), ([ClientFrame(11)], 1002), ([ClientFrame(9, [], isFinal: false)], 1002),
            ([.ping(Array(repeating: 0, count: 126))], 1002), ([.continuation([65], isFinal: true)], 1002),
            ([.text("a", isFinal: false), .text("b")], 1002), ([ClientFrame(8, [3])], 1002),
            ([.close(1005)], 1002),
            ([.close(999)], 1002), ([.text("{}").withLengthBytes(3)], 1002),
            ([.text("{}").withLengthBytes(9)], 1002),
            ([ClientFrame(1, [0xC3, 0x28])], 1007), ([ClientFrame(1, [0xE2, 0x82])], 1007),
            ([ClientFrame(1, [0xE2], isFinal: false), .continuation([0x28], isFinal: true)], 1007),
            ([.close(1000, [0xFF])], 1007),
            (
                [.text("x", isFinal: false)]
                    + Array(repeating: .continuation([], isFinal: false), count: 1_024), 1009
            ),
        ] as [([ClientFrame], Int)])
    func `closes with the code of the rule that is broken`(frames: [ClientFrame], code: Int) throws {
        let socket = try TestWebSocket(port: client.port)
        try socket.connection.send(frames.flatMap(\.bytes))
        let goodbye = try socket.receiveClose()
        #expect(goodbye.code == code)
        #expect(!goodbye.reason.isEmpty)
        #expect(try TestHTTPClient(port: client.port).get("/healthcheck").status == 200)
    }

    /// One who has authenticated. His first request has no number that a broken one is answered with.
    private func authenticated() throws -> TestWebSocket {
        let socket = try TestWebSocket(port: client.port)
        try socket.send(#"{"id":0,"method":"Authenticate","params":{"token":"\#(client.key)"}}"#)
        #expect(try TestJSON(socket.receiveText())["Ok"] != nil)
        return socket
    }

    @Test(arguments: [true, false]) func `closes before it has received what is too long`(isKnown: Bool)
        throws
    {
        let socket = try isKnown ? authenticated() : TestWebSocket(port: client.port)
        // The head of a text of one byte more than a mebibyte, or 64 KiB; nothing of the text is sent.
        let length: [UInt8] = isKnown ? [0x10, 0, 1] : [1, 0, 1]
        try socket.connection.send([0x81, 0xFF, 0, 0, 0, 0, 0] + length + [1, 2, 3, 4])
        #expect(try socket.receiveClose().code == 1009)
    }

    /// Whoever has not authenticated may not send that much.
    @Test func `answers the longest message, in one piece or in many`() throws {
        let socket = try authenticated()
        let start = #"{"id":1,"method":"Authenticate","params":{"token":"wrong"},"more":""#
        let text =
            start
            + String(
                repeating: "ü", count: (WebSocketBounds.standard.messageBytesMax - start.utf8.count - 2) / 2)
            + #""}"#
        try socket.send(text)
        #expect(try socket.receiveText() == #"{"id":1,"Err":"unauthenticated"}"#)
        // Cut without regard for characters, with a ping in between.
        let bytes = Array(text.utf8)
        let size = bytes.count / 1_000
        var frames: [UInt8] = []
        for offset in stride(from: 0, to: bytes.count, by: size) {
            let isFinal = offset + size >= bytes.count
            let piece = Array(bytes[offset..<min(offset + size, bytes.count)])
            frames += ClientFrame(offset == 0 ? 1 : 0, piece, isFinal: isFinal).bytes
            if offset == size * 500 { frames += ClientFrame.ping([1, 2, 3]).bytes }
        }
        try socket.connection.send(frames)
        #expect(try socket.receive() == ServerFrame(first: 0x8A, payload: [1, 2, 3]))
        #expect(try socket.receiveText() == #"{"id":1,"Err":"unauthenticated"}"#)
    }

    @Test func `survives messages that no parser likes, and ignores binary ones`() throws {
        let socket = try authenticated()
        for text in [String(repeating: "[", count: 200_000), "", "\u{0}", "\"", "{\"id\":1e999}", "nul"] {
            try socket.send(text)
            #expect(try TestJSON(socket.receiveText())["id"]?.integer == -1)
        }
        try socket.send(.binary([1, 2, 3]))
        try socket.expectNothingMore()
    }

    @Test(arguments: [
        (ClientFrame.close(1000, Array("done".utf8)), 1000, "done"), (.close(4_001), 4_001, ""),
    ])
    func `answers a close with the same code and reason`(frame: ClientFrame, code: Int, reason: String) throws
    {
        let socket = try TestWebSocket(port: client.port)
        try socket.send(frame)
        let goodbye = try socket.receiveClose()
        #expect(goodbye.code == code)
        #expect(goodbye.reason == reason)
    }

    @Test(
        arguments: [
            (["Upgrade": "websocket"], 400), (["Connection": "Upgrade"], 400), ([:], 400),
            (
                [
                    "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                    "Sec-WebSocket-Key": "short",
                ], 400
            ),
            (
                [
                    "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "8",
                    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                ], 426
            ),
        ] as [([String: String], Int)])
    func `is not opened by anything but a right upgrade`(headers: [String: String], status: Int) throws {
        let http = try TestHTTPClient(port: client.port)
        try http.send("GET", "/ws", headers.map { ($0.key, $0.value) })
        let response = try http.receive()
        #expect(response.status == status)
        #expect(response.body.isEmpty)
    }

    @Test func `takes messages that come right behind the upgrade`() throws {
        let connection = try TestConnection(port: client.port)
        try connection.send(
            Array(
                ("GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").utf8
            )
                + ClientFrame.text("hello").bytes + ClientFrame.close(1000).bytes)
        let head = String(decoding: try connection.read(through: "\r\n\r\n"), as: UTF8.self)
        #expect(head.hasPrefix("HTTP/1.1 101 "))
        var rest = try connection.readToEnd()
        #expect(
            ServerFrame.take(from: &rest)?.text == #"{"id":-1,"Err":"expected value at line 1 column 1"}"#)
        #expect(ServerFrame.take(from: &rest) == ServerFrame(first: 0x88, payload: [0x03, 0xE8]))
        #expect(rest.isEmpty)
    }
}
