// The fourteen tags of values on the wire (spec values.md 1).

internal import Primitives

/// The name of a value's kind on the wire. None of its characters has a second spelling that the standard library takes
/// for the same.
enum ValueTag: String {
    case null = "N"
    case string = "S"
    case bool = "B"
    case u64 = "U"
    case i64 = "I"
    case f64 = "F"
    case decimal = "D"
    case i128 = "I1"
    case u128 = "U1"
    case b32 = "B3"
    case b64 = "B6"
    case bytes = "BY"
    case array = "A"
    case map = "M"
}

extension ValueTag {
    /// Reads the payload of every tag whose payload is a string.
    /// - Precondition: the tag is none of the other four.
    func value(of text: String) throws(ValueJSONError) -> Value {
        switch self {
        case .string: return .string(text)
        case .u64: return .u64(try ValueTag.integer(text))
        case .i64: return .i64(try ValueTag.integer(text))
        case .u128: return .u128(try ValueTag.integer(text))
        case .i128: return .i128(try ValueTag.integer(text))
        case .f64:
            guard let number = FloatText.parse(text) else { throw .invalidNumber(text) }
            return .f64(number)
        case .decimal:
            guard let number = Decimal96(text) else { throw .invalidNumber(text) }
            return .decimal(number)
        case .b32:
            guard let bytes = Base58.decode(text, bytesMax: 64), let key = Bytes32(bytes) else {
                throw .invalidBase58
            }
            return .b32(key)
        case .b64:
            guard let bytes = Base58.decode(text, bytesMax: 64), let pair = Bytes64(bytes) else {
                throw .invalidBase58
            }
            return .b64(pair)
        case .bytes:
            guard let bytes = Base64.decode(text) else { throw .invalidBase64 }
            return .bytes(bytes)
        case .null, .bool, .array, .map:
            preconditionFailure("the payload of this tag is no string")
        }
    }

    /// Digits, perhaps after a sign; a minus only where negative numbers exist, even before a zero.
    private static func integer<Integer: FixedWidthInteger>(
        _ text: String
    ) throws(ValueJSONError) -> Integer {
        guard Integer.isSigned || text.utf8.first != UInt8(ascii: "-"), let number = Integer(text) else {
            throw .invalidNumber(text)
        }
        return number
    }
}
