// Nodes for dates and times (spec nodes 2.4). UTC and fixed offsets only, names of days and months in English.

internal import Engine
internal import Primitives
internal import Values

/// The kinds that know the calendar.
enum TimeNodes {
    static func kinds(_ clock: Clock) -> [NodeKind] { [now(clock), dateFormat, dateParse] }

    private static let rfc3339 = Value.string("rfc3339")
    private static let formatTooltip =
        "rfc3339, or letters: yyyy MM dd HH mm ss SSS XXX, also MMM EEE hh a; quoted 'text' stands for itself."
    private static let timeOutputs = [
        OutputPort("time", type: "string", tooltip: "RFC 3339 in UTC."),
        OutputPort("milliseconds", type: "i64", tooltip: "Since the beginning of 1970."),
    ]

    private static func now(_ clock: Clock) -> NodeKind {
        .computing(
            "time", "now", summary: "Says what time it is.", inputs: [], outputs: timeOutputs,
            conduct: .reading
        ) { _ in
            clock.now().outputs
        }
    }

    private static let dateFormat = NodeKind.computing(
        "time", "date_format", summary: "Writes a time as text.",
        inputs: [
            InputPort(
                "time", types: ["string", "i64"],
                tooltip: "RFC 3339, or milliseconds since the beginning of 1970."),
            InputPort("format", types: ["string"], required: false, default: rfc3339, tooltip: formatTooltip),
            InputPort(
                "offset", types: ["string"], required: false, default: .string("Z"),
                tooltip: "From UTC, as +02:00."),
        ],
        outputs: [OutputPort("result", type: "string")]
    ) { call in
        let time = try call.inputs.required("time", as: Value.self).readTimestamp()
        let offset = try call.offset()
        let format = try call.inputs.optional("format", as: String.self) ?? "rfc3339"
        let date = CivilTime(time, offset: offset)
        guard format == "rfc3339" else { return ["result": .string(try DatePattern(format).text(of: date))] }
        return ["result": .string(date.text)]
    }

    private static let dateParse = NodeKind.computing(
        "time", "date_parse", summary: "Reads a time from text.",
        inputs: [
            InputPort("string", types: ["string"]),
            InputPort("format", types: ["string"], required: false, default: rfc3339, tooltip: formatTooltip),
            InputPort(
                "offset", types: ["string"], required: false, default: .string("Z"),
                tooltip: "From UTC, as +02:00, for texts that do not say it."),
        ],
        outputs: timeOutputs
    ) { call in
        let text = try call.inputs.required("string", as: String.self)
        let offset = try call.offset()
        let format = try call.inputs.optional("format", as: String.self) ?? "rfc3339"
        guard format != "rfc3339" else {
            guard let time = Timestamp(text) else { throw NodeFailure("string is not a time of RFC 3339") }
            return time.outputs
        }
        return try DatePattern(format).time(in: text, offset: offset).outputs
    }
}

extension NodeCall {
    fileprivate func offset() throws -> TimeOffset {
        let text = try inputs.optional("offset", as: String.self) ?? "Z"
        guard let offset = TimeOffset(text) else { throw NodeFailure("offset must be Z or like +02:00") }
        return offset
    }
}

extension Timestamp {
    fileprivate var outputs: ValueMap { ["time": .string(text), "milliseconds": .i64(milliseconds)] }
}

extension Value {
    /// A time as a text of RFC 3339 or as milliseconds since 1970, from 1678 to 2262.
    fileprivate func readTimestamp() throws -> Timestamp {
        if case .string(let text) = self {
            guard let time = Timestamp(text) else { throw NodeFailure("time is not a time of RFC 3339") }
            return time
        }
        let (nanoseconds, isTooFar) = try Int64(reading: self).multipliedReportingOverflow(by: 1_000_000)
        guard !isTooFar else { throw NodeFailure.timeRange }
        return Timestamp(nanoseconds: nanoseconds)
    }
}

extension NodeFailure {
    /// Times are held in 64 bits of nanoseconds.
    static let timeRange = NodeFailure("the time is not between the years 1678 and 2262")
}
