// The content of requests: asked for by routes, bounded, and read by workers if it is large.

internal import Dialect
internal import Engine
internal import Net
internal import Primitives
internal import Wire

extension WebReactor {
    /// Begins a request without its content if the content is more than a stranger may send unasked. True if it has
    /// begun.
    func beginEarly(
        _ client: ClientConnection, _ decoder: HTTPRequestDecoder, on loop: inout LoopContext
    ) -> Bool {
        guard client.exchange == nil, client.isReadingBody, let head = decoder.unfinished else {
            return false
        }
        guard decoder.knownBodyBytes <= Limits.immediateBodyBytesMax else {
            begin(head, content: .missing(isLarge: true), client, on: &loop)
            return true
        }
        guard client.bodyShare == nil else { return false }
        client.bodyShare = bodies.take(
            decoder.announcedBodyBytes ?? Limits.immediateBodyBytesMax, for: client.allowance)
        guard client.bodyShare == nil else { return false }
        // There is no room left for strangers, so the request begins without content, and its route first finds out who
        // calls.
        begin(head, content: .missing(isLarge: true), client, on: &loop)
        return true
    }

    /// A route wants the content.
    func takeContent(
        _ client: ClientConnection, from sender: BodyAllowance,
        _ next: @escaping @Sendable (HTTPRequest) -> RouteStep, on loop: inout LoopContext
    ) {
        guard let exchange = client.exchange, case .http(var decoder) = client.phase else { return }
        switch sender {
        case .stranger: break
        case .known, .operation: becomeKnown(client, on: &loop)
        }
        guard exchange.isContentMissing else {
            return carryOut(next(exchange.request), client, on: &loop)
        }
        do throws(HTTPRequestError) {
            try decoder.limitBody(to: sender.bytesMax)
        } catch {
            return refuse(.unreadable(error), client, on: &loop)
        }
        giveBackShare(of: client)
        guard let share = bodies.take(decoder.announcedBodyBytes ?? sender.bytesMax, for: sender) else {
            return refuse(.crowded(retryAfterSeconds: 1), client, on: &loop)
        }
        client.bodyShare = share
        client.phase = .http(decoder)
        client.exchange?.awaiting = .content(next)
    }

    /// The content that a route waits for is there.
    func contentReceived(_ request: HTTPRequest, _ client: ClientConnection, on loop: inout LoopContext) {
        guard case .content(let next)? = client.exchange?.awaiting else { return }
        client.exchange?.awaiting = nil
        client.exchange?.isContentMissing = false
        client.stage = .answering
        if !client.isHalfClosed { loop.cancelTimer(ClientTimer.idle.key(client.id.token)) }
        guard request.body.count > Limits.immediateBodyBytesMax else {
            giveBackShare(of: client)
            return carryOut(next(request), client, on: &loop)
        }
        client.exchange?.isLarge = true
        let share = client.bodyShare
        client.bodyShare = nil
        if !work(client, share, { next(request) }) {
            if let share { bodies.giveBack(share) }
            refuse(.crowded(retryAfterSeconds: 1), client, on: &loop)
        }
    }

    /// Goes on with the step that a route makes of an answer. If the route holds large content, a worker calls its
    /// closure.
    func goOn(
        _ client: ClientConnection, on loop: inout LoopContext, _ next: @escaping @Sendable () -> RouteStep
    ) {
        guard client.exchange?.isLarge == true else { return carryOut(next(), client, on: &loop) }
        if !work(client, nil, next) { refuse(.crowded(retryAfterSeconds: 1), client, on: &loop) }
    }

    /// Asks a route's question.
    func ask(_ question: RouteQuestion, for client: ClientConnection, on loop: inout LoopContext) {
        client.exchange?.awaiting = .step
        let number = client.nextQuestion()
        let id = client.id
        let mailbox = handle.mailbox
        let goOn: @Sendable (RouteStep) -> Void = {
            mailbox.postReply(.routeAnswered(id, question: number, $0))
        }
        guard client.exchange?.isLarge == true else {
            client.pending = question.ask(goOn)
            return probe(client)
        }
        // Writing the question may take a while too, so a worker asks it.
        let isTaken = workers.post {
            guard let pending = question.ask(goOn) else { return }
            mailbox.postReply(.routeAsks(id, question: number, pending))
        }
        if !isTaken { refuse(.crowded(retryAfterSeconds: 1), client, on: &loop) }
    }

    /// Lets a worker call the route's closure for the next step. False if too many bodies wait already.
    private func work(
        _ client: ClientConnection, _ share: BodyBudget.Share?, _ next: @escaping @Sendable () -> RouteStep
    ) -> Bool {
        client.exchange?.awaiting = .step
        let question = client.nextQuestion()
        let id = client.id
        let mailbox = handle.mailbox
        return workers.post {
            mailbox.postReply(.contentRead(id, question: question, next(), share))
        }
    }

    func giveBackShare(of client: ClientConnection) {
        guard let share = client.bodyShare else { return }
        client.bodyShare = nil
        bodies.giveBack(share)
    }
}

extension ClientConnection {
    /// Bytes that the content of the request under way has at least.
    var knownBodyBytes: Int {
        if case .http(let decoder) = phase { decoder.knownBodyBytes } else { 0 }
    }

    /// How much content may be taken before the caller is known.
    fileprivate var allowance: BodyAllowance { isStranger ? .stranger : .known }
}
