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
    ///   - workers: how many nodes may work at the same time; of those that may take long, a quarter as many beside them.
    ///   - awaitsClaim: calls about runs that are not known here wait until `resume` or `claimFailed` says which runs
    ///     of a dead server are this one's.
    public init(laneCount: Int, workers: Int, awaitsClaim: Bool = false, ports: EnginePorts) {
        DispatchTimers.prepare()
        let context = LaneContext(
            ports: ports, pool: NodePool(width: workers), longPool: NodePool(width: workers / 4),
            graphs: GraphCache(), lanes: LaneTable())
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
    /// - Returns: withdraws a call that may wait in a lane. Nil for a call that is answered soon, or that does
    ///   something which must not be undone.
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
        case .control(let request):
            post(.call(.control(request, reply)), to: lane(of: request.run), reply)
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

    /// Takes up runs that another server has left behind and that storage has given to this one. Runs that cannot go on
    /// are ended as crashed. A nested run shares the fate of the run that started it. Any thread.
    ///
    /// - Parameters:
    ///   - runs: the runs; if the starter of a nested run has not ended, it must be among them.
    ///   - isFirst: these are all runs of this server that it did not start itself. Calls about other runs need not
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

    /// Storage could not say which runs of a dead server are this one's; the caller tries again. Any thread.
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
