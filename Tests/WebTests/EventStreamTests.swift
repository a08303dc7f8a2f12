import Dialect
import Identity
import Net
import Primitives
import Synchronization
import TestKit
import TestTraits
import Testing
import Values
import Wire

@testable import Engine
@testable import Web

private let owner = UserID(UniqueID(high: 1, low: 1))
private let key = known(APIKey("b3-ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM"))

/// A line for each event.
private struct LineTrack: EventTrack {
    func encode(_ events: ArraySlice<RunEvent>, of run: RunID) -> [TrackMessage] {
        events.map { TrackMessage($0.content.kind, Array("\($0.content.kind)\n".utf8)) }
    }
    var tail: [UInt8]? { nil }
}

/// Routes whose answer is a stream: of a run of the engine, and of a feed that the test fills.
private struct StreamingDialect: Dialect {
    let feed: RunFeed

    let name = "streaming"
    let words: any DialectWords = PlainWords()
    var sockets: [SocketRoute] { [] }
    var routes: [Route] {
        [
            Route(.get, "/hello") { _ in .respond(.json(.ok, Array("1".utf8))) },
            Route(.get, "/live") { request in
                .authenticate(.headers(.user)) { result in result.then { _ in stream(feed, request) } }
            },
            Route(.post, "/live") { request in .content(.stranger) { _ in stream(feed, request) } },
            Route(.get, "/run/{id}") { request in
                let run = known(request.parameters["id"].flatMap { RunID($0) })
                return .call(.watch(run, principals: [.user(owner)])) { reply in
                    guard case .watching(let feed) = reply else { return .refuse(.unknownPath) }
                    return stream(feed, request)
                }
            },
        ]
    }

    private func stream(_ feed: RunFeed, _ request: RouteRequest) -> RouteStep {
        .stream(
            EventStream(
                headers: ["Content-Type": "text/lines"],
                order: SubscriptionOrder(
                    number: 0, feed: feed, track: .first,
                    after: request.request.target.query("after").flatMap { UInt64($0) } ?? 0, prefix: [],
                    placing: PlaceWords(before: [], after: [UInt8(ascii: " ")])),
                opening: Array("open\n".utf8), heartbeat: Array("beat\n".utf8), farewell: Array("bye\n".utf8))
        )
    }

    func claims(_ request: HTTPRequest) -> Bool { true }
}

/// Believes the owner's key until it is deleted.
private final class KeyHolder: UserBook {
    let isDeleted = Atomic(false)

    func user(
        provedBy proof: UserProof, reply: @escaping @Sendable (Result<KnownUser?, StorageError>) -> Void
    ) {
        let holder = KnownUser(
            user: owner, publicKey: known(PublicKey(bytes: Array(repeating: 7, count: 32))))
        reply(.success(isDeleted.load(ordering: .relaxed) ? nil : holder))
    }
}

private final class Bench: Sendable {
    let feed: RunFeed
    let users = KeyHolder()
    let time = MadeClock(at: 1_800_000_000)
    private let engine: FlowEngine
    let server: WebServer

    init() throws {
        let storage = MemoryStorage()
        var sketch = GraphSketch()
        sketch.constant("x", .u64(1))
        sketch.output("o")
        sketch.connect("x.out -> o.o")
        storage.add(.ofBench(owner))
        let tracks = TrackTable([LineTrack()])
        feed = RunFeed(run: RunID(.random()), tracks: tracks)
        engine = FlowEngine(
            laneCount: 1, workers: 1,
            ports: EnginePorts(
                catalog: storage, journal: storage, compiler: SketchCompiler(["flow": try sketch.graph()]),
                tracks: tracks, clock: .system, log: .silent))
        server = try WebServer(
            WebSettings(
                address: SocketAddress(host: "127.0.0.1", port: 0), loopCount: 1, publicURL: nil,
                origins: OriginPolicy(["https://app.example"])),
            WebServices(
                engine: engine, dialects: [StreamingDialect(feed: feed)],
                verifier: CredentialVerifier(serverSecret: .random(), tokenSecret: .random(32)),
                users: users, clock: time.clock, log: .silent))
    }

    func startRun() async throws -> RunID {
        let replies = Inbox<EngineReply>()
        engine.perform(.start(StartRequest(.own(.number(7)), starter: .user(owner)))) { replies.put($0) }
        let reply = try await replies.next()
        guard case .started(let run) = reply else { throw Surprise(expected: "started", reply) }
        engine.perform(.output(run, principals: [.user(owner)])) { replies.put($0) }
        _ = try await replies.next()
        return run
    }

    /// Adds events to the feed: `s` for one that goes on, `e` for the last.
    func happen(_ kinds: String, from sequence: UInt64) {
        let events = zip(sequence..., kinds).map { sequence, kind in
            RunEvent(
                sequence: sequence, time: Timestamp(nanoseconds: 0),
                content: kind == "e"
                    ? .flowFinished(FlowFinished(notRun: [], output: ValueMap(), status: .finished))
                    : .flowStarted)
        }
        feed.append(events)
        feed.markDurable(through: events.last?.sequence ?? 0)
    }

    /// A client that has asked for a stream and read its head.
    func watch(
        _ path: String = "/live", _ headers: [(String, String)] = [("x-api-key", key.text)]
    ) throws -> (TestHTTPClient, head: String) {
        let client = try TestHTTPClient(port: server.port)
        try client.send("GET", path, headers)
        return (client, String(decoding: try client.connection.read(through: "\r\n\r\n"), as: UTF8.self))
    }
}

extension TestHTTPClient {
    /// The next chunk of an answer as text.
    fileprivate func chunk() throws -> String { String(decoding: try receiveChunk(), as: UTF8.self) }

    /// All chunks up to the last one.
    fileprivate func chunks() throws -> [String] {
        var chunks: [String] = []
        while let chunk = Optional(try chunk()), !chunk.isEmpty { chunks.append(chunk) }
        return chunks
    }
}

@Suite(.serialized, .blocking) struct `An answer that is a stream of a run` {
    @Test func `begins at once, tells each event when it happens, and ends behind the last`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let (client, head) = try bench.watch(
            "/live", [("x-api-key", key.text), ("Origin", "https://app.example")])
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(head.contains("Content-Type: text/lines\r\n"))
        #expect(head.contains("Transfer-Encoding: chunked\r\n"))
        #expect(head.contains("Access-Control-Allow-Origin: https://app.example\r\n"))
        #expect(!head.contains("Content-Length"))
        #expect(try client.chunk() == "open\n")
        bench.happen("s", from: 1)
        #expect(try client.chunk() == "1 flowStarted\n")
        // The client may ask for the next thing meanwhile.
        try client.send("GET", "/hello", [:])
        bench.happen("se", from: 2)
        #expect(try client.chunks() == ["2 flowStarted\n", "3 flowFinished\n"])
        #expect(try client.receive().text == "1")
        #expect(try client.get("/hello").text == "1")
    }

    @Test func `goes on behind any event, and has no content behind the last`() async throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let run = try await bench.startRun()
        let (client, _) = try bench.watch("/run/\(run)", [])
        let all = try client.chunks()
        #expect(all.first == "open\n" && all.last?.hasSuffix("flowFinished\n") == true)
        for seen in 1..<all.count - 1 {
            let (client, _) = try bench.watch("/run/\(run)?after=\(seen)", [])
            #expect(try client.chunks() == ["open\n"] + all[(seen + 1)...])
        }
        let last = try client.get("/run/\(run)?after=\(all.count - 1)")
        #expect(last.status == 204)
        #expect(last["Content-Type"] == nil)
        // A place that the run has never reached was seen before a crash.
        let (lost, _) = try bench.watch("/run/\(run)?after=99", [])
        #expect(try lost.chunks() == all)
    }

    @Test func `ends with the connection for a client of HTTP 1.0`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        bench.happen("se", from: 1)
        let connection = try TestConnection(port: bench.server.port)
        try connection.send("POST /live HTTP/1.0\r\n\r\n")
        let text = String(decoding: try connection.readToEnd(), as: UTF8.self)
        #expect(text.contains("Connection: close\r\n"))
        #expect(!text.contains("chunked"))
        #expect(text.hasSuffix("\r\n\r\nopen\n1 flowStarted\n2 flowFinished\n"))
    }

    @Test func `closes its connection if the client wants so or sends nothing more`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let (closing, head) = try bench.watch("/live", [("x-api-key", key.text), ("Connection", "close")])
        #expect(head.contains("Connection: close\r\n"))
        let half = try TestHTTPClient(port: bench.server.port)
        try half.send("GET", "/live", ["x-api-key": key.text])
        half.connection.finishSending()
        _ = try half.connection.read(through: "\r\n\r\n")
        #expect(try half.chunk() == "open\n")
        bench.happen("se", from: 1)
        #expect(try closing.chunks() == ["open\n", "1 flowStarted\n", "2 flowFinished\n"])
        #expect(try closing.connection.readToEnd().isEmpty)
        #expect(try half.chunks() == ["1 flowStarted\n", "2 flowFinished\n"])
        #expect(try half.connection.readToEnd().isEmpty)
    }

    @Test func `shows that it goes on, and is cut when its reader's key is deleted`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let (client, _) = try bench.watch()
        #expect(try client.chunk() == "open\n")
        // Lets the loop look at its clock.
        let other = try TestHTTPClient(port: bench.server.port)
        for _ in 0..<2 {
            bench.time.advance(milliseconds: Int64(Limits.streamHeartbeatMilliseconds))
            _ = try other.get("/hello")
            #expect(try client.chunk() == "beat\n")
        }
        bench.users.isDeleted.store(true, ordering: .relaxed)
        bench.time.advance(milliseconds: Int64(Limits.streamHeartbeatMilliseconds))
        _ = try? other.get("/hello")
        #expect(try client.chunk() == "beat\n")
        // Without the empty chunk, which would say that the run is over.
        #expect(try client.connection.readToEnd().isEmpty)
    }

    @Test func `says goodbye and has no end when the server stops`() throws {
        let bench = try Bench()
        let (client, _) = try bench.watch()
        #expect(try client.chunk() == "open\n")
        bench.happen("s", from: 1)
        bench.server.stop()
        #expect(try client.chunk() == "1 flowStarted\n")
        #expect(try client.chunk() == "bye\n")
        #expect(try client.connection.readToEnd().isEmpty)
    }

    @Test func `is refused to who is not let in`() throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let client = try TestHTTPClient(port: bench.server.port)
        #expect(try client.get("/live").status == 401)
        #expect(try client.get("/hello").text == "1")
    }
}
