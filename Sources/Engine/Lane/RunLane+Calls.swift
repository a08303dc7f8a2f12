// What a lane does for calls that read runs which are there: output, watch.

internal import Primitives
internal import Values

extension RunLane {
    // MARK: Output

    func output(
        _ run: RunID, _ principals: [Principal], _ call: CallID, _ reply: @escaping EngineReplyHandler
    ) {
        guard let live = runs[run] else {
            guard let ended = endedRuns[run] else { return storedOutput(run, principals, reply) }
            return reply(ended.access.admits(principals) ? .output(ended.output) : .refused(.unauthorized))
        }
        guard live.access.admits(principals) else { return reply(.refused(.unauthorized)) }
        guard live.outputWaiters.count < Limits.outputWaitersPerRunMax else {
            return reply(.refused(.busy(retryAfterSeconds: 1)))
        }
        runs[run]?.outputWaiters[call] = reply
    }

    /// The caller has gone. Its call may be about a run that is here, is being taken up, or is another server's.
    func withdraw(_ call: CallID, about run: RunID) {
        runs[run]?.outputWaiters[call] = nil
        runs[run]?.signatureWaiters[call] = nil
        withdrawElsewhere(call, about: run)
        withdrawResuming(call, about: run)
    }

    private func storedOutput(_ run: RunID, _ principals: [Principal], _ reply: @escaping EngineReplyHandler)
    {
        withStoredRun(run, principals, reply) { summary in
            if let output = summary.output { reply(.output(output)) } else { reply(.refused(.noOutput)) }
        }
    }

    // MARK: Watch

    func watch(_ run: RunID, _ principals: [Principal], _ reply: @escaping EngineReplyHandler) {
        if let live = runs[run] {
            return reply(
                live.access.admits(principals) ? .watching(live.feed) : .refused(.unauthorized))
        }
        if let ended = endedRuns[run] {
            return reply(ended.access.admits(principals) ? .watching(ended.feed) : .refused(.unauthorized))
        }
        let tracks = context.ports.tracks
        withStoredRun(run, principals, reply) { _ in
            reply(.watching(RunFeed(storedRun: run, tracks: tracks)))
        }
    }

    /// Looks an ended run up and checks who asks. "Not found" is decided before permission (spec
    /// http-and-websocket 3.3).
    private func withStoredRun(
        _ run: RunID, _ principals: [Principal], _ reply: @escaping EngineReplyHandler,
        _ body: @escaping @Sendable (RunSummary) -> Void
    ) {
        context.ports.catalog.run(run) { result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success(nil): reply(.refused(.notFound))
            case .success(let summary?):
                let access = RunAccess(run: run, owner: summary.owner, sharedWith: summary.sharedWith)
                guard access.admits(principals) else { return reply(.refused(.unauthorized)) }
                body(summary)
            }
        }
    }
}
