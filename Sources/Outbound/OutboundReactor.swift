// All exchanges with other servers: their machines, their connections, their time. Owned by the outbound loop.

internal import Engine
internal import Net
internal import Primitives

/// What others post to the outbound loop.
enum OutboundMessage: Sendable {
    case send(id: UInt64, OutboundRequest, reply: @Sendable (Result<OutboundResponse, OutboundError>) -> Void)
    case cancel(id: UInt64)
    case resolved(id: UInt64, [IPAddress])
    /// The caller of an exchange that had begun has taken its answer.
    case answerTaken
    /// Ends everything.
    case stop
}

/// Carries out what exchanges order and tells them what came of it.
struct OutboundReactor: Reactor {
    private struct Running {
        var machine: Exchange
        let reply: @Sendable (Result<OutboundResponse, OutboundError>) -> Void
        var hasBegun = false
        /// The open connection, if there is one.
        var token: UInt64?
    }

    /// What happened to an exchange; with a token only if that connection is still its own.
    private struct Event {
        let fact: Exchange.Fact
        var token: UInt64?
    }

    private let settings: OutboundSettings
    private let trust: TLSContext
    private let lookups: WorkThreads
    private let answers: WorkThreads
    private let mailbox: Mailbox<OutboundMessage>
    private var running: [UInt64: Running] = [:]
    private var connections: [UInt64: ExchangeConnection] = [:]
    /// Exchanges that have not begun, in order; some may be over already.
    private var line = FIFO<UInt64>()
    private var waitingCount = 0
    /// The number of exchanges that have begun and whose callers have not taken their answers yet. All of them may hold
    /// an answer.
    private var begunCount = 0
    private var lastToken: UInt64 = 0
    private var isStopping = false
    private var own: (addresses: Set<IPAddress>, endsAt: Int64) = ([], 0)

    init(
        settings: OutboundSettings, trust: TLSContext, lookups: WorkThreads, answers: WorkThreads,
        mailbox: Mailbox<OutboundMessage>
    ) {
        self.settings = settings
        self.trust = trust
        self.lookups = lookups
        self.answers = answers
        self.mailbox = mailbox
    }

    mutating func ready(_ token: UInt64, _ readiness: Readiness, on loop: inout LoopContext) {
        guard let connection = connections[token] else { return }
        let events = connection.ready(readiness, on: &loop).map { Event(fact: $0, token: token) }
        take(events, for: connection.exchange, on: &loop)
    }

    mutating func received(_ message: OutboundMessage, on loop: inout LoopContext) {
        switch message {
        case .send(let id, let request, let reply): accept(id, request, reply, on: &loop)
        case .cancel(let id): take([Event(fact: .failed(.cancelled))], for: id, on: &loop)
        case .resolved(let id, let addresses):
            take([Event(fact: .resolved(addresses))], for: id, on: &loop)
        case .answerTaken: begunCount -= 1
        case .stop:
            isStopping = true
            for id in running.keys { take([Event(fact: .failed(.stopped))], for: id, on: &loop) }
            loop.stop()
        }
    }

    mutating func due(_ timer: UInt64, on loop: inout LoopContext) {
        let id = timer / 2
        let fact: Exchange.Fact =
            timer == Self.wholeTimer(id)
            ? .failed(.timedOut(seconds: settings.secondsMax)) : .connectFailed(.connectTimedOut)
        take([Event(fact: fact)], for: id, on: &loop)
    }

    /// Begins waiting exchanges in place of those that have ended, after everything else of the turn.
    mutating func turnEnded(on loop: inout LoopContext) {
        while begunCount < Limits.outboundExchangesMax, let id = line.popFirst() {
            guard running[id] != nil else { continue }
            running[id]?.hasBegun = true
            waitingCount -= 1
            begunCount += 1
            take([Event(fact: .began)], for: id, on: &loop)
        }
    }

    private static func wholeTimer(_ id: UInt64) -> UInt64 { id * 2 }
    private static func connectTimer(_ id: UInt64) -> UInt64 { id * 2 + 1 }

    private mutating func accept(
        _ id: UInt64, _ request: OutboundRequest,
        _ reply: @escaping @Sendable (Result<OutboundResponse, OutboundError>) -> Void,
        on loop: inout LoopContext
    ) {
        guard !isStopping else {
            answer(.failure(.stopped), to: reply)
            return
        }
        guard waitingCount < Limits.outboundWaitingMax else {
            answer(.failure(.tooManyRequests), to: reply)
            return
        }
        waitingCount += 1
        running[id] = Running(
            machine: Exchange(request, policy: policy(on: loop), responseBytesMax: settings.responseBytesMax),
            reply: reply)
        line.append(id)
        loop.setTimer(Self.wholeTimer(id), milliseconds: settings.secondsMax * 1000)
    }

    /// The policy with this machine's addresses, which may change at any time and are looked up again after a while.
    private mutating func policy(on loop: borrowing LoopContext) -> AddressPolicy {
        if loop.turnTime >= own.endsAt {
            own.addresses = settings.ownAddresses() ?? own.addresses
            own.endsAt = loop.turnTime + Int64(Limits.ownAddressesMilliseconds) * 1_000_000
        }
        var policy = settings.policy
        policy.own.formUnion(own.addresses)
        return policy
    }

    private mutating func take(_ first: [Event], for id: UInt64, on loop: inout LoopContext) {
        var events = FIFO<Event>()
        for event in first { events.append(event) }
        while let event = events.popFirst() {
            guard event.token == nil || event.token == running[id]?.token else { continue }
            for order in running[id]?.machine.take(event.fact) ?? [] {
                for event in carryOut(order, for: id, on: &loop) { events.append(event) }
            }
        }
    }

    private mutating func carryOut(
        _ order: Exchange.Order, for id: UInt64, on loop: inout LoopContext
    ) -> [Event] {
        switch order {
        case .resolve(let name):
            let isAccepted = lookups.post { [mailbox] in
                mailbox.postReply(.resolved(id: id, NameLookup.addresses(of: name)))
            }
            return isAccepted ? [] : [Event(fact: .failed(.tooManyRequests))]
        case .connect(let address, let port, let serverName):
            return [connect(id, to: address, port: port, serverName: serverName, on: &loop)].compactMap(
                \.self)
        case .send(let bytes):
            loop.cancelTimer(Self.connectTimer(id))
            guard let token = running[id]?.token, let connection = connections[token] else { return [] }
            return connection.send(bytes, on: &loop).map { Event(fact: $0, token: token) }
        case .disconnect:
            loop.cancelTimer(Self.connectTimer(id))
            // Closing makes the loop forget the socket.
            if let token = running[id]?.token { connections[token] = nil }
            running[id]?.token = nil
        case .finish(let result):
            guard let ended = running.removeValue(forKey: id) else { return [] }
            loop.cancelTimer(Self.wholeTimer(id))
            guard ended.hasBegun else {
                waitingCount -= 1
                answer(result, to: ended.reply)
                return []
            }
            answer(result) { [mailbox] result in
                ended.reply(result)
                mailbox.postReply(.answerTaken)
            }
        }
        return []
    }

    /// Begins to connect; gives what happened if that failed at once.
    private mutating func connect(
        _ id: UInt64, to address: IPAddress, port: UInt16, serverName: String?, on loop: inout LoopContext
    ) -> Event? {
        var session: TLSSession?
        if let serverName {
            do throws(TLSError) {
                session = try TLSSession(client: trust, host: serverName)
            } catch {
                return Event(fact: .failed(.tls(error)))
            }
        }
        lastToken += 1
        loop.setTimer(Self.connectTimer(id), milliseconds: Limits.outboundConnectMillisecondsMax)
        do throws(NetError) {
            connections[lastToken] = try ExchangeConnection(
                for: id, to: address, port: port, session: session.take(), token: lastToken, on: loop)
            running[id]?.token = lastToken
            return nil
        } catch {
            return Event(fact: .connectFailed(.notConnected(error)))
        }
    }

    /// Replies on another thread, because the caller may have a large answer to read. Every request comes here exactly
    /// once.
    private func answer(
        _ result: Result<OutboundResponse, OutboundFailure>,
        to reply: @escaping @Sendable (Result<OutboundResponse, OutboundError>) -> Void
    ) {
        let result = result.mapError { OutboundError($0.description) }
        guard !answers.post({ reply(result) }) else { return }
        reply(result)
    }
}
