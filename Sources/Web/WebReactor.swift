// Owns the connections of one loop and turns readiness, messages and marks into calls on them.

internal import Dialect
internal import Engine
internal import Identity
internal import Net
internal import Primitives
internal import Wire

/// The reactor of one web loop.
final class WebReactor: Reactor {
    private enum Token {
        static let listener: UInt64 = 0
        static let firstClient: UInt64 = 1
    }

    let index: Int
    let handle: EventLoop<WebMessage>
    let settings: WebSettings
    let services: WebServices
    let router: Router
    private let listener: Listener
    private var isListening = true
    private var isStopping = false
    private var nextToken = Token.firstClient
    var clients: [ClientID: ClientConnection] = [:]
    private var watchers: [Watched: Set<ClientID>] = [:]
    let marks: MarkSet<Watched>
    /// Connections that have output, or whose interest may have changed, in this turn.
    private var touched: Set<ClientID> = []
    private var date = (second: Int64.min, text: "")

    init(
        index: Int, handle: EventLoop<WebMessage>, listener: consuming Socket, settings: WebSettings,
        services: WebServices, router: Router, on loop: inout LoopContext
    ) throws {
        self.index = index
        self.handle = handle
        self.settings = settings
        self.services = services
        self.router = router
        self.listener = try Listener(listener, token: Token.listener, on: loop)
        self.marks = MarkSet(bell: { handle.wake() })
    }

    // MARK: What the loop says

    func ready(_ token: UInt64, _ readiness: Readiness, on loop: inout LoopContext) {
        guard token != Token.listener else { return accept(on: &loop) }
        guard let client = clients[ClientID(token: token)] else { return }
        touched.insert(client.id)
        if readiness.contains(.readable) || readiness.contains(.broken) { read(client, on: &loop) }
    }

    func received(_ message: WebMessage, on loop: inout LoopContext) {
        switch message {
        case .userAnswered(let id, let question, let proof, let result):
            guard let client = clients[id], client.question == question else { return }
            touched.insert(id)
            if case .caller(let caller) = result { remember(proof, of: caller, client) }
            authenticated(client, result, provedBy: proof, on: &loop)
            advance(client, on: &loop)
        case .proofConfirmed(let id, let question, let stillCounts):
            guard let client = clients[id], client.question == question else { return }
            touched.insert(id)
            proofConfirmed(stillCounts, client, on: &loop)
            advance(client, on: &loop)
        case .engineReplied(let id, let question, let reply):
            guard let client = clients[id], client.question == question else { return }
            touched.insert(id)
            client.pending = nil
            replied(client, reply, on: &loop)
            advance(client, on: &loop)
        case .routeAnswered(let id, let question, let step):
            guard let client = clients[id], client.question == question else { return }
            touched.insert(id)
            client.pending = nil
            goOn(client, step, on: &loop)
            advance(client, on: &loop)
        case .pageRead(let id, let number, let reply):
            guard let client = clients[id] else { return }
            touched.insert(id)
            pageRead(client, number, reply)
        case .waitingSignaturesRead(let id, let number, let reply):
            guard let client = clients[id] else { return }
            touched.insert(id)
            waitingSignaturesRead(client, number, reply)
        case .stopListening:
            stopListening(on: &loop)
        case .stop:
            stop(on: &loop)
        }
    }

    func due(_ timer: UInt64, on loop: inout LoopContext) {
        guard let (id, purpose) = ClientTimer.read(timer) else {
            if isListening { try? listener.resume(on: loop) }
            if isStopping { loop.stop() }
            return
        }
        guard let client = clients[id] else { return }
        touched.insert(id)
        timeIsOver(client, purpose, on: &loop)
    }

    func turnEnded(on loop: inout LoopContext) {
        for watched in marks.drain() { touched.formUnion(watchers[watched] ?? []) }
        let ids = touched
        touched.removeAll(keepingCapacity: true)
        for id in ids {
            guard let client = clients[id] else { continue }
            let hasMore = stream(client)
            flush(client, on: &loop)
            // The kernel took it all: nothing will say that there is room again, so the next turn goes on. What did
            // not go is announced by the socket.
            guard client.transport.waitingBytes < Limits.outputBytesLow else { continue }
            if hasMore { touched.insert(id) }
            if client.isHeldBack, clients[id] != nil {
                touched.insert(id)
                advance(client, on: &loop)
            }
        }
        if !touched.isEmpty { handle.wake() }
        if isStopping, clients.isEmpty { loop.stop() }
    }

    // MARK: Coming and going

    private func accept(on loop: inout LoopContext) {
        guard clients.count < Limits.connectionsPerLoopMax else { return pauseAccepting(on: &loop) }
        var tokens: [UInt64] = []
        let outcome = listener.accept { socket in
            let id = ClientID(token: nextToken)
            nextToken += 1
            clients[id] = ClientConnection(id: id, transport: Transport(socket, token: id.token))
            tokens.append(id.token)
        }
        for token in tokens {
            touched.insert(ClientID(token: token))
            loop.setTimer(ClientTimer.idle.key(token), milliseconds: Limits.keepAliveMillisecondsMax)
        }
        switch outcome {
        case .accepted: break
        case .exhausted:
            services.log.warning("web", "no descriptors left, accepting pauses", LogField("loop", index))
            pauseAccepting(on: &loop)
        case .failed(let error):
            services.log.error("web", "accept failed", LogField("error", error))
            pauseAccepting(on: &loop)
        }
    }

    private func pauseAccepting(on loop: inout LoopContext) {
        listener.pause(on: loop)
        loop.setTimer(ClientTimer.loopKey, milliseconds: Limits.acceptPauseMilliseconds)
    }

    private func stopListening(on loop: inout LoopContext) {
        guard isListening else { return }
        isListening = false
        listener.pause(on: loop)
    }

    private func stop(on loop: inout LoopContext) {
        stopListening(on: &loop)
        isStopping = true
        loop.setTimer(ClientTimer.loopKey, milliseconds: Limits.farewellMilliseconds)
        for client in clients.values {
            touched.insert(client.id)
            sayGoodbye(client, on: &loop)
        }
    }

    /// Closes at once; what waits in the output is lost.
    func close(_ client: ClientConnection, on loop: inout LoopContext) {
        guard clients.removeValue(forKey: client.id) != nil else { return }
        client.pending?.withdraw()
        for run in client.subscriptions.runs { unwatch(.run(run), client.id) }
        client.subscriptions.serveEach { $0.order.feed.unwatch(from: index) }
        forgetSignatures(of: client)
        for purpose in ClientTimer.allCases { loop.cancelTimer(purpose.key(client.id.token)) }
    }

    private func flush(_ client: ClientConnection, on loop: inout LoopContext) {
        let stall = ClientTimer.stall.key(client.id.token)
        switch client.transport.flush() {
        case .all:
            if client.isStalled {
                client.isStalled = false
                loop.cancelTimer(stall)
            }
            if client.closesWhenFlushed { return finish(client, on: &loop) }
        case .some(let progressed):
            if progressed || !client.isStalled {
                client.isStalled = true
                loop.setTimer(stall, milliseconds: Limits.outputStallMillisecondsMax)
            }
        case .failed:
            return close(client, on: &loop)
        }
        do throws(NetError) {
            try client.transport.watch(on: loop)
        } catch {
            services.log.error("web", "a connection cannot be watched", LogField("error", error))
            close(client, on: &loop)
        }
    }

    /// The last word has left. If the peer may still be sending, its bytes are read away for a moment: closing at
    /// once would make its system drop the answer.
    private func finish(_ client: ClientConnection, on loop: inout LoopContext) {
        if client.isHalfClosed || isStopping { return close(client, on: &loop) }
        client.closesWhenFlushed = false
        client.isHeldBack = false
        client.phase = .lingering
        client.transport.isReading = true
        client.transport.shutdownWriting()
        loop.setTimer(ClientTimer.idle.key(client.id.token), milliseconds: Limits.lingerMilliseconds)
        try? client.transport.watch(on: loop)
    }

    // MARK: Bytes

    private func read(_ client: ClientConnection, on loop: inout LoopContext) {
        switch client.transport.receive(on: &loop) {
        case .nothing: break
        case .failed: close(client, on: &loop)
        case .ended: ended(client, on: &loop)
        case .bytes(let count):
            switch client.phase {
            case .lingering: break
            case .http(var decoder):
                client.phase = .lingering
                decoder.append(loop.scratch[..<count])
                client.phase = .http(decoder)
            case .socket(var conversation):
                client.phase = .lingering
                conversation.decoder.append(loop.scratch[..<count])
                client.phase = .socket(conversation)
            }
            advance(client, on: &loop)
        }
    }

    /// Goes on with what has been received.
    private func advance(_ client: ClientConnection, on loop: inout LoopContext) {
        switch client.phase {
        case .http: advanceHTTP(client, on: &loop)
        case .socket: advanceSocket(client, on: &loop)
        case .lingering: break
        }
    }

    /// The peer will send nothing more. What he has asked is still answered, within bounds. That it is said again means
    /// that the connection is broken: nobody is there.
    private func ended(_ client: ClientConnection, on loop: inout LoopContext) {
        guard case .http = client.phase, !client.isHalfClosed,
            client.exchange != nil || client.transport.waitingBytes > 0
        else { return close(client, on: &loop) }
        client.isHalfClosed = true
        client.transport.isReading = false
        probe(client)
        loop.setTimer(ClientTimer.idle.key(client.id.token), milliseconds: Limits.halfClosedMillisecondsMax)
        advance(client, on: &loop)
    }

    private func timeIsOver(_ client: ClientConnection, _ purpose: ClientTimer, on loop: inout LoopContext) {
        switch purpose {
        case .stall: close(client, on: &loop)
        case .ping: ping(client, on: &loop)
        case .confirm:
            confirmAgain(client, on: &loop)
            advance(client, on: &loop)
        case .idle:
            guard case .http(let decoder) = client.phase, client.exchange == nil else {
                return close(client, on: &loop)
            }
            // He is not waited for: his answers are on their way, and he may take as long to read them as anybody.
            guard !client.isHalfClosed else {
                return loop.setTimer(
                    ClientTimer.idle.key(client.id.token), milliseconds: Limits.halfClosedMillisecondsMax)
            }
            guard !decoder.isBetweenRequests else { return close(client, on: &loop) }
            refuse(
                client, .error(.requestTimeout, "the request did not arrive in time"), of: decoder.unfinished)
        }
    }

    // MARK: Questions

    /// Asks the engine; the answer comes to `replied`.
    func ask(_ call: EngineCall, for client: ClientConnection) {
        let question = client.nextQuestion()
        let id = client.id
        let mailbox = handle.mailbox
        client.pending = services.engine.perform(call) {
            mailbox.postReply(.engineReplied(id, question: question, $0))
        }
        probe(client)
    }

    /// Goes on with a decision, or asks storage for what is missing to one; then the answer comes to
    /// `authenticated`.
    func authenticate(_ decision: CredentialDecision, _ client: ClientConnection, on loop: inout LoopContext)
    {
        switch decision {
        case .caller(let caller): authenticated(client, .caller(caller), provedBy: nil, on: &loop)
        case .refused(let error): authenticated(client, .refused(error), provedBy: nil, on: &loop)
        case .awaitingUser(let proof):
            let question = client.nextQuestion()
            let id = client.id
            let mailbox = handle.mailbox
            services.users.user(provedBy: proof) {
                mailbox.postReply(
                    .userAnswered(id, question: question, proof, AuthenticationResult($0, provedBy: proof)))
            }
        }
    }

    // MARK: Watching runs

    func watch(_ order: SubscriptionOrder, for client: ClientConnection) {
        client.subscriptions.add(order)
        watch(.run(order.feed.run), for: client)
        order.feed.watch(from: index) { [marks] in marks.mark(.run($0)) }
    }

    func watch(_ watched: Watched, for client: ClientConnection) {
        watchers[watched, default: []].insert(client.id)
    }

    func unwatch(_ watched: Watched, _ id: ClientID) {
        watchers[watched]?.remove(id)
        if watchers[watched]?.isEmpty == true { watchers[watched] = nil }
    }

    /// The Date header's text, made once a second.
    var dateText: String {
        let now = services.clock.now()
        let second = now.nanoseconds / 1_000_000_000
        if second != date.second { date = (second, HTTPDate.text(of: now)) }
        return date.text
    }
}

/// What a timer of a connection is for.
enum ClientTimer: UInt64, CaseIterable {
    case idle, stall, ping, confirm

    /// The one timer that is the loop's own.
    static let loopKey = UInt64.max

    func key(_ token: UInt64) -> UInt64 { token << 2 | rawValue }

    static func read(_ key: UInt64) -> (ClientID, ClientTimer)? {
        guard key != loopKey, let purpose = ClientTimer(rawValue: key & 3) else { return nil }
        return (ClientID(token: key >> 2), purpose)
    }
}

extension AuthenticationResult {
    /// What storage's answer about a proof means.
    fileprivate init(_ answer: Result<KnownUser?, StorageError>, provedBy proof: UserProof) {
        switch answer {
        case .success(let user?): self = .caller(user.caller)
        case .success(nil): self = .refused(proof.refusal)
        case .failure: self = .unavailable
        }
    }
}
