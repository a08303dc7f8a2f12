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

    /// Goes on with a decision about the caller. If the decision needs storage, asks it; the answer comes to
    /// `authenticated`.
    func authenticate(_ decision: CredentialDecision, _ client: ClientConnection, on loop: inout LoopContext)
    {
        switch decision {
        case .caller(let caller): authenticated(client, .caller(caller), provedBy: nil, on: &loop)
        case .refused(let error): authenticated(client, .refused(error), provedBy: nil, on: &loop)
        case .awaitingUser(let proof):
            let question = client.nextQuestion()
            let id = client.id
            let mailbox = handle.mailbox
            services.users.user(provedBy: proof) {
                mailbox.postReply(
                    .userAnswered(id, question: question, proof, AuthenticationResult($0, provedBy: proof)))
            }
        }
    }
}

extension AuthenticationResult {
    /// What storage's answer about a proof means.
    fileprivate init(_ answer: Result<KnownUser?, StorageError>, provedBy proof: UserProof) {
        switch answer {
        case .success(let user?): self = .caller(user.caller)
        case .success(nil): self = .refused(proof.refusal)
        case .failure: self = .unavailable
        }
    }
}
