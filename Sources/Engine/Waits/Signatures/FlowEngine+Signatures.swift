// Signatures that somebody submits.

internal import Primitives

extension FlowEngine {
    /// The checks of an answer, in this order: it is waited for, nothing else was signed, the signature is right (spec
    /// http-and-websocket 2.5). Storage decides whether it is the first.
    func submit(
        _ submission: SignatureSubmission, _ reply: @escaping @Sendable (EngineReply) -> Void
    ) {
        guard let id = SignatureRequestID(submission.id) else { return reply(.refused(.notFound)) }
        let context = context
        context.ports.signatures.find(id) { found in
            switch found {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success(nil): reply(.refused(.notFound))
            case .success(let asked?):
                let request = asked.waiting.request
                if let message = submission.message, message != request.message {
                    return reply(.refused(.signature(.changedMessage)))
                }
                guard
                    context.ports.verifySignature(
                        submission.signature, request.message, request.publicKey)
                else { return reply(.refused(.signature(.wrongSignature))) }
                context.resolve(id, .signed(submission.signature), reply)
            }
        }
    }
}

extension LaneContext {
    /// Writes an answer down and tells the run. A run that is not here now finds it when it is taken up again.
    fileprivate func resolve(
        _ id: SignatureRequestID, _ answer: SignatureAnswer,
        _ reply: @escaping @Sendable (EngineReply) -> Void
    ) {
        ports.signatures.resolve(id, answer) { [lanes] result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success(nil): reply(.refused(.notFound))
            case .success(let waiting?):
                lanes.post(.wait(waiting.message(answer)), toLaneOf: waiting.run)
                reply(.accepted)
            }
        }
    }
}
