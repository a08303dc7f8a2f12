// Calls that wait for a run's next request for a signature (spec http-and-websocket 2.5).

internal import Primitives

extension RunLane {
    /// The request that waits longest, or the next one.
    func signatureRequest(
        _ run: RunID, _ principals: [Principal], _ call: CallID, _ reply: @escaping EngineReplyHandler
    ) {
        guard let live = runs[run] else {
            guard let ended = ended(run) else {
                return awaitSignatureElsewhere(run, principals, call, reply)
            }
            return reply(.refused(ended.access.admits(principals) ? .notFound : .unauthorized))
        }
        guard live.access.admits(principals) else { return reply(.refused(.unauthorized)) }
        guard live.end == nil else { return reply(.refused(.notFound)) }
        if let waiting = live.oldestSignature { return reply(.signatureRequest(waiting)) }
        guard live.signatureWaiters.count < Limits.outputWaitersPerRunMax else {
            return reply(.refused(.busy(retryAfterSeconds: 1)))
        }
        runs[run]?.signatureWaiters[call] = reply
    }

    func tellSignatureWaiters(of run: RunID) {
        guard let live = runs[run], !live.signatureWaiters.isEmpty, let waiting = live.oldestSignature
        else { return }
        runs[run]?.signatureWaiters = [:]
        for waiter in live.signatureWaiters.values { waiter(.signatureRequest(waiting)) }
    }
}

extension LiveRun {
    /// The oldest request that waits; nil if none does.
    fileprivate var oldestSignature: WaitingSignature? {
        executions.values.lazy.compactMap { ($0.wait as? SignatureWait)?.asked }.min { left, right in
            (left.request.createdAt, left.request.id.number)
                < (right.request.createdAt, right.request.id.number)
        }
    }
}
