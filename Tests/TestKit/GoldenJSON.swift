// JSON as golden exchanges compare it: read by another reader than the server's own, by meaning, with holes.

import Foundation

/// A JSON value as Foundation reads it. Equal means the same to every reader: the order of members does not count,
/// nor how a number is written.
enum GoldenJSON: Equatable, Sendable, Decodable, CustomStringConvertible {
    case null
    case bool(Bool)
    case number(Decimal)
    case string(String)
    case array([GoldenJSON])
    case object([String: GoldenJSON])
    /// A place in a template that is not inside of a text.
    case hole(String)

    /// Marks the text that stands for a hole outside of texts; no JSON text has a raw control character.
    private static let holeMark: Character = "\u{1}"

    init(_ text: String) throws {
        self = try JSONDecoder().decode(GoldenJSON.self, from: Data(text.utf8))
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
        self = try GoldenJSON(text)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let text = try? container.decode(String.self) {
            self = text.first == GoldenJSON.holeMark ? .hole(String(text.dropFirst())) : .string(text)
        } else if let number = try? container.decode(Decimal.self) {
            self = .number(number)
        } else if let elements = try? container.decode([GoldenJSON].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: GoldenJSON].self))
        }
    }

    /// The value as it can stand in a sent text: a string without its quotation marks.
    var bare: String {
        if case .string(let text) = self { text } else { description }
    }

    var description: String {
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
