// What runs when a node runs: the call it gets, the answer it gives, now or later.

public import Primitives
internal import Synchronization
public import Values

/// How an execution of a node ended.
public enum NodeOutcome: Sendable {
    /// The outputs by name. Names that the kind does not declare are kept (spec flow-engine 6.1).
    case outputs(ValueMap)
    /// The node's own error text, causes joined by `: `.
    case failed(String)
}

/// What the run function of a node answers.
public enum NodeStep: Sendable {
    /// It is done.
    case done(NodeOutcome)
    /// It is done when this time has passed. No thread waits; a stop of the run ends the wait at once.
    case wait(Duration, then: NodeOutcome)
    /// The engine is to provide something first.
    case ask(NodeRequest)
    /// It goes on elsewhere and will call `NodeCall.complete` once. Must watch `NodeCall.cancellation`.
    case pending
}

/// The run function of a node. Runs on a worker, may block it for a short while, must not trap: every value it
/// gets is untrusted.
public typealias NodeWork = @Sendable (NodeCall) -> NodeStep

/// The same work in the turn of a lane, where others wait for it: some ten microseconds, without blocking. Nil if this
/// call is not as brief; then a worker does the work from its beginning.
public typealias BriefWork = @Sendable (NodeCall) -> NodeStep?

/// One execution, as its run function sees it.
public struct NodeCall: Sendable {
    public let run: RunID
    public let execution: NodeExecution
    /// Configured defaults, start inputs and edge values, joined (spec flow-engine 4.4).
    public let inputs: ValueMap
    /// For whom and where the run runs.
    public let context: RunContext
    /// Set when the run is stopped or the node's time is over.
    public let cancellation: NodeCancellation
    /// Writes a line to the run's log, in order with the node's other events.
    public let log: @Sendable (RunLogLine) -> Void
    /// Ends an execution that answered `.pending`. Later calls are ignored.
    public let complete: @Sendable (NodeOutcome) -> Void

    public init(
        run: RunID, execution: NodeExecution, inputs: ValueMap, context: RunContext = RunContext(),
        cancellation: NodeCancellation = NodeCancellation(),
        log: @escaping @Sendable (RunLogLine) -> Void = { _ in },
        complete: @escaping @Sendable (NodeOutcome) -> Void = { _ in }
    ) {
        self.run = run
        self.execution = execution
        self.inputs = inputs
        self.context = context
        self.cancellation = cancellation
        self.log = log
        self.complete = complete
    }
}

/// A flag that is set once, with handlers that are called then. Shared by the lane that owns the run and the code that
/// works for the node.
public final class NodeCancellation: Sendable {
    private struct Handler: Sendable {
        let run: @Sendable () -> Void
    }

    private let flag = Atomic(false)
    private let handlers = Mutex<[Handler]>([])

    public init() {}

    /// True once the execution is no longer wanted. Long work asks from time to time.
    public var isCancelled: Bool { flag.load(ordering: .relaxed) }

    /// Calls `handler` when the execution is no longer wanted, at once if that is so already. At most once, on any
    /// thread; it must not block.
    public func whenCancelled(_ handler: @escaping @Sendable () -> Void) {
        let isLate = handlers.withLock { handlers in
            guard !isCancelled else { return true }
            handlers.append(Handler(run: handler))
            return false
        }
        if isLate { handler() }
    }

    /// Says that the execution is no longer wanted.
    public func cancel() {
        let waiting = handlers.withLock { handlers in
            flag.store(true, ordering: .relaxed)
            defer { handlers = [] }
            return handlers
        }
        for handler in waiting { handler.run() }
    }
}
