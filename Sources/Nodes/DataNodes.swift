// Nodes that compute: math, to_string, json_extract (spec nodes 2.4).

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// The kinds that are pure functions of their inputs.
enum DataNodes {
    static let kinds: [NodeKind] = [math, toString, jsonExtract]

    private static let math = NodeKind.computing(
        name: "@spo/std.math.0.1", aliases: ["math"],
        inputs: [
            InputPort("a", types: ["number"]), InputPort("b", types: ["number"]),
            InputPort("operator", types: ["string"]),
        ],
        outputs: [OutputPort("result")]
    ) { call in
        let left = try call.inputs.required("a", as: Decimal96.self)
        let right = try call.inputs.required("b", as: Decimal96.self)
        let sign = try call.inputs.required("operator", as: String.self)
        return ["result": .decimal(try Calculation(sign).result(left, right))]
    }

    private static let toString = NodeKind.computing(
        name: "@spo/std.to_string.0.1", aliases: ["to_string"], inputs: [InputPort("stringify")],
        outputs: [OutputPort("result", type: "string")]
    ) { call in
        let value = call.inputs["stringify"] ?? .null
        guard !value.holdsSecret else { throw NodeFailure.secret }
        return ["result": .string(value.readableText)]
    }

    /// Finds what stands at a path and gives the rest without it. Nothing found is no error.
    private static let jsonExtract = NodeKind.computing(
        name: "@spo/json.json_extract.0.1", aliases: ["json_extract"],
        inputs: [InputPort("json_input"), InputPort("field_path", types: ["string"])],
        outputs: [OutputPort("value"), OutputPort("trimmed_json", type: "json")]
    ) { call in
        let input = try call.inputs.required("json_input", as: Value.self)
        let pathText = try call.inputs.required("field_path", as: String.self)
        var rest = try input.parsedIfText
        switch rest {
        case .array, .map: break
        default: return ["value": rest, "trimmed_json": .null]
        }
        guard let path = ValuePath(pointer: pathText) else { throw NodeFailure("invalid path") }
        let found = rest.remove(at: path)
        return ["value": found ?? .null, "trimmed_json": rest]
    }
}

extension Value {
    /// The value itself, or what a text says as JSON. Numbers with a fraction become doubles (spec values.md
    /// 6.3).
    fileprivate var parsedIfText: Value {
        get throws(NodeFailure) {
            guard case .string(let text) = self else { return self }
            do {
                return try ValueJSON.plain(try JSONValue.parse(text), fractions: .double)
            } catch {
                throw NodeFailure("json_input is a string but not valid JSON")
            }
        }
    }

    /// The text of a scalar without any tag; everything else as indented tagged JSON.
    fileprivate var readableText: String {
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
        case .bytes, .array, .map, .secret: IndentedJSON.text(of: ValueJSON.encode(self))
        }
    }
}
