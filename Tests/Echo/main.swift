// A server for test suites of WebSocket: flowd's own web server, with a dialect that sends each message back.
//
// Usage: flowd-echo PORT

import Dialect
import Engine
import Glibc
import Identity
import Net
import Primitives
import TestKit
import Web
import Wire

/// Lets everybody in, so that messages have the bounds of clients who are known.
struct Everybody: OwnCredential {
    func verify(at now: Timestamp, reply: @escaping @Sendable (AuthenticationResult) -> Void) {
        reply(.caller(.run(RunID(.random()))))
    }
}

struct Nobody: UserBook {
    func user(
        provedBy proof: UserProof, reply: @escaping @Sendable (Result<KnownUser?, StorageError>) -> Void
    ) { reply(.success(nil)) }
}

struct EchoSession: SocketSession {
    mutating func received(_ message: SocketMessage) -> [SessionOrder] {
        switch message {
        case .text(let text): [.send(text)]
        case .binary(let bytes): [.sendBinary(bytes)]
        }
    }
    mutating func authenticated(_ result: AuthenticationResult) -> [SessionOrder] { [] }
    mutating func replied(_ reply: EngineReply) -> [SessionOrder] { [] }
    mutating func identityEnded(_ user: UserID) {}
    mutating func subscriptionEnded(_ number: UInt64) {}
}

struct EchoDialect: Dialect {
    let name = "echo"
    let routes: [Route] = []
    let words: any DialectWords = EchoWords()
    var sockets: [SocketRoute] {
        [
            SocketRoute("/") { _ in
                .open(SocketOpening(EchoSession(), orders: [.authenticate(.own(Everybody()))]))
            }
        ]
    }
    func claims(_ request: HTTPRequest) -> Bool { true }
}

struct EchoWords: DialectWords {
    func answer(_ refusal: Refusal, to request: HTTPRequest?) -> HTTPResponse {
        HTTPResponse(refusal.status, headers: refusal.headers)
    }
}

guard CommandLine.arguments.count == 2, let port = UInt16(CommandLine.arguments[1]) else {
    print("usage: flowd-echo PORT")
    exit(2)
}
let storage = MemoryStorage()
let engine = FlowEngine(
    laneCount: 1, workers: 1,
    ports: EnginePorts(
        catalog: storage, journal: storage, compiler: SketchCompiler([:]), tracks: TrackTable(),
        clock: .system,
        log: .silent))
var settings = WebSettings(
    address: SocketAddress(host: "127.0.0.1", port: port), loopCount: 2, publicURL: nil,
    origins: OriginPolicy(["*"]))
// Test suites send messages of 16 MiB, and of 4 MiB in frames of 64 bytes.
settings.socketBounds = WebSocketBounds(messageBytesMax: 16 * 1024 * 1024, fragmentsMax: 100_000)
let server = try WebServer(
    settings,
    WebServices(
        engine: engine, dialects: [EchoDialect()],
        verifier: CredentialVerifier(serverSecret: .random(), tokenSecret: .random(32)), users: Nobody(),
        clock: .system, log: .silent))
print("echo: listening on ws://127.0.0.1:\(server.port)/")
while true { pause() }
