// Moments of the years that dates are written with, which are more than 64 bits of nanoseconds hold. Pure.

internal import Primitives

/// A moment of the years 1 to 9999 in UTC, to the nanosecond, in the Gregorian calendar throughout, leap seconds
/// ignored.
struct Moment: Hashable, Comparable, Sendable {
    static let secondsOfDay: Int64 = 86_400
    static let nanosecondsOfSecond: Int64 = 1_000_000_000
    /// The seconds since 1970 of these years.
    static let range =
        Timestamp.days(year: 1, month: 1, day: 1) * secondsOfDay..<Timestamp.days(
            year: 10_000, month: 1, day: 1) * secondsOfDay

    /// Whole seconds since 1970, rounded down.
    let seconds: Int64
    /// Since the last whole second.
    let nanosecond: Int64

    init(seconds: Int64, nanosecond: Int64 = 0) throws(NodeFailure) {
        guard Moment.range.contains(seconds) else { throw .timeRange }
        self.seconds = seconds
        self.nanosecond = nanosecond
    }

    init(milliseconds: Int64) throws(NodeFailure) {
        let rest = (milliseconds % 1_000 + 1_000) % 1_000
        try self.init(
            seconds: milliseconds / 1_000 - (milliseconds % 1_000 < 0 ? 1 : 0), nanosecond: rest * 1_000_000)
    }

    init(_ time: Timestamp) {
        let rest = time.nanoseconds % Moment.nanosecondsOfSecond
        seconds = time.nanoseconds / Moment.nanosecondsOfSecond - (rest < 0 ? 1 : 0)
        nanosecond = rest < 0 ? rest + Moment.nanosecondsOfSecond : rest
    }

    /// A text of RFC 3339; nil if it is none. Without a time of day it means the beginning of the day on this clock.
    init?(_ text: String, on clock: WallClock) throws(NodeFailure) {
        if let parts = Timestamp.parts(of: text) {
            try self.init(seconds: parts.seconds, nanosecond: parts.nanoseconds)
        } else if text.utf8.count == 10, let parts = Timestamp.parts(of: text + "T00:00:00Z") {
            try self.init(seconds: clock.seconds(ofLocal: parts.seconds))
        } else {
            return nil
        }
    }

    /// Whole milliseconds since 1970, rounded down.
    var milliseconds: Int64 { seconds * 1_000 + nanosecond / 1_000_000 }

    /// Nanoseconds since another moment.
    func nanoseconds(since other: Moment) -> Int128 {
        Int128(seconds - other.seconds) * Int128(Moment.nanosecondsOfSecond)
            + Int128(nanosecond - other.nanosecond)
    }

    static func < (left: Moment, right: Moment) -> Bool {
        (left.seconds, left.nanosecond) < (right.seconds, right.nanosecond)
    }
}

extension NodeFailure {
    /// Dates are written with four digits for the year.
    static let timeRange = NodeFailure("the time is not between the years 1 and 9999")
}
