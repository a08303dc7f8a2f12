// What can be wrong with a value from outside, in the words that clients know (spec values.md 3.9, 4).

public import Wire

/// JSON that is not the tagged form of a value.
///
/// `description` is the text clients are shown; what it quotes is cut to `Limits.quotedInputBytesMax`. Rules
/// about the shape name a place when the value came from text, rules about a payload's content do not.
public enum ValueJSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text is no JSON, or a payload has the wrong JSON type.
    case json(JSONError)
    /// There is no object where a value must be, or it has no member or more than one.
    case expectedValue(line: Int, column: Int)
    /// The member's name is no tag.
    case unknownTag(String, line: Int, column: Int)
    /// A tag without its payload.
    case bareTag
    /// In a tree: something that is no object.
    case notTagged(String)
    /// In a tree: an object without a member or with more than one.
    case notSingle
    /// In a tree: the member's name is no tag.
    case unknownTagInTree(String)
    /// The payload of `N` is another integer than 0.
    case nullNotZero(String)
    /// A text that is no number of its kind, or out of the kind's range.
    case invalidNumber(String)
    /// A plain number beyond every double.
    case numberOutOfRange
    /// Not Base58, or not of 32 or 64 bytes.
    case invalidBase58
    /// Not Base64.
    case invalidBase64
    /// Arrays and maps inside each other beyond `Limits.valueDepthMax`.
    case tooDeep

    public var description: String {
        switch self {
        case .json(let error): error.description
        case .expectedValue(let line, let column): "expected value at line \(line) column \(column)"
        case .unknownTag(let tag, let line, let column):
            "\(ValueJSONError.unknownTagInTree(tag)) at line \(line) column \(column)"
        case .bareTag: "invalid type: unit variant, expected newtype variant"
        case .notTagged(let found): "invalid type: \(found), expected string or map"
        case .notSingle: "invalid value: map, expected map with a single key"
        case .unknownTagInTree(let tag):
            "invalid value: string \(tag.quotedForErrors), expected one of valid keys"
        case .nullNotZero(let literal): "invalid value: integer `\(literal.shortenedForErrors)`, expected 0"
        case .invalidNumber(let text): "invalid number: \(text.shortenedForErrors)"
        case .numberOutOfRange: "number out of range"
        case .invalidBase58: "invalid base58"
        case .invalidBase64: "invalid base64"
        case .tooDeep: "recursion limit exceeded"
        }
    }
}
