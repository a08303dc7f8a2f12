// The keys that tickets of sessions are sealed with (RFC 5077, RFC 8446 section 4.6.1): made here, changed here, never written
// down.

internal import COpenSSL
public import Primitives
internal import Synchronization

/// A key of tickets.
struct TLSTicketKey: Sendable {
    static let nameByteCount = 16

    /// Stands in each ticket.
    let name: [UInt8]
    let cipherKey: [UInt8]
    let macKey: [UInt8]
    /// In steady nanoseconds.
    let madeAt: Int64

    /// A new one.
    static func random(at now: Int64) -> TLSTicketKey {
        var bytes = [UInt8](repeating: 0, count: nameByteCount + 64)
        guard unsafe RAND_bytes(&bytes, Int32(bytes.count)) == 1 else {
            preconditionFailure("The library has random bytes.")
        }
        return TLSTicketKey(
            name: Array(bytes[..<nameByteCount]), cipherKey: Array(bytes[nameByteCount...].prefix(32)),
            macKey: Array(bytes.suffix(32)), madeAt: now)
    }
}

/// Which keys count now. Pure.
struct TLSTicketKeyRing: Sendable {
    /// The newest first.
    private(set) var keys: [TLSTicketKey] = []

    /// The key for new tickets; nil if it is time for another one.
    func current(at now: Int64) -> TLSTicketKey? {
        keys.first.flatMap { now - $0.madeAt < Int64(Limits.ticketKeySeconds) * 1_000_000_000 ? $0 : nil }
    }

    /// The key of this name, if tickets of it may still be good.
    func key(named name: [UInt8], at now: Int64) -> TLSTicketKey? {
        keys.first { $0.name == name && TLSTicketKeyRing.counts($0, at: now) }
    }

    /// Adds a key, unless somebody was faster, and forgets those that are over. Gives the key for new tickets.
    mutating func add(_ key: TLSTicketKey, at now: Int64) -> TLSTicketKey {
        if let current = current(at: now) { return current }
        keys = [key] + keys.filter { TLSTicketKeyRing.counts($0, at: now) }
        return key
    }

    private static func counts(_ key: TLSTicketKey, at now: Int64) -> Bool {
        let seconds = Limits.ticketKeySeconds + Limits.tlsSessionSecondsMax
        return now - key.madeAt < Int64(seconds) * 1_000_000_000
    }
}

/// The keys of all contexts of a server, one after the other: a session goes on although certificates were read again.
public final class TLSTicketKeys: Sendable {
    private let ring = Mutex(TLSTicketKeyRing())
    private let clock: Clock

    /// Without a key; the first ticket makes one.
    public init(clock: Clock = .system) {
        self.clock = clock
    }

    func current() -> TLSTicketKey {
        let now = clock.steady()
        if let key = ring.withLock({ $0.current(at: now) }) { return key }
        let fresh = TLSTicketKey.random(at: now)
        return ring.withLock { $0.add(fresh, at: now) }
    }

    func key(named name: [UInt8]) -> TLSTicketKey? {
        let now = clock.steady()
        return ring.withLock { $0.key(named: name, at: now) }
    }
}
