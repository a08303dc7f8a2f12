// What a run's own log is made of. Plain values.

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
    public private(set) var module: String?
    public private(set) var content: String

    public init(level: RunLogLevel, module: String? = nil, content: String) {
        self.level = level
        self.module = module
        self.content = content
    }
}

extension RunLogLine: FieldHolder {
    /// The texts; the level is not among them, because it is what a line is stored under.
    public mutating func walk(_ fields: inout some EventFields) {
        fields.freeText("content", &content)
        fields.optionalFreeText("module", &module)
    }
}
