// Whether the proofs of callers still count. On a socket storage is asked for each message, and for a peer that only
// watches with each ping. For a request over HTTP storage is asked once more if the answer was waited for.

internal import Dialect
internal import Identity
internal import Net
internal import Primitives
internal import Wire

extension WebReactor {
    /// Goes on with a request whose answer is there, once it is known whether its caller still counts.
    func confirmCaller(
        _ client: ClientConnection, _ next: @escaping @Sendable (AuthenticationResult) -> RouteStep,
        on loop: inout LoopContext
    ) {
        guard let known = client.exchange?.caller else {
            return goOn(client, on: &loop) { next(.refused(.missing)) }
        }
        let waited = (services.clock.steady() - known.knownSince) / 1_000_000
        guard let proof = known.proof, waited > Limits.immediateAnswerMilliseconds else {
            return goOn(client, on: &loop) { next(.caller(known.caller)) }
        }
        client.exchange?.awaiting = .confirmation(next)
        confirm(proof, for: client)
    }

    /// Storage has said whether the caller still counts. If storage could not say, the caller waits until it can: a
    /// caller who was let in is not refused for that.
    func confirmed(
        _ client: ClientConnection, _ result: AuthenticationResult,
        _ next: @escaping @Sendable (AuthenticationResult) -> RouteStep, on loop: inout LoopContext
    ) {
        if case .unavailable = result {
            let timer = ClientTimer.confirm.key(client.id.token)
            return loop.setTimer(timer, milliseconds: Limits.confirmationPauseMilliseconds)
        }
        client.exchange?.awaiting = nil
        goOn(client, on: &loop) { next(result) }
    }

    /// Asks storage again, which could not say before.
    func confirmAgain(_ client: ClientConnection, on loop: inout LoopContext) {
        guard case .confirmation(let next)? = client.exchange?.awaiting else { return }
        confirmCaller(client, next, on: &loop)
    }

    /// Remembers the proof by which the peer of a socket is known as a user. A request's proof needs no such memory,
    /// because storage is asked about it once.
    func remember(_ proof: CallerProof, of caller: Caller, _ client: ClientConnection) {
        guard case .socket(var conversation) = client.phase, let user = caller.user else { return }
        // A session keeps no more identities than this, either.
        guard
            conversation.proofs[user] != nil || conversation.proofs.count < Limits.identitiesPerConnectionMax
        else { return }
        conversation.proofs[user] = proof
        client.phase = .socket(conversation)
    }

    /// Gives a message to the session once storage has said that all proofs of the peer still count. If one does not,
    /// the connection closes if the peer watches anything, whichever proof that was permitted by. The peer can come
    /// back with the proofs that count.
    ///
    /// - Parameter message: nil if there is none, and only what the peer watches is in question.
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
        askAboutNextProof(client, on: &loop)
    }

    /// Asks storage about the proofs of a peer that sends nothing and has subscriptions.
    func confirmWatcher(_ client: ClientConnection, on loop: inout LoopContext) {
        guard client.isWatching, case .socket(let conversation) = client.phase, !conversation.isAwaiting,
            !conversation.isClosing
        else { return }
        confirmIdentities(for: nil, client, on: &loop)
    }

    /// Storage has said whether the last of the unconfirmed proofs still counts.
    func proofConfirmed(_ stillCounts: Bool, _ client: ClientConnection, on loop: inout LoopContext) {
        if client.exchange?.stream != nil {
            if !stillCounts { cutAnswer(client, .caller(.sessionEnded), on: &loop) }
            return
        }
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
        guard isLast else { return askAboutNextProof(client, on: &loop) }
        if confirmation.hasEnded, client.isWatching {
            closeSocket(client, .identityEnded)
        } else if let message = confirmation.message {
            deliver(message, client, on: &loop)
        }
    }

    private func askAboutNextProof(_ client: ClientConnection, on loop: inout LoopContext) {
        guard case .socket(let conversation) = client.phase,
            let user = conversation.confirmation?.unconfirmed.last, let proof = conversation.proofs[user]
        else { return }
        askWhetherCounts(proof, client)
    }

    /// Asks storage about a proof; the answer comes to `proofConfirmed`.
    func askWhetherCounts(_ proof: CallerProof, _ client: ClientConnection) {
        let question = client.nextQuestion()
        let id = client.id
        let mailbox = handle.mailbox
        proof.confirm(services.users, at: services.clock.now()) { answer in
            // Storage that is away has not said that anything ended.
            let stillCounts = if case .refused = answer { false } else { true }
            mailbox.postReply(.proofConfirmed(id, question: question, stillCounts: stillCounts))
        }
    }
}
