import Dialect
import Engine
import Identity
import Net
import Primitives
import Synchronization
import TestKit
import TestTraits
import Testing
import Values
import Wire

@testable import Web

private let owner = UserID(UniqueID(high: 1, low: 1))
private let ownerKey = known(PublicKey(bytes: Array(repeating: 7, count: 32)))
private let key = known(APIKey("b3-ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM"))

/// One line per event, and an end marker.
private struct PlainTrack: EventTrack {
    func encode(_ events: ArraySlice<RunEvent>, of run: RunID) -> [TrackMessage] {
        events.map { TrackMessage($0.content.kind, Array("event \($0.sequence)".utf8)) }
    }
    var tail: [UInt8]? { Array("done".utf8) }
}

/// A dialect with a route for each kind of step, and a session that subscribes to the run it is sent.
private struct PlainDialect: Dialect {
    static let largeBytes = 50_000

    let name = "plain"
    let words: any DialectWords = PlainWords()
    var routes: [Route] {
        [
            Route(.get, "/hello") { _ in .respond(.json(.ok, Array(#""hello""#.utf8))) },
            Route(.get, "/where") { request in .respond(.json(.ok, Array(request.baseURL.utf8))) },
            Route(.get, "/large") { _ in
                .respond(.json(.ok, [UInt8](repeating: 0x20, count: PlainDialect.largeBytes)))
            },
            Route(.get, "/secret/{key}", hasSecretPath: true) { _ in .respond(.json(.ok, [])) },
            Route(.post, "/echo/{name}") { request in
                let name = known(request.parameters["name"])
                return .content(.known) { .respond(.json(.ok, Array(name.utf8) + $0.body)) }
            },
            Route(.get, "/who") { _ in
                .authenticate(.headers(.user)) { result in
                    guard case .caller(let caller) = result, let user = caller.user else {
                        return .respond(.error(.unauthorized, "unauthenticated"))
                    }
                    return .respond(.json(.ok, Array(user.text.utf8)))
                }
            },
            Route(.get, "/output/{id}") { request in
                .call(
                    .output(known(request.parameters["id"].flatMap { RunID($0) }), principals: [.user(owner)])
                ) { reply in
                    guard case .output = reply else { return .respond(.error(.notFound, "not found")) }
                    return .respond(.json(.ok, Array("{}".utf8)))
                }
            },
        ]
    }

    var sockets: [SocketRoute] { [SocketRoute("/ws") { _ in .open(SocketOpening(PlainSession())) }] }

    func claims(_ request: HTTPRequest) -> Bool { true }
}

private struct PlainSession: SocketSession {
    /// What the peer has seen of the run that it wants to watch.
    private var after: UInt64 = 0

    mutating func received(_ message: SocketMessage) -> [SessionOrder] {
        guard case .text(let text) = message else { return [] }
        let word = String(decoding: text, as: UTF8.self)
        let words = word.split(separator: " ").map(String.init)
        if let run = words.first.flatMap({ RunID($0) }) {
            after = words.count > 1 ? known(UInt64(words[1])) : 0
            return [.call(.watch(run, principals: [.user(owner)]))]
        }
        if word.hasPrefix("token ") { return [.authenticate(.token(String(word.dropFirst(6))))] }
        if word == "large" { return [.send([UInt8](repeating: 0x20, count: PlainDialect.largeBytes))] }
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
                SubscriptionOrder(
                    number: 1, feed: feed, track: .first, after: after, prefix: Array("> ".utf8))),
        ]
    }
    mutating func identityEnded(_ user: UserID) {}
    mutating func subscriptionEnded(_ number: UInt64) {}
}

/// Knows the owner by his key.
private struct OneUser: UserBook {
    func user(
        provedBy proof: UserProof, reply: @escaping @Sendable (Result<KnownUser?, StorageError>) -> Void
    ) {
        reply(
            .success(proof == .apiKey(key.hash) ? KnownUser(user: owner, publicKey: ownerKey) : nil))
    }
}

extension Log {
    /// A log that says everything to a test.
    fileprivate static func noting(in lines: Inbox<String>) -> Log {
        Log(level: .debug) { lines.put(String(decoding: $0, as: UTF8.self)) }
    }
}

/// A server on a free port, over an engine on memory.
private final class Bench: Sendable {
    let storage = MemoryStorage()
    let engine: FlowEngine
    let server: WebServer

    /// - Parameters:
    ///   - elementCount: how many elements the flow loops over; none for a flow without a loop.
    ///   - port: the system's choice if it is 0.
    init(
        elementCount: Int = 0, port: UInt16 = 0, publicURL: String? = nil,
        proxies: TrustedProxies = TrustedProxies(), clock: Clock = .system, loopCount: Int = 2,
        log: Log = .silent
    ) throws {
        var sketch = GraphSketch()
        sketch.constant(
            "x", elementCount == 0 ? .u64(1) : .array((0..<elementCount).map { .u64(UInt64($0)) }))
        if elementCount == 0 {
            sketch.output("o")
            sketch.connect("x.out -> o.o")
        } else {
            sketch.foreach("f")
            sketch.join("m", [InputPort("a")])
            sketch.connect("x.out -> f.array")
            sketch.connect("f.element -> m.a")
        }
        storage.add(.ofBench(owner))
        engine = FlowEngine(
            laneCount: 1, workers: 1,
            ports: EnginePorts(
                catalog: storage, journal: storage, compiler: SketchCompiler(["flow": try sketch.graph()]),
                tracks: TrackTable([PlainTrack()]), clock: .system, log: .silent))
        var settings = WebSettings(
            address: SocketAddress(host: "127.0.0.1", port: port), loopCount: loopCount,
            publicURL: publicURL, origins: OriginPolicy(["https://app.example"]))
        settings.proxies = proxies
        server = try WebServer(
            settings,
            WebServices(
                engine: engine, dialects: [PlainDialect()],
                verifier: CredentialVerifier(serverSecret: .random(), tokenSecret: .random(32)),
                users: OneUser(), clock: clock, log: log))
    }

    func startRun() async throws -> RunID {
        let replies = Inbox<EngineReply>()
        engine.perform(.start(StartRequest(.own(.number(7)), starter: .user(owner)))) {
            replies.put($0)
        }
        let reply = try await replies.next()
        guard case .started(let run) = reply else { throw Surprise(expected: "started", reply) }
        return run
    }
}

@Suite(.serialized, .blocking) struct `A web server` {
    @Test func `answers on one connection, one request after the other, pipelined or not`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let client = try TestHTTPClient(port: bench.server.port)
        #expect(try client.get("/hello").text == "\"hello\"")
        try client.send("POST", "/echo/a", body: [UInt8(ascii: "1")])
        try client.send("GET", "/who", ["x-api-key": key.text])
        try client.send("POST", "/echo/b", body: [UInt8(ascii: "2")])
        #expect(try client.receive().text == "a1")
        #expect(try client.receive().text == owner.text)
        #expect(try client.receive().text == "b2")
    }

    @Test func `words what it cannot do: path, method, credential, head, body`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let client = try TestHTTPClient(port: bench.server.port)
        #expect(try client.get("/nothing").text == #"{"error":"not found"}"#)
        let refused = try client.post("/hello")
        #expect(refused.status == 405)
        #expect(refused["Allow"] == "GET")
        #expect(try client.get("/who", ["x-api-key": "b3-wrong"]).status == 401)
        try client.send("HEAD", "/hello", ["Connection": "close"])
        #expect(try client.receive(hasBody: false).status == 200)
        #expect(try client.connection.readToEnd().isEmpty)

        let long = try TestHTTPClient(port: bench.server.port)
        #expect(try long.get("/hello", ["X": String(repeating: "a", count: 40_000)]).status == 431)
        #expect(try long.connection.readToEnd().isEmpty)
        let large = try TestHTTPClient(port: bench.server.port)
        #expect(try large.get("/hello", ["Content-Length": "99999999"]).status == 413)
        let broken = try TestHTTPClient(port: bench.server.port)
        try broken.connection.send("NONSENSE\r\n\r\n")
        #expect(try broken.receive().status == 400)
    }

    @Test func `takes several slashes in a row for one, also on the path of sockets`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let client = try TestHTTPClient(port: bench.server.port)
        #expect(try client.get("//hello").status == 200)
        #expect(try client.post("//echo///a", json: "1").text == "a1")
        #expect(try client.get("//hello/").status == 404)
        let socket = try TestWebSocket(port: bench.server.port, path: "//ws")
        try socket.send("one")
        #expect(try socket.receiveText() == "one")
    }

    /// Time stands still meanwhile: by itself a stream does not begin. Live, and then once more when the run is over.
    @Test func `lets a subscriber read the answer before the first event leaves`() async throws {
        let time = MadeClock(at: 1_800_000_000)
        let bench = try Bench(clock: time.clock)
        defer { bench.server.stop() }
        let run = try await bench.startRun()
        let socket = try TestWebSocket(port: bench.server.port)
        for _ in 0..<2 {
            try socket.send(run.text)
            #expect(try socket.receiveText() == "watching")
            try socket.expectNothingMore()
            time.advance(milliseconds: Int64(Limits.subscriptionPauseMilliseconds) - 1)
            try socket.expectNothingMore()
            time.advance(milliseconds: 1)
            // Lets the loop look at its clock.
            try socket.send("?")
            // The answer comes before the stream, within it or after it.
            var texts: [String] = []
            while !(texts.contains("?") && texts.contains("> done")) {
                texts.append(try socket.receiveText())
            }
            #expect(texts.first { $0 != "?" } == "> event 1")
        }
    }

    /// Time stands still meanwhile, and what else he sends says nothing of what he has read.
    @Test func `begins a stream as soon as the subscriber says that he has read the answer`() async throws {
        let time = MadeClock(at: 1_800_000_000)
        let bench = try Bench(clock: time.clock)
        defer { bench.server.stop() }
        let run = try await bench.startRun()
        let socket = try TestWebSocket(port: bench.server.port)
        var pings: [ServerFrame] = []
        for round in 0..<2 {
            try socket.send(run.text)
            #expect(try socket.receiveText() == "watching")
            let ping = try socket.receive()
            #expect(ping.opcode == 9)
            for other in [[], [7], Array(ping.payload.dropLast()), ping.payload + [0]] {
                try socket.send(ClientFrame(10, other))
            }
            for earlier in pings { try socket.send(ClientFrame(10, earlier.payload)) }
            try socket.expectNothingMore()
            try socket.send(ClientFrame(10, ping.payload))
            var events: [String] = []
            while events.last != "> done" { events.append(try socket.receiveText()) }
            #expect(events.first == "> event 1", "round \(round)")
            pings.append(ping)
            time.advance(milliseconds: 1)
        }
    }

    /// 40 MB of answers. Ahead of the client are only those that fit under the mark and into the kernel, which takes some
    /// megabytes of a connection.
    @Test func `answers no faster than the answers are read`() throws {
        let lines = Inbox<String>()
        let bench = try Bench(log: .noting(in: lines))
        defer { bench.server.stop() }
        let (count, aheadMax) = (800, 200)
        let client = try TestHTTPClient(
            on: TestConnection(port: bench.server.port, receiveBufferBytes: 4096))
        for _ in 0..<count { try client.send("GET", "/large") }
        for read in 0..<count {
            let ahead = lines.all.count { $0.contains("/large") } - read
            try #require(ahead <= aheadMax)
            #expect(try client.receive().body.count == PlainDialect.largeBytes)
        }
    }

    @Test func `goes on with messages when the answers to earlier ones are read`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let socket = try TestWebSocket(
            on: TestHTTPClient(on: TestConnection(port: bench.server.port, receiveBufferBytes: 4096)))
        let count = 400
        for _ in 0..<count { try socket.send("large") }
        for _ in 0..<count { #expect(try socket.receiveText().utf8.count == PlainDialect.largeBytes) }
    }

    /// Their answers do not fit into the kernel, so that he ends his side while most are still to be made. He takes longer
    /// to read them than he would be waited for.
    @Test func `answers all that somebody has asked who then ends his side`() throws {
        let time = MadeClock(at: 1_800_000_000)
        let bench = try Bench(clock: time.clock)
        defer { bench.server.stop() }
        let client = try TestHTTPClient(
            on: TestConnection(port: bench.server.port, receiveBufferBytes: 4096))
        let count = 800
        for _ in 0..<count { try client.send("GET", "/large") }
        client.connection.finishSending()
        let step = Int64(3 * Limits.halfClosedMillisecondsMax / count)
        for _ in 0..<count {
            #expect(try client.receive().body.count == PlainDialect.largeBytes)
            time.advance(milliseconds: step)
        }
        #expect(try client.connection.readToEnd().isEmpty)
    }

    /// Time stands still, so that nothing but the client can end his connection.
    @Test func `rests while somebody who has his last answer keeps the connection`() throws {
        let looks = Atomic(0)
        let clock = Clock(
            now: { Timestamp(nanoseconds: 1_800_000_000_000_000_000) },
            steady: {
                looks.add(1, ordering: .relaxed)
                return 0
            })
        let bench = try Bench(clock: clock)
        defer { bench.server.stop() }
        let client = try TestHTTPClient(port: bench.server.port)
        let count = Limits.outputBytesHigh / PlainDialect.largeBytes
        for _ in 0..<count { try client.send("GET", "/large") }
        try client.send("GET", "/large", ["Connection": "close"])
        _ = try client.connection.readToEnd()
        // Each turn of a loop looks at the clock. A request takes a few turns.
        let other = try TestHTTPClient(port: bench.server.port)
        let before = looks.load(ordering: .relaxed)
        for _ in 0..<1_000 { #expect(try other.get("/hello").status == 200) }
        #expect(looks.load(ordering: .relaxed) - before < 10_000)
    }

    @Test func `has an address for itself`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        #expect(throws: NetError.self) { try Bench(port: bench.server.port) }
    }

    /// What headers say, to a server that trusts its peer, which is this machine, and to one that does not.
    @Test(
        arguments: [
            ([], "http://localhost", "http://localhost"),
            ([("X-Forwarded-Proto", "https")], "https://localhost", "http://localhost"),
            (
                [("X-Forwarded-Proto", "HTTPS, http"), ("X-Forwarded-Host", "api.example, inner")],
                "https://api.example", "http://localhost"
            ),
            (
                [("X-Forwarded-For", "10.0.0.1"), ("Forwarded", "host=a;proto=https")], "http://localhost",
                "http://localhost"
            ),
            (
                [("X-Forwarded-Proto", "ftp"), ("X-Forwarded-Host", "a/b")], "http://localhost",
                "http://localhost"
            ),
            ([("Host", "")], "http://127.0.0.1:0", "http://127.0.0.1:0"),
        ] as [([(String, String)], String, String)])
    func `knows where it was reached, through a proxy that it trusts, too`(
        headers: [(String, String)], trusting: String, distrusting: String
    ) throws {
        for (publicURL, proxies, expected) in [
            (nil, TrustedProxies(), trusting), (nil, TrustedProxies([]), distrusting),
            (nil, TrustedProxies(["127.0.0.2", "10.0.0.0/8"].compactMap(IPNetwork.init)), distrusting),
            ("https://flowd.example", TrustedProxies(), "https://flowd.example"),
        ] {
            let bench = try Bench(publicURL: publicURL, proxies: proxies)
            defer { bench.server.stop() }
            let client = try TestHTTPClient(port: bench.server.port)
            try client.send("GET", "/where", headers)
            #expect(try client.receive().text == expected)
        }
    }

    @Test func `trusts proxies by their addresses, however these are written`() throws {
        let proxies = TrustedProxies(
            TrustedProxies.loopback + ["10.1.0.0/16", "fd00::/8"].compactMap(IPNetwork.init))
        for (address, isTrusted) in [
            ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("::ffff:127.0.0.1", true),
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true), ("fd12::1", true), ("10.2.0.1", false), ("::2", false),
            ("0.0.0.0", false),
            ("::ffff:10.2.0.1", false), ("2001:db8::1", false), ("192.168.0.1", false),
        ] {
            #expect(try proxies.contains(#require(IPAddress(address))) == isTrusted, "\(address)")
        }
    }

    @Test func `keeps paths that are credentials out of its log`() throws {
        let lines = Inbox<String>()
        let bench = try Bench(log: .noting(in: lines))
        let client = try TestHTTPClient(port: bench.server.port)
        #expect(try client.get("/secret/7261").status == 200)
        bench.server.stop()
        let log = lines.all.joined()
        #expect(log.contains("/secret/{key}") && !log.contains("7261"))
    }

    @Test(
        arguments: [
            ("POST", [], 405), ("GET", [("Origin", "https://evil.example")], 400),
            ("OPTIONS", [("Origin", "https://app.example"), ("Access-Control-Request-Method", "GET")], 200),
        ] as [(String, [(String, String)], Int)])
    func `keeps such paths out of its log also where their route is not asked`(
        method: String, headers: [(String, String)], status: Int
    ) throws {
        let lines = Inbox<String>()
        let bench = try Bench(log: .noting(in: lines))
        let client = try TestHTTPClient(port: bench.server.port)
        try client.send(method, "/secret/7261", headers)
        #expect(try client.receive().status == status)
        bench.server.stop()
        let log = lines.all.joined()
        #expect(log.contains("/secret/{key}") && !log.contains("7261"))
    }

    @Test func `lets only known pages in, and answers their preflights`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let client = try TestHTTPClient(port: bench.server.port)
        let refused = try client.get("/hello", ["Origin": "https://evil.example"])
        #expect(refused.status == 400)
        #expect(refused["Access-Control-Allow-Origin"] == nil)
        // Also what cannot be read is answered so that the page can read the answer.
        let large = try TestHTTPClient(port: bench.server.port)
        let tooLarge = try large.get(
            "/hello", ["Origin": "https://app.example", "Content-Length": "99999999"])
        #expect(tooLarge.status == 413)
        #expect(tooLarge["Access-Control-Allow-Origin"] == "https://app.example")
        let admitted = try client.get("/hello", ["Origin": "https://app.example"])
        #expect(admitted["Access-Control-Allow-Origin"] == "https://app.example")
        try client.send(
            "OPTIONS", "/who",
            [
                "Origin": "https://app.example", "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "x-api-key",
            ])
        let preflight = try client.receive()
        #expect(preflight.status == 200)
        #expect(preflight["Access-Control-Allow-Headers"] == "x-api-key")
    }

    @Test func `tells a known page, too, that its request did not arrive in time`() throws {
        let time = MadeClock(at: 1_800_000_000)
        let bench = try Bench(clock: time.clock, loopCount: 1)
        defer { bench.server.stop() }
        let (slow, other) = (
            try TestHTTPClient(port: bench.server.port), try TestHTTPClient(port: bench.server.port)
        )
        try slow.send("POST", "/echo/a", ["Origin": "https://app.example", "Content-Length": "2"])
        // The one loop has seen what was sent before.
        #expect(try other.get("/hello").status == 200)
        time.advance(milliseconds: Int64(Limits.requestBodyStallMillisecondsMax))
        #expect(try other.get("/hello").status == 200)
        let response = try slow.receive()
        #expect(response.status == 408)
        #expect(response["Access-Control-Allow-Origin"] == "https://app.example")
    }

    @Test func `turns a connection into a socket and talks, pings and says goodbye on it`() throws {
        let bench = try Bench()
        let socket = try TestWebSocket(port: bench.server.port)
        try socket.send("one")
        try socket.send(.ping([65]))
        try socket.send("token \(key.text.prefix(20))")
        try socket.send("two")
        #expect(try socket.receiveText() == "one")
        #expect(try socket.receive() == ServerFrame(first: 0x8A, payload: [65]))
        #expect(try socket.receiveText() == "out")
        #expect(try socket.receiveText() == "two")
        bench.server.stop()
        let goodbye = try socket.receiveClose()
        #expect(goodbye.code == 1001)
        #expect(goodbye.reason == "server is shutting down")
    }

    @Test(arguments: [
        (ClientFrame.text("A").with(mask: nil), 1002), (ClientFrame(1, [0xFF]), 1007),
    ])
    func `closes with the code of the rule that a frame breaks`(frame: ClientFrame, code: Int) throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let socket = try TestWebSocket(port: bench.server.port)
        try socket.send(frame)
        #expect(try socket.receiveClose().code == code)
    }

    @Test func `delivers a run's events to a subscriber, replay and live and long after`() async throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        bench.storage.setPressure(.high)
        let run = try await bench.startRun()
        let socket = try TestWebSocket(port: bench.server.port)
        try socket.send(run.text)
        #expect(try socket.receiveText() == "watching")
        #expect(try socket.receiveText() == "> event 1")
        #expect(try socket.receiveText() == "> event 2")
        bench.storage.setPressure(.low)
        for sequence in 3...8 { #expect(try socket.receiveText() == "> event \(sequence)") }
        #expect(try socket.receiveText() == "> done")
        // Once more, now that it is over.
        try socket.send(run.text)
        #expect(try socket.receiveText() == "watching")
        for sequence in 1...8 { #expect(try socket.receiveText() == "> event \(sequence)") }
        #expect(try socket.receiveText() == "> done")
        try socket.expectNothingMore()
    }

    /// What was seen live may have been lost in a crash: the run is another one from there on, and may end sooner.
    @Test(arguments: [0, 400])
    func `tells everything to a subscriber who has seen more than there is`(elementCount: Int) async throws {
        let bench = try Bench(elementCount: elementCount)
        defer { bench.server.stop() }
        bench.storage.setPressure(.high)
        let run = try await bench.startRun()
        let socket = try TestWebSocket(port: bench.server.port)
        try socket.send("\(run.text) 100000")
        #expect(try socket.receiveText() == "watching")
        #expect(try socket.receiveText() == "> event 1")
        bench.storage.setPressure(.low)
        var count = 1
        while try socket.receiveText() != "> done" { count += 1 }
        for seen in [count + 1, count, 0] {
            try socket.send("\(run.text) \(seen)")
            #expect(try socket.receiveText() == "watching")
            for sequence in seen == count ? [] : Array(1...count) {
                #expect(try socket.receiveText() == "> event \(sequence)")
            }
            #expect(try socket.receiveText() == "> done")
        }
    }

    @Test func `goes on by itself when a long history does not fit into the output at once`() async throws {
        let bench = try Bench(elementCount: 8_000)
        defer { bench.server.stop() }
        let run = try await bench.startRun()
        let socket = try TestWebSocket(port: bench.server.port)
        var counts: [Int] = []
        // Live, then once more from storage, page by page.
        for _ in 0..<2 {
            try socket.send(run.text)
            #expect(try socket.receive().text == "watching")
            var count = 0
            while try socket.receive().text != "> done" { count += 1 }
            counts.append(count)
        }
        #expect(counts[0] > 24_000)
        #expect(counts[1] == counts[0])
    }

    @Test func `answers a client that has said all it will say, and loses nobody who vanishes`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let half = try TestHTTPClient(port: bench.server.port)
        try half.send("GET", "/who", ["x-api-key": key.text])
        half.connection.finishSending()
        #expect(try half.receive().text == owner.text)
        #expect(try half.connection.readToEnd().isEmpty)
        let gone = try TestConnection(port: bench.server.port)
        try gone.send("GET /output/\(RunID(.random()).text) HTT")
        gone.close()
        #expect(try TestHTTPClient(port: bench.server.port).get("/hello").text == "\"hello\"")
    }
}
