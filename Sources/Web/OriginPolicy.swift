// Which web pages may talk to this server (CORS), and what is added to answers for them.

internal import Wire

/// The allowed origins (spec http-and-websocket 2.2). Applies to every route and to WebSocket upgrades.
public struct OriginPolicy: Sendable {
    private let patterns: [String]
    private let allowsAll: Bool

    /// - Parameter origins: exact origins, patterns in which `*` stands for ASCII letters and digits, or `*` alone
    ///   for all.
    public init(_ origins: [String]) {
        allowsAll = origins == ["*"]
        patterns = origins.map { $0.lowercased() }
    }

    /// True if the page that asks, if it is one, may talk to the server. A page from the server itself always may: its
    /// origin is the authority that the request was sent to.
    func admits(_ request: HTTPRequest) -> Bool {
        guard let origin = request.headers["origin"]?.lowercased(), !allowsAll else { return true }
        if let host = request.headers["host"]?.lowercased(),
            origin == "http://\(host)" || origin == "https://\(host)"
        {
            return true
        }
        return patterns.contains { OriginPolicy.matches(Array(origin.utf8)[...], Array($0.utf8)[...]) }
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
