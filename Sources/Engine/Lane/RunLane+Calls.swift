// What a lane does for calls about runs that are there: stop, output, watch.

internal import Primitives
internal import Values

extension RunLane {
    // MARK: Stop

    func stop(_ request: StopRequest, _ reply: @escaping EngineReplyHandler) {
        guard let live = runs[request.run] else { return stopElsewhere(request, reply) }
        guard live.end == nil else { return reply(.refused(.notFound)) }
        guard live.access.admits(request.principals) else { return reply(.refused(.unauthorized)) }
        let stop = request.stop(of: live.access)
        carryOut(stop)
        // The stop is written down before it has any effect. Otherwise a crash could leave a run that goes on although
        // its caller was told that it stops, or one that has lost what it waits for and has not stopped.
        context.ports.stops.record(stop) { result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success: reply(.stopping)
            }
        }
    }

    /// Carries out a permitted stop. Only the first stop of each kind counts.
    func carryOut(_ stop: RunStop) {
        guard let live = runs[stop.run], live.end == nil else { return }
        guard !live.stops.contains(where: { $0.endsRun == stop.endsRun }) else { return }
        runs[stop.run]?.stops.append(stop)
        guard stop.endsRun else { return stopActs(of: stop.run) }
        add(.stopRequested(reason: stop.reason, isGraceful: stop.grace > .zero), to: stop.run)
        if stop.grace > .zero { schedule(.graceEnds(stop.run), after: stop.grace) }
    }

    /// From now on neither this run nor one nested in it acts.
    func stopActs(of run: RunID) {
        guard let live = runs[run] else { return }
        live.acts.cancel()
        for child in live.children {
            context.lanes.post(.nested(.stopActs(child)), toLaneOf: child)
        }
    }

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
