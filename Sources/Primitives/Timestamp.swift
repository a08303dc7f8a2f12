// Time: moments with nanoseconds, their RFC 3339 text, and the injected source of both clocks.

internal import CLinux

/// A moment in nanoseconds since 1970 in UTC, leap seconds ignored.
public struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    public let nanoseconds: Int64

    /// The moment so many nanoseconds after 1970.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The moment so many whole seconds after 1970.
    public init(seconds: Int64) { self.nanoseconds = seconds * 1_000_000_000 }

    /// The whole milliseconds since 1970, rounded down.
    public var milliseconds: Int64 { Timestamp.floorDivide(nanoseconds, 1_000_000) }

    /// This moment moved by a duration, to the nanosecond.
    public func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(nanoseconds: nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    /// RFC 3339 with a `Z` and the shortest of 0, 3, 6 or 9 fraction digits that loses nothing
    /// (spec http-and-websocket 4.4).
    public var text: String {
        var output: [UInt8] = []
        append(to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    public var description: String { text }

    /// Appends `text` as ASCII.
    public func append(to output: inout [UInt8]) {
        let seconds = Timestamp.floorDivide(nanoseconds, 1_000_000_000)
        // Not by multiplying back: the range begins within a second.
        let rest = nanoseconds % 1_000_000_000
        let fraction = rest < 0 ? rest + 1_000_000_000 : rest
        let days = Timestamp.floorDivide(seconds, 86_400)
        let time = seconds - days * 86_400
        let (year, month, day) = Timestamp.civil(days: days)
        Timestamp.append(year, digits: 4, to: &output)
        output.append(UInt8(ascii: "-"))
        Timestamp.append(month, digits: 2, to: &output)
        output.append(UInt8(ascii: "-"))
        Timestamp.append(day, digits: 2, to: &output)
        output.append(UInt8(ascii: "T"))
        Timestamp.append(time / 3600, digits: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        Timestamp.append(time / 60 % 60, digits: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        Timestamp.append(time % 60, digits: 2, to: &output)
        if fraction != 0 {
            output.append(UInt8(ascii: "."))
            if fraction % 1_000_000 == 0 {
                Timestamp.append(fraction / 1_000_000, digits: 3, to: &output)
            } else if fraction % 1_000 == 0 {
                Timestamp.append(fraction / 1_000, digits: 6, to: &output)
            } else {
                Timestamp.append(fraction, digits: 9, to: &output)
            }
        }
        output.append(UInt8(ascii: "Z"))
    }

    /// Reads RFC 3339: any number of fraction digits (beyond nine they are cut), `Z` or a numeric offset,
    /// `T`, `t` or a space between date and time. Nil for anything else, and for what 64 bits do not hold.
    public init?(_ text: some StringProtocol) {
        guard let (seconds, nanoseconds) = Timestamp.parts(of: text) else { return nil }
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isTooLate) = whole.addingReportingOverflow(nanoseconds)
        guard !overflow, !isTooLate else { return nil }
        self.init(nanoseconds: sum)
    }

    /// The seconds since 1970 that such a text says, and the nanoseconds behind them, which are less than a second:
    /// from the year 0 to 9999.
    public static func parts(of text: some StringProtocol) -> (seconds: Int64, nanoseconds: Int64)? {
        var bytes = Array(text.utf8)[...]
        func number(_ count: Int) -> Int64? {
            guard bytes.count >= count else { return nil }
            var value: Int64 = 0
            for byte in bytes.prefix(count) {
                guard byte >= 48, byte <= 57 else { return nil }
                value = value * 10 + Int64(byte - 48)
            }
            bytes = bytes.dropFirst(count)
            return value
        }
        func literal(_ allowed: String) -> Bool {
            guard let byte = bytes.first, allowed.utf8.contains(byte) else { return false }
            bytes = bytes.dropFirst()
            return true
        }
        guard let year = number(4), literal("-"), let month = number(2), literal("-"), let day = number(2),
            literal("Tt "), let hour = number(2), literal(":"), let minute = number(2), literal(":"),
            let second = number(2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var fraction: Int64 = 0
        if literal(".") {
            var unit: Int64 = 100_000_000
            guard let first = bytes.first, first >= 48, first <= 57 else { return nil }
            while let byte = bytes.first, byte >= 48, byte <= 57 {
                fraction += Int64(byte - 48) * unit
                unit /= 10
                bytes = bytes.dropFirst()
            }
        }
        var offset: Int64 = 0
        if literal("+-") {
            let sign: Int64 =
                bytes.startIndex > 0 && text.utf8.dropFirst(bytes.startIndex - 1).first == 45 ? -1 : 1
            guard let hours = number(2) else { return nil }
            _ = literal(":")
            guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
            offset = sign * (hours * 3600 + minutes * 60)
        } else {
            guard literal("Zz") else { return nil }
        }
        guard bytes.isEmpty else { return nil }
        let days = Timestamp.days(year: year, month: month, day: day)
        guard Timestamp.civil(days: days) == (year, month, day) else { return nil }
        return (days * 86_400 + hour * 3600 + minute * 60 + second - offset, fraction)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    private static func append(_ value: Int64, digits: Int, to output: inout [UInt8]) {
        var unit: Int64 = 1
        for _ in 1..<digits { unit *= 10 }
        while unit > 0 {
            output.append(UInt8(ascii: "0") + UInt8(value / unit % 10))
            unit /= 10
        }
    }

    /// Year, month and day of a day count since 1970 in the proleptic Gregorian calendar. Years are counted
    /// from March so that the leap day comes last.
    public static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1
        )
    }

    /// The day count since 1970 of a date in the proleptic Gregorian calendar; days beyond the end of a month go on
    /// counting. The year must have at most six digits.
    public static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

/// The injected source of both times. Tests make one that moves only when told to.
public struct Clock: Sendable {
    /// The wall time. May jump when the machine's clock is set.
    public let now: @Sendable () -> Timestamp
    /// Nanoseconds since a fixed point; never goes back. For deadlines and durations.
    public let steady: @Sendable () -> Int64

    /// A clock made of two sources.
    public init(now: @escaping @Sendable () -> Timestamp, steady: @escaping @Sendable () -> Int64) {
        self.now = now
        self.steady = steady
    }

    /// The clocks of this machine.
    public static let system = Clock(
        now: { Timestamp(nanoseconds: flowd_wall_nanoseconds()) },
        steady: { flowd_steady_nanoseconds() })
}
