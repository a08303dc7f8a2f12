// The timers of a loop, by connection and purpose.

internal import Primitives

/// What a timer of a connection is for.
enum ClientTimer: UInt64, CaseIterable {
    case idle, stall, ping, confirm, open

    /// The timers that are the loop's own.
    static let loopKey = UInt64.max
    static let lingerKey = UInt64.max - 1

    func key(_ token: UInt64) -> UInt64 { token << 3 | rawValue }

    static func read(_ key: UInt64) -> (ClientID, ClientTimer)? {
        guard key != loopKey, let purpose = ClientTimer(rawValue: key & 7) else { return nil }
        return (ClientID(token: key >> 3), purpose)
    }
}
