// Values on their way to the database: read from a query or a body, each of the type of its column. They become bound
// parameters only.

public import Primitives
internal import Wire

/// A value of a column's type.
public enum TableValue: Hashable, Sendable {
    case null
    /// For integer columns of both widths; within the range of the column.
    case integer(Int64)
    case bool(Bool)
    /// Without NUL, which no text in the database can hold.
    case text(String)
    case uuid(UniqueID)
    /// A moment as text, which the database reads.
    case time(String)
    /// JSON text.
    case json([UInt8])
}

extension TableColumn {
    /// Reads a member of a body; the caller handles null.
    func read(_ tree: JSONValue) throws(TableError) -> TableValue {
        do throws(TableError) { return try type.read(tree) } catch { throw error.of(self) }
    }
}

extension TableField {
    /// Reads the text of a filter.
    func read(_ text: String) throws(TableError) -> TableValue {
        do throws(TableError) { return try type.read(text) } catch { throw error.of(column) }
    }

    /// Reads an element of a list.
    func read(utf8 text: ArraySlice<UInt8>) throws(TableError) -> TableValue {
        if type == .uuid || type.namesFlow, let id = UniqueID(utf8: text) { return .uuid(id) }
        return try read(String(decoding: text, as: UTF8.self))
    }

    /// Reads the elements of an array as the database writes it.
    func readArray(_ text: String) throws(TableError) -> [String?] {
        do throws(TableError) { return try TableText.array(text) } catch { throw error.of(column) }
    }
}

extension TableColumnType {
    fileprivate func read(_ text: String) throws(TableError) -> TableValue {
        switch self {
        case .integer:
            guard let value = Int32(text) else { throw .invalidText(self) }
            return .integer(Int64(value))
        case .flow, .flowUUID:
            if let id = UniqueID(text) { return .uuid(id) }
            guard let number = Int32(text) else { throw .invalidText(self) }
            return .integer(Int64(number))
        case .bigint:
            guard let value = Int64(text) else { throw .invalidText(self) }
            return .integer(value)
        case .bool:
            guard let value = TableValue.bool(of: text) else { throw .invalidText(self) }
            return .bool(value)
        case .uuid:
            guard let value = UniqueID(text) else { throw .invalidText(self) }
            return .uuid(value)
        case .text: return .text(try TableValue.withoutNUL(text))
        case .list where text.utf8.first == UInt8(ascii: "{"):
            let elements = try TableText.array(TableValue.withoutNUL(text)).map {
                $0.map { JSONValue.string($0) } ?? .null
            }
            return .json(JSONValue.array(elements).encoded)
        case .time: return .time(try TableValue.withoutNUL(text))
        case .json, .list:
            guard let tree = try? JSONValue.parse(text), self == .json || tree.array != nil else {
                throw .invalidText(self)
            }
            return .json(tree.encoded)
        }
    }

    fileprivate func read(_ tree: JSONValue) throws(TableError) -> TableValue {
        switch (self, tree) {
        case (_, .null): return .null
        case (.json, _), (.list, .array): return .json(tree.encoded)
        case (.bool, .bool(let value)): return .bool(value)
        case (.integer, .number(let number)), (.bigint, .number(let number)), (.flow, .number(let number)),
            (.flowUUID, .number(let number)):
            return try read(number.literal)
        // Other types travel as text. Numbers may do so as well, because JavaScript cannot hold large ones.
        case (.bool, .string(let text)), (.integer, .string(let text)), (.bigint, .string(let text)),
            (.uuid, .string(let text)), (.text, .string(let text)), (.time, .string(let text)),
            (.flow, .string(let text)), (.flowUUID, .string(let text)):
            return try read(text)
        default: throw .invalidText(self)
        }
    }
}

extension TableValue {
    /// No text in the database can hold it.
    fileprivate static func withoutNUL(_ text: String) throws(TableError) -> String {
        guard !text.utf8.contains(0) else { throw nul }
        return text
    }

    private static let nul = TableError(.badRequest, "22021", "a text must not contain NUL")

    /// The words that the database takes for truth values.
    fileprivate static func bool(of text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "t", "yes", "y", "on", "1": true
        case "false", "f", "no", "n", "off", "0": false
        default: nil
        }
    }
}
