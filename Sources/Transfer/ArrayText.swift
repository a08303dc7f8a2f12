// The text form in which Postgres writes an array. Pure; untrusted text goes in.

/// Reads one-dimensional arrays as Postgres writes them (PostgreSQL documentation, section 8.15.6): `{a,"b \"c\"",NULL}`.
/// Old exports hold the nodes and edges of flows so, each an element of JSON.
enum ArrayText {
    /// The elements, nil for `NULL`; nil if the text is no such array.
    static func elements(of text: String) -> [String?]? {
        var rest = text.utf8[...]
        guard rest.popFirst() == UInt8(ascii: "{"), rest.popLast() == UInt8(ascii: "}") else { return nil }
        guard !rest.isEmpty else { return [] }
        var elements: [String?] = []
        while true {
            guard let element = element(&rest) else { return nil }
            elements.append(element)
            guard let mark = rest.popFirst() else { return elements }
            guard mark == UInt8(ascii: ",") else { return nil }
        }
    }

    /// The next element; nil if there is none, and nil inside for `NULL`.
    private static func element(_ rest: inout Substring.UTF8View) -> String?? {
        if rest.first == UInt8(ascii: "\"") { return quoted(&rest).map { .some($0) } }
        let plain = rest.prefix { $0 != UInt8(ascii: ",") }
        rest = rest[plain.endIndex...]
        guard !plain.isEmpty, !plain.contains(where: { "{}\"\\".utf8.contains($0) }) else { return nil }
        let text = String(Substring(plain))
        return .some(text.uppercased() == "NULL" ? nil : text)
    }

    private static func quoted(_ rest: inout Substring.UTF8View) -> String? {
        rest.removeFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                bytes.append(escaped)
            default: bytes.append(byte)
            }
        }
        return nil
    }
}
