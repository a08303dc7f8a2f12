// The port to the journal: what lanes write down, and what they hear of it.

public import Primitives

/// Something to write down, in order within its run.
public enum JournalEntry: Sendable {
    /// The run exists. Always the first entry of a run; durable means that sequence 0 is reported.
    case created(RunRecord)
    /// The next event of a run that has been created. `owner` is the run's.
    case event(RunID, owner: UserID, RunEvent)
}

/// How the journal stands (see `Limits.journalBacklogBytes…`).
public enum JournalPressure: Sendable {
    /// Everything may go on.
    case low
    /// Storage is away or answers no commits, and little waits for it: start no runs, but let those that exist go on.
    case away
    /// Above the high mark and not yet below the low mark again: start no further nodes.
    case high
    /// Above the limit: start neither.
    case full

    /// New runs may begin.
    public var startsRuns: Bool { self == .low || self == .high }
    /// Nodes of runs may begin.
    public var startsNodes: Bool { self == .low || self == .away }
}

/// What the journal tells a lane.
public enum JournalNotice: Sendable {
    /// All entries of this run up to this sequence survive a crash; 0 means the run's creation.
    case durable(RunID, through: UInt64)
    /// Storage takes nothing of the run, now and later; it must not go on.
    case refused(RunID, JournalRefusal)
    /// Something that could not begin may begin now.
    case relieved
}

/// Why storage takes nothing of a run.
public enum JournalRefusal: Hashable, Sendable, CustomStringConvertible {
    /// What the run was to be made from was deleted while it began: its flow, its deployment or its owner.
    case originGone
    /// Another process took this one for dead and has the run now.
    case takenOver
    /// The run's record breaks a rule of storage; the words are for the log.
    case invalidRecord(String)

    public var description: String {
        switch self {
        case .originGone: "what the run was made from has been deleted"
        case .takenOver: "another process has ended this run"
        case .invalidRecord(let reason): reason
        }
    }
}

/// The append-only record of runs.
///
/// Entries of one run come from one lane and keep their order. Nothing is dropped: while storage is away the
/// backlog grows to its bound and `pressure` says so.
public protocol RunJournal: Sendable {
    /// Hands entries over. Never blocks, never refuses; callers watch `pressure`.
    func append(_ entries: [JournalEntry])
    /// How full the backlog is now. Cheap; may be asked before every start.
    var pressure: JournalPressure { get }
    /// Tells `lane` about runs that hash to it. Called once per lane before the first append.
    func addListener(lane: Int, of laneCount: Int, _ listener: @escaping @Sendable ([JournalNotice]) -> Void)
}
