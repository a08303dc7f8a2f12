// Runs that somebody only wants the output of, and not for long (spec flow-engine 19).

internal import Primitives

extension RunLane {
    func read(
        _ run: RunID, _ request: StartRequest, within limit: Duration, _ reply: @escaping EngineReplyHandler
    ) {
        // The caller is kept from here on, because a short run may end before the answer to its start is back.
        readers[run] = reply
        let mailbox = mailbox
        start(run, request) { mailbox.postReply(.starting(.readAnswered(run, limit, $0))) }
    }

    func readAnswered(_ run: RunID, within limit: Duration, _ reply: EngineReply) {
        guard readers[run] != nil else { return }
        switch reply {
        case .started: schedule(.readEnds(run), after: limit)
        default: answerReader(of: run, reply)
        }
    }

    /// Somebody waits for the end of a run that only reads.
    func isRead(_ run: RunID) -> Bool { readers[run] != nil }

    /// Tells whoever waits for the end of a run that only reads; nobody waits any more then.
    func answerReader(of run: RunID, _ reply: EngineReply) { readers.removeValue(forKey: run)?(reply) }

    /// The time of a read is over. Its nodes may still end by themselves, but nobody waits for them.
    func endRead(_ run: RunID) {
        guard let reader = readers.removeValue(forKey: run) else { return }
        reader(.refused(.readTimeout))
        carryOut(
            RunControl(
                .stop, of: run, grace: .milliseconds(Limits.readStopMilliseconds), reason: "read timeout"),
            on: run)
    }
}
