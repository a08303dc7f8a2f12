// Patterns of dates, both ways: from a time to text and back.

internal import Primitives

/// How a date is written, by letters: `yyyy`, `MM M MMM MMMM`, `dd d`, `DDD` (day of the year), `EEE EEEE`, `HH H`,
/// `hh h` with `a`, `mm m`, `ss s`, `S` to `SSSSSSSSS`, `XXX` (`+02:00` or `Z`), `xx` (`+0200`). Text in `'…'` and
/// everything that is no letter stands for itself, `''` for one quotation mark. Names are English.
struct DatePattern: Sendable {
    private enum Part: Sendable, Equatable {
        case literal(String)
        /// A letter and how often it stands there.
        case field(Character, Int)
    }

    /// The letters, and how often each may be repeated.
    private static let widths: [Character: Set<Int>] = [
        "y": [4], "M": [1, 2, 3, 4], "d": [1, 2], "D": [3], "E": [3, 4], "H": [1, 2], "h": [1, 2], "a": [1],
        "m": [1, 2], "s": [1, 2], "S": Set(1...9), "X": [3], "x": [2],
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    private var parts: [Part] = []

    init(_ text: String) throws(NodeFailure) {
        guard text.utf8.count <= Limits.datePatternBytesMax else {
            throw NodeFailure("format: more than \(Limits.datePatternBytesMax) bytes")
        }
        var rest = text[...]
        while let first = rest.first {
            if first == "'" {
                parts.append(.literal(try DatePattern.quoted(&rest)))
            } else if first.isASCII, first.isLetter {
                let count = rest.prefix { $0 == first }.count
                guard DatePattern.widths[first]?.contains(count) ?? false else {
                    throw NodeFailure("format: '\(String(repeating: first, count: count))' means nothing")
                }
                parts.append(.field(first, count))
                rest = rest.dropFirst(count)
            } else {
                parts.append(.literal(String(first)))
                rest.removeFirst()
            }
        }
    }

    /// Takes a text between quotation marks; two of them are one.
    private static func quoted(_ rest: inout Substring) throws(NodeFailure) -> String {
        rest.removeFirst()
        guard rest.first != "'" else {
            rest.removeFirst()
            return "'"
        }
        var text = ""
        while let next = rest.popFirst() {
            if next != "'" {
                text.append(next)
            } else if rest.first == "'" {
                rest.removeFirst()
                text.append(next)
            } else {
                return text
            }
        }
        throw NodeFailure("format: a ' without its end")
    }

    // MARK: Writing

    func text(of time: CivilTime) -> String {
        parts.map { part in
            switch part {
            case .literal(let text): text
            case .field(let letter, let count): DatePattern.text(of: time, letter, count)
            }
        }.joined()
    }

    private static func text(of time: CivilTime, _ letter: Character, _ count: Int) -> String {
        switch letter {
        case "y": padded(time.year, 4)
        case "M" where count > 2: name(months[Int(time.month) - 1], count)
        case "M": padded(time.month, count)
        case "d": padded(time.day, count)
        case "D": padded(time.dayOfYear, count)
        case "E": name(weekdays[time.weekday], count)
        case "H": padded(time.hour, count)
        case "h": padded((time.hour + 11) % 12 + 1, count)
        case "a": time.hour < 12 ? "AM" : "PM"
        case "m": padded(time.minute, count)
        case "s": padded(time.second, count)
        case "S": String(padded(time.nanosecond, 9).prefix(count))
        case "X": time.offset.text
        case "x": time.offset.shortText
        default: preconditionFailure("a pattern holds letters of its table only")
        }
    }

    private static func name(_ name: String, _ count: Int) -> String {
        count == 3 ? String(name.prefix(3)) : name
    }

    // MARK: Reading

    /// The time that a text says in this pattern. Parts that the pattern does not name are those of the beginning of
    /// 1970. `offset` is used if the pattern names none.
    func time(in text: String, offset: TimeOffset) throws(NodeFailure) -> Timestamp {
        var time = CivilTime(offset: offset)
        var isAfternoon: Bool?
        var dayOfYear: Int64?
        var rest = Array(text.utf8)[...]
        for part in parts {
            guard case .field(let letter, let count) = part else {
                if case .literal(let literal) = part {
                    guard rest.starts(with: literal.utf8) else { throw .noDate }
                    rest = rest.dropFirst(literal.utf8.count)
                }
                continue
            }
            switch letter {
            case "y": time.year = try DatePattern.number(4...4, &rest)
            case "M" where count > 2:
                time.month = Int64(try DatePattern.name(DatePattern.months, count, &rest)) + 1
            case "M": time.month = try DatePattern.number(count...2, &rest)
            case "d": time.day = try DatePattern.number(count...2, &rest)
            case "D": dayOfYear = try DatePattern.number(3...3, &rest)
            case "E": _ = try DatePattern.name(DatePattern.weekdays, count, &rest)
            case "H", "h": time.hour = try DatePattern.number(count...2, &rest)
            case "a": isAfternoon = try DatePattern.name(["AM", "PM"], 2, &rest) == 1
            case "m": time.minute = try DatePattern.number(count...2, &rest)
            case "s": time.second = try DatePattern.number(count...2, &rest)
            case "S":
                time.nanosecond = try DatePattern.number(count...count, &rest)
                for _ in count..<9 { time.nanosecond *= 10 }
            default: time.offset = try DatePattern.offset(&rest)
            }
        }
        guard rest.isEmpty else { throw .noDate }
        if parts.contains(.field("h", 1)) || parts.contains(.field("h", 2)) {
            guard (1...12).contains(time.hour) else { throw .noSuchDate }
            time.hour = time.hour % 12 + (isAfternoon == true ? 12 : 0)
        }
        if let dayOfYear {
            guard (1...366).contains(dayOfYear) else { throw .noSuchDate }
            let days = Timestamp.days(year: time.year, month: 1, day: dayOfYear)
            let year = time.year
            (time.year, time.month, time.day) = Timestamp.civil(days: days)
            guard time.year == year else { throw .noSuchDate }
        }
        guard let timestamp = time.timestamp else { throw .noSuchDate }
        return timestamp
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
    fileprivate static let noSuchDate = NodeFailure("there is no such date or time between 1678 and 2262")
}
