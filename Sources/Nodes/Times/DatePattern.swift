// Patterns of dates, and how they write a time. How they read one is in a file beside this one.

internal import Primitives

/// How a date is written, by letters: `yyyy`, `MM M MMM MMMM`, `dd d`, `DDD` (day of the year), `EEE EEEE`, `HH H`,
/// `hh h` with `a`, `mm m`, `ss s`, `S` to `SSSSSSSSS`, `XXX` (`+02:00` or `Z`), `xx` (`+0200`), `Q` (quarter), and of
/// the weeks of ISO 8601 `YYYY` (year), `ww w` (number), `e` (day, 1 for Monday). Text in `'…'` and everything that is no
/// letter stands for itself, `''` for one quotation mark. Names are English.
struct DatePattern: Sendable {
    enum Part: Sendable, Equatable {
        case literal(String)
        /// A letter and how often it stands there.
        case field(Character, Int)
    }

    /// The letters, and how often each may be repeated.
    private static let widths: [Character: Set<Int>] = [
        "y": [4], "M": [1, 2, 3, 4], "d": [1, 2], "D": [3], "E": [3, 4], "H": [1, 2], "h": [1, 2], "a": [1],
        "m": [1, 2], "s": [1, 2], "S": Set(1...9), "X": [3], "x": [2], "Q": [1], "Y": [4], "w": [1, 2],
        "e": [1],
    ]
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
    static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    private(set) var parts: [Part] = []

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
        case "Q": padded(time.quarter, 1)
        case "Y": padded(time.week.year, 4)
        case "w": padded(time.week.number, count)
        case "e": padded(Int64(time.weekday) + 1, 1)
        case "X": time.offset.text
        case "x": time.offset.shortText
        default: preconditionFailure("a pattern holds letters of its table only")
        }
    }

    private static func name(_ name: String, _ count: Int) -> String {
        count == 3 ? String(name.prefix(3)) : name
    }
}
