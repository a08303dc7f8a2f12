// The tag by which a client asks whether it still has what there is.

/// The tag of a representation (RFC 9110 section 8.8.3): a strong one, of printable ASCII without quotation marks.
public struct EntityTag: Hashable, Sendable {
    private let opaque: String

    /// - Precondition: every character may stand in a tag.
    public init(_ opaque: String) {
        precondition(opaque.utf8.allSatisfy { EntityTag.mayStand($0) }, "a tag of printable ASCII")
        self.opaque = opaque
    }

    /// The tag as fields have it, in quotation marks.
    public var text: String { "\"\(opaque)\"" }

    /// Whether `If-None-Match` names this tag, so that 304 answers a GET or HEAD (RFC 9110 section 13.1.2): by `*`, or
    /// in a list, where weak and strong tags count alike.
    public func isKnown(to request: HTTPRequest) -> Bool {
        request.headers.values(of: "if-none-match").contains { EntityTag.list($0, contains: opaque) }
    }

    /// Reads as far as the text is a list of tags. A comma may be a part of a tag.
    private static func list(_ text: String, contains opaque: String) -> Bool {
        var rest = text.utf8[...]
        if ASCII.trim(rest) == "*" { return true }
        while true {
            rest = rest.drop { ASCII.isSpace($0) || $0 == UInt8(ascii: ",") }
            if rest.starts(with: "W/".utf8) { rest = rest.dropFirst(2) }
            guard rest.popFirst() == UInt8(ascii: "\"") else { return false }
            let tag = rest.prefix { mayStand($0) }
            rest = rest[tag.endIndex...]
            guard rest.popFirst() == UInt8(ascii: "\"") else { return false }
            if tag.elementsEqual(opaque.utf8) { return true }
            rest = rest.drop { ASCII.isSpace($0) }
            guard rest.first == UInt8(ascii: ",") else { return false }
        }
    }

    private static func mayStand(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != UInt8(ascii: "\"") && byte != 0x7F
    }
}
