import Dialect
import Engine
import Glibc
import Identity
import Net
import Primitives
import Synchronization
import TestKit
import Testing
import Values
import Wire

@testable import Web

private let owner = UserID(UniqueID(high: 1, low: 1))
private let ownerKey = PublicKey(bytes: Array(repeating: 7, count: 32))!
private let key = APIKey("b3-ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM")!

/// One line per event, and an end marker.
private struct PlainTrack: EventTrack {
    func encode(_ events: ArraySlice<RunEvent>, of run: RunID) -> [[UInt8]] {
        events.map { Array("event \($0.sequence)".utf8) }
    }
    var tail: [UInt8]? { Array("done".utf8) }
}

/// A dialect with a route for each kind of step, and a session that subscribes to the run it is sent.
private struct PlainDialect: Dialect {
    let name = "plain"
    let socketPaths = ["/ws"]
    var routes: [Route] {
        [
            Route(.get, "/hello") { _ in .respond(.json(.ok, Array(#""hello""#.utf8))) },
            Route(.post, "/echo/{name}") { request in
                .respond(.json(.ok, Array(request.parameters["name"]!.utf8) + request.request.body))
            },
            Route(.get, "/who") { _ in
                .authenticate(.user) { result in
                    guard case .caller(let caller) = result, let user = caller.user else {
                        return .respond(.error(.unauthorized, "unauthenticated"))
                    }
                    return .respond(.json(.ok, Array(user.text.utf8)))
                }
            },
            Route(.get, "/output/{id}") { request in
                .call(.output(RunID(request.parameters["id"]!)!, principals: [.user(owner)])) { reply in
                    guard case .output = reply else { return .respond(.error(.notFound, "not found")) }
                    return .respond(.json(.ok, Array("{}".utf8)))
                }
            },
        ]
    }

    func makeSession(for request: HTTPRequest) -> (any SocketSession)? { PlainSession() }
}

private struct PlainSession: SocketSession {
    mutating func received(_ message: SocketMessage) -> [SessionOrder] {
        guard case .text(let text) = message else { return [] }
        let word = String(decoding: text, as: UTF8.self)
        if let run = RunID(word) { return [.call(.watch(run, principals: [.user(owner)]))] }
        if word.hasPrefix("token ") { return [.authenticate(token: String(word.dropFirst(6)))] }
        if word == "bye" { return [.send(Array("bye".utf8)), .close(code: 1000, reason: "bye")] }
        return [.send(text)]
    }
    mutating func authenticated(_ result: AuthenticationResult) -> [SessionOrder] {
        if case .caller = result { return [.send(Array("in".utf8))] }
        return [.send(Array("out".utf8))]
    }
    mutating func replied(_ reply: EngineReply) -> [SessionOrder] {
        guard case .watching(let feed) = reply else { return [.send(Array("no such run".utf8))] }
        return [
            .send(Array("watching".utf8)),
            .subscribe(
                SubscriptionOrder(number: 1, feed: feed, track: TrackID(index: 0), prefix: Array("> ".utf8))),
        ]
    }
    mutating func subscriptionEnded(_ number: UInt64) {}
}

/// A server on a free port, over an engine on memory.
private final class Bench: Sendable {
    let storage = MemoryStorage()
    let engine: FlowEngine
    let server: WebServer

    init() throws {
        var sketch = GraphSketch()
        sketch.constant("x", .u64(1))
        sketch.output("o")
        sketch.connect("x.out -> o.o")
        storage.add(
            FlowRow(
                number: 7, uuid: UniqueID(high: 7, low: 7), owner: owner, isPublic: false, startShared: false,
                startUnverified: false, readEnabled: false, version: 1, document: Array("flow".utf8)))
        engine = FlowEngine(
            laneCount: 1, workers: 1, catalog: storage, journal: storage,
            compiler: SketchCompiler(["flow": try sketch.graph()]), tracks: TrackTable([PlainTrack()]),
            clock: .system, log: .silent)
        server = try WebServer(
            WebSettings(
                address: SocketAddress(host: "127.0.0.1", port: 0), loopCount: 2, publicURL: nil,
                origins: OriginPolicy(["https://app.example"])),
            WebServices(
                engine: engine, dialects: [PlainDialect()],
                verifier: CredentialVerifier(serverSecret: .random(), tokenSecret: nil),
                findKeyOwner: { hash, reply in
                    reply(.success(hash == key.hash ? APIKeyOwner(user: owner, publicKey: ownerKey) : nil))
                }, clock: .system, log: .silent))
    }

    func startRun() async -> RunID? {
        let replies = Inbox<EngineReply>()
        engine.perform(.start(StartRequest(flow: .number(7), starter: owner, inputs: ValueMap()))) {
            replies.put($0)
        }
        guard case .started(let run) = await replies.next() else { return nil }
        return run
    }
}

/// A blocking connection that gives up after five seconds.
private final class Wire {
    let descriptor: Int32
    private var received: [UInt8] = []

    init(_ port: UInt16) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    deinit { close(descriptor) }

    func send(_ text: String) { send(Array(text.utf8)) }
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads until `count` bytes are there; fewer at the end of the stream.
    func read(_ count: Int) -> [UInt8] {
        while received.count < count, more() {}
        let taken = Array(received.prefix(count))
        received.removeFirst(taken.count)
        return taken
    }

    func readAll() -> String {
        while more() {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// A response's status line and body.
    func response() -> (status: String, head: String, body: String) {
        while !contains("\r\n\r\n"), more() {}
        let text = String(decoding: received, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return ("", "", "") }
        let head = String(text[..<end.lowerBound])
        received.removeFirst(head.utf8.count + 4)
        let length =
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        return (String(head.split(separator: "\r\n")[0]), head, String(decoding: read(length), as: UTF8.self))
    }

    /// A short unmasked frame: opcode and payload.
    func frame() -> (opcode: UInt8, text: String) {
        let head = read(2)
        guard head.count == 2 else { return (255, "") }
        return (head[0] & 15, String(decoding: read(Int(head[1])), as: UTF8.self))
    }

    func sendText(_ text: String) {
        send([0x81, 0x80 | UInt8(text.utf8.count), 0, 0, 0, 0] + Array(text.utf8))
    }

    func upgrade() {
        send(
            "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    }

    private func contains(_ text: String) -> Bool { String(decoding: received, as: UTF8.self).contains(text) }

    private func more() -> Bool {
        var buffer = Array(repeating: UInt8(0), count: 65536)
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        received += buffer[..<count]
        return true
    }
}

@Suite(.serialized) struct `A web server` {
    @Test func `answers on one connection, one request after the other, pipelined or not`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let wire = Wire(bench.server.port)
        wire.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(wire.response().body == "\"hello\"")
        wire.send(
            "POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1GET /who HTTP/1.1\r\nHost: x\r\n"
                + "x-api-key: \(key.text)\r\n\r\nPOST /echo/b HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n2"
        )
        #expect(wire.response().body == "a1")
        #expect(wire.response().body == owner.text)
        #expect(wire.response().body == "b2")
    }

    @Test func `words what it cannot do: path, method, credential, head, body`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let wire = Wire(bench.server.port)
        wire.send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(wire.response().body == #"{"error":"not found"}"#)
        wire.send("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        let refused = wire.response()
        #expect(refused.status == "HTTP/1.1 405 Method Not Allowed")
        #expect(refused.head.contains("Allow: GET"))
        wire.send("GET /who HTTP/1.1\r\nHost: x\r\nx-api-key: b3-wrong\r\n\r\n")
        #expect(wire.response().status == "HTTP/1.1 401 Unauthorized")
        wire.send("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(wire.readAll().hasSuffix("\r\n\r\n"))

        let long = Wire(bench.server.port)
        long.send("GET /hello HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n")
        #expect(long.response().status.contains("431"))
        #expect(long.readAll().isEmpty)
        let large = Wire(bench.server.port)
        large.send("POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
        #expect(large.response().status.contains("413"))
        let broken = Wire(bench.server.port)
        broken.send("NONSENSE\r\n\r\n")
        #expect(broken.response().status.contains("400"))
    }

    @Test func `lets only known pages in, and answers their preflights`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let wire = Wire(bench.server.port)
        wire.send("GET /hello HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n\r\n")
        #expect(wire.response().status.contains("400"))
        wire.send("GET /hello HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\n\r\n")
        #expect(wire.response().head.contains("Access-Control-Allow-Origin: https://app.example"))
        wire.send(
            "OPTIONS /who HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\nAccess-Control-Request-Method: GET\r\n"
                + "Access-Control-Request-Headers: x-api-key\r\n\r\n")
        let preflight = wire.response()
        #expect(preflight.status == "HTTP/1.1 200 OK")
        #expect(preflight.head.contains("Access-Control-Allow-Headers: x-api-key"))
    }

    @Test func `turns a connection into a socket and talks, pings and says goodbye on it`() throws {
        let bench = try Bench()
        let wire = Wire(bench.server.port)
        wire.upgrade()
        #expect(wire.response().head.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
        wire.sendText("one")
        wire.send([0x89, 0x81, 0, 0, 0, 0, 65])
        wire.sendText("token \(key.text.prefix(20))")
        wire.sendText("two")
        #expect(wire.frame() == (1, "one"))
        #expect(wire.frame() == (10, "A"))
        #expect(wire.frame() == (1, "out"))
        #expect(wire.frame() == (1, "two"))
        bench.server.stop()
        let goodbye = wire.frame()
        #expect(goodbye.opcode == 8)
        #expect(goodbye.text.hasSuffix("server is shutting down"))
        #expect(wire.readAll().isEmpty)
    }

    @Test func `closes with the code of the rule that a frame breaks`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        for (bytes, code) in [([0x81, 0x01, 65], 1002), ([0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007)]
            as [([UInt8], Int)]
        {
            let wire = Wire(bench.server.port)
            wire.upgrade()
            _ = wire.response()
            wire.send(bytes)
            let head = wire.read(2)
            #expect(head.first == 0x88)
            let payload = wire.read(Int(head[1]))
            #expect(Int(payload[0]) << 8 | Int(payload[1]) == code)
        }
    }

    @Test func `delivers a run's events to a subscriber, replay and live and long after`() async throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        bench.storage.setPressure(.high)
        let run = try #require(await bench.startRun())
        let wire = Wire(bench.server.port)
        wire.upgrade()
        _ = wire.response()
        wire.sendText(run.text)
        #expect(wire.frame() == (1, "watching"))
        #expect(wire.frame() == (1, "> event 1"))
        #expect(wire.frame() == (1, "> event 2"))
        bench.storage.setPressure(.low)
        for sequence in 3...8 { #expect(wire.frame() == (1, "> event \(sequence)")) }
        #expect(wire.frame() == (1, "> done"))
        // Once more, now from storage.
        wire.sendText(run.text)
        #expect(wire.frame() == (1, "watching"))
        for sequence in 1...8 { #expect(wire.frame() == (1, "> event \(sequence)")) }
        #expect(wire.frame() == (1, "> done"))
    }

    @Test func `answers a client that has said all it will say, and loses nobody who vanishes`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let half = Wire(bench.server.port)
        half.send("GET /who HTTP/1.1\r\nHost: x\r\nx-api-key: \(key.text)\r\n\r\n")
        shutdown(half.descriptor, Int32(SHUT_WR))
        #expect(half.readAll().hasSuffix(owner.text))
        do {
            let gone = Wire(bench.server.port)
            gone.send("GET /output/\(RunID(.random()).text) HTT")
        }
        let next = Wire(bench.server.port)
        next.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(next.response().body == "\"hello\"")
    }
}

@Suite struct `Allowed origins` {
    @Test(arguments: [
        ("https://app.example", true), ("https://APP.example", true), ("https://app.example.evil.org", false),
        ("https://app-a1-x.example", true), ("https://app-a-x.example.evil.org", false),
        ("https://app--x.example", true),
        ("https://app-a.b-x.example", false), ("http://me:8080", true), ("null", false),
    ])
    func `are anchored at both ends`(origin: String, isAllowed: Bool) {
        let policy = OriginPolicy(["https://app.example", "https://app-*-x.example"])
        #expect(policy.admits(origin, host: "me:8080") == isAllowed)
    }
}
