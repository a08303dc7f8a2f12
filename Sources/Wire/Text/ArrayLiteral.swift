// The text form in which databases write an array. Pure; untrusted text goes in.

/// Reads one-dimensional arrays as SQL databases write them: `{a,"b \"c\"",NULL}`.
///
/// Clients of tables write lists so, and old exports hold the nodes and edges of flows so, each an element of JSON.
public enum ArrayLiteral {
    /// Why a text is not read.
    public enum Failure: Error, Hashable, Sendable {
        case malformed, tooLong
    }

    /// The elements, nil for `NULL`. Blanks around them do not count.
    ///
    /// - Parameter max: how many elements are read at most.
    public static func elements(of text: String, max: Int) throws(Failure) -> [String?] {
        var rest = Array(text.utf8)[...]
        guard rest.popFirst() == UInt8(ascii: "{"), rest.popLast() == UInt8(ascii: "}") else {
            throw .malformed
        }
        guard rest.contains(where: { $0 != UInt8(ascii: " ") }) else { return [] }
        var elements: [String?] = []
        while true {
            rest = rest.drop { $0 == UInt8(ascii: " ") }
            elements.append(rest.first == UInt8(ascii: "\"") ? try quoted(&rest) : try plain(&rest))
            guard elements.count <= max else { throw .tooLong }
            guard let mark = rest.popFirst() else { return elements }
            guard mark == UInt8(ascii: ",") else { throw .malformed }
        }
    }

    /// An element without quotation marks, up to the next comma or the end.
    private static func plain(_ rest: inout ArraySlice<UInt8>) throws(Failure) -> String? {
        var bytes: [UInt8] = []
        // Blanks at the end of an element do not count, unless a backslash stands in front.
        var end = 0
        var isEscaped = false
        while let byte = rest.first, byte != UInt8(ascii: ",") {
            rest.removeFirst()
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { throw .malformed }
                bytes.append(escaped)
                isEscaped = true
                end = bytes.count
            case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\""): throw .malformed
            default:
                bytes.append(byte)
                if byte != UInt8(ascii: " ") { end = bytes.count }
            }
        }
        guard end > 0 else { throw .malformed }
        let text = String(decoding: bytes[..<end], as: UTF8.self)
        return !isEscaped && text.uppercased() == "NULL" ? nil : text
    }

    private static func quoted(_ rest: inout ArraySlice<UInt8>) throws(Failure) -> String {
        rest.removeFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                rest = rest.drop { $0 == UInt8(ascii: " ") }
                return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { throw .malformed }
                bytes.append(escaped)
            default: bytes.append(byte)
            }
        }
        throw .malformed
    }
}
