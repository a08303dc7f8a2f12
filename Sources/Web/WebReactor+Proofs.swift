// Who the peer of a socket is, message by message: each is a request, and each request asks storage.

internal import Dialect
internal import Identity
internal import Net
internal import Primitives

extension WebReactor {
    /// Remembers by what the peer of a socket has proved to be a user; a request's proof is asked about once.
    func remember(_ proof: UserProof, of caller: Caller, _ client: ClientConnection) {
        guard case .socket(var conversation) = client.phase, let user = caller.user else { return }
        // A session adds up no more identities than that, either.
        guard
            conversation.proofs[user] != nil || conversation.proofs.count < Limits.identitiesPerConnectionMax
        else { return }
        conversation.proofs[user] = proof
        client.phase = .socket(conversation)
    }

    /// Gives a message to the session once storage has said that the peer still is who he was.
    func confirmIdentities(
        for message: SocketMessage, _ client: ClientConnection, on loop: inout LoopContext
    ) {
        guard case .socket(var conversation) = client.phase, !conversation.proofs.isEmpty else {
            return deliver(message, client, on: &loop)
        }
        conversation.isAwaiting = true
        conversation.held = HeldMessage(message: message, unconfirmed: Array(conversation.proofs.keys))
        client.phase = .socket(conversation)
        askAboutNextProof(client)
    }

    /// Storage has said whether the last of the unconfirmed proofs still counts.
    func proofConfirmed(_ stillCounts: Bool, _ client: ClientConnection, on loop: inout LoopContext) {
        guard case .socket(var conversation) = client.phase, var held = conversation.held,
            let user = held.unconfirmed.popLast()
        else { return }
        let isLast = held.unconfirmed.isEmpty
        conversation.held = isLast ? nil : held
        conversation.isAwaiting = !isLast
        if !stillCounts {
            conversation.proofs[user] = nil
            conversation.session.identityEnded(user)
        }
        client.phase = .socket(conversation)
        if isLast { deliver(held.message, client, on: &loop) } else { askAboutNextProof(client) }
    }

    private func askAboutNextProof(_ client: ClientConnection) {
        guard case .socket(let conversation) = client.phase, let user = conversation.held?.unconfirmed.last,
            let proof = conversation.proofs[user]
        else { return }
        let question = client.nextQuestion()
        let id = client.id
        let mailbox = handle.mailbox
        services.users.user(provedBy: proof) { answer in
            // Storage that is away has not said that anything ended.
            let stillCounts = if case .success(nil) = answer { false } else { true }
            mailbox.postReply(.proofConfirmed(id, question: question, stillCounts: stillCounts))
        }
    }
}
