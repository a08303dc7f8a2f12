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

    /// The value without tags. Integers beyond 64 bits and decimals with a fraction become the nearest double; numbers
    /// that are not finite become null.
    public static func plain(from value: Value, bytes form: PlainBytes = .numbers) -> JSONValue {
        switch value {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .string(let text): .string(text)
        case .u64(let number): .integer(number)
        case .i64(let number): .integer(number)
        case .u128(let number): UInt64(exactly: number).map { .integer($0) } ?? double(Double(number))
        case .i128(let number): Int64(exactly: number).map { .integer($0) } ?? double(Double(number))
        case .f64(let number): double(number)
        case .decimal(let number):
            if let integer = number.exactly(UInt64.self) {
                .integer(integer)
            } else if let integer = number.exactly(Int64.self) {
                .integer(integer)
            } else {
                double(number.double)
            }
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

    private static func double(_ number: Double) -> JSONValue {
        JSONNumber(number).map { .number($0) } ?? .null
    }
}

extension Value {
    /// The value for a node whose input is declared as JSON: as `ValueJSON.plain(from:)`, except that an integer beyond
    /// 64 bits anywhere inside is refused.
    public func readJSON(bytes form: ValueJSON.PlainBytes = .numbers) throws(ValueReadingError) -> JSONValue {
        try refuseWideIntegers()
        return ValueJSON.plain(from: self, bytes: form)
    }

    private func refuseWideIntegers() throws(ValueReadingError) {
        switch self {
        case .u128(let number):
            guard UInt64(exactly: number) == nil else { return }
            throw .wrongKind(kindPhrase, expected: "any valid JSON value")
        case .i128(let number):
            guard Int64(exactly: number) == nil else { return }
            throw .wrongKind(kindPhrase, expected: "any valid JSON value")
        case .array(let elements):
            for element in elements { try element.refuseWideIntegers() }
        case .map(let map):
            for entry in map.entries { try entry.value.refuseWideIntegers() }
        default: return
        }
    }
}
