// A moment as wall clocks show it.

internal import Primitives

/// How far a wall clock is ahead of UTC, less than a day either way.
struct TimeOffset: Sendable {
    let seconds: Int64

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
    var offset: TimeOffset

    /// The beginning of 1970.
    init(offset: TimeOffset) { self.offset = offset }

    init(_ time: Timestamp, offset: TimeOffset) {
        let second = 1_000_000_000 as Int64
        self.offset = offset
        // Divided before anything is added: the range of nanoseconds ends within a second.
        let (whole, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: second)
        nanosecond = rest < 0 ? rest + second : rest
        let seconds = (rest < 0 ? whole - 1 : whole) + offset.seconds
        let inDay = (seconds % 86_400 + 86_400) % 86_400
        (year, month, day) = Timestamp.civil(days: (seconds - inDay) / 86_400)
        (hour, minute, self.second) = (inDay / 3_600, inDay / 60 % 60, inDay % 60)
    }

    /// Days since 1970.
    private var days: Int64 { Timestamp.days(year: year, month: month, day: day) }

    /// 0 for Monday.
    var weekday: Int { Int(((days + 3) % 7 + 7) % 7) }

    /// 1 for the first of January.
    var dayOfYear: Int64 { days - Timestamp.days(year: year, month: 1, day: 1) + 1 }

    /// RFC 3339 with the shortest of 0, 3, 6 or 9 fraction digits that loses nothing.
    var text: String {
        let digits = nanosecond == 0 ? 0 : nanosecond % 1_000_000 == 0 ? 3 : nanosecond % 1_000 == 0 ? 6 : 9
        let fraction = digits == 0 ? "" : "." + padded(nanosecond, 9).prefix(digits)
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        return "\(date)T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))\(fraction)\(offset.text)"
    }

    /// The moment; nil if there is no such day or time, or if it is out of range.
    var timestamp: Timestamp? {
        guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60,
            Timestamp.civil(days: days) == (year, month, day)
        else { return nil }
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset.seconds
        let (whole, isTooFar) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow) = whole.addingReportingOverflow(nanosecond)
        return isTooFar || overflow ? nil : Timestamp(nanoseconds: sum)
    }
}

/// A number with zeros in front, of at least so many digits.
func padded(_ number: Int64, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
