// Values as tagged JSON, appended to bytes. Every event is written here, so no intermediate tree is built.

internal import Primitives
internal import Wire

/// The JSON forms of values: tagged, plain, and the rules that take both (spec values.md 2, 3, 6, 7).
public enum ValueJSON {
    /// Appends the tagged form: an object whose only member is the tag with the payload.
    public static func append(_ value: Value, to output: inout [UInt8]) {
        switch value {
        case .null: append(#"{"N":0}"#, to: &output)
        case .bool(let bool): append(bool ? #"{"B":true}"# : #"{"B":false}"#, to: &output)
        case .string(let text):
            append(#"{"S":"#, to: &output)
            JSONWriter.append(text, to: &output)
            append("}", to: &output)
        case .u64(let number):
            append(#"{"U":""#, to: &output)
            append(number, to: &output)
            append(#""}"#, to: &output)
        case .i64(let number):
            append(number < 0 ? #"{"I":"-"# : #"{"I":""#, to: &output)
            append(number.magnitude, to: &output)
            append(#""}"#, to: &output)
        case .f64(let number):
            append(#"{"F":""#, to: &output)
            FloatText.append(number, to: &output)
            append(#""}"#, to: &output)
        case .decimal(let number):
            append(#"{"D":""#, to: &output)
            number.append(to: &output)
            append(#""}"#, to: &output)
        case .u128(let number): append(#"{"U1":""# + String(number) + #""}"#, to: &output)
        case .i128(let number): append(#"{"I1":""# + String(number) + #""}"#, to: &output)
        case .b32(let key):
            append(#"{"B3":""#, to: &output)
            Base58.append(key.bytes, to: &output)
            append(#""}"#, to: &output)
        case .b64(let pair):
            append(#"{"B6":""#, to: &output)
            Base58.append(pair.bytes, to: &output)
            append(#""}"#, to: &output)
        case .bytes(let bytes):
            append(#"{"BY":""#, to: &output)
            Base64.append(bytes, to: &output)
            append(#""}"#, to: &output)
        case .secret(let secret): append(secret.shown, to: &output)
        case .array(let elements):
            append(#"{"A":["#, to: &output)
            for (index, element) in elements.enumerated() {
                if index > 0 { append(",", to: &output) }
                append(element, to: &output)
            }
            append("]}", to: &output)
        case .map(let map):
            append(#"{"M":"#, to: &output)
            append(map, to: &output)
            append("}", to: &output)
        }
    }

    /// Appends a set of named values: an object of tagged values without an `M` around it.
    public static func append(_ map: ValueMap, to output: inout [UInt8]) {
        append("{", to: &output)
        for (index, entry) in map.entries.enumerated() {
            if index > 0 { append(",", to: &output) }
            JSONWriter.append(entry.key, to: &output)
            append(":", to: &output)
            append(entry.value, to: &output)
        }
        append("}", to: &output)
    }

    /// The tagged form.
    public static func encode(_ value: Value) -> [UInt8] {
        var output: [UInt8] = []
        append(value, to: &output)
        return output
    }

    private static func append(_ text: String, to output: inout [UInt8]) {
        output.append(contentsOf: text.utf8)
    }

    private static func append(_ number: UInt64, to output: inout [UInt8]) {
        if number >= 10 { append(number / 10, to: &output) }
        output.append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}

extension Value {
    /// The tagged form as text, for tests, logs and error texts.
    public var taggedText: String { String(decoding: ValueJSON.encode(self), as: UTF8.self) }
}
