import Net
import Primitives
import TestKit
import TestTraits
import Testing

@testable import Web

/// A server with a door for TLS beside the one in clear, and those who trust it.
private struct EncryptedBench {
    let authority: TestAuthority
    let trust: TLSContext
    let tickets = TLSTicketKeys()
    let context: CurrentTLSContext
    let bench: StrangerBench

    init() throws {
        authority = try TestAuthority()
        trust = try TLSContext(clientTrusting: .file(authority.trustFile))
        context = CurrentTLSContext(
            try TLSContext(
                server: [authority.certificate(for: "DNS:localhost").identity], tickets: tickets))
        bench = try StrangerBench(tls: context)
    }

    var port: UInt16 { known(bench.server.tlsPort) }

    func connection() throws -> TestConnection { try TestConnection(port: port, trusting: trust) }
    func client() throws -> TestHTTPClient { TestHTTPClient(on: try connection()) }
}

@Suite(.serialized, .blocking(within: .seconds(300))) struct `A door with TLS` {
    private let place: EncryptedBench

    init() throws { place = try EncryptedBench() }

    @Test func `answers requests, pipelined or large, and knows its own scheme`() throws {
        defer { place.bench.server.stop() }
        let client = try place.client()
        #expect(try client.get("/where").text == "https://localhost")
        #expect(try client.get("/where", ["X-Forwarded-Proto": "http"]).text == "http://localhost")
        #expect(try place.bench.client().get("/where").text == "http://localhost")
        for _ in 0..<100 { try client.send("GET", "/hello") }
        for _ in 0..<100 { #expect(try client.receive().text == "hello") }
        let body = [UInt8](repeating: 0x20, count: 2_000_000)
        try client.send("POST", "/mine", [("x-api-key", StrangerBench.key)], body: body)
        #expect(try client.receive().text == "2000000")
        try client.send("GET", "/hello", ["Connection": "close"])
        #expect(try client.receive().text == "hello")
        // The server says that this was all; the connection of the test fails without that word.
        #expect(try client.connection.readToEnd().isEmpty)
    }

    @Test func `serves a slow reader in pieces, whole and in order`() throws {
        defer { place.bench.server.stop() }
        let (client, other) = (try place.client(), try place.client())
        for _ in 0..<3 { try client.send("GET", "/much") }
        #expect(try other.get("/hello").text == "hello")
        for _ in 0..<3 { #expect(try client.receive().body == StrangerBench.muchContent) }
    }

    @Test func `opens sockets`() throws {
        defer { place.bench.server.stop() }
        let socket = try TestWebSocket(on: place.client())
        try socket.send("token \(StrangerBench.key)")
        #expect(try socket.receiveText() == "in")
        let text = String(repeating: "x", count: 700_000)
        try socket.send(text)
        #expect(try socket.receiveText() == "1: 700000")
        for count in 2..<200 {
            try socket.send("hello")
            #expect(try socket.receiveText() == "\(count): 5")
        }
        place.bench.server.stop()
        #expect(try socket.receiveClose().reason == "server is shutting down")
    }

    @Test func `answers a client that has said that it will send no more`() throws {
        defer { place.bench.server.stop() }
        let client = try place.client()
        try client.send("POST", "/open", [], body: Array("abc".utf8))
        try client.send("GET", "/hello")
        client.connection.finishSending()
        #expect(try client.receive().text == "3")
        #expect(try client.receive().text == "hello")
        #expect(try client.connection.readToEnd().isEmpty)
    }

    /// A body without a length would end with the stream; one that is cut has not ended.
    @Test func `takes nothing from a stream that is cut`() throws {
        defer { place.bench.server.stop() }
        let other = try place.bench.client()
        for request in [
            "POST /open HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc",
            "POST /open HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "GET /hello HTTP/1.1\r\nHost: x\r\n",
        ] {
            let connection = try place.connection()
            try connection.send(request)
            connection.cut()
            #expect(try connection.readToEnd().isEmpty)
        }
        // What was whole before the cut was answered already, or is lost with its connection.
        let client = try place.client()
        #expect(try client.get("/hello").text == "hello")
        client.connection.cut()
        #expect(try client.connection.readToEnd().isEmpty)
        #expect(try other.get("/hello").text == "hello")
    }

    @Test func `tells who speaks in clear what it speaks`() throws {
        defer { place.bench.server.stop() }
        let client = try TestHTTPClient(port: place.port)
        try client.send("GET", "/hello")
        let answer = try client.receive()
        #expect(answer.status == 400)
        #expect(answer.text == "This port speaks TLS: use https or wss.\n")
        #expect(try client.connection.readToEnd().isEmpty)
        let stranger = try TestConnection(port: place.port)
        try stranger.send([22, 3, 1, 0, 5, 1, 2, 3, 4, 5])
        // An alert, and the end.
        #expect(try stranger.readToEnd().first == 21)
    }

    @Test func `gives who connects as long as any stranger to shake hands and ask`() throws {
        defer { place.bench.server.stop() }
        let (silent, slow) = (try TestConnection(port: place.port), try TestConnection(port: place.port))
        let quiet = try place.connection()
        let other = try place.bench.client()
        // The beginning of a hello, and then a byte now and then.
        try slow.send([22, 3, 1, 2, 0, 1, 0, 1])
        for _ in 0..<9 {
            try place.bench.pass(milliseconds: Limits.strangerMillisecondsMax / 10, other)
            try slow.send([0])
        }
        try place.bench.pass(milliseconds: Limits.strangerMillisecondsMax / 10, other)
        #expect(try silent.readToEnd().isEmpty)
        #expect(try slow.readToEnd().isEmpty)
        #expect(try quiet.readToEnd().isEmpty)
    }

    @Test func `serves many who come at once`() throws {
        defer { place.bench.server.stop() }
        let clients = try (0..<200).map { _ in try place.client() }
        for client in clients { try client.send("GET", "/hello") }
        for client in clients { #expect(try client.receive().text == "hello") }
    }

    @Test func `shows another certificate to who comes after a change, and keeps everybody else`() throws {
        defer { place.bench.server.stop() }
        let sockets = try (0..<50).map { _ in try TestWebSocket(on: place.client()) }
        let other = try TestAuthority()
        place.context.replace(
            with: try TLSContext(
                server: [other.certificate(for: "DNS:localhost").identity], tickets: place.tickets))
        #expect(throws: TLSError.self) { try place.connection() }
        let trust = try TLSContext(clientTrusting: .file(other.trustFile))
        let fresh = TestHTTPClient(on: try TestConnection(port: place.port, trusting: trust))
        #expect(try fresh.get("/hello").text == "hello")
        for socket in sockets {
            try socket.send("hello")
            #expect(try socket.receiveText() == "1: 5")
        }
    }

    @Test func `refuses with TLS as it does without`() throws {
        defer { place.bench.server.stop() }
        let client = try place.client()
        try client.send("POST", "/mine", [("Content-Length", "2000000")])
        #expect(try client.receive().status == 401)
        try client.connection.send([UInt8](repeating: 0x20, count: 300_000))
        client.connection.finishSending()
        #expect(try client.connection.readToEnd().isEmpty)
    }
}
