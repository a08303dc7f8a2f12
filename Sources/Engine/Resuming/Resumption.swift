// Runs that are being taken up from a server that has gone, as their lane keeps them.

internal import Primitives
internal import Values

/// A run on its way back. A class, as there are thousands, which change step by step; it never leaves its lane.
final class Resumption {
    /// How far it has come.
    enum Stage {
        /// The run that started this one is taken up first, and then decides what becomes of this one.
        case awaitsParent
        /// It waits for its turn, or for the end of a pause.
        case waits
        /// Storage is asked about it, or its flow is being compiled.
        case underWay
    }

    var stage: Stage
    var parent: ParentLink?
    /// What holds for its parent, and so for this one.
    var controls: [RunControl] = []
    /// Its parent does not come back.
    var isAbandoned = false
    /// It is read apart from others, as it is large.
    var isReadAlone = false
    /// How often it was tried in vain.
    var failedCount = 0
    var left: LeftRun?
    var events: [RunEvent] = []
    /// The journal has more events than are read. The events that are kept tell how the journal ends and which nodes
    /// started.
    var isTooLong = false
    var flow: CompiledFlow?
    /// What came for the run meanwhile.
    var calls: [LaneMessage] = []

    init(_ stage: Stage, parent: ParentLink? = nil, isAbandoned: Bool = false) {
        self.stage = stage
        self.parent = parent
        self.isAbandoned = isAbandoned
    }

    /// The same resumption as before this attempt, for the next one.
    var again: Resumption {
        let next = Resumption(.waits, parent: parent, isAbandoned: isAbandoned)
        next.controls = controls
        next.isReadAlone = isReadAlone
        next.failedCount = failedCount + 1
        return next
    }

    /// Takes in the next events. If the journal is too long, only the events that the end of the run needs are kept.
    func add(_ page: [RunEvent]) {
        events += page
        guard events.count > Limits.resumedEventsMax || isTooLong else { return }
        isTooLong = true
        var seen: Set<NodeID> = []
        let last = events.count - 1
        events = events.enumerated().filter { index, event in
            guard index < last, case .executionStarted(let execution, _) = event.content.effect else {
                return index == last
            }
            return seen.insert(execution.node).inserted
        }.map(\.element)
    }
}

/// All of a lane's runs on their way back.
struct Resumptions {
    /// It is not known yet which runs of a dead server this one has claimed.
    var isAwaitingClaim: Bool
    /// Calls that wait until it is known.
    var unplaced = UnplacedCalls()
    private(set) var runs: [RunID: Resumption] = [:]
    /// Runs whose turn has not come. Callers wait for those in `urgent`.
    private var urgent = FIFO<RunID>()
    private var waiting = FIFO<RunID>()
    /// How many runs storage is being asked about, or have their flows compiled.
    private var underWayCount = 0
    private var readsUnderWay = 0
    /// When somebody last called while runs were on their way, in steady nanoseconds.
    private var lastCallAt: Int64?
    /// Runs whose flow is being compiled, by the hash of its document.
    var compiling: [[UInt8]: [RunID]] = [:]

    init(isAwaitingClaim: Bool = false) { self.isAwaitingClaim = isAwaitingClaim }

    var isEmpty: Bool { runs.isEmpty }

    subscript(run: RunID) -> Resumption? {
        get { runs[run] }
        set { runs[run] = newValue }
    }

    /// So many more are to come.
    mutating func reserveCapacity(_ count: Int) { runs.reserveCapacity(runs.count + count) }

    /// Puts a run in line.
    mutating func enqueue(_ run: RunID) {
        runs[run]?.stage = .waits
        if runs[run]?.calls.isEmpty == false { urgent.append(run) } else { waiting.append(run) }
    }

    /// Somebody waits for the run: it comes before those that nobody asks for.
    mutating func hurry(_ run: RunID) {
        guard case .waits? = runs[run]?.stage else { return }
        urgent.append(run)
    }

    /// A caller has come: for a while fewer runs are read at once, so that callers have the processors.
    mutating func called(at now: Int64) {
        lastCallAt = now
    }

    /// The runs that are read next, together; empty if none may be now.
    mutating func nextBatch(at now: Int64) -> [RunID] {
        let isCrowded = lastCallAt.map { now - $0 < Int64(Limits.crowdedMilliseconds) * 1_000_000 } ?? false
        let (readsMax, batchMax) =
            isCrowded
            ? (Limits.crowdedLeftRunsReadsMax, Limits.crowdedLeftRunsReadMax)
            : (Limits.leftRunsReadsMax, Limits.leftRunsReadMax)
        guard readsUnderWay < readsMax else { return [] }
        var batch: [RunID] = []
        while batch.count < batchMax, underWayCount < Limits.resumptionsAtOnceMax,
            let run = urgent.popFirst() ?? waiting.popFirst()
        {
            // A run may stand in both lines, and one that was given back in one.
            guard case .waits? = runs[run]?.stage else { continue }
            let isAlone = runs[run]?.isReadAlone == true
            guard !isAlone || batch.isEmpty else {
                urgent.append(run)
                break
            }
            runs[run]?.stage = .underWay
            underWayCount += 1
            batch.append(run)
            if isAlone { break }
        }
        if !batch.isEmpty { readsUnderWay += 1 }
        return batch
    }

    mutating func readEnded() { readsUnderWay -= 1 }

    /// Nothing more is asked about a run.
    mutating func stopWork(on run: RunID) {
        guard case .underWay? = runs[run]?.stage else { return }
        runs[run]?.stage = .waits
        underWayCount -= 1
    }

    mutating func remove(_ run: RunID) -> Resumption? {
        stopWork(on: run)
        return runs.removeValue(forKey: run)
    }
}

/// Calls about runs of which storage has not said yet whether this server has claimed them.
struct UnplacedCalls {
    private var calls: [RunID: [LaneMessage]] = [:]
    private var count = 0

    /// False if there are too many.
    mutating func add(_ message: LaneMessage, about run: RunID) -> Bool {
        guard count < Limits.unplacedCallsMax else { return false }
        calls[run, default: []].append(message)
        count += 1
        return true
    }

    /// The caller has gone: takes its call out.
    mutating func withdraw(_ call: CallID, about run: RunID) {
        guard let before = calls[run]?.count else { return }
        calls[run]?.removeAll { $0.callID == call }
        count -= before - (calls[run]?.count ?? 0)
    }

    mutating func takeAll() -> [RunID: [LaneMessage]] {
        defer { self = UnplacedCalls() }
        return calls
    }
}
