// The bounds that targets of several levels share. Those of one target, and of what stands on it, are in its own
// `Limits+Target.swift`. Nothing else in the project names a bound.

/// The bounds: each with its unit, and why it has that value. Docs/limits.md adds up the worst cases.
public enum Limits {
    // MARK: Sockets and HTTP

    /// Bytes read from one connection in one turn, so that one fast sender cannot starve the others.
    public static let readBytesPerTurnMax = 64 * 1024
    /// Bytes that a quiet connection's empty buffer may keep allocated: one page, enough for most requests.
    public static let idleBufferBytesMax = 4 * 1024

    // MARK: Values

    /// Bytes that are written as Base58: three times the largest packet of the chains that write so, which has 1,232.
    /// The cost grows with the square of the length; this many take some milliseconds.
    public static let base58BytesMax = 4 * 1024

    // MARK: Log

    /// Bytes of one log line; the rest is cut.
    public static let logLineBytesMax = 4 * 1024
}
