// A moment as wall clocks show it.

internal import Primitives

/// How far a wall clock is ahead of UTC, less than a day either way.
struct TimeOffset: Hashable, Sendable {
    let seconds: Int64

    /// The whole minutes of these seconds, cut towards zero.
    init(minutesOf seconds: Int) { self.seconds = Int64(seconds / 60 * 60) }

    /// `Z`, `+02:00`, `-0530` or `+02`; nil for anything else.
    init?(_ text: some StringProtocol) {
        guard text != "Z", text != "z" else {
            seconds = 0
            return
        }
        var bytes = Array(text.utf8)
        guard let sign = bytes.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
            return nil
        }
        bytes.removeFirst()
        if bytes.count == 5, bytes[2] == UInt8(ascii: ":") { bytes.remove(at: 2) }
        guard bytes.count == 4 || bytes.count == 2, bytes.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        let digits = bytes.map { Int64($0) - 48 } + [0, 0]
        let (hours, minutes) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
        guard hours < 24, minutes < 60 else { return nil }
        seconds = (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }

    /// `+02:00`, or `Z` for none.
    var text: String { seconds == 0 ? "Z" : digits(separator: ":") }

    /// `+0200`.
    var shortText: String { digits(separator: "") }

    private func digits(separator: String) -> String {
        let minutes = seconds.magnitude / 60
        return (seconds < 0 ? "-" : "+") + padded(Int64(minutes / 60), 2) + separator
            + padded(Int64(minutes % 60), 2)
    }
}

/// Year to nanosecond at one place.
struct CivilTime: Sendable {
    var year: Int64 = 1970
    var month: Int64 = 1
    var day: Int64 = 1
    var hour: Int64 = 0
    var minute: Int64 = 0
    var second: Int64 = 0
    var nanosecond: Int64 = 0
    var offset = TimeOffset(minutesOf: 0)

    /// The beginning of 1970.
    init() {}

    /// - Throws: if it is not a year from 1 to 9999 at this place.
    init(_ moment: Moment, on clock: WallClock) throws(NodeFailure) {
        offset = clock.offset(at: moment.seconds)
        nanosecond = moment.nanosecond
        let seconds = moment.seconds + offset.seconds
        let inDay = (seconds % Moment.secondsOfDay + Moment.secondsOfDay) % Moment.secondsOfDay
        (year, month, day) = Timestamp.civil(days: (seconds - inDay) / Moment.secondsOfDay)
        (hour, minute, second) = (inDay / 3_600, inDay / 60 % 60, inDay % 60)
        guard (1...9_999).contains(year) else { throw .timeRange }
    }

    /// Days since 1970.
    var days: Int64 { Timestamp.days(year: year, month: month, day: day) }

    /// Seconds since 1970 as if the offset were none.
    var localSeconds: Int64 { days * Moment.secondsOfDay + hour * 3_600 + minute * 60 + second }

    /// False for the 30th of February, and for years that are not written with four digits.
    var exists: Bool {
        (1...9_999).contains(year) && (1...12).contains(month) && (1...31).contains(day) && hour < 24
            && minute < 60 && second < 60 && Timestamp.civil(days: days) == (year, month, day)
    }

    /// RFC 3339 with the shortest of 0, 3, 6 or 9 fraction digits that loses nothing.
    var text: String {
        let digits = nanosecond == 0 ? 0 : nanosecond % 1_000_000 == 0 ? 3 : nanosecond % 1_000 == 0 ? 6 : 9
        let fraction = digits == 0 ? "" : "." + padded(nanosecond, 9).prefix(digits)
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        return "\(date)T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))\(fraction)\(offset.text)"
    }

    // MARK: Weeks and quarters

    /// 0 for Monday.
    var weekday: Int { Int(((days + 3) % 7 + 7) % 7) }

    /// 1 for the first of January.
    var dayOfYear: Int64 { days - Timestamp.days(year: year, month: 1, day: 1) + 1 }

    /// 1 for January to March.
    var quarter: Int64 { (month + 2) / 3 }

    /// The week by ISO 8601, and the year that it belongs to: that of its Thursday.
    var week: (year: Int64, number: Int64) {
        let thursday = days - Int64(weekday) + 3
        let year = Timestamp.civil(days: thursday).year
        return (year, (thursday - Timestamp.days(year: year, month: 1, day: 1)) / 7 + 1)
    }

    /// The day of a week by ISO 8601, in days since 1970; nil if the year has no such week.
    ///
    /// - Parameter weekday: 1 for Monday.
    static func days(weekYear: Int64, week: Int64, weekday: Int64) -> Int64? {
        var fourth = CivilTime()
        (fourth.year, fourth.day) = (weekYear, 4)
        // The fourth of January is always in the first week.
        let days = fourth.days - Int64(fourth.weekday) + (week - 1) * 7 + weekday - 1
        var found = CivilTime()
        (found.year, found.month, found.day) = Timestamp.civil(days: days)
        return (1...53).contains(week) && (1...7).contains(weekday) && found.week == (weekYear, week)
            ? days : nil
    }

    // MARK: Arithmetic

    /// The same day of the month so many months later, or the last one if there is none.
    func adding(months: Int64) -> CivilTime {
        var moved = self
        let index = year * 12 + month - 1 + months
        moved.year = index >= 0 ? index / 12 : (index - 11) / 12
        moved.month = index - moved.year * 12 + 1
        let next = moved.month == 12 ? (moved.year + 1, 1) : (moved.year, moved.month + 1)
        let length =
            Timestamp.days(year: next.0, month: next.1, day: 1)
            - Timestamp.days(year: moved.year, month: moved.month, day: 1)
        moved.day = min(day, length)
        return moved
    }
}

/// A number with zeros in front, of at least so many digits.
func padded(_ number: Int64, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
