// Values to plain JSON (spec values.md 6.2).

internal import Primitives
public import Wire

extension ValueJSON {
    /// The form of bytes in plain JSON.
    public enum PlainBytes: Sendable {
        /// An array of numbers.
        case numbers
        /// A text: Base58 of 32 and 64 bytes, Base64 of any other number (spec nodes 6.3).
        case text
    }

    /// The value without tags. Integers and decimals keep all of their digits, but for zeros at the end of a fraction;
    /// numbers that are not finite become null.
    public static func plain(from value: Value, bytes form: PlainBytes = .numbers) -> JSONValue {
        switch value {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .string(let text): .string(text)
        case .u64(let number): .integer(number)
        case .i64(let number): .integer(number)
        case .u128(let number): .integer(number)
        case .i128(let number): .integer(number)
        case .f64(let number): JSONNumber(number).map { .number($0) } ?? .null
        case .decimal(let number): .number(JSONNumber(number.normalized))
        case .b32(let key): plain(key.bytes, form, text: Base58.encode)
        case .b64(let pair): plain(pair.bytes, form, text: Base58.encode)
        case .bytes(let bytes): plain(bytes, form, text: { Base64.encode($0) })
        case .secret(let secret): plain(from: secret.shown, bytes: form)
        case .array(let elements): .array(elements.map { plain(from: $0, bytes: form) })
        case .map(let map):
            .object(
                JSONObject(map.entries.map { (key: $0.key, value: plain(from: $0.value, bytes: form)) }))
        }
    }

    private static func plain(
        _ bytes: [UInt8], _ form: PlainBytes, text: ([UInt8]) -> String
    ) -> JSONValue {
        switch form {
        case .numbers: .array(bytes.map { .integer($0) })
        case .text: .string(text(bytes))
        }
    }
}

extension JSONNumber {
    /// All digits of a decimal, whose text is always a number of JSON.
    fileprivate init(_ number: Decimal96) {
        self = JSONNumber(literal: number.text) ?? JSONNumber(0)
    }
}
