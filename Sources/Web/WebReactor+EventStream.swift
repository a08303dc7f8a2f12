// Answers that are streams of a run's events: how they begin, go on and end.

internal import Dialect
internal import Engine
internal import Identity
internal import Net
internal import Primitives
internal import Wire

/// A stream that is, or will be, the answer to a request.
struct StreamAnswer {
    let stream: EventStream
    /// How its content is delimited; nil until its head has been sent.
    var framing: StreamFraming?
    /// The connection closes behind it.
    var isLast = false
}

extension WebReactor {
    /// A request is answered with the events of a run.
    func open(_ stream: EventStream, _ client: ClientConnection, on loop: inout LoopContext) {
        guard client.exchange != nil else { return }
        client.exchange?.stream = StreamAnswer(stream: stream)
        becomeKnown(client, on: &loop)
        loop.cancelTimer(ClientTimer.idle.key(client.id.token))
        loop.setTimer(
            ClientTimer.ping.key(client.id.token), milliseconds: Limits.streamHeartbeatMilliseconds)
        begin(stream.order, for: client, opensAt: nil)
    }

    /// Moves events into the answer. True if not all of them had room.
    func streamAnswer(_ client: ClientConnection) -> Bool {
        guard let answer = client.exchange?.stream else { return false }
        let number = answer.stream.order.number
        if answer.framing == nil {
            switch client.subscriptions.hasOutlook(number) {
            case true?: sendHead(of: answer.stream, client)
            case false?:
                // Who comes back for more gets nothing, and by that knows that there is no more: browsers come back for
                // ever otherwise (HTML standard, section 9.2.3).
                _ = forget(number, client)
                respond(HTTPResponse(.noContent, headers: answer.stream.headers.withoutContentType), client)
                return false
            case nil: break
            }
        }
        // Without a head there are no events, and only a page can be missing.
        let framing = client.exchange?.stream?.framing ?? .plain
        let result = StreamWriter.write(
            &client.subscriptions, to: &client.transport, as: framing, tracks: services.engine.tracks)
        for (number, run, after) in result.pagesWanted { askForPage(number, run, after, client) }
        if !result.ended.isEmpty { endAnswer(client, framing) }
        return result.isFull
    }

    private func sendHead(of stream: EventStream, _ client: ClientConnection) {
        guard let exchange = client.exchange else { return }
        var response = HTTPResponse(.ok, headers: stream.headers)
        OriginPolicy.mark(&response, for: exchange.origin)
        let (closing, date) = (client.isHalfClosed || exchange.isContentMissing, dateText)
        var framing = StreamFraming.plain
        client.transport.send { output in
            let isChunked = response.appendHead(
                to: &output, answering: exchange.request, closing: closing, date: date)
            framing = isChunked ? .chunks : .plain
            framing.append(stream.opening, after: [], to: &output)
        }
        client.exchange?.stream?.framing = framing
        client.exchange?.stream?.isLast = closing || framing == .plain || !exchange.request.keepAlive
        logRequest(exchange, .ok)
    }

    /// All events have been put into the output.
    private func endAnswer(_ client: ClientConnection, _ framing: StreamFraming) {
        guard let answer = client.exchange?.stream else { return }
        _ = forget(answer.stream.order.number, client)
        client.exchange = nil
        client.transport.send { framing.appendEnd(to: &$0) }
        if answer.isLast { client.closesWhenFlushed = true } else { client.isHeldBack = true }
    }

    /// Ends an answer before its run has ended, so that its reader sees that something is missing.
    ///
    /// - Parameter refusal: what is answered if nothing has been sent yet.
    func cutAnswer(_ client: ClientConnection, _ refusal: Refusal, on loop: inout LoopContext) {
        guard let answer = client.exchange?.stream else { return }
        _ = forget(answer.stream.order.number, client)
        client.exchange?.stream = nil
        guard answer.framing != nil else { return refuse(refusal, client, on: &loop) }
        client.exchange = nil
        client.closesWhenFlushed = true
    }

    /// Sends what shows the client, and everything on the way, that the stream goes on, and finds out whether the caller
    /// may still watch.
    func beat(_ client: ClientConnection, on loop: inout LoopContext) {
        guard let answer = client.exchange?.stream else { return }
        loop.setTimer(
            ClientTimer.ping.key(client.id.token), milliseconds: Limits.streamHeartbeatMilliseconds)
        if let framing = answer.framing, client.hasRoom {
            client.transport.send { framing.append(answer.stream.heartbeat, after: [], to: &$0) }
        }
        guard let proof = client.exchange?.caller?.proof else { return }
        askWhetherCounts(proof, client)
    }

    /// The server stops.
    func sayGoodbye(toReaderOf answer: StreamAnswer, _ client: ClientConnection, on loop: inout LoopContext) {
        stream(client)
        if let framing = client.exchange?.stream?.framing {
            client.transport.send { framing.append(answer.stream.farewell, after: [], to: &$0) }
        }
        cutAnswer(client, .crowded(retryAfterSeconds: 1), on: &loop)
    }
}

extension HTTPHeaders {
    /// For an answer without content.
    fileprivate var withoutContentType: HTTPHeaders {
        HTTPHeaders(fields.filter { $0.name.lowercased() != "content-type" })
    }
}
