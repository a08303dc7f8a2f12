import Dialect
import Dispatch
import Engine
import Identity
import Net
import Primitives
import Synchronization
import TestKit
import Wire

@testable import Web

/// Takes content from users, from anybody, and from nobody; a socket knows `token …` and repeats everything else.
private struct ContentDialect: Dialect {
    let name = "content"
    let words: any DialectWords = PlainWords()
    let gate: WorkGate

    var routes: [Route] {
        [
            Route(.get, "/hello") { _ in .respond(.json(.ok, Array("hello".utf8))) },
            Route(.get, "/where") { .respond(.json(.ok, Array($0.baseURL.utf8))) },
            Route(.get, "/much") { _ in .respond(.json(.ok, StrangerBench.muchContent)) },
            Route(.get, "/me") { _ in letIn { .respond(.json(.ok, Array("you".utf8))) } },
            Route(.post, "/mine") { _ in
                letIn { .content(.known) { .respond(ContentDialect.count($0)) } }
            },
            Route(.post, "/open") { _ in .content(.stranger) { .respond(ContentDialect.count($0)) } },
            Route(.post, "/slow") { _ in
                letIn {
                    .content(.known) { request in
                        gate.pass()
                        return .respond(ContentDialect.count(request))
                    }
                }
            },
            Route(.post, "/asks") { _ in
                letIn {
                    .content(.known) { request in
                        .ask(
                            RouteQuestion(withdrawable: { goOn in
                                gate.pass()
                                goOn(.respond(ContentDialect.count(request)))
                                return PendingCall {}
                            }))
                    }
                }
            },
        ]
    }

    private func letIn(_ next: @escaping @Sendable () -> RouteStep) -> RouteStep {
        .authenticate(.headers(.user)) { result in
            guard case .caller = result else { return .respond(.error(.unauthorized, "unauthenticated")) }
            return next()
        }
    }

    private static func count(_ request: HTTPRequest) -> HTTPResponse {
        .json(.ok, Array("\(request.body.count)".utf8))
    }

    var sockets: [SocketRoute] { [SocketRoute("/ws") { _ in .open(SocketOpening(EchoSession(gate: gate))) }] }

    func claims(_ request: HTTPRequest) -> Bool { true }
}

private struct EchoSession: SocketSession {
    let gate: WorkGate
    private var count = 0

    init(gate: WorkGate) { self.gate = gate }

    mutating func received(_ message: SocketMessage) -> [SessionOrder] {
        guard case .text(let text) = message else { return [] }
        let word = String(decoding: text.prefix(100), as: UTF8.self)
        if word.hasPrefix("token ") { return [.authenticate(.token(String(word.dropFirst(6))))] }
        count += 1
        if word.hasPrefix("slow") { gate.pass() }
        return [.send(Array("\(count): \(text.count)".utf8))]
    }

    mutating func authenticated(_ result: AuthenticationResult) -> [SessionOrder] {
        if case .caller = result { return [.send(Array("in".utf8))] }
        return [.send(Array("out".utf8))]
    }

    mutating func replied(_ reply: EngineReply) -> [SessionOrder] { [] }
    mutating func identityEnded(_ user: UserID) {}
    mutating func subscriptionEnded(_ number: UInt64) {}
}

/// Where a thread waits until a test opens.
final class WorkGate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func pass() { semaphore.wait() }
    func open() { semaphore.signal() }
}

/// A server of one loop whose time a test makes.
final class StrangerBench: Sendable {
    static let key = "b3-ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1-f4CBgoM"

    let time = MadeClock(at: 1_800_000_000)
    let users = CountingUsers()
    let gate = WorkGate()
    let lines = Inbox<String>()
    let server: WebServer

    /// More than a kernel holds for a client that does not read.
    static let muchContent = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) | 0x20 }

    /// - Parameter tls: spoken at a door of its own.
    init(connectionsMax: Int? = nil, tls: CurrentTLSContext? = nil) throws {
        let storage = MemoryStorage()
        let engine = FlowEngine(
            laneCount: 1, workers: 1,
            ports: EnginePorts(
                catalog: storage, journal: storage, compiler: SketchCompiler([:]), tracks: TrackTable(),
                clock: .system, log: .silent))
        var settings = WebSettings(
            address: SocketAddress(host: "127.0.0.1", port: 0), loopCount: 1, publicURL: nil,
            origins: OriginPolicy(["https://app.example"]))
        settings.connectionsMax = connectionsMax
        settings.tls = tls
        settings.tlsAddress = SocketAddress(host: "127.0.0.1", port: 0)
        server = try WebServer(
            settings,
            WebServices(
                engine: engine, dialects: [ContentDialect(gate: gate)],
                verifier: CredentialVerifier(serverSecret: .random(), tokenSecret: .random(32)),
                users: users, clock: time.clock,
                log: Log(level: .debug) { [lines] in lines.put(String(decoding: $0, as: UTF8.self)) }))
    }

    func client() throws -> TestHTTPClient { try TestHTTPClient(port: server.port) }

    /// Lets time pass and the loop notice; what was sent before, the loop has seen.
    func pass(milliseconds: Int, _ other: TestHTTPClient) throws {
        _ = try other.get("/hello")
        time.advance(milliseconds: Int64(milliseconds))
        _ = try other.get("/hello")
        _ = try other.get("/hello")
    }
}
