// Nodes that calculate with dates.

internal import Engine
internal import Primitives
internal import Values

/// The kinds that move a time, and that count what lies between two.
enum DateArithmeticNodes {
    static let kinds: [NodeKind] = [dateAdd, dateDiff]

    private static let calendarUnits = ["years", "months", "weeks", "days"]
    private static let clockUnits: [(name: String, seconds: Int64)] = [
        ("hours", 3_600), ("minutes", 60), ("seconds", 1),
    ]

    /// Years to days move the calendar, so that the time of day stays; hours to seconds are time that passes.
    private static let dateAdd = NodeKind.computing(
        "time", "date_add", summary: "Moves a time by years, months, days, hours and so on.",
        inputs: [TimeNodes.time("time")]
            + (calendarUnits + clockUnits.map(\.name)).map { name in
                InputPort(
                    name, types: ["i64"], required: false,
                    tooltip: name == "months"
                        ? "A day that the month does not have becomes its last one." : nil)
            } + TimeNodes.clockInputs,
        outputs: TimeNodes.outputs
    ) { call in
        let clock = try call.inputs.wallClock()
        let start = try call.inputs.moment("time", on: clock)
        let amounts = try calendarUnits.map { try amount($0, of: call.inputs) }
        let date = try start.adding(
            months: amounts[0] * 12 + amounts[1], days: amounts[2] * 7 + amounts[3], on: clock)
        var seconds = date.seconds
        for unit in clockUnits { seconds += try amount(unit.name, of: call.inputs) * unit.seconds }
        return try Moment(seconds: seconds, nanosecond: date.nanosecond).outputs
    }

    /// No unit may move a time by more than there are seconds from the first year to the last, so that no sum of
    /// amounts is too large to calculate with.
    private static func amount(_ name: String, of inputs: ValueMap) throws -> Int64 {
        let amount = try inputs.optional(name, as: Int64.self) ?? 0
        guard amount.magnitude <= 10_000 * 366 * 86_400 else { throw NodeFailure.timeRange }
        return amount
    }

    private static let units = [
        "years", "quarters", "months", "weeks", "days", "hours", "minutes", "seconds", "milliseconds",
    ]

    private static let dateDiff = NodeKind.computing(
        "time", "date_diff",
        summary: "Counts the whole days, months or other units from one time to another.",
        inputs: [
            TimeNodes.time("from"), TimeNodes.time("to"),
            InputPort(
                "unit", types: ["string"], required: false, default: .string("days"),
                tooltip: units.joined(separator: ", ") + "."),
        ] + TimeNodes.clockInputs,
        outputs: [OutputPort("result", type: "i64", tooltip: "Less than 0 if `to` is the earlier one.")]
    ) { call in
        let clock = try call.inputs.wallClock()
        let (from, to) = (
            try call.inputs.moment("from", on: clock), try call.inputs.moment("to", on: clock)
        )
        let unit = try call.inputs.optional("unit", as: Value.self)?.readName(of: units) ?? "days"
        let nanoseconds = to.nanoseconds(since: from)
        let result: Int64 =
            switch unit {
            case "years": try from.months(to: to, on: clock) / 12
            case "quarters": try from.months(to: to, on: clock) / 3
            case "months": try from.months(to: to, on: clock)
            case "weeks": try from.days(to: to, on: clock) / 7
            case "days": try from.days(to: to, on: clock)
            case "hours": Int64(clamping: nanoseconds / 3_600_000_000_000)
            case "minutes": Int64(clamping: nanoseconds / 60_000_000_000)
            case "seconds": Int64(clamping: nanoseconds / 1_000_000_000)
            default: Int64(clamping: nanoseconds / 1_000_000)
            }
        return ["result": .i64(result)]
    }
}

extension Moment {
    /// The same time of day, months and then days later on this clock.
    fileprivate func adding(
        months: Int64, days: Int64, on clock: WallClock
    ) throws(NodeFailure) -> Moment {
        // A time that clocks show twice stays the one that it is.
        guard months != 0 || days != 0 else { return self }
        let moved = try CivilTime(self, on: clock).adding(months: months)
        guard (1...9_999).contains(moved.year) else { throw .timeRange }
        let local = moved.localSeconds + days * Moment.secondsOfDay
        guard Moment.range.contains(local) else { throw .timeRange }
        return try Moment(seconds: clock.seconds(ofLocal: local), nanosecond: nanosecond)
    }

    /// The most months that can be added without passing the other moment.
    fileprivate func months(to other: Moment, on clock: WallClock) throws(NodeFailure) -> Int64 {
        let (start, end) = (try CivilTime(self, on: clock), try CivilTime(other, on: clock))
        let count = (end.year - start.year) * 12 + end.month - start.month
        return try notPassing(other, count) { count throws(NodeFailure) in
            try adding(months: count, days: 0, on: clock)
        }
    }

    /// The most days that can be added without passing the other moment.
    fileprivate func days(to other: Moment, on clock: WallClock) throws(NodeFailure) -> Int64 {
        let count = try CivilTime(other, on: clock).days - CivilTime(self, on: clock).days
        return try notPassing(other, count) { count throws(NodeFailure) in
            try adding(months: 0, days: count, on: clock)
        }
    }

    /// The count, or the next one towards zero if it leads beyond the other moment.
    private func notPassing(
        _ other: Moment, _ count: Int64, _ moment: (Int64) throws(NodeFailure) -> Moment
    ) throws(NodeFailure) -> Int64 {
        let step: Int64 = self <= other ? 1 : -1
        guard count * step > 0 else { return 0 }
        let reached = try moment(count)
        return (step > 0 ? reached > other : reached < other) ? count - step : count
    }
}
