// WebSockets: the upgrade, messages to the session, its orders, its subscriptions.

internal import Dialect
internal import Engine
internal import Identity
internal import Net
internal import Primitives
internal import Wire

extension WebReactor {
    /// Begins a request for a socket, if it is a good handshake.
    func beginUpgrade(
        _ request: HTTPRequest, _ socket: SocketRoute, _ client: ClientConnection, on loop: inout LoopContext
    ) {
        // Without the whole content it is not known where the frames begin.
        guard client.exchange?.isContentMissing == false else {
            return refuse(.handshakeWithContent, client, on: &loop)
        }
        do throws(WebSocketHandshakeError) {
            client.exchange?.handshake = try WebSocketHandshake(accepting: request)
        } catch {
            return refuseUpgrade(error, client)
        }
        let step = socket.handle(
            RouteRequest(request: request, parameters: [:], baseURL: baseURL(of: request, on: client)))
        carryOut(step, client, on: &loop)
    }

    private func refuseUpgrade(_ error: WebSocketHandshakeError, _ client: ClientConnection) {
        guard let exchange = client.exchange else { return }
        client.exchange = nil
        let response = router.answer(.handshake(error), in: exchange.dialect, to: exchange.request)
        let date = dateText
        client.transport.send {
            response.append(to: &$0, answering: exchange.request, closing: true, date: date)
        }
        client.closesWhenFlushed = true
    }

    /// Turns a connection into a socket.
    func open(_ opening: SocketOpening, _ client: ClientConnection, on loop: inout LoopContext) {
        guard let exchange = client.exchange, case .http(var decoder) = client.phase else { return }
        guard let handshake = exchange.handshake else {
            preconditionFailure("only the steps of a socket open one")
        }
        client.exchange = nil
        let unread = decoder.takeUnread()
        var conversation = SocketConversation(dialect: exchange.dialect, session: opening.session)
        conversation.decoder.bounds = settings.socketBounds
        if let known = exchange.caller, let user = known.caller.user {
            conversation.proofs[user] = known.proof
        }
        if client.isStranger {
            conversation.decoder.bounds.messageBytesMax = Limits.immediateBodyBytesMax
            loop.setTimer(
                ClientTimer.idle.key(client.id.token), milliseconds: Limits.strangerMillisecondsMax)
        }
        conversation.decoder.append(unread)
        client.phase = .socket(conversation)
        client.transport.isReading = true
        let response = handshake.response(agreeingOn: opening.subprotocol)
        let date = dateText
        client.transport.send { response.append(to: &$0, answering: exchange.request, date: date) }
        loop.setTimer(ClientTimer.ping.key(client.id.token), milliseconds: settings.pingMilliseconds)
        carryOut(opening.orders, client, on: &loop)
        advanceSocket(client, on: &loop)
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
                closeSocket(client, .broken(error))
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

    /// Gives a message to the session. A large message goes to a worker with a copy of the session, which comes back;
    /// nothing else reaches the session meanwhile.
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
        if !isTaken { closeSocket(client, .crowded) }
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
            case .sendBinary(let bytes):
                client.transport.send { WebSocketEncoder.append(binary: bytes, to: &$0) }
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
            case .authenticate(let credential):
                setAwaiting(client)
                authenticate(credential, client, on: &loop)
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

    /// Closes for a reason of the server, with the words of the dialect.
    func closeSocket(_ client: ClientConnection, _ end: SocketEnd) {
        guard case .socket(let conversation) = client.phase else { return }
        let farewell = router.farewell(end, in: conversation.dialect)
        closeSocket(client, farewell.code, reason: farewell.reason)
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

    /// Whether the peer has shown since the last ping that it is there: bytes have come from it, or it has confirmed
    /// bytes. A peer that has much to read answers the ping late.
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
            closeSocket(client, .stopping)
        case .http:
            guard let exchange = client.exchange else { return client.closesWhenFlushed = true }
            if let answer = exchange.stream { sayGoodbye(toReaderOf: answer, client, on: &loop) }
        case .lingering: break
        }
    }
}

extension SocketMessage {
    fileprivate var bytes: [UInt8] {
        switch self {
        case .text(let bytes), .binary(let bytes): bytes
        }
    }
}
