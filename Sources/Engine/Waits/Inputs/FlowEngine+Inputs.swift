// Values that somebody posts from outside (spec flow-engine 15).

internal import Primitives

extension FlowEngine {
    func answerInput(
        _ key: String, _ answer: InputAnswer, _ reply: @escaping @Sendable (EngineReply) -> Void
    ) {
        let hash = context.ports.addresses.keyHash(of: key)
        guard !context.ports.secretFinder.isQuick(answer) else { return context.resolve(hash, answer, reply) }
        ifAwaited(hash, reply) { [context] in
            let isTaken = context.pool.submit { context.resolve(hash, answer, reply) }
            if !isTaken { reply(.refused(.busy(retryAfterSeconds: 1))) }
        }
    }

    /// Calls `goOn` on a thread of storage if an execution waits for a value under this key; refuses the call
    /// otherwise.
    func ifAwaited(
        _ keyHash: [UInt8], _ reply: @escaping @Sendable (EngineReply) -> Void,
        _ goOn: @escaping @Sendable () -> Void
    ) {
        context.ports.inputs.isAwaited(keyHash: keyHash) { result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success(false): reply(.refused(.notFound))
            case .success(true): goOn()
            }
        }
    }
}

extension LaneContext {
    /// Hides the secrets in an awaited value, writes it down and tells the run.
    fileprivate func resolve(
        _ keyHash: [UInt8], _ answer: InputAnswer, _ reply: @escaping @Sendable (EngineReply) -> Void
    ) {
        let marked: InputAnswer
        do throws(TooManyCandidates) {
            // Secrets are hidden before the value is written down, because a stored row may hold only what may be seen.
            marked = try ports.secretFinder.marking(fromOutside: answer)
        } catch {
            return reply(.refused(.tooManyCandidates))
        }
        ports.inputs.resolve(keyHash: keyHash, marked) { [lanes] result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success(nil): reply(.refused(.notFound))
            case .success(let request?):
                // A run that is not here now finds the answer in storage when it is taken up again.
                lanes.post(.wait(request.message(.answered(marked))), toLaneOf: request.run)
                reply(.accepted)
            }
        }
    }
}
