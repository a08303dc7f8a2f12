// The events of a run: the one stream from which everything else is translated.

public import Primitives
public import Values

/// One execution of a node: the node and how often it had run before (spec flow-engine 4.4).
public struct NodeExecution: Hashable, Sendable {
    public let node: NodeID
    /// 0 for the first execution in the run, then 1, 2 …
    public let times: Int32

    public init(node: NodeID, times: Int32) {
        self.node = node
        self.times = times
    }
}

/// How much a run's own log line matters (spec flow-engine 10.2).
public enum RunLogLevel: String, Sendable, CaseIterable, Comparable {
    case trace = "Trace"
    case debug = "Debug"
    case info = "Info"
    case warn = "Warn"
    case error = "Error"

    private var rank: Int {
        switch self {
        case .trace: 0
        case .debug: 1
        case .info: 2
        case .warn: 3
        case .error: 4
        }
    }

    public static func < (left: RunLogLevel, right: RunLogLevel) -> Bool { left.rank < right.rank }
}

/// A line that a node or the engine wrote for the people who watch the run.
public struct RunLogLine: Hashable, Sendable {
    public let level: RunLogLevel
    /// Where the line comes from, for example `script.rhai:3:10`; nil when unknown.
    public let module: String?
    public let content: String

    public init(level: RunLogLevel, module: String? = nil, content: String) {
        self.level = level
        self.module = module
        self.content = content
    }
}

/// How a run ended. Not part of any dialect's events; stored with the run.
public enum RunStatus: String, Sendable {
    case starting, running, finished, failed, stopped, crashed

    /// The run goes on no more.
    public var isEnd: Bool { self != .starting && self != .running }
}

/// One event of a run. `sequence` counts 1, 2, 3 … within the run without a gap, log lines included; times
/// never go back within a run.
public struct RunEvent: Sendable {
    public let sequence: UInt64
    public let time: Timestamp
    public let content: Content

    public init(sequence: UInt64, time: Timestamp, content: Content) {
        self.sequence = sequence
        self.time = time
        self.content = content
    }

    /// What happened (spec flow-engine 10.1, 10.3). `flowFinished` is the last event of every run and comes
    /// exactly once. An execution's `nodeFinished` directly follows its last `nodeOutput`, if it has one.
    public enum Content: Sendable {
        case flowStarted
        case flowFailed(error: String)
        case flowLogged(RunLogLine)
        case flowFinished(notRun: [NodeID], output: ValueMap, status: RunStatus)
        case nodeStarted(NodeExecution, input: ValueMap)
        case nodeOutput(NodeExecution, output: ValueMap)
        /// `isDerived` marks the engine's own complaint that follows from an earlier error of the same
        /// execution (spec flow-engine 24.13).
        case nodeFailed(NodeExecution, error: String, isDerived: Bool)
        case nodeLogged(NodeExecution, RunLogLine)
        case nodeFinished(NodeExecution)
        /// An execution waits for a value that is to be posted to this address.
        case inputRequested(NodeExecution, url: String)
        /// An execution waits for somebody to sign.
        case signatureRequested(NodeExecution, SignatureRequest)
    }

    /// True for the event that ends the run's stream.
    public var isEnd: Bool {
        if case .flowFinished = content { true } else { false }
    }
}
