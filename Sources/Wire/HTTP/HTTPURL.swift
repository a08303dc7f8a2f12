// Addresses of other servers' resources. Pure value.

internal import Primitives

/// An absolute `http` or `https` URL (RFC 3986), without its fragment.
///
/// Reading is forgiving where that is harmless: characters that need escapes get them, blanks around the text are
/// dropped, `.` and `..` are resolved. It is strict about the authority, because that decides where a request goes.
public struct HTTPURL: Hashable, Sendable {
    /// The schemes that are read; any other is refused.
    public enum Scheme: String, Sendable {
        case http, https

        /// The port of a URL that names none.
        public var port: UInt16 { self == .http ? 80 : 443 }
    }

    /// A user and a password before the host, decoded.
    public struct Credentials: Hashable, Sendable {
        public let user: String
        public let password: String
    }

    public let scheme: Scheme
    public var credentials: Credentials?
    /// A name or an address, in lower case; an IPv6 address without its brackets.
    public let host: String
    public let port: UInt16
    /// As it is sent, beginning with a slash.
    public let path: String
    /// As it is sent, without the question mark.
    public private(set) var query: String?

    /// Reads an absolute URL.
    public init(_ text: String) throws(HTTPURLError) {
        guard text.utf8.count <= Limits.urlBytesMax else { throw .tooLong }
        // Some readers take a backslash for a slash, and would see another host.
        guard !text.utf8.prefix(while: { $0 != UInt8(ascii: "?") }).contains(UInt8(ascii: "\\")) else {
            throw .backslash
        }
        // With everything beyond ASCII escaped, characters and bytes are the same below.
        let text = PercentEncoding.visible(ASCII.trim(text[...].utf8))[...]
        guard let (name, rest) = HTTPURL.splitScheme(text) else { throw .notAbsolute }
        guard let scheme = Scheme(rawValue: name) else { throw .schemeNotSupported }
        guard rest.hasPrefix("//") else { throw .hostMissing }
        let afterSlashes = rest.dropFirst(2)
        let end = afterSlashes.firstIndex { "/?#".contains($0) } ?? afterSlashes.endIndex
        let authority = try Authority(afterSlashes[..<end])
        self.scheme = scheme
        self.credentials = authority.credentials
        self.host = authority.host
        self.port = authority.port ?? scheme.port
        (path, query) = HTTPURL.splitPath(afterSlashes[end...])
    }

    private init(of base: HTTPURL, path: String, query: String?) {
        scheme = base.scheme
        credentials = base.credentials
        host = base.host
        port = base.port
        self.path = path
        self.query = query
    }

    /// The URL of a reference in the answer to this URL (RFC 3986 section 5.2), such as the value of a Location field.
    public func resolving(_ reference: String) throws(HTTPURLError) -> HTTPURL {
        guard reference.utf8.count <= Limits.urlBytesMax else { throw .tooLong }
        let text = PercentEncoding.visible(ASCII.trim(reference[...].utf8))[...]
        if HTTPURL.splitScheme(text) != nil { return try HTTPURL(String(text)) }
        if text.hasPrefix("//") { return try HTTPURL("\(scheme.rawValue):\(text)") }
        if text.hasPrefix("/") {
            let (path, query) = HTTPURL.splitPath(text)
            return HTTPURL(of: self, path: path, query: query)
        }
        guard let first = text.first, first != "#" else { return self }
        if first == "?" {
            return HTTPURL(of: self, path: path, query: HTTPURL.splitPath(text).query)
        }
        let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        let (path, query) = HTTPURL.splitPath(folder + text)
        return HTTPURL(of: self, path: path, query: query)
    }

    /// True if scheme, host and port are the same.
    public func hasSameOrigin(as other: HTTPURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// The value of a Host field: the port only if it is not the scheme's own.
    public var authority: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == scheme.port ? host : "\(host):\(port)"
    }

    /// What a request line asks for.
    public var target: String { query.map { "\(path)?\($0)" } ?? path }

    /// The URL without credentials.
    public var text: String { "\(scheme.rawValue)://\(authority)\(target)" }

    /// Adds an item to the query, escaped as forms are.
    ///
    /// - Throws: `tooLong` if the URL grew beyond what can be read. So adding any number of items takes a bounded time.
    public mutating func addQueryItem(_ name: String, _ value: String) throws(HTTPURLError) {
        let room = Limits.urlBytesMax - (query?.utf8.count ?? 0)
        guard name.utf8.count < room, value.utf8.count < room else { throw .tooLong }
        let item = "\(PercentEncoding.form(name))=\(PercentEncoding.form(value))"
        query = query.flatMap { $0.isEmpty ? nil : "\($0)&\(item)" } ?? item
    }

    /// `name:` in front of something, in lower case, if there is one.
    private static func splitScheme(_ text: Substring) -> (name: String, rest: Substring)? {
        let name = text.utf8.prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: false
            }
        }
        guard let first = name.first, first > 0x39, name.endIndex < text.endIndex,
            text.utf8[name.endIndex] == UInt8(ascii: ":")
        else { return nil }
        return (Substring(name).lowercased(), text[text.utf8.index(after: name.endIndex)...])
    }

    /// Path and query of what follows the authority, without dots and without the fragment.
    private static func splitPath(_ text: Substring) -> (path: String, query: String?) {
        let text = text.prefix { $0 != "#" }
        let path = text.prefix { $0 != "?" }
        let query = path.endIndex < text.endIndex ? text[text.index(after: path.endIndex)...] : nil
        return (withoutDots(path), query.map(String.init))
    }

    /// RFC 3986 section 5.2.4.
    private static func withoutDots(_ path: Substring) -> String {
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (number, segment) in segments.enumerated() {
            let isLast = number == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }
}
