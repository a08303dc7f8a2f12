// The daemon's own log: one structured line per fact, never blocking its writer.

/// How much a line matters. Ordered from the least to the most.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    case debug, info, warning, error

    /// The word in lines and in the configuration.
    public var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// The level of this name; nil for any other word.
    public init?(name: String) {
        guard let level = LogLevel.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// A value beside a key in a log line. Text is quoted when it needs to be; secrets have no conversion.
public struct LogField: Sendable {
    let key: String
    let text: String

    /// A field whose value is the description of `value`.
    public init(_ key: String, _ value: some CustomStringConvertible) {
        self.key = key
        self.text = value.description
    }
}

/// Writes lines of the form `2026-01-02T03:04:05.678Z info web message="…" key=value`.
///
/// A line is handed to the sink on the caller's thread; the sink must not block. At most `Limits.logLineBytesMax`
/// bytes of a line are kept.
public final class Log: Sendable {
    private let level: LogLevel
    private let clock: Clock
    private let sink: @Sendable ([UInt8]) -> Void

    /// - Parameters:
    ///   - level: lines below it are not made.
    ///   - sink: takes one whole line with its line feed.
    public init(level: LogLevel, clock: Clock = .system, sink: @escaping @Sendable ([UInt8]) -> Void) {
        self.level = level
        self.clock = clock
        self.sink = sink
    }

    /// A log that keeps nothing, for tests.
    public static let silent = Log(level: .error, sink: { _ in })

    /// True if lines of this level are written; lets a caller skip costly fields.
    public func writes(_ level: LogLevel) -> Bool { level >= self.level }

    /// Writes a line of the level debug. Any thread.
    public func debug(_ area: String, _ message: String, _ fields: LogField...) {
        write(.debug, area, message, fields)
    }
    /// Writes a line of the level info. Any thread.
    public func info(_ area: String, _ message: String, _ fields: LogField...) {
        write(.info, area, message, fields)
    }
    /// Writes a line of the level warning. Any thread.
    public func warning(_ area: String, _ message: String, _ fields: LogField...) {
        write(.warning, area, message, fields)
    }
    /// Writes a line of the level error. Any thread.
    public func error(_ area: String, _ message: String, _ fields: LogField...) {
        write(.error, area, message, fields)
    }

    private func write(_ level: LogLevel, _ area: String, _ message: String, _ fields: [LogField]) {
        guard writes(level) else { return }
        var line: [UInt8] = []
        let now = clock.now()
        Timestamp(nanoseconds: now.nanoseconds / 1_000_000 * 1_000_000).append(to: &line)
        line.append(contentsOf: " \(level.name) \(area) ".utf8)
        Log.append(message, to: &line)
        for field in fields {
            line.append(contentsOf: " \(field.key)=".utf8)
            Log.append(field.text, to: &line)
        }
        if line.count > Limits.logLineBytesMax { line.removeSubrange(Limits.logLineBytesMax...) }
        line.append(UInt8(ascii: "\n"))
        sink(line)
    }

    private static func append(_ text: String, to line: inout [UInt8]) {
        let plain =
            !text.isEmpty && text.utf8.allSatisfy { $0 > 32 && $0 != 34 && $0 != 61 && $0 != 92 && $0 != 127 }
        guard !plain else {
            line.append(contentsOf: text.utf8)
            return
        }
        line.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case 34, 92: line.append(contentsOf: [92, byte])
            case 10: line.append(contentsOf: "\\n".utf8)
            case 0..<32, 127: line.append(contentsOf: "\\x\(Hexadecimal.encode([byte]))".utf8)
            default: line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }
}
