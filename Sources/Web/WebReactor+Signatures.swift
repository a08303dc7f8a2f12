// Connections that watch a user's requests for signatures.

internal import Dialect
internal import Engine
internal import Net
internal import Primitives
internal import Wire

extension WebReactor {
    func watch(_ order: SignatureSubscriptionOrder, for client: ClientConnection, on loop: inout LoopContext)
    {
        let opensAt = opening(for: client, on: &loop)
        client.signatures.append(SignatureSubscription(order, opensAt: opensAt))
        watchers.add(client.id, to: .user(order.feed.user))
        order.feed.watch(from: index) { [marks] in marks.mark(.user($0)) }
    }

    /// False if there is no such subscription.
    func forgetSignatures(_ number: UInt64, _ client: ClientConnection) -> Bool {
        guard let place = client.signatures.firstIndex(where: { $0.order.number == number }) else {
            return false
        }
        let feed = client.signatures.remove(at: place).order.feed
        feed.unwatch(from: index)
        if !client.signatures.contains(where: { $0.order.feed.user == feed.user }) {
            watchers.remove(client.id, from: .user(feed.user))
        }
        return true
    }

    /// Lets go of everything, for a connection that is closed.
    func forgetSignatures(of client: ClientConnection) {
        for signature in client.signatures {
            watchers.remove(client.id, from: .user(signature.order.feed.user))
            signature.order.feed.unwatch(from: index)
        }
        client.signatures = []
    }

    /// Moves requests into a connection's output. False if the connection is to be closed instead.
    func streamSignatures(_ client: ClientConnection) -> Bool {
        for place in client.signatures.indices {
            switch client.signatures[place].write(to: &client.transport) {
            case .nothing: break
            case .page(let last): askForWaiting(client.signatures[place].order, after: last, client)
            case .lost:
                closeSocket(client, .behind)
                return false
            }
        }
        return true
    }

    private func askForWaiting(
        _ order: SignatureSubscriptionOrder, after last: SignatureRequest?, _ client: ClientConnection
    ) {
        let id = client.id
        let mailbox = handle.mailbox
        services.engine.perform(.pendingSignatures(order.feed.user, after: last)) { reply in
            mailbox.postReply(.waitingSignaturesRead(id, subscription: order.number, reply))
        }
    }

    /// A page of requests that wait is there.
    func waitingSignaturesRead(_ client: ClientConnection, _ number: UInt64, _ reply: EngineReply) {
        guard let place = client.signatures.firstIndex(where: { $0.order.number == number }) else { return }
        guard case .pendingSignatures(let waiting) = reply else {
            return closeSocket(client, .signaturesUnavailable)
        }
        client.signatures[place].add(waiting)
    }
}
