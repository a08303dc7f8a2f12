// The tokens of the storage loop: of the descriptors that it watches and of its timers.

internal import Net

/// Each connection has a token for its descriptor and for its timer; the other tokens are timers.
enum StorageToken: UInt64, CaseIterable, Sendable {
    // Connections.
    case journal = 1
    case commands, reads, upkeep, userContent, tables, listening
    // Timers.
    /// A commit that failed in passing is tried again.
    case commitRetry
    case heartbeat
    case sweep
    case partitions
    case stop
    /// What other servers have done is looked for.
    case remoteLook
    /// How long the database has said nothing is looked at.
    case standstillLook
}

extension LoopContext {
    /// Sets a timer of the storage loop, or sets it anew.
    mutating func setTimer(_ token: StorageToken, milliseconds: Int) {
        setTimer(token.rawValue, milliseconds: milliseconds)
    }

    /// Takes a timer of the storage loop back.
    mutating func cancelTimer(_ token: StorageToken) { cancelTimer(token.rawValue) }
}
