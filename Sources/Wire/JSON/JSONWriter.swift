// JSON text, appended to bytes without an intermediate tree. Pure value.

internal import Primitives

/// Writes one JSON text piece by piece and puts the commas itself.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.key("id")
/// writer.integer(7)
/// writer.endObject()
/// send(writer.output)
/// ```
///
/// The writer does not check that the pieces make a whole text: the tests of its users must do that. Strings are
/// escaped as little as RFC 8259 section 7 allows.
public struct JSONWriter: Sendable {
    /// Everything written so far, behind what was there before.
    public private(set) var output: [UInt8]
    private var needsComma = false

    /// A writer that goes on behind `output`.
    public init(_ output: consuming [UInt8] = []) {
        self.output = output
    }

    // MARK: Structure

    /// Opens an object.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    /// Closes an object; whether one is open is not checked.
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    /// Opens an array.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    /// Closes an array; whether one is open is not checked.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// The name of the next member.
    public mutating func key(_ name: String) {
        separate()
        JSONWriter.append(name, to: &output)
        output.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    /// Writes `null`.
    public mutating func null() {
        separate()
        output.append(contentsOf: "null".utf8)
    }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) {
        separate()
        output.append(contentsOf: value ? "true".utf8 : "false".utf8)
    }

    /// Writes a string in quotes, escaped. It is always UTF-8, as a `String` is.
    public mutating func string(_ value: String) {
        separate()
        JSONWriter.append(value, to: &output)
    }

    /// Writes an integer of any width in decimal digits, also beyond what doubles can hold.
    public mutating func integer(_ value: some FixedWidthInteger) {
        separate()
        output.append(contentsOf: String(value).utf8)
    }

    /// A number with its literal; `null` in place of what JSON cannot say (infinities, not a number).
    public mutating func double(_ value: Double) {
        guard let number = JSONNumber(value) else { return null() }
        self.number(number)
    }

    /// Writes a number with its literal as it is.
    public mutating func number(_ value: JSONNumber) {
        separate()
        output.append(contentsOf: value.literal.utf8)
    }

    /// A value that is JSON already, copied as it is.
    public mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        output.append(contentsOf: json)
    }

    /// A whole tree.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let number): self.number(number)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for (key, member) in object.entries {
                self.key(key)
                self.value(member)
            }
            endObject()
        }
    }

    // MARK: Without a writer

    /// The text of a tree, without white space.
    public static func encode(_ value: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(value)
        return writer.output
    }

    /// Appends a string in quotes.
    public static func append(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        if text.utf8.contains(where: mustEscape) {
            for byte in text.utf8 { appendEscaped(byte, to: &output) }
        } else {
            output.append(contentsOf: text.utf8)
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
        guard mustEscape(byte) else {
            output.append(byte)
            return
        }
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        case 0..<0x20:
            output.append(contentsOf: "u00".utf8)
            output.append(Hexadecimal.digit(byte >> 4))
            output.append(Hexadecimal.digit(byte & 15))
        default: output.append(byte)
        }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        output.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        output.append(bracket)
        needsComma = true
    }

    /// Puts the comma in front of whatever comes next, and expects one behind it.
    private mutating func separate() {
        if needsComma { output.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
