// Calls about runs that are on their way back, or may be: they wait until the run is there.

internal import Primitives

extension RunLane {
    /// The run is on its way back.
    func isResuming(_ run: RunID) -> Bool { resumptions[run] != nil }

    /// Somebody has called while runs are on their way back.
    func makeRoomForCallers() {
        if !resumptions.isEmpty { resumptions.called(at: context.clock.steady()) }
    }

    /// The caller has gone.
    func withdrawResuming(_ call: CallID, about run: RunID) {
        resumptions[run]?.calls.removeAll { $0.callID == call }
        resumptions.unplaced.withdraw(call, about: run)
    }

    /// It is known now which runs come back: what was kept for them waits for them, and the rest gets its answer.
    func placeCalls() {
        resumptions.isAwaitingClaim = false
        for (_, calls) in resumptions.unplaced.takeAll() { calls.forEach(receive) }
    }

    /// Storage cannot say yet which runs come back. Callers need not wait for it.
    func claimFailed() {
        for (run, calls) in resumptions.unplaced.takeAll() {
            for call in calls {
                if let reply = call.reply {
                    reply(.refused(.storage(.unavailable)))
                } else {
                    _ = resumptions.unplaced.add(call, about: run)
                }
            }
        }
    }

    /// True if what a message is about may be on its way back: it is kept until the run is there.
    func isHeldBack(_ message: LaneMessage) -> Bool {
        guard resumptions.isAwaitingClaim || !resumptions.isEmpty, let run = message.runInQuestion else {
            return false
        }
        if resumptions[run] != nil {
            hold(message, for: run)
            return true
        }
        guard resumptions.isAwaitingClaim, runs[run] == nil, ended(run) == nil else { return false }
        if !resumptions.unplaced.add(message, about: run) {
            message.reply?(.refused(.busy(retryAfterSeconds: 1)))
        }
        return true
    }

    /// Keeps what comes for a run until the run is there.
    private func hold(_ message: LaneMessage, for run: RunID) {
        if let reply = message.reply, (resumptions[run]?.calls.count ?? 0) >= Limits.outputWaitersPerRunMax {
            return reply(.refused(.busy(retryAfterSeconds: 1)))
        }
        resumptions[run]?.calls.append(message)
        resumptions.hurry(run)
        beginResumptions()
    }
}
