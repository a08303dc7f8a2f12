// The one contract of everything that an execution can wait for without a thread. Each kind of wait has a folder beside
// this file; the kinds are listed in WaitKinds.swift.

internal import Primitives
internal import Values

/// Something that an execution waits for, and how far the wait has come. A value: news goes in, orders come out. A wait
/// may ask a port or another lane something; the answer comes back to it as news. Owned by the lane of the run.
protocol Wait: Sendable {
    /// The wait is written down, and what is written down refers to the run: the run must be stored before it begins.
    static var needsStoredRun: Bool { get }
    /// The wait is written down, and so will its answer be, whichever server gets it.
    var isRecorded: Bool { get }
    /// The run may be left to another server as far as this wait is concerned.
    var canBeLeft: Bool { get }

    /// What the execution is doing, to a server that is to go on with the run.
    ///
    /// - Parameter repetition: whether the work of the execution may be repeated.
    func work(_ repetition: Repetition) -> OpenWork
    /// True if it may be over before that moment, in steady nanoseconds, without an answer from outside.
    func mayEnd(before moment: Int64) -> Bool

    /// Asks for what is waited for. Exactly once, unless the wait comes from storage.
    mutating func begin(at place: WaitPlace) -> [WaitOrder]
    /// Takes what has come of a question, or an answer from outside. News of another wait is ignored.
    mutating func take(_ news: any WaitNews, at place: WaitPlace) -> [WaitOrder]
    /// The moment of `WaitOrder.expires` has come.
    mutating func expire(at place: WaitPlace) -> [WaitOrder]
    /// Nobody wants the answer any more.
    ///
    /// - Parameter reason: why the run was stopped; nil if nobody said why.
    func cancel(because reason: String?, at place: WaitPlace)
}

extension Wait {
    static var needsStoredRun: Bool { false }
    var isRecorded: Bool { false }
    var canBeLeft: Bool { true }
    func work(_ repetition: Repetition) -> OpenWork { isRecorded ? .isRecorded : .atWork(repetition) }
    func mayEnd(before moment: Int64) -> Bool { !isRecorded }
    mutating func take(_ news: any WaitNews, at place: WaitPlace) -> [WaitOrder] { [] }
    mutating func expire(at place: WaitPlace) -> [WaitOrder] { [] }
    func cancel(because reason: String?, at place: WaitPlace) {}
}

/// What the lane must do for a wait.
enum WaitOrder: Sendable {
    /// Say in the run's stream what the execution waits for.
    case tell(RunEvent.Content)
    /// Write a line to the run's log, as the execution's.
    case log(RunLogLine)
    /// Call `expire` at this moment, in steady nanoseconds.
    case expires(Int64)
    /// Give the machine this act.
    case give(ActCall)
    /// The wait is over, and so is the execution.
    case end(NodeOutcome)
}

/// Something that one kind of wait is told.
protocol WaitNews: Sendable {}

/// News on its way to a wait.
struct WaitMessage: Sendable {
    /// How the execution that waits is named: by its own lane, or by storage.
    enum Address: Sendable {
        case slot(ExecutionSlot)
        case execution(NodeExecution)
    }

    let run: RunID
    let address: Address
    let news: any WaitNews
}

/// Where a wait is, and all that it may use.
struct WaitPlace: Sendable {
    let basis: RunBasis
    let slot: ExecutionSlot
    /// When the execution began, in steady nanoseconds.
    let startedAt: Int64
    /// What holds for runs that it starts.
    let controls: [RunControl]
    let context: LaneContext
    fileprivate let mailbox: Mailbox<LaneMessage>

    init(
        _ basis: RunBasis, _ slot: ExecutionSlot, startedAt: Int64, controls: [RunControl],
        context: LaneContext, mailbox: Mailbox<LaneMessage>
    ) {
        self.basis = basis
        self.slot = slot
        self.startedAt = startedAt
        self.controls = controls
        self.context = context
        self.mailbox = mailbox
    }

    var run: RunID { basis.access.run }
    var ports: EnginePorts { context.ports }
    var execution: NodeExecution {
        NodeExecution(node: basis.graph.nodes[slot.node].id, times: slot.times)
    }

    /// The steady time of a moment.
    func steady(at moment: Timestamp) -> Int64 {
        context.clock.steady() + max(0, moment.nanoseconds - context.clock.now().nanoseconds)
    }

    /// Gives news to the wait. Any thread.
    func post(_ news: any WaitNews) {
        mailbox.postReply(.wait(WaitMessage(run: run, address: .slot(slot), news: news)))
    }

    /// Lets the lane read from storage what has been answered, until storage says so. Any thread.
    func lookAtStorage() {
        mailbox.postReply(.elsewhere(.touched(run)))
    }
}
