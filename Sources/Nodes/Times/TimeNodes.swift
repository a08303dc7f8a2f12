// Nodes that tell, write and read times (spec nodes 2.4). Names of days and months are English.

internal import Engine
internal import Primitives
internal import Values

/// The kinds that know the calendar.
enum TimeNodes {
    static func kinds(_ clock: Clock) -> [NodeKind] { [now(clock), dateFormat, dateParse, dateParts] }

    private static let rfc3339 = Value.string("rfc3339")
    private static let formatTooltip =
        "rfc3339, or letters: yyyy MM dd HH mm ss SSS XXX, also MMM EEE hh a, Q, YYYY ww e; quoted 'text' stands for itself."
    /// What nodes give that end with a moment.
    static let outputs = [
        OutputPort("time", type: "string", tooltip: "RFC 3339 in UTC."),
        OutputPort("milliseconds", type: "i64", tooltip: "Since the beginning of 1970."),
    ]

    /// An input that takes a moment.
    static func time(_ name: String) -> InputPort {
        InputPort(
            name, types: ["string", "i64"], tooltip: "RFC 3339, or milliseconds since the beginning of 1970.")
    }

    /// The inputs that say whose clocks are meant.
    static let clockInputs = [
        InputPort(
            "offset", types: ["string"], required: false, default: .string("Z"),
            tooltip: "From UTC, as +02:00."),
        InputPort(
            "zone", types: ["string"], required: false,
            tooltip: "A time zone, as Europe/Berlin, in place of an offset."),
    ]

    private static func now(_ clock: Clock) -> NodeKind {
        .computing(
            "time", "now", summary: "Says what time it is.", inputs: [], outputs: outputs,
            conduct: .reading
        ) { _ in
            try Moment(clock.now()).outputs
        }
    }

    private static let dateFormat = NodeKind.computing(
        "time", "date_format", summary: "Writes a time as text.",
        inputs: [
            time("time"),
            InputPort("format", types: ["string"], required: false, default: rfc3339, tooltip: formatTooltip),
        ] + clockInputs,
        outputs: [OutputPort("result", type: "string")]
    ) { call in
        let clock = try call.inputs.wallClock()
        let date = try CivilTime(call.inputs.moment("time", on: clock), on: clock)
        let format = try call.inputs.optional("format", as: String.self) ?? "rfc3339"
        guard format == "rfc3339" else { return ["result": .string(try DatePattern(format).text(of: date))] }
        return ["result": .string(date.text)]
    }

    private static let dateParse = NodeKind.computing(
        "time", "date_parse", summary: "Reads a time from text.",
        inputs: [
            InputPort("string", types: ["string"]),
            InputPort("format", types: ["string"], required: false, default: rfc3339, tooltip: formatTooltip),
        ] + clockInputs,
        outputs: outputs
    ) { call in
        let text = try call.inputs.required("string", as: String.self)
        let clock = try call.inputs.wallClock()
        let format = try call.inputs.optional("format", as: String.self) ?? "rfc3339"
        guard format != "rfc3339" else {
            guard let moment = try Moment(text, on: clock) else {
                throw NodeFailure("string is not a time of RFC 3339")
            }
            return try moment.outputs
        }
        return try DatePattern(format).moment(in: text, on: clock).outputs
    }

    private static let dateParts = NodeKind.computing(
        "time", "date_parts", summary: "Takes a time apart: year to nanosecond, week, quarter.",
        inputs: [time("time")] + clockInputs,
        outputs: [
            "year", "month", "day", "hour", "minute", "second", "nanosecond", "quarter", "day_of_year",
        ].map { OutputPort($0, type: "u64") } + [
            OutputPort("weekday", type: "u64", tooltip: "1 for Monday."),
            OutputPort("week", type: "u64", tooltip: "By ISO 8601."),
            OutputPort("week_year", type: "u64", tooltip: "The year that the week belongs to."),
            OutputPort("offset", type: "string", tooltip: "From UTC, at this time."),
        ]
    ) { call in
        let clock = try call.inputs.wallClock()
        let time = try CivilTime(call.inputs.moment("time", on: clock), on: clock)
        let numbers = [
            ("year", time.year), ("month", time.month), ("day", time.day), ("hour", time.hour),
            ("minute", time.minute), ("second", time.second), ("nanosecond", time.nanosecond),
            ("quarter", time.quarter), ("day_of_year", time.dayOfYear),
            ("weekday", Int64(time.weekday) + 1), ("week", time.week.number), ("week_year", time.week.year),
        ]
        var outputs = ValueMap(numbers.map { ($0, .u64(UInt64(clamping: $1))) })
        outputs["offset"] = .string(time.offset.text)
        return outputs
    }
}

extension ValueMap {
    /// The clocks that the inputs `zone` and `offset` mean; a zone counts before an offset.
    func wallClock() throws -> WallClock {
        if let name = try optional("zone", as: String.self) { return try WallClock(zone: name) }
        let text = try optional("offset", as: String.self) ?? "Z"
        guard let offset = TimeOffset(text) else { throw NodeFailure("offset must be Z or like +02:00") }
        return .fixed(offset)
    }

    /// The moment of an input: a text of RFC 3339, a date alone, or milliseconds since 1970.
    func moment(_ name: String, on clock: WallClock) throws -> Moment {
        let value = try required(name, as: Value.self)
        guard case .string(let text) = value else {
            return try Moment(milliseconds: Int64(reading: value))
        }
        guard let moment = try Moment(text, on: clock) else {
            throw NodeFailure("\(name) is not a time of RFC 3339")
        }
        return moment
    }
}

extension Moment {
    /// The moment as nodes give it.
    var outputs: ValueMap {
        get throws(NodeFailure) {
            [
                "time": .string(try CivilTime(self, on: .utc).text), "milliseconds": .i64(milliseconds),
            ]
        }
    }
}
