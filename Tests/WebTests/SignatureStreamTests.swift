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
private let key = known(Bytes32(Array(repeating: 9, count: 32)))

/// A request is its number; behind it comes as much as the message has.
private struct RequestTrack: SignatureTrack {
    func encode(_ request: WaitingSignature) -> [UInt8] {
        Array("\(request.request.id) ".utf8) + request.request.message
    }
}

private struct WatchingDialect: Dialect {
    let name = "watching"
    let words: any DialectWords = PlainWords()
    let routes: [Route] = []
    var sockets: [SocketRoute] { [SocketRoute("/ws") { _ in .open(SocketOpening(WatchingSession())) }] }

    func claims(_ request: HTTPRequest) -> Bool { true }
}

/// `watch` subscribes once more, `stop N` ends the subscription N, a key proves something; all are answered.
private struct WatchingSession: SocketSession {
    private var count: UInt64 = 0

    mutating func received(_ message: SocketMessage) -> [SessionOrder] {
        guard case .text(let text) = message else { return [] }
        let word = String(decoding: text, as: UTF8.self)
        if word.hasPrefix("b3-") { return [.authenticate(.token(word))] }
        guard word.hasPrefix("stop ") else { return [.call(.watchSignatures(owner))] }
        return [.unsubscribe(known(UInt64(word.dropFirst(5)))), .send(Array("stopped".utf8))]
    }

    mutating func authenticated(_ result: AuthenticationResult) -> [SessionOrder] {
        guard case .caller = result else { return [] }
        return [.send(Array("in".utf8))]
    }

    mutating func replied(_ reply: EngineReply) -> [SessionOrder] {
        guard case .watchingSignatures(let feed) = reply else { return [] }
        count += 1
        return [
            .send(Array("watching \(count)".utf8)),
            .subscribeSignatures(
                SignatureSubscriptionOrder(
                    number: count, feed: feed, track: RequestTrack(), prefix: Array("\(count)> ".utf8))),
        ]
    }

    mutating func identityEnded(_ user: UserID) {}
    mutating func subscriptionEnded(_ number: UInt64) {}
}

/// Believes every key until they are deleted.
private final class KeyHolders: UserBook {
    private let areDeleted = Atomic(false)

    func deleteKeys() { areDeleted.store(true, ordering: .relaxed) }

    func user(
        provedBy proof: UserProof, reply: @escaping @Sendable (Result<KnownUser?, StorageError>) -> Void
    ) {
        let holder = KnownUser(user: owner, publicKey: known(PublicKey(bytes: key.bytes)))
        reply(.success(areDeleted.load(ordering: .relaxed) ? nil : holder))
    }
}

/// A server over an engine whose flow asks the owner to sign.
private final class Bench: Sendable {
    private let storage = MemoryStorage()
    let signatures: MemorySignatures
    let users = KeyHolders()
    private let engine: FlowEngine
    let server: WebServer

    init(messageBytes: Int = 1, clock: Clock = .system) throws {
        var sketch = GraphSketch()
        let message = [UInt8](repeating: UInt8(ascii: "m"), count: messageBytes)
        sketch.node("sign", inputs: [], outputs: []) { _ in
            .ask(.signature(SignatureWish(publicKey: key, message: message, timeLimit: .seconds(600))))
        }
        storage.add(.ofBench(owner))
        signatures = MemorySignatures(storage)
        signatures.add(.person(owner), of: key)
        var ports = EnginePorts(
            catalog: storage, journal: storage, compiler: SketchCompiler(["flow": try sketch.graph()]),
            tracks: TrackTable(), clock: .system, log: .silent)
        ports.signatures = signatures
        engine = FlowEngine(laneCount: 2, workers: 2, ports: ports)
        let settings = WebSettings(
            address: SocketAddress(host: "127.0.0.1", port: 0), loopCount: 2, publicURL: nil,
            origins: OriginPolicy([]))
        server = try WebServer(
            settings,
            WebServices(
                engine: engine, dialects: [WatchingDialect()],
                verifier: CredentialVerifier(serverSecret: .random(), tokenSecret: .random(32)),
                users: users, clock: clock, log: .silent))
    }

    /// Starts a run, whose request there is then.
    func ask() async throws -> String {
        let replies = Inbox<EngineReply>()
        engine.perform(.start(StartRequest(.own(.number(7)), starter: .user(owner)))) { replies.put($0) }
        guard case .started(let run) = try await replies.next() else { return "not started" }
        engine.perform(.signatureRequest(run, principals: [.user(owner)])) { replies.put($0) }
        guard case .signatureRequest(let waiting) = try await replies.next() else { return "not asked" }
        return waiting.request.id.description
    }

    func socket(receiveBufferBytes: Int32? = nil) throws -> TestWebSocket {
        try TestWebSocket(
            on: TestHTTPClient(
                on: TestConnection(
                    port: server.port, receiveBufferBytes: receiveBufferBytes)))
    }
}

extension TestWebSocket {
    fileprivate func watch(_ number: Int = 1) throws {
        try send("watch")
        #expect(try receiveText() == "watching \(number)")
    }

    /// The number of a subscription and of a request.
    fileprivate func told() throws -> String { String(known(try receiveText().split(separator: " m").first)) }
}

@Suite(.serialized, .blocking) struct `The stream of a user's requests` {
    /// Time stands still meanwhile: by itself the stream does not begin.
    @Test func `begins when its watcher has had the time to read the answer`() async throws {
        let time = MadeClock(at: 1_800_000_000)
        let bench = try Bench(clock: time.clock)
        defer { bench.server.stop() }
        _ = try await bench.ask()
        let socket = try bench.socket()
        try socket.watch()
        try socket.expectNothingMore()
        time.advance(milliseconds: Int64(Limits.subscriptionPauseMilliseconds))
        // Lets the loop look at its clock.
        try socket.send(.ping([1]))
        let frames = try [socket.receiveOther(), socket.receiveOther()]
        #expect(frames.map(\.opcode).sorted() == [1, 10])
    }

    @Test func `begins with those that wait, and tells none twice`() async throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        var asked: [String] = []
        // More than a page.
        for _ in 0..<(Limits.signaturePageMax + 20) { asked.append(try await bench.ask()) }
        let socket = try bench.socket()
        try socket.watch()
        var told: [String] = []
        for _ in asked { told.append(try socket.told()) }
        #expect(Set(told) == Set(asked.map { "1> \($0)" }))
        let next = try await bench.ask()
        #expect(try socket.told() == "1> \(next)")
        try socket.expectNothingMore()
    }

    @Test func `ends when its number is said, and not that of others`() async throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let socket = try bench.socket()
        try socket.watch(1)
        try socket.watch(2)
        try socket.send("stop 1")
        #expect(try socket.receiveText() == "stopped")
        let asked = try await bench.ask()
        #expect(try socket.told() == "2> \(asked)")
        try socket.expectNothingMore()
    }

    @Test(arguments: [true, false])
    func `ends with the key that it was opened with, whether or not its peer says more`(
        isSilent: Bool
    ) async throws {
        let time = MadeClock(at: 1_800_000_000)
        let bench = try Bench(clock: time.clock)
        defer { bench.server.stop() }
        let (socket, stranger) = (try bench.socket(), try bench.socket())
        try socket.send(APIKey().text)
        #expect(try socket.receiveText() == "in")
        /// Lets time pass and the loops look at their clocks, which needs no message.
        func pass(milliseconds: Int) throws {
            time.advance(milliseconds: Int64(milliseconds))
            for socket in [socket, stranger] { try socket.send(.ping([1])) }
        }
        /// The next frame that is neither a ping nor a pong.
        func next(_ socket: TestWebSocket) throws -> ServerFrame {
            while true {
                let frame = try socket.receiveOther()
                if frame.opcode != 10 { return frame }
            }
        }
        try socket.watch()
        try stranger.watch()
        try pass(milliseconds: Limits.subscriptionPauseMilliseconds)
        let asked = try await bench.ask()
        #expect(try next(socket).text.hasPrefix("1> \(asked)"))
        bench.users.deleteKeys()
        if isSilent {
            try pass(milliseconds: Limits.webSocketPingMilliseconds)
        } else {
            try socket.send("watch")
        }
        let frame = try next(socket)
        #expect(frame.opcode == 8 && frame.payload.prefix(2).elementsEqual([0x03, 0xF0]))
        // Another connection is not its concern.
        #expect(try next(stranger).text.hasPrefix("1> \(asked)"))
    }

    @Test func `reaches a thousand on all loops, each once`() async throws {
        let bench = try Bench()
        defer { bench.server.stop() }
        let sockets = try (0..<20).map { _ in try bench.socket() }
        for socket in sockets { for number in 1...50 { try socket.watch(number) } }
        var asked: [String] = []
        for _ in 0..<5 { asked.append(try await bench.ask()) }
        for socket in sockets {
            var told: [String] = []
            for _ in 0..<(50 * asked.count) { told.append(try socket.told()) }
            #expect(Set(told).count == told.count)
            for id in asked { #expect(told.count { $0.hasSuffix("> \(id)") } == 50) }
            try socket.expectNothingMore()
        }
    }

    @Test func `closes a connection that falls behind, and holds nobody else up`() async throws {
        let bench = try Bench(messageBytes: Limits.signatureMessageBytesMax)
        defer { bench.server.stop() }
        // As little as the kernel allows, so that the server feels that nobody reads.
        let sleeper = try bench.socket(receiveBufferBytes: 2_048)
        let reader = try bench.socket()
        try sleeper.watch()
        try reader.watch()
        let count = 2 * Limits.signatureWindowMax + 400
        for _ in 0..<count {
            let asked = try await bench.ask()
            #expect(try reader.told() == "1> \(asked)")
        }
        var toldCount = 0
        var frame = try sleeper.receive()
        while frame.opcode == 1 {
            toldCount += 1
            frame = try sleeper.receive()
        }
        #expect(toldCount < count)
        #expect(frame.opcode == 8 && frame.payload.prefix(2).elementsEqual([0x03, 0xF5]))
    }
}
