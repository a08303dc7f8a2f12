// Plain JSON to values, and the rules that take plain and tagged JSON (spec values.md 6.1, 6.3, 7;
// http-and-websocket 2.3).

internal import Primitives
public import Wire

extension ValueJSON {
    /// What a plain number with a fraction or an exponent becomes.
    public enum Fractions: Sendable {
        /// A decimal of all digits if a decimal holds more of them than a double, else of the nearest double's shortest
        /// digits; or the double itself if a decimal cannot hold it.
        case decimal
        /// The nearest double.
        case double
    }

    /// Plain JSON, in which no object is a tag. Integers are exact up to 128 bits.
    public static func plain(
        _ tree: JSONValue, fractions: Fractions = .decimal
    ) throws(ValueJSONError) -> Value {
        try plain(tree, fractions: fractions, depth: 0)
    }

    /// The tagged form if the whole tree is one, else plain JSON: how a node's configuration is read.
    public static func taggedOrPlain(_ tree: JSONValue) throws(ValueJSONError) -> (
        value: Value, isTagged: Bool
    ) {
        // Only objects can be tagged; for the rest there is no need to find out why they are not.
        guard case .object = tree, let value = try? decode(tree) else { return (try plain(tree), false) }
        return (value, true)
    }

    /// An input of a request. Every object is decided by itself. It is tagged if it has one member that is named like a
    /// tag and whose payload has the tag's JSON type; then the payload must be valid. Any other object is plain.
    public static func input(_ tree: JSONValue) throws(ValueJSONError) -> Value {
        try input(tree, depth: 0)
    }

    private static func plain(
        _ tree: JSONValue, fractions: Fractions, depth: Int
    ) throws(ValueJSONError) -> Value {
        try structure(tree, fractions: fractions, depth: depth) { element throws(ValueJSONError) in
            try plain(element, fractions: fractions, depth: depth + 1)
        }
    }

    private static func input(_ tree: JSONValue, depth: Int) throws(ValueJSONError) -> Value {
        let element = { (element: JSONValue) throws(ValueJSONError) in try input(element, depth: depth + 1) }
        if case .object(let object) = tree, object.count == 1, let member = object.entries.first,
            let tag = ValueTag(rawValue: member.key), tag.takes(member.value)
        {
            return try payload(of: tag, in: member.value, depth: depth, element: element)
        }
        return try structure(tree, fractions: .decimal, depth: depth, element: element)
    }

    /// Plain JSON on this level; `element` reads what is inside of arrays and objects.
    private static func structure(
        _ tree: JSONValue, fractions: Fractions, depth: Int,
        element: (JSONValue) throws(ValueJSONError) -> Value
    ) throws(ValueJSONError) -> Value {
        switch tree {
        case .null: return .null
        case .bool(let bool): return .bool(bool)
        case .string(let text): return .string(text)
        case .number(let number): return try value(of: number, fractions: fractions)
        case .array: return try payload(of: .array, in: tree, depth: depth, element: element)
        case .object: return try payload(of: .map, in: tree, depth: depth, element: element)
        }
    }

    private static func value(
        of number: JSONNumber, fractions: Fractions
    ) throws(ValueJSONError) -> Value {
        if number.isInteger {
            if let integer = number.integer(UInt64.self) { return .u64(integer) }
            if let integer = number.integer(Int64.self) { return .i64(integer) }
            if let integer = number.integer(UInt128.self) { return .u128(integer) }
            if let integer = number.integer(Int128.self) { return .i128(integer) }
        }
        let double = number.double
        guard double.isFinite else { throw .numberOutOfRange }
        if fractions == .decimal, let decimal = Decimal96(allDigitsOf: number) { return .decimal(decimal) }
        if fractions == .decimal, let decimal = Decimal96(exactly: double) { return .decimal(decimal) }
        return .f64(double)
    }
}

extension Decimal96 {
    /// The number if a double might lose digits of it and a decimal loses none.
    fileprivate init?(allDigitsOf number: JSONNumber) {
        // Fifteen digits are safe in a double, and need no more characters than this with their point.
        guard number.literal.utf8.count > 16 else { return nil }
        let mantissa = number.literal.utf8.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let digits = mantissa.filter { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        let significant = Decimal96.withoutZeros(digits)
        guard significant.count > 15, let decimal = Decimal96(number.literal)?.normalized,
            Decimal96.withoutZeros(Array(String(decimal.mantissa).utf8)) == significant
        else { return nil }
        self = decimal
    }

    /// Digits without zeros at both ends.
    private static func withoutZeros(_ digits: [UInt8]) -> ArraySlice<UInt8> {
        var rest = digits.drop { $0 == UInt8(ascii: "0") }
        while rest.last == UInt8(ascii: "0") { rest.removeLast() }
        return rest
    }
}

extension ValueTag {
    /// True if the payload has the JSON type that this tag needs; for `N` that is the number 0 itself.
    fileprivate func takes(_ payload: JSONValue) -> Bool {
        switch (self, payload) {
        case (.null, .number(let number)): number.literal == "0"
        case (.bool, .bool), (.array, .array), (.map, .object): true
        case (.null, _), (.bool, _), (.array, _), (.map, _): false
        case (_, .string): true
        default: false
        }
    }
}
