// Owns the connections of one loop and turns readiness, messages and marks into calls on them.

internal import Dialect
internal import Engine
internal import Identity
internal import Net
internal import Primitives
internal import Wire

/// The reactor of one web loop.
final class WebReactor: Reactor {
    /// The loop's first tokens stand for its doors.
    private static let doorsMax: UInt64 = 2

    let index: Int
    let handle: EventLoop<WebMessage>
    let settings: WebSettings
    let services: WebServices
    let router: Router
    let doors: [Door]
    /// For what takes longer than a turn may.
    let workers: WorkThreads
    /// For handshakes; nil if there is no TLS.
    let handshakes: WorkThreads?
    var bodies = BodyBudget()
    var strangers = StrangerTable()
    /// What of refused clients has been read away since the last pause, and who waits for the next.
    var lingerBytes = 0
    var lingering = FIFO<ClientID>()
    /// How many connections there may be.
    let connectionsMax: Int
    private(set) var isListening = true
    private(set) var isStopping = false
    private var nextToken = WebReactor.doorsMax
    /// Where the last request went, for the log of long turns.
    var lastPlace = ""
    /// Until when which lines are not repeated in the log, in steady nanoseconds.
    private var quietUntil: [String: Int64] = [:]
    var clients: [ClientID: ClientConnection] = [:]
    var watchers = Watchers()
    let marks: MarkSet<Watched>
    /// Connections that have output, or whose interest may have changed, in this turn.
    private var touched: Set<ClientID> = []
    private var date = (second: Int64.min, text: "")

    init(
        index: Int, handle: EventLoop<WebMessage>, doors: [DoorPlan], settings: WebSettings,
        services: WebServices, router: Router, workers: WorkThreads, handshakes: WorkThreads?,
        connectionsMax: Int, on loop: inout LoopContext
    ) throws {
        self.index = index
        self.handle = handle
        self.settings = settings
        self.services = services
        self.router = router
        self.workers = workers
        self.handshakes = handshakes
        self.connectionsMax = connectionsMax
        var opened: [Door] = []
        for door in doors {
            let token = UInt64(opened.count)
            let listener = try Listener(Socket(owning: door.descriptor), token: token, on: loop)
            opened.append(Door(listener, tls: door.tls))
        }
        self.doors = opened
        self.marks = MarkSet(bell: { handle.wake() })
    }

    // MARK: What the loop says

    func ready(_ token: UInt64, _ readiness: Readiness, on loop: inout LoopContext) {
        guard token >= WebReactor.doorsMax else { return accept(at: doors[Int(token)], on: &loop) }
        guard let client = clients[ClientID(token: token)] else { return }
        touched.insert(client.id)
        if case .lingering = client.phase {
            readAway(client, isBroken: readiness.contains(.broken), on: &loop)
        } else if readiness.contains(.readable) || readiness.contains(.broken) {
            read(client, on: &loop)
        }
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
        case .contentRead(let id, let question, let step, let share):
            if let share { bodies.giveBack(share) }
            guard let client = clients[id], client.question == question else { return }
            touched.insert(id)
            goOn(client, step, on: &loop)
            advance(client, on: &loop)
        case .routeAsks(let id, let question, let pending):
            guard let client = clients[id], client.question == question else { return pending.withdraw() }
            touched.insert(id)
            client.pending = pending
            probe(client)
        case .messageRead(let id, let question, let session, let orders):
            guard let client = clients[id], client.question == question else { return }
            touched.insert(id)
            messageRead(client, session, orders, on: &loop)
            advance(client, on: &loop)
        case .pageRead(let id, let number, let reply):
            guard let client = clients[id] else { return }
            touched.insert(id)
            pageRead(client, number, reply, on: &loop)
        case .waitingSignaturesRead(let id, let number, let reply):
            guard let client = clients[id] else { return }
            touched.insert(id)
            waitingSignaturesRead(client, number, reply)
        case .handshakeAdvanced(let id, let handshake, let progress):
            guard let client = clients[id] else { return }
            touched.insert(id)
            handshakeAdvanced(client, handshake, progress, on: &loop)
        case .stopListening:
            stopListening(on: &loop)
        case .stop:
            stop(on: &loop)
        }
    }

    func due(_ timer: UInt64, on loop: inout LoopContext) {
        guard timer != ClientTimer.lingerKey else { return readAwayAgain(on: &loop) }
        guard let (id, purpose) = ClientTimer.read(timer) else {
            if isListening { resumeAccepting(on: &loop) }
            if isStopping { loop.stop() }
            return
        }
        guard let client = clients[id] else { return }
        touched.insert(id)
        timeIsOver(client, purpose, on: &loop)
    }

    func turnEnded(on loop: inout LoopContext) {
        for watched in marks.drain() { touched.formUnion(watchers.of(watched)) }
        let ids = touched
        touched.removeAll(keepingCapacity: true)
        for id in ids {
            guard let client = clients[id] else { continue }
            let hasMore = stream(client)
            flush(client, on: &loop)
            if client.holdsInput, clients[id] != nil {
                touched.insert(id)
                read(client, on: &loop)
            }
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

    func turnWasLong(_ turn: LoopTurn) {
        guard isWorthALine("long turn") else { return }
        services.log.warning(
            "web", "a turn took long", LogField("loop", index),
            LogField("milliseconds", turn.nanoseconds / 1_000_000), LogField("ready", turn.readyCount),
            LogField("messages", turn.messageCount), LogField("timers", turn.timerCount),
            LogField("last", lastPlace))
    }

    /// False for what the log has said a moment ago: each of many connections could bring such a line.
    func isWorthALine(_ subject: String) -> Bool {
        let now = services.clock.steady()
        guard now >= quietUntil[subject] ?? .min else { return false }
        quietUntil[subject] = now + Int64(Limits.logPauseMilliseconds) * 1_000_000
        return true
    }

    /// A name for a connection that has come.
    func nextID() -> ClientID {
        defer { nextToken += 1 }
        return ClientID(token: nextToken)
    }

    /// The connection is looked after at the end of the turn.
    func touch(_ id: ClientID) { touched.insert(id) }

    // MARK: Coming and going

    private func stopListening(on loop: inout LoopContext) {
        guard isListening else { return }
        isListening = false
        for door in doors { door.listener.pause(on: loop) }
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
        client.transport.sayGoodbye()
        client.pending?.withdraw()
        giveBackShare(of: client)
        strangers.remove(client.id)
        for run in client.subscriptions.runs { watchers.remove(client.id, from: .run(run)) }
        client.subscriptions.serveEach { $0.order.feed.unwatch(from: index) }
        forgetSignatures(of: client)
        for purpose in ClientTimer.allCases { loop.cancelTimer(purpose.key(client.id.token)) }
    }

    private func flush(_ client: ClientConnection, on loop: inout LoopContext) {
        let stall = ClientTimer.stall.key(client.id.token)
        if client.closesWhenFlushed { client.transport.end() }
        switch client.transport.flush() {
        case .all:
            if client.isStalled {
                client.isStalled = false
                client.isAlive = true
                loop.cancelTimer(stall)
            }
            if client.closesWhenFlushed { return finish(client, on: &loop) }
        case .some(let progressed):
            if progressed, client.isStalled { client.isAlive = true }
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

    /// The Date header's text, made once a second.
    var dateText: String {
        let now = services.clock.now()
        let second = now.nanoseconds / 1_000_000_000
        if second != date.second { date = (second, HTTPDate.text(of: now)) }
        return date.text
    }
}
