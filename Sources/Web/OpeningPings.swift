// Pings behind the answers to subscribes: the pong says that the answer has been read.

internal import Primitives

/// What the pings of one connection say, and what their pongs mean. Pure.
///
/// A peer answers a ping once it has read it (RFC 6455 section 5.5.3), and so has read everything in front of it. What
/// is sent after the pong comes in a read of its own. A peer that answers something else only harms itself.
struct OpeningPings {
    /// Times are counted from the first one, as a peer has no business with this machine's clock.
    private var origin: Int64?

    /// The payload of the ping that follows the answer to a subscribe. The stream begins at `time`, in steady
    /// nanoseconds.
    mutating func payload(opensAt time: Int64) -> [UInt8] {
        let origin = origin ?? time
        self.origin = origin
        let elapsed = UInt64(bitPattern: time - origin)
        return stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: elapsed >> $0) }
    }

    /// The time from `payload(opensAt:)`: all streams up to this time may begin now. Nil if the pong answers no such
    /// ping.
    func time(of payload: [UInt8]) -> Int64? {
        guard payload.count == 8, let origin else { return nil }
        let elapsed = payload.reduce(0) { $0 << 8 | UInt64($1) }
        let (time, isTooLarge) = origin.addingReportingOverflow(Int64(bitPattern: elapsed))
        return isTooLarge ? nil : time
    }
}
