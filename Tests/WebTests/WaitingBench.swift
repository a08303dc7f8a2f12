import Dialect
import Engine
import Identity
import Net
import Primitives
import Synchronization
import TestKit
import Wire

@testable import Web

let waitingOwner = UserID(UniqueID(high: 1, low: 1))
private let ownerKey = known(PublicKey(bytes: Array(repeating: 7, count: 32)))

/// Knows the owner by whatever he shows, until it is told something else, and counts how often it is asked.
final class CountingUsers: UserBook {
    typealias Reply = @Sendable (Result<KnownUser?, StorageError>) -> Void

    /// `nothing` keeps who asks waiting.
    enum Answer { case owner, nobody, silence, nothing }

    private let state = Mutex((answer: Answer.owner, count: 0, waiting: [Reply]()))
    /// One for each question.
    let questions = Inbox<Void>()

    var count: Int { state.withLock(\.count) }
    func answer(_ answer: Answer) { state.withLock { $0.answer = answer } }

    /// Knows the owner from now on, and in those who wait.
    func answerNow() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.answer = .owner
            return state.waiting
        }
        for reply in waiting { reply(.success(CountingUsers.owner)) }
    }

    private static let owner = KnownUser(user: waitingOwner, publicKey: ownerKey)

    func user(
        provedBy proof: UserProof, reply: @escaping @Sendable (Result<KnownUser?, StorageError>) -> Void
    ) {
        let answer = state.withLock { state in
            state.count += 1
            if case .nothing = state.answer { state.waiting.append(reply) }
            return state.answer
        }
        defer { questions.put(()) }
        switch answer {
        case .owner: reply(.success(CountingUsers.owner))
        case .nothing: break
        case .nobody: reply(.success(nil))
        case .silence: reply(.failure(.unavailable))
        }
    }
}

/// Where the requests of a test wait until it lets them go on.
final class WaitingRoom: Sendable {
    struct Visitor: Sendable {
        let goOn: @Sendable () -> Void
    }

    /// Requests that have come, in order.
    let visitors = Inbox<Visitor>()
    /// Requests whose clients have gone.
    let leavers = Inbox<Void>()
}

/// `GET /wait` waits in the room, `GET /output/{run}` in the engine, for whoever is let in. A socket takes `token …`,
/// `watch`, and anything else as the question whose it is.
private struct WaitingDialect: Dialect {
    let name = "waiting"
    let words: any DialectWords = PlainWords()
    let room: WaitingRoom
    let engine: FlowEngine

    var routes: [Route] {
        [
            Route(.get, "/wait") { _ in
                letIn {
                    RouteQuestion(withdrawable: { goOn in
                        room.visitors.put(WaitingRoom.Visitor { goOn(WaitingDialect.confirmed("waited")) })
                        return PendingCall { room.leavers.put(()) }
                    })
                }
            },
            Route(.get, "/output/{id}") { request in
                let run = known(request.parameters["id"].flatMap { RunID($0) })
                return letIn {
                    RouteQuestion(withdrawable: { goOn in
                        let call = engine.perform(.output(run, principals: [.user(waitingOwner)])) { reply in
                            if case .output = reply { return goOn(WaitingDialect.confirmed("output")) }
                            goOn(.respond(.error(.serviceUnavailable, "refused")))
                        }
                        room.visitors.put(WaitingRoom.Visitor {})
                        return PendingCall {
                            call?.withdraw()
                            room.leavers.put(())
                        }
                    })
                }
            },
        ]
    }

    private func letIn(_ question: @escaping @Sendable () -> RouteQuestion) -> RouteStep {
        .authenticate(.headers(.userOrRun)) { result in
            guard case .caller = result else { return .respond(.error(.unauthorized, "unauthenticated")) }
            return .ask(question())
        }
    }

    private static func confirmed(_ text: String) -> RouteStep {
        .confirm { result in
            switch result {
            case .caller: .respond(.json(.ok, Array(text.utf8)))
            case .refused: .respond(.error(.unauthorized, "unauthenticated"))
            case .unavailable: .respond(.error(.serviceUnavailable, "away"))
            }
        }
    }

    var sockets: [SocketRoute] { [SocketRoute("/ws") { _ in .open(SocketOpening(WaitingSession())) }] }

    func claims(_ request: HTTPRequest) -> Bool { true }
}

private struct WaitingSession: SocketSession {
    private var user: UserID?

    mutating func received(_ message: SocketMessage) -> [SessionOrder] {
        guard case .text(let text) = message else { return [] }
        let word = String(decoding: text, as: UTF8.self)
        if word.hasPrefix("token ") { return [.authenticate(.token(String(word.dropFirst(6))))] }
        if word == "watch" { return [.call(.watchSignatures(waitingOwner))] }
        return [.send(Array((user == nil ? "nobody" : "owner").utf8))]
    }

    mutating func authenticated(_ result: AuthenticationResult) -> [SessionOrder] {
        if case .caller(let caller) = result { user = caller.user }
        return [.send(Array((user == nil ? "out" : "in").utf8))]
    }

    mutating func replied(_ reply: EngineReply) -> [SessionOrder] {
        guard case .watchingSignatures(let feed) = reply else { return [] }
        return [
            .send(Array("watching".utf8)),
            .subscribeSignatures(
                SignatureSubscriptionOrder(number: 1, feed: feed, track: SilentTrack(), prefix: [])),
        ]
    }

    mutating func identityEnded(_ user: UserID) { self.user = nil }
    mutating func subscriptionEnded(_ number: UInt64) {}
}

private struct SilentTrack: SignatureTrack {
    func encode(_ request: WaitingSignature) -> [UInt8] { [] }
}

/// A server whose time, users and answers a test makes.
final class WaitingBench: Sendable {
    /// When the clock stands still first, in seconds since 1970.
    static let beginning: Int64 = 1_800_000_000

    let time = MadeClock(at: WaitingBench.beginning)
    let users = CountingUsers()
    let room = WaitingRoom()
    let storage = MemoryStorage()
    let engine: FlowEngine
    let server: WebServer
    private let serverSecret = ServerSecret.random()
    private let tokenSecret = Secret.random(32)

    init() throws {
        var sketch = GraphSketch()
        sketch.constant("x", .u64(1))
        sketch.output("o")
        sketch.connect("x.out -> o.o")
        storage.add(.ofBench(waitingOwner))
        engine = FlowEngine(
            laneCount: 2, workers: 1,
            ports: EnginePorts(
                catalog: storage, journal: storage, compiler: SketchCompiler(["flow": try sketch.graph()]),
                tracks: TrackTable(), clock: .system, log: .silent))
        server = try WebServer(
            WebSettings(
                address: SocketAddress(host: "127.0.0.1", port: 0), loopCount: 1, publicURL: nil,
                origins: OriginPolicy([])),
            WebServices(
                engine: engine, dialects: [WaitingDialect(room: room, engine: engine)],
                verifier: CredentialVerifier(serverSecret: serverSecret, tokenSecret: tokenSecret),
                users: users, clock: time.clock, log: .silent))
    }

    /// A token of the owner, good for so many seconds from the beginning.
    func token(seconds: Int64) -> String {
        let profile = UserProfile(
            user: waitingOwner, publicKey: ownerKey, email: nil, createdAt: Timestamp(nanoseconds: 0))
        return SignedToken.make(
            for: profile, session: SessionID(.random()), at: time.clock.now(),
            expirySeconds: WaitingBench.beginning + seconds, secret: tokenSecret)
    }

    func runToken(_ run: RunID) -> String { RunToken.make(for: run, secret: serverSecret) }

    /// A run whose node has no turn before the journal's pressure is low again.
    func startHeldRun() async throws -> RunID {
        storage.setPressure(.high)
        let replies = Inbox<EngineReply>()
        engine.perform(.start(StartRequest(.own(.number(7)), starter: .user(waitingOwner)))) {
            replies.put($0)
        }
        let reply = try await replies.next()
        guard case .started(let run) = reply else { throw Surprise(expected: "started", reply) }
        return run
    }
}
