// WebSockets: the upgrade, messages to the session, its orders, its subscriptions.

internal import Dialect
internal import Engine
internal import Identity
internal import Net
internal import Primitives
internal import Wire

extension WebReactor {
    /// Turns a connection into a socket, or answers why not.
    func upgrade(
        _ request: HTTPRequest, _ dialect: any Dialect, _ client: ClientConnection, on loop: inout LoopContext
    ) {
        // Where its frames would begin is not known.
        guard client.exchange?.isContentMissing == false else {
            return respond(.error(.badRequest, "a request for a socket has no content"), client, on: &loop)
        }
        client.exchange = nil
        let response: HTTPResponse
        do throws(WebSocketHandshakeError) {
            response = try WebSocketHandshake(accepting: request).response
        } catch {
            return answerUpgrade(error.response, request, client)
        }
        guard let session = dialect.makeSession(for: request) else {
            return answerUpgrade(.error(.notFound, "not found"), request, client)
        }
        guard case .http(var decoder) = client.phase else { return }
        let unread = decoder.takeUnread()
        var conversation = SocketConversation(session: session)
        if client.isStranger {
            conversation.decoder.messageBytesMax = Limits.immediateBodyBytesMax
            loop.setTimer(
                ClientTimer.idle.key(client.id.token), milliseconds: Limits.strangerMillisecondsMax)
        }
        conversation.decoder.append(unread)
        client.phase = .socket(conversation)
        client.transport.isReading = true
        let date = dateText
        client.transport.send { response.append(to: &$0, answering: request, date: date) }
        loop.setTimer(ClientTimer.ping.key(client.id.token), milliseconds: settings.pingMilliseconds)
        advanceSocket(client, on: &loop)
    }

    private func answerUpgrade(_ response: HTTPResponse, _ request: HTTPRequest, _ client: ClientConnection) {
        let date = dateText
        client.transport.send { response.append(to: &$0, answering: request, closing: true, date: date) }
        client.closesWhenFlushed = true
    }

    /// Takes messages until the session waits for an answer or no whole one is there.
    func advanceSocket(_ client: ClientConnection, on loop: inout LoopContext) {
        while client.hasRoom, case .socket(var conversation) = client.phase, !conversation.isAwaiting,
            !conversation.isClosing
        {
            client.phase = .lingering
            do throws(WebSocketError) {
                let event = try conversation.decoder.next()
                client.phase = .socket(conversation)
                guard let event else { break }
                take(event, client, on: &loop)
            } catch {
                client.phase = .socket(conversation)
                closeSocket(client, error.closeCode, reason: error.description)
            }
        }
        client.isHeldBack = !client.hasRoom
        if case .socket(let conversation) = client.phase {
            client.transport.isReading = conversation.decoder.unreadCount < Limits.readAheadBytesMax
        }
    }

    private func take(_ event: WebSocketDecoder.Event, _ client: ClientConnection, on loop: inout LoopContext)
    {
        switch event {
        case .textReceived(let text): confirmIdentities(for: .text(text), client, on: &loop)
        case .binaryReceived(let bytes): deliver(.binary(bytes), client, on: &loop)
        case .pingReceived(let payload):
            client.transport.send { WebSocketEncoder.append(pong: payload, to: &$0) }
        case .pongReceived(let payload):
            if let time = client.openingPings.time(of: payload) { client.openSubscriptions(by: time) }
        case .closeReceived(let code, let reason):
            closeSocket(client, code ?? .normal, reason: code == nil ? "" : reason)
        }
    }

    /// Gives a message to the session. A worker does so if it is large, on a copy that comes back: a session that waits is
    /// left alone.
    func deliver(_ message: SocketMessage, _ client: ClientConnection, on loop: inout LoopContext) {
        guard message.bytes.count > Limits.immediateBodyBytesMax,
            case .socket(let conversation) = client.phase
        else {
            let orders = withSession(client) { $0.received(message) }
            return carryOut(orders, client, on: &loop)
        }
        setAwaiting(client)
        let question = client.nextQuestion()
        let (id, mailbox, lent) = (client.id, handle.mailbox, conversation.session)
        let isTaken = workers.post {
            var session = lent
            let orders = session.received(message)
            mailbox.postReply(.messageRead(id, question: question, session, orders))
        }
        if !isTaken { closeSocket(client, .tryAgainLater, reason: "too much is being sent") }
    }

    /// A worker has given a large message to the session.
    func messageRead(
        _ client: ClientConnection, _ session: any SocketSession, _ orders: [SessionOrder],
        on loop: inout LoopContext
    ) {
        guard case .socket(var conversation) = client.phase else { return }
        conversation.session = session
        conversation.isAwaiting = false
        client.phase = .socket(conversation)
        carryOut(orders, client, on: &loop)
    }

    func sessionAuthenticated(
        _ client: ClientConnection, _ result: AuthenticationResult, on loop: inout LoopContext
    ) {
        if case .caller(let caller) = result, caller.principal != nil { becomeKnown(client, on: &loop) }
        answered(client, on: &loop) { $0.authenticated(result) }
    }

    func sessionReplied(_ client: ClientConnection, _ reply: EngineReply, on loop: inout LoopContext) {
        answered(client, on: &loop) { $0.replied(reply) }
    }

    private func answered(
        _ client: ClientConnection, on loop: inout LoopContext,
        _ body: (inout any SocketSession) -> [SessionOrder]
    ) {
        guard case .socket(var conversation) = client.phase, conversation.isAwaiting else { return }
        conversation.isAwaiting = false
        client.phase = .socket(conversation)
        let orders = withSession(client, body)
        carryOut(orders, client, on: &loop)
    }

    func withSession(
        _ client: ClientConnection, _ body: (inout any SocketSession) -> [SessionOrder]
    ) -> [SessionOrder] {
        guard case .socket(var conversation) = client.phase else { return [] }
        client.phase = .lingering
        let orders = body(&conversation.session)
        client.phase = .socket(conversation)
        return orders
    }

    private func carryOut(_ orders: [SessionOrder], _ client: ClientConnection, on loop: inout LoopContext) {
        for order in orders {
            // Behind a close frame nothing more is sent (RFC 6455 section 5.5.1).
            if case .socket(let conversation) = client.phase, conversation.isClosing { return }
            switch order {
            case .send(let text): client.transport.send { WebSocketEncoder.append(text: text, to: &$0) }
            case .subscribe(let order):
                becomeKnown(client, on: &loop)
                watch(order, for: client, on: &loop)
            case .subscribeSignatures(let order):
                becomeKnown(client, on: &loop)
                watch(order, for: client, on: &loop)
            case .unsubscribe(let number):
                if !forget(number, client) { _ = forgetSignatures(number, client) }
            case .close(let code, let reason):
                closeSocket(client, WebSocketCloseCode(code), reason: reason)
            case .authenticate(let token):
                setAwaiting(client)
                authenticate(
                    services.verifier.decide(token: token, at: services.clock.now()), client, on: &loop)
            case .call(let call):
                setAwaiting(client)
                ask(call, for: client)
            }
        }
    }

    func setAwaiting(_ client: ClientConnection) {
        guard case .socket(var conversation) = client.phase else { return }
        conversation.isAwaiting = true
        client.phase = .socket(conversation)
    }

    /// Sends a close frame and closes when it has left; what waits in front of it is sent first.
    func closeSocket(_ client: ClientConnection, _ code: WebSocketCloseCode, reason: String) {
        guard case .socket(var conversation) = client.phase, !conversation.isClosing else { return }
        conversation.isClosing = true
        client.phase = .socket(conversation)
        client.transport.send { WebSocketEncoder.append(close: code, reason: reason, to: &$0) }
        client.closesWhenFlushed = true
    }

    func ping(_ client: ClientConnection, on loop: inout LoopContext) {
        guard case .socket(let conversation) = client.phase, !conversation.isClosing else { return }
        guard isThere(client) else { return close(client, on: &loop) }
        client.transport.send { WebSocketEncoder.append(ping: [], to: &$0) }
        loop.setTimer(ClientTimer.ping.key(client.id.token), milliseconds: settings.pingMilliseconds)
        confirmWatcher(client, on: &loop)
    }

    /// Whether the peer has shown since the last ping that he is there: something has come from him, or gone to him. Who has
    /// much to read answers late.
    private func isThere(_ client: ClientConnection) -> Bool {
        let unconfirmed = client.transport.unconfirmedBytes
        defer {
            client.isAlive = !client.transport.isReading
            client.unconfirmedBytes = unconfirmed
        }
        return client.isAlive || unconfirmed < client.unconfirmedBytes
    }

    /// The server stops: sockets are told, requests in progress get their answers if they come in time.
    func sayGoodbye(_ client: ClientConnection, on loop: inout LoopContext) {
        switch client.phase {
        case .socket:
            client.openSubscriptions(by: .max)
            stream(client)
            closeSocket(client, .goingAway, reason: "server is shutting down")
        case .http where client.exchange == nil: client.closesWhenFlushed = true
        case .http, .lingering: break
        }
    }

    // MARK: Subscriptions

    /// By when a subscription begins whose answer has just been sent: its first event is not to be read together with it.
    func opening(for client: ClientConnection, on loop: inout LoopContext) -> Int64 {
        let pause = Limits.subscriptionPauseMilliseconds
        let opensAt = loop.turnTime + Int64(pause) * 1_000_000
        if !client.isOpening {
            client.isOpening = true
            loop.setTimer(ClientTimer.open.key(client.id.token), milliseconds: pause)
        }
        return opensAt
    }

    /// Something waits for subscriptions to begin: a peer that says that he has read their answers gets it at once. While
    /// nothing waits he is not asked, as a pong alone may keep his next message from leaving (RFC 896).
    private func askWhetherRead(_ client: ClientConnection, opensAt time: Int64) {
        let payload = client.openingPings.payload(opensAt: time)
        client.transport.send { WebSocketEncoder.append(ping: payload, to: &$0) }
    }

    /// Subscriptions begin whose answers have left some time ago.
    func openSubscriptions(_ client: ClientConnection, on loop: inout LoopContext) {
        client.openSubscriptions(by: loop.turnTime)
        guard let next = client.nextOpening else {
            client.isOpening = false
            return
        }
        loop.setTimer(
            ClientTimer.open.key(client.id.token),
            milliseconds: Int((next - loop.turnTime + 999_999) / 1_000_000))
    }

    /// Moves what its subscriptions have to say into a connection's output. True if not all of it had room.
    @discardableResult
    func stream(_ client: ClientConnection) -> Bool {
        guard client.isWatching,
            case .socket(let conversation) = client.phase, !conversation.isAwaiting, !conversation.isClosing
        else { return false }
        // First, as they are few, and somebody waits for them.
        guard streamSignatures(client) else { return false }
        let result = StreamWriter.write(
            &client.subscriptions, to: &client.transport, tracks: services.engine.tracks)
        if let time = result.opensAt { askWhetherRead(client, opensAt: time) }
        for (number, run, after) in result.pagesWanted { askForPage(number, run, after, client) }
        for number in result.ended { end(number, client) }
        return result.isFull
    }

    private func askForPage(_ number: UInt64, _ run: RunID, _ after: UInt64, _ client: ClientConnection) {
        let id = client.id
        let mailbox = handle.mailbox
        services.engine.perform(.page(run, after: after)) { reply in
            mailbox.postReply(.pageRead(id, subscription: number, reply))
        }
    }

    /// A page of stored events is there.
    func pageRead(_ client: ClientConnection, _ number: UInt64, _ reply: EngineReply) {
        let tracks = services.engine.tracks
        var isLost = false
        client.subscriptions.update(number) { subscription in
            guard case .page(let events, let isLast) = reply, isLast || !events.isEmpty else {
                isLost = true
                return
            }
            subscription.add(events, isLast: isLast, tracks[subscription.order.track])
        }
        // Storage could not go on: better an end that the client sees than a silent gap.
        if isLost { closeSocket(client, .tryAgainLater, reason: "stored events cannot be read now") }
    }

    private func end(_ number: UInt64, _ client: ClientConnection) {
        guard forget(number, client) else { return }
        _ = withSession(client) { session in
            session.subscriptionEnded(number)
            return []
        }
    }

    /// False if there is no such subscription.
    private func forget(_ number: UInt64, _ client: ClientConnection) -> Bool {
        guard let subscription = client.subscriptions.remove(number) else { return false }
        let run = subscription.order.feed.run
        subscription.order.feed.unwatch(from: index)
        if !client.subscriptions.contains(run: run) { unwatch(.run(run), client.id) }
        return true
    }
}

extension SocketMessage {
    fileprivate var bytes: [UInt8] {
        switch self {
        case .text(let bytes), .binary(let bytes): bytes
        }
    }
}
