// Reads JSON from bytes, piece by piece, without an intermediate tree. Pure value.

internal import Primitives

/// A strict pull reader of one JSON text (RFC 8259).
///
/// The caller asks for what must come next: a scalar, the begin of a container and then its elements or members one by
/// one. Nesting is bounded by `Limits.jsonDepthMax`; the receiver of the bytes bounds their number. A copy of the
/// reader is a bookmark: reading the copy later goes over the same text again.
///
/// ```swift
/// var reader = JSONReader(bytes)
/// try reader.beginObject()
/// while let key = try reader.nextKey() {
///     if key == "id" { id = try reader.readNumber().integer() } else { try reader.skipValue() }
/// }
/// try reader.finish()
/// ```
///
/// Asking out of turn (for a key inside an array, say) is a mistake of the program and stops it. Every
/// mistake of the text is thrown; the reader must not be used after that.
public struct JSONReader: Sendable {
    /// What a value begins with, which decides its type.
    public enum Kind: Sendable {
        case null, bool, number, string, array, object
    }

    private enum Turn {
        /// A value must be read next.
        case value
        /// A container has just begun.
        case first
        /// A value has been read: a comma, an end, or the end of the text comes.
        case next
    }

    /// U+FEFF in UTF-8.
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    let bytes: [UInt8]
    /// The first byte not read yet.
    var index: Int
    /// Where the text ends in `bytes`.
    let end: Int
    private var turn = Turn.value
    private var depth = 0
    /// One bit for each open container, the innermost lowest: set for objects. `Limits.jsonDepthMax` fits.
    private var objects: UInt128 = 0

    /// A reader of a whole text. One byte order mark in front is ignored, as RFC 8259 section 8.1 allows.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        index = bytes.starts(with: JSONReader.byteOrderMark) ? JSONReader.byteOrderMark.count : 0
        end = bytes.count
    }

    /// A reader of a text inside other bytes. Positions count from the begin of the slice. Copies the slice.
    public init(_ bytes: ArraySlice<UInt8>) {
        self.init(Array(bytes))
    }

    /// The place behind everything read so far, for errors about a value just read.
    public var position: JSONPosition { JSONPosition(behind: index, of: bytes) }

    // MARK: Values

    /// The kind of the value that comes next. Reads nothing but white space.
    public mutating func peek() throws(JSONError) -> Kind {
        precondition(turn == .value, "A value may be read only at its turn.")
        guard let byte = skipSpace() else { throw failure(.endInValue) }
        switch byte {
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "{"): return .object
        default: throw failure(.expectedValue)
        }
    }

    /// Reads `null`; throws if something else comes next.
    public mutating func readNull() throws(JSONError) {
        guard try peek() == .null else { throw mismatch(expected: "null") }
        try readWord("null")
    }

    /// Reads `true` or `false`; throws if something else comes next.
    public mutating func readBool() throws(JSONError) -> Bool {
        guard try peek() == .bool else { throw mismatch(expected: "a boolean") }
        let value = bytes[index] == UInt8(ascii: "t")
        try readWord(value ? "true" : "false")
        return value
    }

    /// Reads a number with its literal; throws if something else comes next, or a number that RFC 8259 section 6 does
    /// not allow.
    public mutating func readNumber() throws(JSONError) -> JSONNumber {
        guard try peek() == .number else { throw mismatch(expected: "a number") }
        let number = try scanNumber()
        turn = .next
        return number
    }

    /// Reads a string, its escapes resolved; throws if something else comes next, for bytes that are not UTF-8,
    /// control characters that are not escaped, bad escapes and lone surrogates.
    public mutating func readString() throws(JSONError) -> String {
        guard try peek() == .string else { throw mismatch(expected: "a string") }
        let text = try scanString()
        turn = .next
        return text
    }

    /// The tree of whatever comes next.
    public mutating func readValue() throws(JSONError) -> JSONValue {
        switch try peek() {
        case .null:
            try readNull()
            return .null
        case .bool: return .bool(try readBool())
        case .number: return .number(try readNumber())
        case .string: return .string(try readString())
        case .array:
            var elements: [JSONValue] = []
            try beginArray()
            while try nextElement() { elements.append(try readValue()) }
            return .array(elements)
        case .object:
            var entries: [JSONObject.Entry] = []
            try beginObject()
            while let key = try nextKey() { entries.append((key: key, value: try readValue())) }
            return .object(JSONObject(entries))
        }
    }

    /// Reads over whatever comes next, checking it as strictly as if it were kept.
    public mutating func skipValue() throws(JSONError) {
        let outside = depth
        repeat {
            if turn != .value {
                let more = objects & 1 == 1 ? try nextKey() != nil : try nextElement()
                guard more else { continue }
            }
            switch try peek() {
            case .null: try readNull()
            case .bool: _ = try readBool()
            case .number: _ = try readNumber()
            case .string: _ = try readString()
            case .array: try beginArray()
            case .object: try beginObject()
            }
        } while depth > outside
    }

    /// The error of a value that is not what the caller needs: `expected` is a noun such as `a string`. Reads
    /// the value if it is a scalar, so that the error's place is behind it.
    public mutating func mismatch(expected: String) -> JSONError {
        do {
            let found: JSONValue
            switch try peek() {
            case .array: found = []
            case .object: found = [:]
            default: found = try readValue()
            }
            return .unexpected(found, expected: expected, at: position)
        } catch {
            return error
        }
    }

    // MARK: Containers

    /// Goes into an array, for `nextElement`; throws if something else comes next, or beyond `Limits.jsonDepthMax`.
    public mutating func beginArray() throws(JSONError) {
        guard try peek() == .array else { throw mismatch(expected: "array") }
        try open(object: false)
    }

    /// True if another element follows, which must then be read; false once the array has ended.
    public mutating func nextElement() throws(JSONError) -> Bool {
        precondition(depth > 0 && objects & 1 == 0, "Elements are found in arrays only.")
        guard try advance(to: UInt8(ascii: "]"), .expectedCommaOrArrayEnd, .endInArray) else { return false }
        turn = .value
        return true
    }

    /// Goes into an object, for `nextKey`; throws if something else comes next, or beyond `Limits.jsonDepthMax`.
    public mutating func beginObject() throws(JSONError) {
        guard try peek() == .object else { throw mismatch(expected: "map") }
        try open(object: true)
    }

    /// The name of the next member, whose value must then be read; nil once the object has ended.
    public mutating func nextKey() throws(JSONError) -> String? {
        precondition(depth > 0 && objects & 1 == 1, "Members are found in objects only.")
        guard try advance(to: UInt8(ascii: "}"), .expectedCommaOrObjectEnd, .endInObject) else { return nil }
        guard let quote = current else { throw failure(.endInValue) }
        guard quote == UInt8(ascii: "\"") else { throw failure(.keyNotString) }
        let key = try scanString()
        guard let colon = skipSpace() else { throw failure(.endInObject) }
        guard colon == UInt8(ascii: ":") else { throw failure(.expectedColon) }
        index += 1
        turn = .value
        return key
    }

    /// Refuses anything but white space behind the value.
    public mutating func finish() throws(JSONError) {
        precondition(depth == 0 && turn == .next, "A text ends behind its one value.")
        guard skipSpace() == nil else { throw failure(.trailingCharacters) }
    }

    private mutating func open(object: Bool) throws(JSONError) {
        guard depth < Limits.jsonDepthMax else { throw failure(.tooDeep) }
        depth += 1
        objects = objects << 1 | (object ? 1 : 0)
        index += 1
        turn = .first
    }

    /// Goes over the comma to the next entry, or over the end of the container.
    private mutating func advance(
        to endMark: UInt8, _ expected: JSONError.Reason, _ unfinished: JSONError.Reason
    ) throws(JSONError) -> Bool {
        precondition(turn != .value, "An entry's value must be read before the next entry.")
        guard let byte = skipSpace() else { throw failure(unfinished) }
        if byte == endMark {
            index += 1
            depth -= 1
            objects >>= 1
            turn = .next
            return false
        }
        if turn == .next {
            guard byte == UInt8(ascii: ",") else { throw failure(expected) }
            index += 1
            guard skipSpace() != endMark else { throw failure(.trailingComma) }
        }
        return true
    }

    // MARK: Bytes

    /// The byte that comes next, or nil at the end.
    var current: UInt8? { index < end ? bytes[index] : nil }

    /// The error that the byte which comes next breaks a rule.
    func failure(_ reason: JSONError.Reason) -> JSONError {
        JSONError(reason, at: JSONPosition(behind: min(index + 1, end), of: bytes))
    }

    private mutating func skipSpace() -> UInt8? {
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): index += 1
            case let byte: return byte
            }
        }
        return nil
    }

    private mutating func readWord(_ word: StaticString) throws(JSONError) {
        for expected in word.description.utf8 {
            guard let byte = current else { throw failure(.endInValue) }
            guard byte == expected else { throw failure(.expectedWord) }
            index += 1
        }
        turn = .next
    }
}
