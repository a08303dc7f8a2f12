// Places inside of a value: the two path notations (spec values.md 8).

/// Names and positions that lead from a value to one inside of it.
public struct ValuePath: Hashable, Sendable {
    /// Names of map entries or positions in arrays, outermost first; empty for the value itself.
    public let segments: [String]

    /// The path of these segments.
    public init(_ segments: [String]) {
        self.segments = segments
    }

    /// Reads a JSON Pointer (RFC 6901) whose first `/` may be missing. Nil if a `~` stands before anything
    /// but `0` or `1`.
    public init?(pointer text: String) {
        guard !text.isEmpty else {
            self.init([])
            return
        }
        let path = text.utf8.first == UInt8(ascii: "/") ? text.dropFirst() : text[...]
        var segments: [String] = []
        for part in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let segment = ValuePath.unescaped(part) else { return nil }
            segments.append(segment)
        }
        self.init(segments)
    }

    /// Reads names separated by points, without any escape; an empty text means the value itself.
    public init(dotted text: String) {
        guard !text.isEmpty else {
            self.init([])
            return
        }
        self.init(
            text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) })
    }

    private static func unescaped(_ part: Substring.UTF8View) -> String? {
        guard part.contains(UInt8(ascii: "~")) else { return String(decoding: part, as: UTF8.self) }
        var result: [UInt8] = []
        var isEscaped = false
        for byte in part {
            if isEscaped {
                switch byte {
                case UInt8(ascii: "0"): result.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): result.append(UInt8(ascii: "/"))
                default: return nil
                }
                isEscaped = false
            } else if byte == UInt8(ascii: "~") {
                isEscaped = true
            } else {
                result.append(byte)
            }
        }
        return isEscaped ? nil : String(decoding: result, as: UTF8.self)
    }

    /// The position that a segment means in an array: digits without a leading zero, perhaps after a `+`.
    static func position(_ segment: String) -> Int? {
        let digits = segment.utf8.first == UInt8(ascii: "+") ? segment.utf8.dropFirst() : segment.utf8[...]
        guard let first = digits.first, first != UInt8(ascii: "0") || segment == "0",
            first >= UInt8(ascii: "0"), first <= UInt8(ascii: "9")
        else { return nil }
        return Int(segment)
    }
}
