// Reading a value as the type that a node wants: the table of coercions (spec values.md 10, 11, 15.3).

/// Why an input could not be read. The texts are part of node errors, which clients see.
public enum ValueReadingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A value of this kind cannot be read as the type.
    case wrongKind(String, expected: String)
    /// The kind is right, but the number is out of range or the text is none of the allowed ones.
    case wrongValue(String, expected: String)
    /// A list or a byte string of the wrong length.
    case wrongLength(Int, expected: String)
    /// There is no entry of this name.
    case missingField(String)
    /// The text is none of the names that are allowed.
    case unknownName(String, allowed: [String])
    /// A text that is no decimal number.
    case invalidDecimal(String)
    /// A double that no decimal number can hold.
    case decimalOutOfRange
    /// A text that is no signature.
    case invalidBase58

    public var description: String {
        switch self {
        case .wrongKind(let found, let expected): "invalid type: \(found), expected \(expected)"
        case .wrongValue(let found, let expected): "invalid value: \(found), expected \(expected)"
        case .wrongLength(let count, let expected): "invalid length \(count), expected \(expected)"
        case .missingField(let name): "missing field `\(name)`"
        case .unknownName(let name, let allowed):
            "unknown variant `\(name)`, expected \(ValueReadingError.choice(of: allowed))"
        case .invalidDecimal(let reason): "Invalid decimal: \(reason)"
        case .decimalOutOfRange: "Error while converting to Decimal"
        case .invalidBase58: "invalid base58"
        }
    }

    private static func choice(of names: [String]) -> String {
        let quoted = names.map { "`\($0)`" }
        return quoted.count <= 2
            ? quoted.joined(separator: " or ") : "one of " + quoted.joined(separator: ", ")
    }
}

/// A type that a value can be read as.
public protocol ValueReadable {
    /// Reads `value`, without any conversion between texts, numbers and booleans.
    init(reading value: Value) throws(ValueReadingError)
}

extension Value: ValueReadable {
    /// Every value, unchanged.
    public init(reading value: Value) throws(ValueReadingError) { self = value }
}

extension Bool: ValueReadable {
    public init(reading value: Value) throws(ValueReadingError) {
        guard case .bool(let bool) = value else { throw .wrongKind(value.kindPhrase, expected: "a boolean") }
        self = bool
    }
}

extension String: ValueReadable {
    public init(reading value: Value) throws(ValueReadingError) {
        guard case .string(let string) = value else {
            throw .wrongKind(value.kindPhrase, expected: "a string")
        }
        self = string
    }
}

extension Double: ValueReadable {
    /// Integers and decimals become the nearest double.
    public init(reading value: Value) throws(ValueReadingError) {
        switch value {
        case .f64(let number): self = number
        case .u64(let number): self = Double(number)
        case .i64(let number): self = Double(number)
        case .u128(let number): self = Double(number)
        case .i128(let number): self = Double(number)
        case .decimal(let number): self = number.double
        default: throw .wrongKind(value.kindPhrase, expected: "f64")
        }
    }
}

extension Decimal96: ValueReadable {
    /// Integers that fit are exact, doubles are rounded to sixteen significant digits, texts may have blanks
    /// around them and an exponent (spec values.md 11).
    public init(reading value: Value) throws(ValueReadingError) {
        switch value {
        case .decimal(let number): self = number
        case .u64(let number): self.init(number)
        case .i64(let number): self.init(number)
        case .u128(let number):
            guard let decimal = Decimal96(mantissa: number) else {
                throw .wrongKind("u128", expected: "decimal")
            }
            self = decimal
        case .i128(let number):
            guard let decimal = Decimal96(mantissa: number.magnitude, isNegative: number < 0) else {
                throw .wrongKind("i128", expected: "decimal")
            }
            self = decimal
        case .f64(let number):
            guard let decimal = Decimal96(rounding: number) else { throw .decimalOutOfRange }
            self = decimal
        case .string(let text):
            let trimmed = text.trimmingBlanks
            guard !trimmed.isEmpty else { throw .invalidDecimal("empty") }
            guard let decimal = Decimal96(trimmed) else { throw .invalidDecimal("unknown character") }
            self = decimal
        default:
            throw .wrongKind(value.kindPhrase, expected: "decimal")
        }
    }
}

extension Array: ValueReadable where Element == Value {
    /// The elements of an array; bytes are lists of small numbers.
    public init(reading value: Value) throws(ValueReadingError) {
        switch value {
        case .array(let elements): self = elements
        case .b32(let key): self = key.bytes.map { .u64(UInt64($0)) }
        case .b64(let pair): self = pair.bytes.map { .u64(UInt64($0)) }
        case .bytes(let bytes): self = bytes.map { .u64(UInt64($0)) }
        default: throw .wrongKind(value.kindPhrase, expected: "a sequence")
        }
    }
}

extension ValueMap: ValueReadable {
    public init(reading value: Value) throws(ValueReadingError) {
        guard case .map(let map) = value else { throw .wrongKind(value.kindPhrase, expected: "a map") }
        self = map
    }
}

extension ValueMap {
    /// The entry of this name, read as a type.
    public func required<Readable: ValueReadable>(
        _ name: String, as type: Readable.Type = Readable.self
    ) throws(ValueReadingError) -> Readable {
        guard let value = self[name] else { throw .missingField(name) }
        return try Readable(reading: value)
    }

    /// The entry of this name, read as a type; nil if there is none or if it is Null (spec nodes.md 0.3).
    public func optional<Readable: ValueReadable>(
        _ name: String, as type: Readable.Type = Readable.self
    ) throws(ValueReadingError) -> Readable? {
        guard let value = self[name] else { return nil }
        if case .null = value { return nil }
        return try Readable(reading: value)
    }
}

extension String {
    /// Without white space at both ends.
    fileprivate var trimmingBlanks: Substring {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return self[first...last]
    }
}
