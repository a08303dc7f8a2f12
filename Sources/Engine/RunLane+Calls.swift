// What a lane does for each kind of call: start, stop, output, watch.

internal import Dispatch
internal import Primitives
internal import Values

extension RunLane {
    // MARK: Start

    func start(_ run: RunID, _ request: StartRequest, _ reply: @escaping EngineReplyHandler) {
        guard !isDraining, context.journal.pressure.startsRuns, runs.count < Limits.runsPerLaneMax else {
            return reply(.refused(.busy(retryAfterSeconds: 1)))
        }
        findFlow(run, request, knownVersion: context.graphs.version(of: request.flow), reply)
    }

    private func findFlow(
        _ run: RunID, _ request: StartRequest, knownVersion: Int64?, _ reply: @escaping EngineReplyHandler
    ) {
        context.catalog.flow(request.flow, knownVersion: knownVersion) { [weak self] result in
            self?.postReply(.flowFound(run, request, result, reply))
        }
    }

    func flowFound(
        _ run: RunID, _ request: StartRequest, _ result: Result<FlowRow?, StorageError>,
        _ reply: @escaping EngineReplyHandler
    ) {
        switch result {
        case .failure(let error): reply(.refused(.storage(error)))
        case .success(nil): reply(.refused(.notFound))
        case .success(let row?):
            guard row.owner == request.starter else { return reply(.refused(.notFound)) }
            if let flow = context.graphs.flow(request.flow, version: row.version) {
                begin(run, request, row, flow, reply)
            } else if let document = row.document {
                compile(document, run, request, row, reply)
            } else {
                // The compiled flow was evicted while the question was on its way.
                findFlow(run, request, knownVersion: nil, reply)
            }
        }
    }

    /// A large document takes a while, so this happens away from the lane.
    private func compile(
        _ document: [UInt8], _ run: RunID, _ request: StartRequest, _ row: FlowRow,
        _ reply: @escaping EngineReplyHandler
    ) {
        let context = context
        let isTaken = context.pool.submit { [weak self] in
            let result = Result { () throws(GraphProblems) in try context.compiler.compile(document) }
            if case .success(let flow) = result {
                context.graphs.keep(flow, request.flow, version: row.version)
            }
            self?.postReply(.flowCompiled(run, request, row, result, reply))
        }
        if !isTaken { reply(.refused(.busy(retryAfterSeconds: 1))) }
    }

    func flowCompiled(
        _ run: RunID, _ request: StartRequest, _ row: FlowRow, _ result: Result<CompiledFlow, GraphProblems>,
        _ reply: @escaping EngineReplyHandler
    ) {
        switch result {
        case .failure(let problems): reply(.refused(.invalidFlow(problems)))
        case .success(let flow): begin(run, request, row, flow, reply)
        }
    }

    private func begin(
        _ run: RunID, _ request: StartRequest, _ row: FlowRow, _ flow: CompiledFlow,
        _ reply: @escaping EngineReplyHandler
    ) {
        guard !isDraining else { return reply(.refused(.busy(retryAfterSeconds: 1))) }
        let now = context.clock.now()
        // A start fills gaps of the flow's environment, it never replaces (spec flow-engine 14.2).
        let environment = flow.environment.merging(request.environment) { own, _ in own }
        record(
            .created(
                RunRecord(
                    id: run, owner: row.owner, startedBy: request.starter, flow: row.number,
                    snapshot: flow.snapshot, inputs: request.inputs, environment: environment,
                    network: flow.network, bundling: flow.bundling, createdAt: now)))
        runs[run] = LiveRun(
            access: RunAccess(run: run, owner: row.owner, sharedWith: []), graph: flow.graph,
            context: RunContext(
                owner: row.owner, startedBy: request.starter, environment: environment, network: flow.network),
            feed: RunFeed(run: run, tracks: context.tracks),
            machine: RunMachine(graph: flow.graph, inputs: request.inputs), startReply: reply)
        for warning in flow.warnings {
            add(RunFact(.flowLogged(RunLogLine(level: .warn, content: warning)), at: now), to: run)
        }
        add(RunFact(.started, at: now), to: run)
    }

    // MARK: Stop

    func stop(_ request: StopRequest, _ reply: @escaping EngineReplyHandler) {
        guard let live = runs[request.run], live.end == nil else { return reply(.refused(.notFound)) }
        guard live.access.admits(request.principals) else { return reply(.refused(.unauthorized)) }
        let grace = min(max(request.grace, .zero), .milliseconds(Limits.stopMillisecondsMax))
        add(
            RunFact(
                .stopRequested(reason: request.reason, isGraceful: grace > .zero), at: context.clock.now()),
            to: request.run)
        if grace > .zero { endGrace(of: request.run, after: grace) }
        reply(.stopping)
    }

    // MARK: Output

    func output(_ run: RunID, _ principals: [Principal], _ reply: @escaping EngineReplyHandler) {
        guard let live = runs[run] else {
            guard let ended = endedRuns[run] else { return storedOutput(run, principals, reply) }
            return reply(ended.access.admits(principals) ? .output(ended.output) : .refused(.unauthorized))
        }
        guard live.access.admits(principals) else { return reply(.refused(.unauthorized)) }
        guard live.outputWaiters.count < Limits.outputWaitersPerRunMax else {
            return reply(.refused(.busy(retryAfterSeconds: 1)))
        }
        runs[run]?.outputWaiters.append(reply)
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
        let tracks = context.tracks
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
        context.catalog.run(run) { result in
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
