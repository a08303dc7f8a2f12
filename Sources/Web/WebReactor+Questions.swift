// Questions to the engine and to storage.

internal import Dialect
internal import Engine
internal import Identity
internal import Net
internal import Primitives

extension WebReactor {
    /// Asks the engine; the answer comes to `replied`.
    func ask(_ call: EngineCall, for client: ClientConnection) {
        let question = client.nextQuestion()
        let id = client.id
        let mailbox = handle.mailbox
        client.pending = services.engine.perform(call) {
            mailbox.postReply(.engineReplied(id, question: question, $0))
        }
        probe(client)
    }

    /// Finds out whose a credential is; the answer comes to `authenticated`, at once if neither storage nor a dialect's
    /// own verifier is needed for it.
    func authenticate(
        _ credential: Credential?, _ client: ClientConnection, on loop: inout LoopContext
    ) {
        switch credential {
        case nil: authenticated(client, .refused(.missing), provedBy: nil, on: &loop)
        case .headers(let headers, let shape)?:
            let decision = services.verifier.decide(headers, accepting: shape, at: services.clock.now())
            goOn(client, decision, on: &loop)
        case .token(let token)?:
            goOn(client, services.verifier.decide(token: token, at: services.clock.now()), on: &loop)
        case .own(let credential)?: verify(.own(credential), for: client)
        }
    }

    private func goOn(
        _ client: ClientConnection, _ decision: CredentialDecision, on loop: inout LoopContext
    ) {
        switch decision {
        case .caller(let caller): authenticated(client, .caller(caller), provedBy: nil, on: &loop)
        case .refused(let error): authenticated(client, .refused(error), provedBy: nil, on: &loop)
        case .awaitingUser(let proof): verify(.user(proof), for: client)
        }
    }

    private func verify(_ proof: CallerProof, for client: ClientConnection) {
        let question = client.nextQuestion()
        let id = client.id
        let mailbox = handle.mailbox
        proof.verify(services.users, at: services.clock.now()) {
            mailbox.postReply(.userAnswered(id, question: question, proof, $0))
        }
    }

    /// Asks once more about a caller who was let in; the answer comes to `authenticated`.
    func confirm(_ proof: CallerProof, for client: ClientConnection) {
        let question = client.nextQuestion()
        let id = client.id
        let mailbox = handle.mailbox
        proof.confirm(services.users, at: services.clock.now()) {
            mailbox.postReply(.userAnswered(id, question: question, proof, $0))
        }
    }
}
