import TestKit
import Testing
import Wire

@Suite struct `WebSocket encoder` {
    @Test(
        arguments: [
            (0, [0x82, 0]), (125, [0x82, 125]), (126, [0x82, 126, 0, 126]), (65_535, [0x82, 126, 255, 255]),
            (65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])])
    func `writes each length in as few bytes as possible`(count: Int, head: [UInt8]) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var output: [UInt8] = []
        WebSocketEncoder.append(binary: payload, to: &output)
        #expect(Array(output.prefix(head.count)) == head)
        #expect(ServerFrame.take(from: &output) == ServerFrame(first: 0x82, payload: payload))
        #expect(output.isEmpty)
    }

    @Test func `writes each kind of frame behind what is there`() {
        var output: [UInt8] = []
        WebSocketEncoder.append(text: "é".utf8, to: &output)
        WebSocketEncoder.append(ping: [1], to: &output)
        WebSocketEncoder.append(pong: [2], to: &output)
        WebSocketEncoder.append(close: nil, to: &output)
        WebSocketEncoder.append(close: .goingAway, reason: "bye", to: &output)
        WebSocketEncoder.appendHeader(.text, payloadCount: 2, to: &output)
        output += [97, 98]
        #expect(
            output == [
                0x81, 2, 0xC3, 0xA9, 0x89, 1, 1, 0x8A, 1, 2, 0x88, 0, 0x88, 5, 0x03, 0xE9, 98, 121, 101, 0x81,
                2, 97,
                98,
            ])
    }

    @Test func `cuts a reason that is too long between characters`() {
        var output: [UInt8] = []
        WebSocketEncoder.append(close: .normal, reason: "x" + String(repeating: "é", count: 100), to: &output)
        let frame = ServerFrame.take(from: &output)
        #expect(frame?.payload.count == 125)
        let reason = frame.flatMap { String(validating: $0.payload.dropFirst(2), as: UTF8.self) }
        #expect(reason == "x" + String(repeating: "é", count: 61))
    }
}

@Suite struct `WebSocket handshake` {
    private func request(_ changes: [String: String?] = [:], method: HTTPMethod = .get) throws -> HTTPRequest
    {
        var headers: HTTPHeaders = [
            "Host": "server.example.com", "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13",
        ]
        for (name, value) in changes { headers[name] = value }
        return HTTPRequest(method: method, target: try #require(HTTPTarget("/ws")), headers: headers)
    }

    @Test func `answers the example of RFC 6455 section 1,3`() throws {
        var output: [UInt8] = []
        let request = try request()
        let handshake = try WebSocketHandshake(accepting: request)
        handshake.response().append(to: &output, answering: request, date: "now")
        #expect(
            String(decoding: output, as: UTF8.self) == """
                HTTP/1.1 101 Switching Protocols\r
                Date: now\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                \r

                """)
    }

    @Test func `takes the words of Upgrade and Connection in any case and among others`() throws {
        let handshake = try WebSocketHandshake(
            accepting: request(["Upgrade": "h2c, WebSocket", "Connection": "keep-alive, UPGRADE"]))
        let answer = handshake.response()
        #expect(answer.status == .switchingProtocols)
        #expect(answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func `agrees on a subprotocol that the client offers, byte for byte, and on no other`() throws {
        let request = try request(["Sec-WebSocket-Protocol": "a, b.B , c"])
        #expect(request.subprotocols == ["a", "b.B", "c"])
        let handshake = try WebSocketHandshake(accepting: request)
        #expect(handshake.response(agreeingOn: "b.B").headers["sec-websocket-protocol"] == "b.B")
        for other in ["b.b", "x", "a, c", ""] {
            #expect(
                handshake.response(agreeingOn: other).headers["sec-websocket-protocol"] == nil, "\(other)")
        }
        #expect(handshake.response().headers["sec-websocket-protocol"] == nil)
    }

    @Test func `never agrees on an extension`() throws {
        let request = try request(["Sec-WebSocket-Extensions": "permessage-deflate"])
        #expect(
            try WebSocketHandshake(accepting: request).response().headers["sec-websocket-extensions"] == nil)
    }

    @Test(
        arguments: [
            (["Upgrade": nil], WebSocketHandshakeError.notAnUpgrade),
            (["Connection": "keep-alive"], .notAnUpgrade),
            (["Sec-WebSocket-Key": nil], .keyMalformed),
            (["Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ"], .keyMalformed),
            (["Sec-WebSocket-Key": "c2hvcnQ="], .keyMalformed),
            (["Sec-WebSocket-Version": nil], .versionUnsupported),
            (["Sec-WebSocket-Version": "8"], .versionUnsupported),
        ] as [([String: String?], WebSocketHandshakeError)])
    func `refuses what does not open a WebSocket`(
        changes: [String: String?], error: WebSocketHandshakeError
    ) throws {
        let request = try request(changes)
        #expect(throws: error) { try WebSocketHandshake(accepting: request) }
        #expect(error.status.code == (error == .versionUnsupported ? 426 : 400))
    }

    @Test func `refuses other methods, other versions and repeated keys`() throws {
        let post = try request(method: .post)
        #expect(throws: WebSocketHandshakeError.methodOrVersion) { try WebSocketHandshake(accepting: post) }
        var old = try request()
        old.version = .http10
        #expect(throws: WebSocketHandshakeError.methodOrVersion) { try WebSocketHandshake(accepting: old) }
        var twice = try request()
        twice.headers.add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        #expect(throws: WebSocketHandshakeError.keyMalformed) { try WebSocketHandshake(accepting: twice) }
    }

    @Test func `says which version it wants instead of the wrong one`() {
        #expect(WebSocketHandshakeError.versionUnsupported.headers["sec-websocket-version"] == "13")
        #expect(WebSocketHandshakeError.notAnUpgrade.headers.count == 0)
    }
}
