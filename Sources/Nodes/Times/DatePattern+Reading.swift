// How patterns of dates read a time from text. Pure.

internal import Primitives

extension DatePattern {
    /// The moment that a text says in this pattern. Parts that the pattern does not name are those of the beginning of
    /// 1970. The clock counts if the pattern names no offset.
    func moment(in text: String, on clock: WallClock) throws(NodeFailure) -> Moment {
        var fields = DateFields()
        var rest = Array(text.utf8)[...]
        for part in parts {
            switch part {
            case .literal(let literal):
                guard rest.starts(with: literal.utf8) else { throw .noDate }
                rest = rest.dropFirst(literal.utf8.count)
            case .field(let letter, let count): try fields.read(letter, count, &rest)
            }
        }
        guard rest.isEmpty else { throw .noDate }
        return try fields.moment(on: clock)
    }
}

/// What a text says of a date and a time.
private struct DateFields {
    private var time = CivilTime()
    private var offset: TimeOffset?
    private var month: Int64?
    private var quarter: Int64?
    private var dayOfYear: Int64?
    private var hourOfHalf: Int64?
    private var isAfternoon = false
    private var weekYear: Int64?
    private var week: Int64?
    private var weekday: Int64?

    /// Takes a field from the beginning of the text.
    mutating func read(
        _ letter: Character, _ count: Int, _ rest: inout ArraySlice<UInt8>
    ) throws(NodeFailure) {
        switch letter {
        case "y": time.year = try DateFields.number(4...4, &rest)
        case "M" where count > 2: month = Int64(try DateFields.name(DatePattern.months, count, &rest)) + 1
        case "M": month = try DateFields.number(count...2, &rest)
        case "d": time.day = try DateFields.number(count...2, &rest)
        case "D": dayOfYear = try DateFields.number(3...3, &rest)
        case "E": weekday = Int64(try DateFields.name(DatePattern.weekdays, count, &rest)) + 1
        case "H": time.hour = try DateFields.number(count...2, &rest)
        case "h": hourOfHalf = try DateFields.number(count...2, &rest)
        case "a": isAfternoon = try DateFields.name(["AM", "PM"], 2, &rest) == 1
        case "m": time.minute = try DateFields.number(count...2, &rest)
        case "s": time.second = try DateFields.number(count...2, &rest)
        case "S":
            time.nanosecond = try DateFields.number(count...count, &rest)
            for _ in count..<9 { time.nanosecond *= 10 }
        case "Q": quarter = try DateFields.number(1...1, &rest)
        case "Y": weekYear = try DateFields.number(4...4, &rest)
        case "w": week = try DateFields.number(count...2, &rest)
        case "e": weekday = try DateFields.number(1...1, &rest)
        default: offset = try DateFields.offset(&rest)
        }
    }

    /// The moment of all fields. A day of the year counts before a week, and a week before month and day; a quarter
    /// counts if no month is named, and a day of the week only within a week.
    func moment(on clock: WallClock) throws(NodeFailure) -> Moment {
        var time = time
        if let quarter {
            guard (1...4).contains(quarter) else { throw .noSuchDate }
            time.month = quarter * 3 - 2
        }
        if let month { time.month = month }
        if let hourOfHalf {
            guard (1...12).contains(hourOfHalf) else { throw .noSuchDate }
            time.hour = hourOfHalf % 12 + (isAfternoon ? 12 : 0)
        }
        if let dayOfYear {
            guard (1...366).contains(dayOfYear) else { throw .noSuchDate }
            let year = time.year
            (time.year, time.month, time.day) = Timestamp.civil(
                days: Timestamp.days(year: year, month: 1, day: dayOfYear))
            guard time.year == year else { throw .noSuchDate }
        } else if week != nil || weekYear != nil {
            guard
                let days = CivilTime.days(
                    weekYear: weekYear ?? time.year, week: week ?? 1, weekday: weekday ?? 1)
            else { throw .noSuchDate }
            (time.year, time.month, time.day) = Timestamp.civil(days: days)
        }
        guard time.exists else { throw .noSuchDate }
        let clock = offset.map { WallClock.fixed($0) } ?? clock
        return try Moment(
            seconds: clock.seconds(ofLocal: time.localSeconds), nanosecond: time.nanosecond)
    }

    private static func number(
        _ digits: ClosedRange<Int>, _ rest: inout ArraySlice<UInt8>
    ) throws(NodeFailure) -> Int64 {
        let found = rest.prefix(digits.upperBound).prefix { (48...57).contains($0) }
        guard digits.contains(found.count) else { throw .noDate }
        rest = rest.dropFirst(found.count)
        return found.reduce(0) { $0 * 10 + Int64($1) - 48 }
    }

    /// Which of these names stands here, in letters of either case.
    private static func name(
        _ names: [String], _ count: Int, _ rest: inout ArraySlice<UInt8>
    ) throws(NodeFailure) -> Int {
        for (index, full) in names.enumerated() {
            let name = Array((count == 3 ? full.prefix(3) : full[...]).utf8)
            guard zip(rest, name).allSatisfy({ $0 | 0x20 == $1 | 0x20 }), rest.count >= name.count else {
                continue
            }
            rest = rest.dropFirst(name.count)
            return index
        }
        throw .noDate
    }

    private static func offset(_ rest: inout ArraySlice<UInt8>) throws(NodeFailure) -> TimeOffset {
        for count in [6, 5, 1] where rest.count >= count {
            guard let offset = TimeOffset(String(decoding: rest.prefix(count), as: UTF8.self)) else {
                continue
            }
            rest = rest.dropFirst(count)
            return offset
        }
        throw .noDate
    }
}

extension NodeFailure {
    fileprivate static let noDate = NodeFailure("string does not look like format")
    fileprivate static let noSuchDate = NodeFailure(
        "there is no such date or time between the years 1 and 9999")
}
