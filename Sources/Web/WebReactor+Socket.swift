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
        case .pongReceived: break
        case .closeReceived(let code, let reason):
            closeSocket(client, code ?? .normal, reason: code == nil ? "" : reason)
        }
    }

    /// Gives a message to the session.
    func deliver(_ message: SocketMessage, _ client: ClientConnection, on loop: inout LoopContext) {
        let orders = withSession(client) { $0.received(message) }
        carryOut(orders, client, on: &loop)
    }

    func sessionAuthenticated(
        _ client: ClientConnection, _ result: AuthenticationResult, on loop: inout LoopContext
    ) {
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
            case .subscribe(let order): watch(order, for: client)
            case .subscribeSignatures(let order): watch(order, for: client)
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
        client.transport.send { WebSocketEncoder.append(ping: [], to: &$0) }
        loop.setTimer(ClientTimer.ping.key(client.id.token), milliseconds: settings.pingMilliseconds)
        confirmWatcher(client, on: &loop)
    }

    /// The server stops: sockets are told, requests in progress get their answers if they come in time.
    func sayGoodbye(_ client: ClientConnection, on loop: inout LoopContext) {
        switch client.phase {
        case .socket:
            stream(client)
            closeSocket(client, .goingAway, reason: "server is shutting down")
        case .http where client.exchange == nil: client.closesWhenFlushed = true
        case .http, .lingering: break
        }
    }

    // MARK: Subscriptions

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
