// The door of the engine: calls go in, answers come out. Picks the lane; owns nothing of a run itself.

internal import Dispatch
public import Primitives
internal import Synchronization
internal import Values

/// Runs flows on lanes, each of which owns its runs alone.
///
/// May be called from any thread; never blocks. Answers come on a thread of the engine or of storage and must be
/// posted to their owner from there.
public final class FlowEngine: Sendable {
    private let lanes: [RunLane]
    private let context: LaneContext

    /// - Parameters:
    ///   - laneCount: how many lanes; one per core is right.
    ///   - workers: how many nodes may work at the same time.
    public init(
        laneCount: Int, workers: Int, catalog: any FlowCatalog, journal: any RunJournal,
        compiler: any FlowCompiler, tracks: TrackTable, clock: Clock, log: Log
    ) {
        let context = LaneContext(
            catalog: catalog, journal: journal, compiler: compiler, tracks: tracks, clock: clock, log: log,
            pool: NodePool(width: workers), graphs: GraphCache(), laneCount: max(1, laneCount))
        self.context = context
        self.lanes = (0..<context.laneCount).map { RunLane(index: $0, context: context) }
        for (index, lane) in lanes.enumerated() {
            journal.addListener(lane: index, of: lanes.count) { lane.postReply(.journalNoticed($0)) }
        }
    }

    /// How many tracks and which: sessions name them by their number.
    public var tracks: TrackTable { context.tracks }

    /// Asks the engine something; `reply` is called exactly once.
    public func perform(_ call: EngineCall, reply: @escaping @Sendable (EngineReply) -> Void) {
        switch call {
        case .start(let request):
            let run = RunID.make(at: context.clock.now())
            guard lane(of: run).post(.start(run, request, reply)) else {
                return reply(.refused(.busy(retryAfterSeconds: 1)))
            }
        case .stop(let request):
            post(.stop(request, reply), to: lane(of: request.run), reply)
        case .output(let run, let principals):
            post(.output(run, principals, reply), to: lane(of: run), reply)
        case .watch(let run, let principals):
            post(.watch(run, principals, reply), to: lane(of: run), reply)
        case .page(let run, let after):
            page(run, after: after, reply)
        }
    }

    /// Refuses new runs from now on, lets runs end until `grace` is over, ends the rest, and calls `done` when
    /// every run's end is durable. Once only.
    public func drain(within grace: Duration, done: @escaping @Sendable () -> Void) {
        let open = Atomic(lanes.count)
        let counter = DrainCounter(open: open.load(ordering: .relaxed), done: done)
        for lane in lanes { lane.postReply(.drain(grace, { counter.laneDrained() })) }
    }

    private func lane(of run: RunID) -> RunLane { lanes[run.lane(of: lanes.count)] }

    private func post(_ message: LaneMessage, to lane: RunLane, _ reply: (EngineReply) -> Void) {
        if !lane.postUrgent(message) { reply(.refused(.busy(retryAfterSeconds: 1))) }
    }

    private func page(_ run: RunID, after: UInt64, _ reply: @escaping @Sendable (EngineReply) -> Void) {
        context.catalog.events(of: run, after: after, limit: Limits.replayPageEventsMax) { result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
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
