// Subscriptions of runs: when they begin, what they send, and their end.

internal import Dialect
internal import Engine
internal import Net
internal import Primitives
internal import Wire

extension WebReactor {
    /// A client wants to see the events of a run.
    func watch(_ order: SubscriptionOrder, for client: ClientConnection, on loop: inout LoopContext) {
        begin(order, for: client, opensAt: opening(for: client, on: &loop))
    }

    /// Adds a subscription that may send its first event now, or later.
    func begin(_ order: SubscriptionOrder, for client: ClientConnection, opensAt: Int64?) {
        client.subscriptions.add(order, opensAt: opensAt)
        watchers.add(client.id, to: .run(order.feed.run))
        order.feed.watch(from: index) { [marks] in marks.mark(.run($0)) }
    }

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

    /// Asks the peer by a ping whether it has read the answers to its subscribes, because events wait for subscriptions
    /// to begin; the pong lets them begin at once. Without waiting events there is no ping, as a pong alone may keep
    /// the peer's next message from leaving (RFC 896).
    private func askWhetherRead(_ client: ClientConnection, opensAt time: Int64) {
        let payload = client.openingPings.payload(opensAt: time)
        client.transport.send { WebSocketEncoder.append(ping: payload, to: &$0) }
    }

    /// Begins the subscriptions whose answers have left some time ago.
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

    /// Moves the messages of a connection's subscriptions into its output. True if not all of it had room.
    @discardableResult
    func stream(_ client: ClientConnection) -> Bool {
        guard client.isWatching else { return false }
        if client.exchange?.stream != nil { return streamAnswer(client) }
        guard case .socket(let conversation) = client.phase, !conversation.isAwaiting,
            !conversation.isClosing
        else { return false }
        // Signature requests come first, because they are few and a person waits for them.
        guard streamSignatures(client) else { return false }
        let result = StreamWriter.write(
            &client.subscriptions, to: &client.transport, as: .socket, tracks: services.engine.tracks)
        if let time = result.opensAt { askWhetherRead(client, opensAt: time) }
        for (number, run, after) in result.pagesWanted { askForPage(number, run, after, client) }
        for number in result.ended { end(number, client) }
        return result.isFull
    }

    func askForPage(_ number: UInt64, _ run: RunID, _ after: UInt64, _ client: ClientConnection) {
        let id = client.id
        let mailbox = handle.mailbox
        services.engine.perform(.page(run, after: after)) { reply in
            mailbox.postReply(.pageRead(id, subscription: number, reply))
        }
    }

    /// A page of stored events is there.
    func pageRead(
        _ client: ClientConnection, _ number: UInt64, _ reply: EngineReply, on loop: inout LoopContext
    ) {
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
        guard isLost else { return }
        closeSocket(client, .eventsUnavailable)
        cutAnswer(client, .storage(.unavailable), on: &loop)
    }

    private func end(_ number: UInt64, _ client: ClientConnection) {
        guard forget(number, client) else { return }
        _ = withSession(client) { session in
            session.subscriptionEnded(number)
            return []
        }
    }

    /// False if there is no such subscription.
    func forget(_ number: UInt64, _ client: ClientConnection) -> Bool {
        guard let subscription = client.subscriptions.remove(number) else { return false }
        let run = subscription.order.feed.run
        subscription.order.feed.unwatch(from: index)
        if !client.subscriptions.contains(run: run) { watchers.remove(client.id, from: .run(run)) }
        return true
    }
}
