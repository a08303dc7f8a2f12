// The door of the engine: calls go in, answers come out. Picks the lane; owns nothing of a run itself.

internal import Dispatch
internal import Primitives
internal import Synchronization
internal import Values

/// Runs flows on lanes, each of which owns its runs alone.
///
/// May be called from any thread; never blocks. Answers come on a thread of the engine or of storage and must be
/// posted to their owner from there.
public final class FlowEngine: Sendable {
    let lanes: [RunLane]
    let context: LaneContext
    private let callCount = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - laneCount: how many lanes; one per core is right.
    ///   - workers: how many nodes may work at the same time.
    ///   - awaitsClaim: calls about runs that are not known here wait until `resume` or `claimFailed` says which runs
    ///     of a dead server are this one's.
    public init(laneCount: Int, workers: Int, awaitsClaim: Bool = false, ports: EnginePorts) {
        DispatchTimers.prepare()
        let context = LaneContext(
            ports: ports, pool: NodePool(width: workers), graphs: GraphCache(), lanes: LaneTable())
        let lanes = (0..<max(1, laneCount)).map {
            RunLane(index: $0, context: context, awaitsClaim: awaitsClaim)
        }
        context.lanes.fill(lanes)
        self.context = context
        self.lanes = lanes
        for (index, lane) in lanes.enumerated() {
            ports.journal.addListener(lane: index, of: lanes.count) { lane.postReply(.journalNoticed($0)) }
        }
    }

    deinit {
        // Lanes know each other through the table.
        context.lanes.fill([])
    }

    /// How many tracks and which: sessions name them by their number.
    public var tracks: TrackTable { context.ports.tracks }

    /// Asks the engine something; `reply` is called exactly once, or at most once if the call is withdrawn.
    ///
    /// - Returns: by which a call is withdrawn that may wait in a lane; nil for one that is answered soon, or does something
    ///   that is not to be undone.
    @discardableResult
    public func perform(_ call: EngineCall, reply: @escaping @Sendable (EngineReply) -> Void) -> PendingCall?
    {
        switch call {
        case .start(let request):
            let run = RunID.make(at: context.clock.now())
            offer(.call(.start(run, request, reply)), to: lane(of: run), reply)
        case .read(let request, let limit):
            let run = RunID.make(at: context.clock.now())
            offer(.call(.read(run, request, limit, reply)), to: lane(of: run), reply)
        case .permit(let request):
            permit(request, reply)
        case .deploy(let flow, let user):
            let ticket = RunID.make(at: context.clock.now())
            offer(
                .call(.gather(ticket, flow, for: .deployment(by: user, reply))), to: lane(of: ticket), reply)
        case .clone(let flow, let user):
            let ticket = RunID.make(at: context.clock.now())
            offer(.call(.gather(ticket, flow, for: .clone(by: user, reply))), to: lane(of: ticket), reply)
        case .stop(let request):
            post(.call(.stop(request, reply)), to: lane(of: request.run), reply)
        case .output(let run, let principals):
            return wait(for: run, reply) { .output(run, principals, $0, reply) }
        case .watch(let run, let principals):
            return wait(for: run, reply) { .watch(run, principals, $0, reply) }
        case .page(let run, let after):
            page(run, after: after, reply)
        case .awaitsInput(let key):
            ifAwaited(context.ports.addresses.keyHash(of: key), reply) { reply(.accepted) }
        case .answerInput(let key, let answer):
            answerInput(key, answer, reply)
        case .signatureRequest(let run, let principals):
            return wait(for: run, reply) { .signatureRequest(run, principals, $0, reply) }
        case .submitSignature(let submission):
            submit(submission, reply)
        case .watchSignatures(let user):
            reply(.watchingSignatures(context.signatureFeeds.feed(of: user)))
        case .pendingSignatures(let user, let last):
            context.ports.signatures.pending(of: user, after: last) { result in
                switch result {
                case .failure(let error): reply(.refused(.storage(error)))
                case .success(let waiting): reply(.pendingSignatures(waiting))
                }
            }
        }
        return nil
    }

    /// Takes up runs that a server has left behind and that storage has given to this one, or ends those as crashed
    /// that cannot go on. A nested run goes the way of the run that started it. Any thread.
    ///
    /// - Parameters:
    ///   - runs: with a nested run comes the one that started it, if that has not ended.
    ///   - isFirst: these are all runs of this server that it did not start itself, so that calls about others need not
    ///     wait any longer.
    public func resume(_ runs: [ClaimedRun], isFirst: Bool = false) {
        let all = Set(runs.map(\.run))
        context.takingUp.expect(runs.count)
        var claims: [[ClaimedRun]] = Array(repeating: [], count: lanes.count)
        for claim in runs {
            let parent = claim.parent.flatMap { all.contains($0) ? $0 : nil }
            claims[claim.run.lane(of: lanes.count)].append(ClaimedRun(run: claim.run, parent: parent))
        }
        for (lane, claims) in zip(lanes, claims) where isFirst || !claims.isEmpty {
            lane.postReply(.resuming(.claimed(claims, isFirst: isFirst)))
        }
    }

    /// It cannot be said yet which runs of a dead server are this one's; it is tried again. Any thread.
    public func claimFailed() {
        for lane in lanes { lane.postReply(.resuming(.claimFailed)) }
    }

    /// Refuses new runs from now on, lets runs end until `grace` is over, ends the rest, and calls `done` when
    /// every run's end is durable. Once only.
    public func drain(within grace: Duration, done: @escaping @Sendable () -> Void) {
        let counter = DrainCounter(open: lanes.count, done: done)
        for lane in lanes { lane.postReply(.call(.drain(grace, { counter.laneDrained() }))) }
    }

    /// How many deadlines each lane keeps, and how many executions sleep there. For tests.
    package func waits() async -> [(deadlines: Int, sleeping: Int)] {
        var counts: [(deadlines: Int, sleeping: Int)] = []
        for lane in lanes { counts.append(await lane.waits) }
        return counts
    }

    func lane(of run: RunID) -> RunLane { lanes[run.lane(of: lanes.count)] }

    /// Posts what may be refused while much is going on.
    private func offer(_ message: LaneMessage, to lane: RunLane, _ reply: (EngineReply) -> Void) {
        if !lane.post(message) { reply(.refused(.busy(retryAfterSeconds: 1))) }
    }

    private func post(_ message: LaneMessage, to lane: RunLane, _ reply: (EngineReply) -> Void) {
        if !lane.postUrgent(message) { reply(.refused(.busy(retryAfterSeconds: 1))) }
    }

    /// Posts a call that may wait in the lane of a run.
    private func wait(
        for run: RunID, _ reply: (EngineReply) -> Void, _ message: (CallID) -> LaneCall
    ) -> PendingCall {
        let call = CallID(number: callCount.wrappingAdd(1, ordering: .relaxed).newValue)
        post(.call(message(call)), to: lane(of: run), reply)
        let lanes = context.lanes
        return PendingCall { lanes.post(.call(.withdrawn(call, about: run)), toLaneOf: run) }
    }

    private func permit(_ request: StartRequest, _ reply: @escaping @Sendable (EngineReply) -> Void) {
        switch request.way {
        case .own(let id), .shared(let id), .unverified(let id):
            // The document is not needed: say that the newest known version is known.
            context.ports.catalog.flow(id, knownVersion: context.graphs.version(of: id)) { result in
                reply(
                    FlowEngine.permission(result) { row throws(EngineError) in
                        try request.check(row)
                        return "flow \(row.number) \(row.version)"
                    })
            }
        case .deployed(let name):
            context.ports.catalog.deployment(name) { result in
                reply(
                    FlowEngine.permission(result) { row throws(EngineError) in
                        try request.check(row)
                        return "deployment \(row.id) \(row.revision)"
                    })
            }
        }
    }

    private static func permission<Row>(
        _ found: Result<Row?, StorageError>, _ revision: (Row) throws(EngineError) -> String
    ) -> EngineReply {
        do throws(EngineError) {
            switch found {
            case .failure(let error): throw .storage(error)
            case .success(nil): throw .notFound
            case .success(let row?): return .permitted(revision: try revision(row))
            }
        } catch {
            return .refused(error)
        }
    }

    private func answerInput(
        _ key: String, _ answer: InputAnswer, _ reply: @escaping @Sendable (EngineReply) -> Void
    ) {
        let hash = context.ports.addresses.keyHash(of: key)
        guard !answer.isSoughtThroughAtOnce else { return context.resolve(hash, answer, reply) }
        ifAwaited(hash, reply) { [context] in
            let isTaken = context.pool.submit { context.resolve(hash, answer, reply) }
            if !isTaken { reply(.refused(.busy(retryAfterSeconds: 1))) }
        }
    }

    /// Goes on, on a thread of storage, if an execution waits for a value.
    private func ifAwaited(
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

    /// The checks of an answer, in this order: it is waited for, nothing else was signed, the signature is right (spec
    /// http-and-websocket 2.5). Storage decides whether it is the first.
    private func submit(
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

    /// - Parameter hasEnded: the run is known to have ended, so that all of its events are stored.
    private func page(
        _ run: RunID, after: UInt64, hasEnded: Bool = false,
        _ reply: @escaping @Sendable (EngineReply) -> Void
    ) {
        context.ports.catalog.events(of: run, after: after, limit: Limits.replayPageEventsMax) { result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success(let events) where events.isEmpty:
                if hasEnded {
                    reply(.page([], isLast: true))
                } else {
                    self.emptyPage(run, after: after, reply)
                }
            case .success(var events):
                let isLast = events.last?.isEnd == true
                // An output and the end of its execution come in one page, so that a track may swap them.
                if events.count > 1, case .nodeOutput? = events.last?.content {
                    events.removeLast()
                }
                reply(.page(events, isLast: isLast))
            }
        }
    }

    /// Nothing is stored behind a cursor: of a run that has ended the peer has seen all, unless it ended just now, at another
    /// server.
    private func emptyPage(
        _ run: RunID, after: UInt64, _ reply: @escaping @Sendable (EngineReply) -> Void
    ) {
        context.ports.catalog.run(run) { result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success(let summary):
                guard summary?.status.isEnd ?? true else { return reply(.page([], isLast: false)) }
                self.page(run, after: after, hasEnded: true, reply)
            }
        }
    }
}

extension LaneContext {
    /// Writes a value down that was waited for, with its key pairs hidden, and tells the run.
    fileprivate func resolve(
        _ keyHash: [UInt8], _ answer: InputAnswer, _ reply: @escaping @Sendable (EngineReply) -> Void
    ) {
        let marked: InputAnswer
        do throws(EngineError) {
            // Before it is written down: a stored row holds what may be seen.
            marked = try answer.markingKeyPairsFromOutside(ports.isKeyPair)
        } catch {
            return reply(.refused(error))
        }
        ports.inputs.resolve(keyHash: keyHash, marked) { [lanes] result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success(nil): reply(.refused(.notFound))
            case .success(let request?):
                // A run that is not here now finds the answer in storage when it is taken up again.
                lanes.post(.input(.answered(request, marked)), toLaneOf: request.run)
                reply(.accepted)
            }
        }
    }

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
                lanes.post(.signature(.answered(waiting, answer)), toLaneOf: waiting.run)
                reply(.accepted)
            }
        }
    }
}

/// Calls `done` when the last lane has drained.
private final class DrainCounter: Sendable {
    private let open: Mutex<Int>
    private let done: @Sendable () -> Void

    init(open: Int, done: @escaping @Sendable () -> Void) {
        self.open = Mutex(open)
        self.done = done
    }

    func laneDrained() {
        let isLast = open.withLock { open in
            open -= 1
            return open == 0
        }
        if isLast { done() }
    }
}
