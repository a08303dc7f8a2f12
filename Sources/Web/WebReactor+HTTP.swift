// Requests: decoded one after the other, answered one after the other.

internal import Dialect
internal import Engine
internal import Identity
internal import Net
internal import Primitives
internal import Wire

extension WebReactor {
    /// How much of a request's content is there when the request begins.
    enum Content {
        case present
        /// - Parameter isLarge: the content is or may be too large to be read on the loop.
        case missing(isLarge: Bool)
    }

    /// Takes requests until one must wait for an answer or no whole one is there.
    func advanceHTTP(_ client: ClientConnection, on loop: inout LoopContext) {
        while client.takesBytes, !client.closesWhenFlushed, client.hasRoom,
            case .http(var decoder) = client.phase
        {
            // Taken out while it works, so that its buffer is changed in place.
            client.phase = .lingering
            do throws(HTTPRequestError) {
                let event = try decoder.next()
                client.phase = .http(decoder)
                guard let event else {
                    if client.isHalfClosed {
                        // The client waits for the answer to a request that will never be whole.
                        if client.exchange != nil { return close(client, on: &loop) }
                        client.closesWhenFlushed = true
                        break
                    }
                    if beginEarly(client, decoder, on: &loop) { continue }
                    setIdleTimer(client, decoder, on: &loop)
                    break
                }
                switch event {
                case .headReceived(let head): headReceived(head, decoder, client, on: &loop)
                case .continueExpected: client.transport.send(HTTPResponse.continueBytes)
                case .requestReceived(let request):
                    client.isReadingBody = false
                    if client.exchange == nil {
                        giveBackShare(of: client)
                        begin(request, content: .present, client, on: &loop)
                    } else {
                        contentReceived(request, client, on: &loop)
                    }
                }
            } catch {
                client.phase = .http(decoder)
                refuseUnread(client, .unreadable(error), of: decoder.unfinished)
            }
        }
        client.isHeldBack = !client.hasRoom
        if case .http(let decoder) = client.phase {
            // No more content is taken than came with the head until the route asks for it.
            let isWaiting = client.exchange?.isContentMissing == true && !client.takesBytes
            let readAheadMax = isWaiting ? 1 : Limits.readAheadBytesMax
            client.transport.isReading = !client.isHalfClosed && decoder.unreadCount < readAheadMax
        }
    }

    /// A request whose content is large, or waits for an invitation, is begun at once: it may well be refused.
    private func headReceived(
        _ head: HTTPRequest, _ decoder: HTTPRequestDecoder, _ client: ClientConnection,
        on loop: inout LoopContext
    ) {
        client.isReadingBody = true
        client.bodyDeadline = nil
        let isLarge = decoder.announcedBodyBytes.map { $0 > Limits.immediateBodyBytesMax }
        guard decoder.isContinueExpected || isLarge == true else { return }
        begin(head, content: .missing(isLarge: isLarge ?? true), client, on: &loop)
    }

    /// A head has one time limit for all of it. A body has a limit for each piece and one for all of it.
    private func setIdleTimer(
        _ client: ClientConnection, _ decoder: HTTPRequestDecoder, on loop: inout LoopContext
    ) {
        let stage: ClientConnection.Stage =
            client.isReadingBody
            ? .body : !client.hasAsked ? .firstRequest : decoder.isBetweenRequests ? .betweenRequests : .head
        guard stage != client.stage || stage == .body else { return }
        client.stage = stage
        var milliseconds = stage.millisecondsMax
        if stage == .body {
            let now = loop.turnTime
            let end = client.bodyDeadline ?? now + Int64(Limits.requestBodyMillisecondsMax) * 1_000_000
            client.bodyDeadline = end
            milliseconds = min(milliseconds, max(0, Int((end - now) / 1_000_000)))
        }
        loop.setTimer(ClientTimer.idle.key(client.id.token), milliseconds: milliseconds)
    }

    /// - Parameter request: without content if that is missing.
    func begin(
        _ request: HTTPRequest, content: Content, _ client: ClientConnection, on loop: inout LoopContext
    ) {
        // A client that sends nothing more keeps its time limit, whatever it has asked for.
        if !client.isHalfClosed { loop.cancelTimer(ClientTimer.idle.key(client.id.token)) }
        client.stage = .answering
        client.hasAsked = true
        let routing = router.find(request)
        lastPlace = routing.secretPath ?? request.target.path
        client.exchange = HTTPExchange(request: request, dialect: routing.dialect, place: lastPlace)
        var isLarge = false
        if case .missing(let isMuch) = content {
            client.exchange?.isContentMissing = true
            isLarge = isMuch
        }
        if let refusal = settings.origins.refusal(of: request) { return refuse(refusal, client, on: &loop) }
        client.exchange?.origin = request.headers["origin"]
        if let response = OriginPolicy.preflight(request) { return respond(response, client) }
        switch routing.goal {
        case .unknown: refuse(.unknownPath, client, on: &loop)
        case .otherMethods(let methods, _): refuse(.otherMethods(methods), client, on: &loop)
        case .route(let route, let parameters):
            guard client.knownBodyBytes <= route.contentBytesMax else {
                return refuse(.unreadable(.bodyTooLarge), client, on: &loop)
            }
            let step = route.handle(
                RouteRequest(
                    request: request, parameters: parameters, baseURL: baseURL(of: request, on: client),
                    isLarge: isLarge))
            carryOut(step, client, on: &loop)
        case .socket(let socket):
            beginUpgrade(request, socket, client, on: &loop)
        }
    }

    func carryOut(_ step: RouteStep, _ client: ClientConnection, on loop: inout LoopContext) {
        switch step {
        case .respond(let response):
            respond(response, client)
        case .refuse(let refusal):
            refuse(refusal, client, on: &loop)
        case .authenticate(let reader, let next):
            guard let request = client.exchange?.request else { return }
            client.exchange?.awaiting = .authentication(next)
            authenticate(reader.read(request), client, on: &loop)
        case .content(let sender, let next):
            takeContent(client, from: sender, next, on: &loop)
        case .confirm(let next):
            confirmCaller(client, next, on: &loop)
        case .call(let call, let next):
            client.exchange?.awaiting = .reply(next)
            ask(call, for: client)
        case .ask(let question):
            ask(question, for: client, on: &loop)
        case .open(let opening):
            open(opening, client, on: &loop)
        case .stream(let stream):
            open(stream, client, on: &loop)
        }
    }

    /// Finds out whether a peer that sends nothing more still waits for its answer, or has gone. The probe is an
    /// interim response (RFC 9110 section 15.2): if the peer has closed the connection, its system breaks it, and the
    /// place of its question becomes free at once.
    func probe(_ client: ClientConnection) {
        guard client.isHalfClosed, !client.isProbed, client.pending != nil,
            client.exchange?.request.version == .http11
        else { return }
        client.isProbed = true
        client.transport.send(HTTPResponse.continueBytes)
    }

    /// The answer of a port to a route's question is there.
    func goOn(_ client: ClientConnection, _ step: RouteStep, on loop: inout LoopContext) {
        guard case .step? = client.exchange?.awaiting else { return }
        client.exchange?.awaiting = nil
        carryOut(step, client, on: &loop)
    }

    /// The answer to a question about the caller is there.
    ///
    /// - Parameter proof: what was asked about; nil if nobody was.
    func authenticated(
        _ client: ClientConnection, _ result: AuthenticationResult, provedBy proof: CallerProof?,
        on loop: inout LoopContext
    ) {
        switch client.exchange?.awaiting {
        case .authentication(let next)?:
            client.exchange?.awaiting = nil
            if case .caller(let caller) = result {
                client.exchange?.caller = ExchangeCaller(
                    caller: caller, proof: proof, knownSince: services.clock.steady())
                if caller.principal != nil { becomeKnown(client, on: &loop) }
            }
            goOn(client, on: &loop) { next(result) }
        case .confirmation(let next)?: confirmed(client, result, next, on: &loop)
        case .content?, .reply?, .step?, nil: sessionAuthenticated(client, result, on: &loop)
        }
    }

    /// The answer to a question to the engine is there.
    func replied(_ client: ClientConnection, _ reply: EngineReply, on loop: inout LoopContext) {
        if case .reply(let next)? = client.exchange?.awaiting {
            client.exchange?.awaiting = nil
            goOn(client, on: &loop) { next(reply) }
        } else {
            sessionReplied(client, reply, on: &loop)
        }
    }

    /// Answers in the words of the dialect whose request it is.
    func refuse(_ refusal: Refusal, _ client: ClientConnection, on loop: inout LoopContext) {
        guard let exchange = client.exchange else { return }
        respond(router.answer(refusal, in: exchange.dialect, to: exchange.request), client)
    }

    func respond(_ response: HTTPResponse, _ client: ClientConnection) {
        guard let exchange = client.exchange else { return }
        let request = exchange.request
        client.exchange = nil
        giveBackShare(of: client)
        var response = response
        OriginPolicy.mark(&response, for: exchange.origin)
        let date = dateText
        // A client that sends nothing more may have sent further requests before.
        let hasMore = if case .http(let decoder) = client.phase { !decoder.isBetweenRequests } else { false }
        // Behind content that is not taken no further request can be found.
        let closing = client.isHalfClosed && !hasMore || exchange.isContentMissing
        client.transport.send { response.append(to: &$0, answering: request, closing: closing, date: date) }
        if !request.keepAlive || closing { client.closesWhenFlushed = true }
        logRequest(exchange, response.status)
    }

    func logRequest(_ exchange: HTTPExchange, _ status: HTTPStatus) {
        services.log.debug(
            "web", "request", LogField("method", exchange.request.method), LogField("path", exchange.place),
            LogField("status", status))
    }

    /// Refuses what could not be read, and closes.
    ///
    /// - Parameter request: the part of the request that was read; nil if nothing was.
    func refuseUnread(_ client: ClientConnection, _ refusal: Refusal, of request: HTTPRequest?) {
        let dialect = client.exchange?.dialect ?? router.dialect(ofUnreadable: request)
        client.exchange = nil
        giveBackShare(of: client)
        let date = dateText
        var response = router.answer(refusal, in: dialect, to: request)
        if let request, settings.origins.refusal(of: request) == nil {
            OriginPolicy.mark(&response, for: request.headers["origin"])
        }
        client.transport.send { response.append(to: &$0, answering: nil, closing: true, date: date) }
        client.closesWhenFlushed = true
        client.transport.isReading = false
    }

    /// Scheme and authority under which the caller has reached the server: from the setting, from a proxy that may say
    /// so, or from the request. They only go into answers to the same caller, which nobody may keep for others, so a false
    /// value harms nobody else.
    func baseURL(of request: HTTPRequest, on client: ClientConnection) -> String {
        if let url = settings.publicURL { return url }
        let isForwarded = settings.proxies.contains(client.peer)
        let isEncrypted = client.transport.isEncrypted
        let scheme = (isForwarded ? request.forwardedScheme : nil) ?? (isEncrypted ? "https" : "http")
        let host = (isForwarded ? request.forwardedHost : nil) ?? request.headers["host"] ?? ""
        guard host.isEmpty else { return "\(scheme)://\(host)" }
        let door = isEncrypted ? settings.tlsAddress ?? settings.address : settings.address
        return "\(scheme)://\(door)"
    }
}
