// What can be wrong with JSON from outside, where, and in which words a client is told. Pure values.

internal import Primitives

/// A place in a JSON text.
///
/// Clients of the wire see it, so its counting is part of the protocol (spec http-and-websocket 3.5): lines
/// start at 1, and the column is the number of bytes of the line up to and including the byte in question.
/// Column 0 therefore means that nothing of the line has been read.
public struct JSONPosition: Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1. Lines end with a line feed.
    public let line: Int
    /// Bytes of that line up to here.
    public let column: Int

    /// The place behind the first `count` bytes of `bytes`. A byte order mark in front is no part of the line.
    init(behind count: Int, of bytes: [UInt8]) {
        var line = 1
        var lineStart = bytes.starts(with: JSONReader.byteOrderMark) ? JSONReader.byteOrderMark.count : 0
        for index in 0..<min(count, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        self.line = line
        self.column = count - lineStart
    }

    public var description: String { "line \(line) column \(column)" }
}

/// A JSON text that is malformed, or well-formed but not of the shape that was asked for.
///
/// `description` is the text clients are shown. Parts of the input that it quotes are cut to
/// `Limits.quotedInputBytesMax` bytes.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The rule that was broken.
    public enum Reason: Hashable, Sendable {
        /// The text ends where a value must stand.
        case endInValue
        /// The text ends inside a string.
        case endInString
        /// The text ends inside an array.
        case endInArray
        /// The text ends inside an object.
        case endInObject
        /// No value begins with this byte.
        case expectedValue
        /// A word that is not `true`, `false` or `null`.
        case expectedWord
        /// A member's name is not followed by a colon.
        case expectedColon
        /// An element is followed by neither a comma nor the end of the array.
        case expectedCommaOrArrayEnd
        /// A member is followed by neither a comma nor the end of the object.
        case expectedCommaOrObjectEnd
        /// A comma stands before the end of an array or object.
        case trailingComma
        /// Something follows the one value of the text.
        case trailingCharacters
        /// A member's name is not a string.
        case keyNotString
        /// A number that RFC 8259 section 6 does not allow.
        case invalidNumber
        /// A backslash followed by something RFC 8259 section 7 does not allow.
        case invalidEscape
        /// A surrogate escape without its partner.
        case loneSurrogate
        /// A control character that is not escaped.
        case controlCharacter
        /// A string that is not UTF-8.
        case invalidUTF8
        /// Arrays and objects inside each other beyond `Limits.jsonDepthMax`.
        case tooDeep
        /// A value of another type than the reader of the text expected.
        case invalidType(found: String, expected: String)
        /// A value of the right type that is not allowed here.
        case invalidValue(found: String, expected: String)
        /// A required member is not there.
        case missingField(String)
        /// A name that is none of a fixed list.
        case unknownVariant(String, expected: [String])
    }

    /// The rule that was broken.
    public let reason: Reason
    /// Where, or nil when the value came from a tree, which does not know places.
    public let position: JSONPosition?

    /// An error at a place.
    public init(_ reason: Reason, at position: JSONPosition? = nil) {
        self.reason = reason
        self.position = position
    }

    /// The error of finding `value` where `expected` (such as `a string`) should be.
    public static func unexpected(
        _ value: JSONValue, expected: String, at position: JSONPosition? = nil
    ) -> JSONError {
        JSONError(.invalidType(found: value.quoted, expected: expected), at: position)
    }

    public var description: String {
        guard let position else { return reason.text }
        return "\(reason.text) at \(position)"
    }
}

extension JSONError.Reason {
    /// The rule in the words that clients know.
    fileprivate var text: String {
        switch self {
        case .endInValue: "EOF while parsing a value"
        case .endInString: "EOF while parsing a string"
        case .endInArray: "EOF while parsing a list"
        case .endInObject: "EOF while parsing an object"
        case .expectedValue: "expected value"
        case .expectedWord: "expected ident"
        case .expectedColon: "expected `:`"
        case .expectedCommaOrArrayEnd: "expected `,` or `]`"
        case .expectedCommaOrObjectEnd: "expected `,` or `}`"
        case .trailingComma: "trailing comma"
        case .trailingCharacters: "trailing characters"
        case .keyNotString: "key must be a string"
        case .invalidNumber: "invalid number"
        case .invalidEscape: "invalid escape"
        case .loneSurrogate: "lone surrogate in hex escape"
        case .controlCharacter: "control character found while parsing a string"
        case .invalidUTF8: "invalid unicode code point"
        case .tooDeep: "recursion limit exceeded"
        case .invalidType(let found, let expected): "invalid type: \(found), expected \(expected)"
        case .invalidValue(let found, let expected): "invalid value: \(found), expected \(expected)"
        case .missingField(let name): "missing field `\(name)`"
        case .unknownVariant(let name, let expected):
            "unknown variant `\(name.cut)`, expected "
                + (expected.count == 1 ? "" : "one of ") + expected.map { "`\($0)`" }.joined(separator: ", ")
        }
    }
}

extension JSONValue {
    /// The value as errors name it: its type, and for scalars the value itself, cut.
    public var quoted: String {
        switch self {
        case .null: "null"
        case .bool(let value): "boolean `\(value)`"
        case .number(let number):
            "\(number.isInteger ? "integer" : "floating point") `\(number.literal.cut)`"
        case .string(let text):
            "string \(JSONValue.string(text.cut).text)"
        case .array: "sequence"
        case .object: "map"
        }
    }
}

extension String {
    /// The beginning of the text, as whole characters.
    fileprivate var cut: String {
        guard utf8.count > Limits.quotedInputBytesMax else { return self }
        return String(decoding: utf8.prefix(Limits.quotedInputBytesMax), as: UTF8.self) + "…"
    }

}
