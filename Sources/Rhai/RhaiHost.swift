// What a script needs from outside: time, chance, a log, and whether to stop.

/// The world as one run sees it.
public struct RhaiHost: Sendable {
    /// How important a log line is: `print` is information, `debug` is for the author.
    public enum LogLevel: Sendable {
        case info, debug
    }

    /// Seconds since 1970 in UTC, with a fraction. Also measures how long a run takes.
    public let clock: @Sendable () -> Double
    /// 64 random bits.
    public let random: @Sendable () -> UInt64
    /// Takes a line of `print` or `debug` with the place of the call.
    public let log: @Sendable (_ level: LogLevel, _ text: String, _ line: Int, _ column: Int) -> Void
    /// True once the run must stop. Asked at the start and every 4,096 steps.
    public let isCancelled: @Sendable () -> Bool

    /// A host made of its four parts.
    public init(
        clock: @escaping @Sendable () -> Double, random: @escaping @Sendable () -> UInt64,
        log: @escaping @Sendable (_ level: LogLevel, _ text: String, _ line: Int, _ column: Int) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.clock = clock
        self.random = random
        self.log = log
        self.isCancelled = isCancelled
    }
}

/// How much one run may take.
public struct RhaiBudget: Sendable {
    /// Steps; beyond them the run fails with `TooManyOperations`.
    public let operations: Int
    /// Seconds by the host's clock; beyond them the run fails with `Terminated`. Nil for no bound.
    public let seconds: Double?

    /// A budget of steps, at most 10,000,000 (spec nodes.md 2.13), and of seconds.
    public init(operations: Int = 10_000_000, seconds: Double? = nil) {
        self.operations = operations
        self.seconds = seconds
    }
}
