// Nodes for single numbers: rounding, magnitude, the least and the greatest, numbers as text.

internal import Engine
internal import Values

/// The kinds around numbers. All are exact; integers stay integers.
enum NumberNodes {
    static let kinds: [NodeKind] = [round, floor, ceil, abs, least, greatest, format]

    private static let number = InputPort("number", types: ["number"])
    private static let result = OutputPort("result")
    private static let mode = InputPort(
        "mode", types: ["string"], required: false, default: .string("half_up"),
        tooltip: "half_up (a half away from zero), half_even, up (away from zero), down, floor or ceil.")

    private static let round = NodeKind.computing(
        "math", "number_round", summary: "Rounds a number.",
        inputs: [
            number,
            InputPort(
                "digits", types: ["i32"], required: false, default: .i64(0),
                tooltip: "Behind the point; -3 rounds to thousands."),
            mode,
        ], outputs: [result]
    ) { call in
        var number = try ExactNumber(call.inputs.required("number"))
        let digits = try call.inputs.optional("digits", as: Int32.self) ?? 0
        try number.round(to: Int(digits), try call.rounding())
        return ["result": try number.value]
    }

    private static let floor = whole("number_floor", "Gives the next whole number below.", .floor)
    private static let ceil = whole("number_ceil", "Gives the next whole number above.", .ceil)

    private static func whole(_ name: String, _ summary: String, _ rounding: Rounding) -> NodeKind {
        .computing("math", name, summary: summary, inputs: [number], outputs: [result]) { call in
            var number = try ExactNumber(call.inputs.required("number"))
            try number.round(to: 0, rounding)
            return ["result": try number.value]
        }
    }

    private static let abs = NodeKind.computing(
        "math", "number_abs", summary: "Gives a number without its sign.", inputs: [number], outputs: [result]
    ) { call in
        var number = try ExactNumber(call.inputs.required("number"))
        number.isNegative = false
        return ["result": try number.value]
    }

    private static let least = extreme("number_min", "Gives the least of several numbers.") { $0 < 0 }
    private static let greatest = extreme("number_max", "Gives the greatest of several numbers.") { $0 > 0 }

    /// - Parameter wins: tells from a comparison with the best so far whether a number takes its place.
    private static func extreme(
        _ name: String, _ summary: String, wins: @escaping @Sendable (Int) -> Bool
    ) -> NodeKind {
        .computing(
            "math", name, summary: summary,
            inputs: [
                InputPort("a", types: ["number"], required: false),
                InputPort("b", types: ["number"], required: false),
                InputPort(
                    "array", types: ["array"], required: false, tooltip: "Further numbers; Null is none."),
            ], outputs: [result]
        ) { call in
            var best: Value?
            let further = try call.inputs.optional("array", as: [Value].self) ?? []
            for value in [call.inputs["a"] ?? .null, call.inputs["b"] ?? .null] + further {
                guard let number = try value.comparableNumber else { continue }
                if let other = best, !wins(try number.compared(to: other)) { continue }
                best = number
            }
            guard let best else { throw NodeFailure("there is no number: a, b and array are empty") }
            return ["result": best]
        }
    }

    private static let format = NodeKind.computing(
        "math", "number_format", summary: "Writes a number as people read it.",
        inputs: [
            number,
            InputPort(
                "digits", types: ["u8"], required: false,
                tooltip: "Behind the mark, 0 to 28; else as many as the number has."),
            InputPort(
                "grouping", types: ["string"], required: false, default: .string(""),
                tooltip: "Stands between groups of three digits, as a comma or an apostrophe."),
            InputPort("decimal_mark", types: ["string"], required: false, default: .string(".")),
            InputPort(
                "sign", types: ["string"], required: false, default: .string("minus"),
                tooltip: "minus, always (+ before positive numbers, too) or parentheses around negative ones."
            ),
            InputPort(
                "percent", types: ["bool"], required: false, default: .bool(false),
                tooltip: "Writes 0.25 as 25%."),
            mode,
        ],
        outputs: [OutputPort("result", type: "string")]
    ) { call in
        let inputs = call.inputs
        let number = try ExactNumber(inputs.required("number"))
        let sign = try inputs.optional("sign", as: Value.self)?.readName(of: NumberFormat.Sign.names)
        let digits = try inputs.optional("digits", as: UInt8.self)
        guard digits ?? 0 <= Decimal96.scaleMax else {
            throw NodeFailure("digits must be 0 to \(Decimal96.scaleMax)")
        }
        let format = NumberFormat(
            digits: digits.map { Int($0) }, rounding: try call.rounding(),
            grouping: try call.mark("grouping") ?? "", decimalMark: try call.mark("decimal_mark") ?? ".",
            sign: sign.flatMap { NumberFormat.Sign(rawValue: $0) } ?? .minus,
            isPercent: try inputs.optional("percent") ?? false)
        guard !format.decimalMark.isEmpty else { throw NodeFailure("decimal_mark must not be empty") }
        return ["result": .string(try format.text(of: number))]
    }
}

extension NodeCall {
    fileprivate func rounding() throws -> Rounding {
        let name = try inputs.optional("mode", as: Value.self)?.readName(of: Rounding.names)
        return name.flatMap { Rounding(rawValue: $0) } ?? .halfUp
    }

    /// A text that stands between digits and can be told from them.
    fileprivate func mark(_ name: String) throws -> String? {
        guard let text = try inputs.optional(name, as: String.self) else { return nil }
        guard text.utf8.count <= 8, !text.utf8.contains(where: { (0x30...0x39).contains($0) }) else {
            throw NodeFailure("\(name) must be a short text without digits")
        }
        return text
    }
}

extension Value {
    /// The number of a value that may be a text; nil for Null. Doubles that are not finite have no place.
    fileprivate var comparableNumber: Value? {
        get throws {
            switch self {
            case .null: return nil
            case .u64, .i64, .u128, .i128, .decimal: return self
            case .f64(let number):
                guard number.isFinite else { throw NodeFailure("a number is not finite") }
                return self
            default: return .decimal(try Decimal96(reading: self))
            }
        }
    }
}
