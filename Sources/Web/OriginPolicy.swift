// Which web pages may talk to this server (CORS), and what is added to answers for them.

internal import Dialect
internal import Wire

/// The allowed origins (spec http-and-websocket 2.2). Applies to every route and to WebSocket upgrades.
public struct OriginPolicy: Sendable {
    private let patterns: [String]
    private let allowsAll: Bool
    private let names: ServedNames

    /// - Parameters:
    ///   - origins: exact origins, patterns in which `*` stands for ASCII letters and digits, or `*` alone for all.
    ///   - publicURL: scheme and authority that callers use, perhaps with a path; nil if that is not known. Its origin
    ///     is allowed, too.
    public init(_ origins: [String], publicURL: String? = nil) {
        allowsAll = origins == ["*"]
        let own = publicURL.map { [OriginPolicy.origin(of: $0)] } ?? []
        patterns = (origins + own).map { $0.lowercased() }
        names = ServedNames(of: patterns)
    }

    /// Why the page that asks, if it is one, may not talk to the server; nil if it may.
    ///
    /// A page from the server itself may: its origin is the authority that the request was sent to. But anybody can let
    /// a name of their own lead to this server when the page has been loaded (DNS rebinding), and then their page looks
    /// like one from here. So the name must be one that this server is known by. Browsers send no origin with reads of a
    /// page's own server, but other headers that tell of the page.
    func refusal(of request: HTTPRequest) -> Refusal? {
        guard !allowsAll else { return nil }
        let host = request.headers["host"]?.lowercased() ?? ""
        guard let origin = request.headers["origin"]?.lowercased() else {
            return OriginPolicy.isFromOwnPage(request, host) && !names.contains(host) ? .unknownName : nil
        }
        let text = Array(origin.utf8)[...]
        if patterns.contains(where: { OriginPolicy.matches(text, Array($0.utf8)[...]) }) { return nil }
        guard origin == "http://\(host)" || origin == "https://\(host)" else { return .foreignOrigin }
        return names.contains(host) ? nil : .unknownName
    }

    /// True if a browser says that a page from this host asks.
    private static func isFromOwnPage(_ request: HTTPRequest, _ host: String) -> Bool {
        if request.headers["sec-fetch-site"]?.lowercased() == "same-origin" { return true }
        guard let page = request.headers["referer"]?.lowercased() else { return false }
        return ["http://\(host)", "https://\(host)"].contains(origin(of: page))
    }

    /// A URL without what stands behind its authority.
    private static func origin(of url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        return String(url[..<scheme.upperBound] + url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" })
    }

    /// Both ends of a pattern are anchored (spec 7.5).
    private static func matches(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        guard first == UInt8(ascii: "*") else {
            return text.first == first && matches(text.dropFirst(), pattern.dropFirst())
        }
        var rest = text
        while true {
            if matches(rest, pattern.dropFirst()) { return true }
            guard let byte = rest.first, isLetterOrDigit(byte) else { return false }
            rest = rest.dropFirst()
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte) || (65...90).contains(byte)
    }

    /// The answer to a preflight, or nil if the request is none.
    static func preflight(_ request: HTTPRequest) -> HTTPResponse? {
        guard request.method == .options, request.headers["origin"] != nil,
            request.headers["access-control-request-method"] != nil
        else { return nil }
        var response = HTTPResponse(.ok)
        response.headers.add(
            "Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, CONNECT, TRACE")
        if let headers = request.headers["access-control-request-headers"] {
            response.headers.add("Access-Control-Allow-Headers", headers)
        }
        return response
    }

    /// Adds what a browser must see. `origin` has been admitted.
    static func mark(_ response: inout HTTPResponse, for origin: String?) {
        guard let origin else { return }
        response.headers.add("Access-Control-Allow-Origin", origin)
        response.headers.add("Access-Control-Allow-Credentials", "true")
        response.headers.add(
            "Access-Control-Expose-Headers",
            "ETag, Cache-Control, Last-Modified, Content-Range, Preference-Applied")
        response.headers.add(
            "Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
    }
}
