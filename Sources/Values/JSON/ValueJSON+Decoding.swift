// Tagged JSON to values, from text and from trees (spec values.md 3, 4).

internal import Primitives
public import Wire

extension ValueJSON {
    // MARK: From text

    /// The value of a whole text.
    public static func decode(_ bytes: [UInt8]) throws(ValueJSONError) -> Value {
        var reader = JSONReader(bytes)
        let value = try decode(from: &reader)
        try reader.end()
        return value
    }

    /// The value that comes next in a text.
    public static func decode(from reader: inout JSONReader) throws(ValueJSONError) -> Value {
        try decode(from: &reader, depth: 0)
    }

    private static func decode(from reader: inout JSONReader, depth: Int) throws(ValueJSONError) -> Value {
        switch try reader.kind() {
        case .object: break
        case .string:
            let text = try reader.text()
            guard ValueTag(rawValue: text) == nil else { throw .bareTag }
            throw .unknownTag(text, line: reader.position.line, column: reader.position.column)
        default:
            // The error's place is the first byte of the value.
            throw .expectedValue(line: reader.position.line, column: reader.position.column + 1)
        }
        try reader.enterObject()
        guard let name = try reader.name() else {
            throw .expectedValue(line: reader.position.line, column: reader.position.column)
        }
        guard let tag = ValueTag(rawValue: name) else {
            // The reader stands behind the colon, the name ends before it.
            throw .unknownTag(name, line: reader.position.line, column: reader.position.column - 1)
        }
        let value = try payload(of: tag, from: &reader, depth: depth)
        // A bookmark costs nothing; its position counts lines from the begin of the text, so only an error asks for it.
        let bookmark = reader
        guard try reader.name() == nil else {
            throw .expectedValue(line: bookmark.position.line, column: bookmark.position.column)
        }
        return value
    }

    private static func payload(
        of tag: ValueTag, from reader: inout JSONReader, depth: Int
    ) throws(ValueJSONError) -> Value {
        switch tag {
        case .null:
            guard try reader.kind() == .number else {
                throw .json(reader.mismatch(expected: "u64"))
            }
            let number = try reader.number()
            let bookmark = reader
            return try null(number, at: bookmark.position)
        case .bool: return .bool(try reader.bool())
        case .array:
            guard depth < Limits.valueDepthMax else { throw .tooDeep }
            var elements: [Value] = []
            try reader.enterArray()
            while try reader.hasElement() {
                elements.append(try decode(from: &reader, depth: depth + 1))
            }
            return .array(elements)
        case .map:
            guard depth < Limits.valueDepthMax else { throw .tooDeep }
            var map = ValueMap()
            try reader.enterObject()
            while let name = try reader.name() {
                map[name] = try decode(from: &reader, depth: depth + 1)
            }
            return .map(map)
        default: return try tag.value(of: try reader.text())
        }
    }

    // MARK: From a tree

    /// The value of a tree.
    public static func decode(_ tree: JSONValue) throws(ValueJSONError) -> Value {
        try decode(tree, depth: 0)
    }

    private static func decode(_ tree: JSONValue, depth: Int) throws(ValueJSONError) -> Value {
        switch tree {
        case .object(let object):
            guard object.count == 1, let member = object.entries.first else { throw .notSingle }
            guard let tag = ValueTag(rawValue: member.key) else { throw .unknownTagInTree(member.key) }
            return try payload(of: tag, in: member.value, depth: depth) { element throws(ValueJSONError) in
                try decode(element, depth: depth + 1)
            }
        case .string(let text):
            guard ValueTag(rawValue: text) == nil else { throw .bareTag }
            throw .unknownTagInTree(text)
        default: throw .notTagged(tree.quoted)
        }
    }

    /// The value of a tag with its payload; `element` reads what is inside of arrays and maps.
    static func payload(
        of tag: ValueTag, in tree: JSONValue, depth: Int,
        element: (JSONValue) throws(ValueJSONError) -> Value
    ) throws(ValueJSONError) -> Value {
        switch (tag, tree) {
        case (.null, .number(let number)): return try null(number, at: nil)
        case (.null, _): throw .json(.unexpected(tree, expected: "u64"))
        case (.bool, .bool(let bool)): return .bool(bool)
        case (.bool, _): throw .json(.unexpected(tree, expected: "a boolean"))
        case (.array, .array(let trees)):
            guard depth < Limits.valueDepthMax else { throw .tooDeep }
            var elements: [Value] = []
            elements.reserveCapacity(trees.count)
            for tree in trees { elements.append(try element(tree)) }
            return .array(elements)
        case (.array, _): throw .json(.unexpected(tree, expected: "array"))
        case (.map, .object(let object)):
            guard depth < Limits.valueDepthMax else { throw .tooDeep }
            var map = ValueMap()
            for (name, tree) in object.entries { map[name] = try element(tree) }
            return .map(map)
        case (.map, _): throw .json(.unexpected(tree, expected: "map"))
        case (_, .string(let text)): return try tag.value(of: text)
        default: throw .json(.unexpected(tree, expected: "a string"))
        }
    }

    // MARK: Both

    private static func null(
        _ number: JSONNumber, at position: @autoclosure () -> JSONPosition?
    ) throws(ValueJSONError) -> Value {
        guard number.integer(UInt64.self) != nil, number.literal.utf8.first != UInt8(ascii: "-") else {
            let found = JSONValue.number(number).quoted
            throw .json(
                JSONError(
                    number.isInteger
                        ? .invalidValue(found: found, expected: "u64")
                        : .invalidType(found: found, expected: "u64"), at: position()))
        }
        guard number.literal == "0" else { throw .nullNotZero(number.literal) }
        return .null
    }
}
