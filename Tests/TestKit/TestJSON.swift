// JSON as tests look at it: read by another reader than the server's own and compared by meaning. Golden exchanges
// use it with holes.

import Foundation

/// A JSON value as Foundation reads it. Equal means the same to every reader: the order of members does not count,
/// nor how a number is written.
public enum TestJSON: Equatable, Sendable, Decodable, CustomStringConvertible {
    case null
    case bool(Bool)
    case number(Decimal)
    case string(String)
    case array([TestJSON])
    case object([String: TestJSON])
    /// A place in a template that is not inside of a text.
    case hole(String)

    /// Marks the text that stands for a hole outside of texts; no JSON text has a raw control character.
    private static let holeMark: Character = "\u{1}"

    /// Reads a whole text.
    public init(_ text: String) throws {
        self = try JSONDecoder().decode(TestJSON.self, from: Data(text.utf8))
    }

    /// A template: JSON in which `<name>` may stand for any value.
    init(template: String) throws {
        var text = ""
        var isInString = false
        var isEscaped = false
        for character in template {
            switch character {
            case "<" where !isInString: text += "\"\\u0001"
            case ">" where !isInString: text += "\""
            default:
                if character == "\"", !isEscaped { isInString.toggle() }
                isEscaped = isInString && character == "\\" && !isEscaped
                text.append(character)
            }
        }
        self = try TestJSON(text)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let text = try? container.decode(String.self) {
            self = text.first == TestJSON.holeMark ? .hole(String(text.dropFirst())) : .string(text)
        } else if let number = try? container.decode(Decimal.self) {
            self = .number(number)
        } else if let elements = try? container.decode([TestJSON].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: TestJSON].self))
        }
    }

    /// The member of this name, if this is an object that has one.
    public subscript(key: String) -> TestJSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    /// The text, if this is a string.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The integer, if this is a number and one.
    public var integer: Int? {
        guard case .number(let number) = self, let integer = Int("\(number)") else { return nil }
        return integer
    }

    /// The elements, if this is an array.
    public var array: [TestJSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members, if this is an object.
    public var object: [String: TestJSON]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The value as it can stand in a sent text: a string without its quotation marks.
    var bare: String {
        if case .string(let text) = self { text } else { description }
    }

    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let number): "\(number)"
        case .string(let text): text.debugDescription
        case .array(let elements): "[" + elements.map(\.description).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { "\($0.key.debugDescription):\($0.value)" }
                .joined(separator: ",") + "}"
        case .hole(let name): "<\(name)>"
        }
    }
}
