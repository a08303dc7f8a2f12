// The tree of a JSON text, for the places that truly need one. Pure value.

/// Any JSON value. Numbers keep their literals, objects their order and their repeated names.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The tree of a whole text: one value and nothing behind it but white space.
    public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes)
        let value = try reader.readValue()
        try reader.finish()
        return value
    }

    /// The tree of a whole text.
    public static func parse(_ text: String) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8))
    }

    /// The text of the tree, without white space.
    public var encoded: [UInt8] { JSONWriter.encode(self) }

    /// The text of the tree, without white space.
    public var text: String { String(decoding: encoded, as: UTF8.self) }

    /// An integer of any width.
    public static func integer(_ value: some BinaryInteger) -> JSONValue { .number(JSONNumber(value)) }

    /// True if every number in it is one that all programs can read; see `JSONNumber.isReadable`.
    public var hasReadableNumbers: Bool {
        switch self {
        case .number(let number): number.isReadable
        case .array(let elements): elements.allSatisfy(\.hasReadableNumbers)
        case .object(let object): object.entries.allSatisfy { $0.value.hasReadableNumbers }
        case .null, .bool, .string: true
        }
    }

    /// The truth value, if this is one.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The number, if this is one.
    public var number: JSONNumber? {
        guard case .number(let value) = self else { return nil }
        return value
    }

    /// The text, if this is a string.
    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The elements, if this is an array.
    public var array: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The members, if this is an object.
    public var object: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The member of this name, if this is an object that has one.
    public subscript(key: String) -> JSONValue? { object?[key] }
}

/// The members of a JSON object in the order of the text. A name may be empty and may be repeated; asked for
/// one member, the last of its name answers.
///
/// A member is found by looking through all members, so code that asks for many should make a dictionary first.
public struct JSONObject: Sendable {
    /// One member.
    public typealias Entry = (key: String, value: JSONValue)

    /// The members in order.
    public var entries: [Entry]

    /// An object with these members.
    public init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    public var count: Int { entries.count }
    public var isEmpty: Bool { entries.isEmpty }

    /// The last member of this name.
    public subscript(key: String) -> JSONValue? {
        // Byte by byte: strings compare by canonical equivalence, by which a Kelvin sign equals a K.
        entries.last { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }
}

extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.entries.elementsEqual(right.entries) { $0.key == $1.key && $0.value == $1.value }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(entries.count)
        for (key, value) in entries {
            hasher.combine(key)
            hasher.combine(value)
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.map { (key: $0, value: $1) })
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { (key: $0, value: $1) }))
    }
}
