// A request as the routes see it. Pure value.

/// One HTTP request, decoded.
public struct HTTPRequest: Sendable {
    public var method: HTTPMethod
    public var target: HTTPTarget
    public var version: HTTPVersion
    public var headers: HTTPHeaders
    /// The content; empty if there is none, and in a head whose content has not come yet.
    public var body: [UInt8] = []
    /// True if the client lets the connection go on after the answer (RFC 9112 section 9.3).
    public var keepAlive = true

    /// A request; the decoder makes those that came from outside.
    public init(
        method: HTTPMethod, target: HTTPTarget, version: HTTPVersion = .http11, headers: HTTPHeaders = [:],
        body: [UInt8] = [], keepAlive: Bool = true
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        self.body = body
        self.keepAlive = keepAlive
    }

    /// The request without its content.
    public var head: HTTPRequest {
        var head = self
        head.body = []
        return head
    }

    /// The type of the content in lower case, without parameters; nil if the client does not say.
    public var mediaType: String? {
        guard let value = headers["content-type"] else { return nil }
        return ASCII.trim(value[...].utf8.prefix { $0 != UInt8(ascii: ";") }).lowercased()
    }

    /// True for `application/json` and every type that ends in `+json` (spec http-and-websocket 2.1).
    public var declaresJSON: Bool {
        guard let mediaType else { return false }
        return mediaType == "application/json" || mediaType.hasSuffix("+json")
    }
}
