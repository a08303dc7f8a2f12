// Who the peer of a socket is, message by message: each is a request, and each request asks storage. What he watches in
// silence is asked about with each ping.

internal import Dialect
internal import Identity
internal import Net
internal import Primitives
internal import Wire

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

    /// Gives a message to the session once storage has said that the peer still is who he was. If he is not, he watches
    /// nothing more, whichever of his proofs it was for: the connection closes, and he comes back with those that count.
    ///
    /// - Parameter message: nil if there is none, and only what he watches is in question.
    func confirmIdentities(
        for message: SocketMessage?, _ client: ClientConnection, on loop: inout LoopContext
    ) {
        guard case .socket(var conversation) = client.phase else { return }
        guard !conversation.proofs.isEmpty else {
            if let message { deliver(message, client, on: &loop) }
            return
        }
        conversation.isAwaiting = true
        conversation.confirmation = Confirmation(
            message: message, unconfirmed: Array(conversation.proofs.keys))
        client.phase = .socket(conversation)
        askAboutNextProof(client)
    }

    /// Asks about a peer who says nothing and is told much.
    func confirmWatcher(_ client: ClientConnection, on loop: inout LoopContext) {
        guard client.isWatching, case .socket(let conversation) = client.phase, !conversation.isAwaiting,
            !conversation.isClosing
        else { return }
        confirmIdentities(for: nil, client, on: &loop)
    }

    /// Storage has said whether the last of the unconfirmed proofs still counts.
    func proofConfirmed(_ stillCounts: Bool, _ client: ClientConnection, on loop: inout LoopContext) {
        guard case .socket(var conversation) = client.phase, var confirmation = conversation.confirmation,
            let user = confirmation.unconfirmed.popLast()
        else { return }
        if !stillCounts {
            conversation.proofs[user] = nil
            conversation.session.identityEnded(user)
            confirmation.hasEnded = true
        }
        let isLast = confirmation.unconfirmed.isEmpty
        conversation.confirmation = isLast ? nil : confirmation
        conversation.isAwaiting = !isLast
        client.phase = .socket(conversation)
        guard isLast else { return askAboutNextProof(client) }
        if confirmation.hasEnded, client.isWatching {
            closeSocket(client, .policyViolation, reason: "a key or session of this connection has ended")
        } else if let message = confirmation.message {
            deliver(message, client, on: &loop)
        }
    }

    private func askAboutNextProof(_ client: ClientConnection) {
        guard case .socket(let conversation) = client.phase,
            let user = conversation.confirmation?.unconfirmed.last, let proof = conversation.proofs[user]
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
