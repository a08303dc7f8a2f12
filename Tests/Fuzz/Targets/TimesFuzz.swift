// Rules of dates. The lines of an input are a format, a text in it, a second text of RFC 3339, and a time zone.

import Primitives
import Values

extension FuzzTarget {
    static let times = FuzzTarget("times") { input in
        let lines = input.split(separator: 10, maxSplits: 3, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        func line(_ index: Int) -> String { index < lines.count ? lines[index] : "" }
        if let timestamp = Timestamp(line(1)) {
            try expect(Timestamp(timestamp.text) == timestamp, "\(timestamp) becomes another")
        }
        let first = try TimeRules.parse(line(1), format: line(0), zone: line(3))
        let plain = try TimeRules.parse(line(1), format: "rfc3339", zone: line(3))
        if let first { try TimeRules.checkFormat(line(0), first) }
        guard let start = first ?? plain, let end = try TimeRules.parse(line(2), format: "rfc3339", zone: "")
        else { return }
        try TimeRules.checkDistance(start, end, zone: line(3))
    }
}

private enum TimeRules {
    private static let reading = LoneNode("date_parse")
    private static let writing = LoneNode("date_format")
    private static let parting = LoneNode("date_parts")
    private static let adding = LoneNode("date_add")
    private static let comparing = LoneNode("date_diff")

    /// The time that a text says, as RFC 3339 in UTC.
    static func parse(_ text: String, format: String, zone: String) throws -> String? {
        guard
            let outputs = try reading.outputs(
                located(["string": .string(text), "format": .string(format)], zone))
        else { return nil }
        return try expect("a time is a text") { string(outputs["time"]) }
    }

    /// What is written in a format and read again is the same text. This holds for formats in which each part has one
    /// width, and weeks the year that they belong to.
    static func checkFormat(_ format: String, _ time: String) throws {
        let same = try expect("a time is read again") { try parse(time, format: "rfc3339", zone: "") }
        try expect(same == time, "\(time) becomes \(same)")
        let parts = try expect("a time has parts") { try parting.outputs(["time": .string(time)]) }
        guard case .u64(let month)? = parts["month"], case .u64(let day)? = parts["day_of_year"] else {
            throw Finding("parts are missing")
        }
        try expect((1...12).contains(month) && (1...366).contains(day), "\(time) has odd parts")
        let written = try expect("a time is written in the format that it was read in") {
            try writing.outputs(["time": .string(time), "format": .string(format)])
        }
        guard let text = string(written["result"]), isStable(format) else { return }
        let again = try expect("\(text) is read as it was written") {
            try parse(text, format: format, zone: "")
        }
        let second = try writing.outputs(["time": .string(again), "format": .string(format)])
        try expect(second?["result"] == .string(text), "\(text) is written otherwise the second time")
    }

    /// The distance in each unit leads from the first time towards the second, and not beyond it.
    static func checkDistance(_ start: String, _ end: String, zone: String) throws {
        let units: [(name: String, field: String, factor: Int64)] = [
            ("years", "years", 1), ("quarters", "months", 3), ("months", "months", 1), ("weeks", "weeks", 1),
            ("days", "days", 1), ("hours", "hours", 1), ("minutes", "minutes", 1), ("seconds", "seconds", 1),
        ]
        let (first, last) = (try milliseconds(start), try milliseconds(end))
        for unit in units {
            let question = located(
                ["from": .string(start), "to": .string(end), "unit": .string(unit.name)], zone)
            guard case .i64(let count)? = try comparing.outputs(question)?["result"] else { continue }
            let step = located(["time": .string(start), unit.field: .i64(count * unit.factor)], zone)
            guard case .i64(let reached)? = try adding.outputs(step)?["milliseconds"] else {
                throw Finding("\(count) \(unit.name) from \(start) lead nowhere")
            }
            try expect(
                (min(first, last)...max(first, last)).contains(reached),
                "\(count) \(unit.name) from \(start) lead beyond \(end)")
        }
    }

    private static func milliseconds(_ time: String) throws -> Int64 {
        guard
            case .i64(let milliseconds)? = try reading.outputs(["string": .string(time)])?["milliseconds"]
        else { throw Finding("\(time) is no time") }
        return milliseconds
    }

    private static func isStable(_ format: String) -> Bool {
        var runs: [(letter: Character, count: Int)] = []
        for character in format {
            if runs.last?.letter == character {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((character, 1))
            }
        }
        let hasVariable = runs.contains { "MdHhmsw".contains($0.letter) && $0.count == 1 }
        let letters = Set(format)
        let mixesYears = letters.contains("y") && !letters.isDisjoint(with: ["w", "Y"])
        return !hasVariable && !mixesYears
    }

    private static func located(_ inputs: ValueMap, _ zone: String) -> ValueMap {
        var inputs = inputs
        if !zone.isEmpty { inputs["zone"] = .string(zone) }
        return inputs
    }

    private static func string(_ value: Value?) -> String? {
        if case .string(let text)? = value { text } else { nil }
    }
}
