// What a request asks for: path and query, decoded exactly once. Pure value.

internal import Primitives

/// The target of a request (RFC 9112 section 3.2), split and decoded.
///
/// Several slashes in a row count as one: clients join an address that ends in a slash and a path that begins with one.
/// An escaped slash stays inside its segment, so `/a%2Fb` has one segment. Segments `.` and `..` have no meaning here
/// and stay as they are, because no path leads to a file system.
public struct HTTPTarget: Hashable, Sendable {
    /// One `name=value` of the query; the value is empty without `=`.
    public struct QueryItem: Hashable, Sendable {
        public let name: String
        public let value: String
    }

    /// The path as it was sent, without the query and without repeated slashes; `*` for a question about the server as a whole.
    public let path: String
    /// The decoded parts between the slashes: none for `/`, an empty last one for a path that ends in a slash.
    public let segments: [String]
    /// The decoded items of the query in order, `+` read as a space.
    public let query: [QueryItem]

    /// The value of the first query item of this name.
    public func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// Reads a target from text, for requests that are made here.
    public init?(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    /// Reads a target as it stands in the request line. Nil for what is not one: characters that must be
    /// escaped, escapes that are not two digits, text that is not UTF-8, a fragment.
    public init?(_ text: ArraySlice<UInt8>) {
        guard text.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else { return nil }
        if text.elementsEqual("*".utf8) {
            path = "*"
            segments = []
            query = []
            return
        }
        guard let origin = HTTPTarget.withoutAuthority(text) else { return nil }
        let mark = origin.firstIndex(of: UInt8(ascii: "?"))
        let rawPath = HTTPTarget.withoutRepeatedSlashes(origin[..<(mark ?? origin.endIndex)])
        path = String(decoding: rawPath, as: UTF8.self)
        guard let segments = HTTPTarget.segments(rawPath),
            let query = mark.map({ HTTPTarget.items(origin[($0 + 1)...]) }) ?? []
        else { return nil }
        self.segments = segments
        self.query = query
    }

    /// The target from its path on. Proxies send whole addresses, which a server must take (RFC 9112 section
    /// 3.2.2); the authority in them says nothing that the connection does not say.
    private static func withoutAuthority(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        if text.first == UInt8(ascii: "/") { return text }
        for scheme in ["http://", "https://"] {
            guard text.count > scheme.utf8.count,
                zip(text, scheme.utf8).allSatisfy({ ASCII.lowercase($0) == $1 })
            else { continue }
            let rest = text.dropFirst(scheme.utf8.count)
            guard
                let end = rest.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") })
            else { return [UInt8(ascii: "/")] }
            guard end > rest.startIndex else { return nil }
            let tail = rest[end...]
            return tail.first == UInt8(ascii: "/") ? tail : [UInt8(ascii: "/")] + tail
        }
        return nil
    }

    private static func withoutRepeatedSlashes(_ path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let slash = UInt8(ascii: "/")
        var previous = UInt8(0)
        let isSingle = path.allSatisfy { byte in
            defer { previous = byte }
            return byte != slash || previous != slash
        }
        guard !isSingle else { return path }
        var single: [UInt8] = []
        for byte in path where byte != slash || single.last != slash { single.append(byte) }
        return single[...]
    }

    private static func segments(_ path: ArraySlice<UInt8>) -> [String]? {
        guard path.count > 1 else { return [] }
        var segments: [String] = []
        for piece in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let segment = decode(piece, plusIsSpace: false) else { return nil }
            segments.append(segment)
        }
        return segments
    }

    private static func items(_ query: ArraySlice<UInt8>) -> [QueryItem]? {
        var items: [QueryItem] = []
        var rest = query
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "&")) ?? rest.endIndex
            let piece = rest[..<end]
            rest = rest[end...].dropFirst()
            guard !piece.isEmpty else { continue }
            let mark = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
            guard let name = decode(piece[..<mark], plusIsSpace: true),
                let value = decode(piece[mark...].dropFirst(), plusIsSpace: true)
            else { return nil }
            items.append(QueryItem(name: name, value: value))
        }
        return items
    }

    private static func decode(_ text: ArraySlice<UInt8>, plusIsSpace: Bool) -> String? {
        guard text.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(decoding: text, as: UTF8.self)
        }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: "%") {
                guard text.endIndex - index >= 2, let high = Hexadecimal.value(of: text[index]),
                    let low = Hexadecimal.value(of: text[index + 1])
                else { return nil }
                decoded.append(high << 4 | low)
                index += 2
            } else {
                decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return UTF8Validator.text(decoded[...])
    }
}
