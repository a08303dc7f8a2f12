// New connections, and strangers that make room for them: a stranger that does not use its place gives it to the next
// client.

internal import Dialect
internal import Net
internal import Primitives
internal import Wire

extension WebReactor {
    /// Takes the connections that wait. There is room for each as long as there are strangers who can give way.
    func accept(at door: Door, on loop: inout LoopContext) {
        guard clients.count < connectionsMax || strangers.count > 0 else {
            if isWorthALine("full") {
                services.log.warning("web", "no room for further clients", LogField("loop", index))
            }
            return pauseAccepting(on: &loop)
        }
        let tls = door.tls?.value
        let outcome = door.listener.accept { socket, peer in
            // All peers without an address share one.
            let address = peer ?? .v4(0)
            guard makeRoom(for: address, on: &loop) else { return }
            let id = nextID()
            clients[id] = ClientConnection(
                id: id, peer: address, transport: Transport(socket, token: id.token, tls: tls),
                longPaths: router.longPaths)
            strangers.add(id, from: address)
            touch(id)
            loop.setTimer(ClientTimer.idle.key(id.token), milliseconds: Limits.strangerMillisecondsMax)
        }
        switch outcome {
        case .accepted: break
        case .exhausted:
            if isWorthALine("exhausted") {
                services.log.warning("web", "no descriptors left", LogField("loop", index))
            }
            // The system's bound was reached before ours.
            if !letOldestGo(from: nil, on: &loop) { pauseAccepting(on: &loop) }
        case .failed(let error):
            services.log.error("web", "accept failed", LogField("error", error))
            pauseAccepting(on: &loop)
        }
    }

    /// Accepts again, or tries to once more in a while.
    func resumeAccepting(on loop: inout LoopContext) {
        do throws(NetError) {
            for door in doors { try door.listener.resume(on: loop) }
        } catch {
            services.log.error("web", "cannot accept clients", LogField("error", error))
            loop.setTimer(ClientTimer.loopKey, milliseconds: Limits.acceptPauseMilliseconds)
        }
    }

    private func pauseAccepting(on loop: inout LoopContext) {
        for door in doors { door.listener.pause(on: loop) }
        loop.setTimer(ClientTimer.loopKey, milliseconds: Limits.acceptPauseMilliseconds)
    }

    /// False if there is no place for one more connection from this address.
    private func makeRoom(for address: IPAddress, on loop: inout LoopContext) -> Bool {
        let share = max(1, connectionsMax / Limits.strangersShare)
        if strangers.count(from: address) >= share, !letOldestGo(from: address, on: &loop) { return false }
        return clients.count < connectionsMax || letOldestGo(from: nil, on: &loop)
    }

    /// Closes the connection of the oldest stranger that is not just being answered; false if there is none.
    private func letOldestGo(from address: IPAddress?, on loop: inout LoopContext) -> Bool {
        guard
            let id = strangers.takeOldest(from: address, where: { clients[$0]?.takesBytes ?? false }),
            let client = clients[id]
        else { return false }
        if isWorthALine("makes room") {
            services.log.warning("web", "strangers make room for further clients", LogField("loop", index))
        }
        close(client, on: &loop)
        return true
    }

    /// The client has authenticated, or knows a secret that only few can know.
    func becomeKnown(_ client: ClientConnection, on loop: inout LoopContext) {
        guard client.isStranger else { return }
        client.isStranger = false
        strangers.remove(client.id)
        guard case .socket(var conversation) = client.phase else { return }
        loop.cancelTimer(ClientTimer.idle.key(client.id.token))
        conversation.decoder.bounds = settings.socketBounds
        client.phase = .socket(conversation)
    }

    /// The time for authenticating on a socket is over.
    func strangerIsOver(
        _ client: ClientConnection, _ conversation: SocketConversation, on loop: inout LoopContext
    ) {
        guard client.isStranger else { return }
        // Storage may still be checking the client's credential.
        guard !conversation.isAwaiting else {
            return loop.setTimer(
                ClientTimer.idle.key(client.id.token), milliseconds: Limits.strangerMillisecondsMax)
        }
        closeSocket(client, .stranger)
    }
}
