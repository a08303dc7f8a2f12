// Nodes that compute: math, to_string (spec nodes 2.4).

internal import Engine
internal import Primitives
internal import Values

/// The kinds that are pure functions of their inputs.
enum DataNodes {
    static let kinds: [NodeKind] = [math, toString]

    private static let math = NodeKind.computing(
        name: "@spo/std.math.0.1", aliases: ["math"],
        summary: "Calculates with two numbers, exactly in decimals.",
        inputs: [
            InputPort("a", types: ["number"]), InputPort("b", types: ["number"]),
            InputPort(
                "operator", types: ["string"], default: .string("+"), tooltip: "One of + - * / % ^"),
        ],
        outputs: [OutputPort("result")]
    ) { call in
        let left = try call.inputs.required("a", as: Decimal96.self)
        let right = try call.inputs.required("b", as: Decimal96.self)
        let sign = try call.inputs.required("operator", as: String.self)
        return ["result": .decimal(try Calculation(sign).result(left, right))]
    }

    private static let toString = NodeKind.computing(
        name: "@spo/std.to_string.0.1", aliases: ["to_string"],
        summary: "Writes a value as text: scalars bare, the rest as JSON with types.",
        inputs: [InputPort("stringify")],
        outputs: [OutputPort("result", type: "string")]
    ) { call in
        let value = call.inputs["stringify"] ?? .null
        guard !value.holdsSecret else { throw NodeFailure.secret }
        try value.requireWritableSize()
        return ["result": .string(value.readableText)]
    }
}

extension Value {
    /// The text of a scalar without any tag; everything else as indented tagged JSON.
    fileprivate var readableText: String { scalarText ?? IndentedJSON.text(of: ValueJSON.encode(self)) }

    /// The text of a scalar without any tag, nothing for Null; nil for arrays and maps, for byte strings of other
    /// lengths than 32 and 64, and for secrets.
    var scalarText: String? {
        switch self {
        case .null: ""
        case .bool(let bool): bool ? "true" : "false"
        case .string(let text): text
        case .u64(let number): String(number)
        case .i64(let number): String(number)
        case .u128(let number): String(number)
        case .i128(let number): String(number)
        case .decimal(let number): number.text
        case .f64(let number): FloatText.brief(number)
        case .b32(let key): Base58.encode(key.bytes)
        case .b64(let pair): Base58.encode(pair.bytes)
        case .bytes, .array, .map, .secret: nil
        }
    }
}
