// A JSON number as it was written, so that no digit is lost on the way through. Pure value.

internal import Primitives

/// A number that keeps its literal.
///
/// Two numbers are equal if their literals are: `1`, `1.0` and `1e0` are three numbers. The layer that gives them a
/// type decides which of them mean the same.
public struct JSONNumber: Hashable, Sendable, CustomStringConvertible {
    /// The text of RFC 8259 section 6.
    public let literal: String

    /// For the reader, which has checked the grammar.
    init(checked literal: String) {
        self.literal = literal
    }

    /// Nil unless the text is exactly one number of RFC 8259 section 6.
    public init?(literal: String) {
        var reader = JSONReader(Array(literal.utf8))
        // White space around the number makes the counts differ.
        guard let number = try? reader.readNumber(), number.literal.utf8.count == literal.utf8.count else {
            return nil
        }
        self = number
    }

    /// An integer of any width.
    public init(_ value: some BinaryInteger) {
        literal = String(value)
    }

    /// The shortest text that reads back as the same number, always with a fraction or an exponent so that it
    /// stays a floating-point number; nil for infinities and for what is not a number.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        literal = JSONNumber.text(of: value)
    }

    /// True if the literal has neither fraction nor exponent.
    public var isInteger: Bool {
        !literal.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    }

    /// The integer, if the literal has neither fraction nor exponent and the number is in range.
    public func integer<Integer: FixedWidthInteger>(_ type: Integer.Type = Integer.self) -> Integer? {
        Integer(literal)
    }

    /// The nearest double; an infinity when the number is beyond all of them.
    public var double: Double { Double(literal) ?? .nan }

    /// True if the number has at most `Limits.jsonNumberDigitsMax` digits on each side of its point when it is written
    /// without an exponent. Few programs read others, and databases write some of them out in full.
    public var isReadable: Bool {
        var digits = literal.utf8.drop { $0 == UInt8(ascii: "-") }
        let mantissa = digits.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        digits = digits.dropFirst(mantissa.count + 1)
        // An exponent that no integer holds is beyond all bounds.
        guard let exponent = digits.isEmpty ? 0 : Int(Substring(digits)),
            (-1_000_000_000...1_000_000_000).contains(exponent)
        else {
            return false
        }
        let whole = mantissa.prefix { $0 != UInt8(ascii: ".") }.count
        let fraction = max(0, mantissa.count - whole - 1)
        return whole + exponent <= Limits.jsonNumberDigitsMax
            && fraction - exponent <= Limits.jsonNumberDigitsMax
    }

    public var description: String { literal }

    /// Swift writes `1e+16` and `1e-05`; clients know `1e16` and `0.00001`.
    private static func text(of value: Double) -> String {
        let text = value.description
        guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...]) else {
            return text
        }
        let mantissa = text[..<mark]
        guard exponent == -5 else {
            return (mantissa.hasSuffix(".0") ? mantissa.dropLast(2) : mantissa) + "e\(exponent)"
        }
        let sign = mantissa.hasPrefix("-") ? "-" : ""
        let digits = mantissa.filter { $0.isWholeNumber }
        return sign + "0.0000" + (mantissa.hasSuffix(".0") ? digits.dropLast() : digits[...])
    }
}
