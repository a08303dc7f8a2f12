// A request to another server and its bytes. Pure value.

internal import Primitives

/// A request as this server sends it: one for each connection, in HTTP/1.1.
public struct HTTPClientRequest: Sendable {
    public var method: HTTPMethod
    public var url: HTTPURL
    /// The caller's fields. Fields that decide about framing and connection cannot be set by the caller and are left
    /// out; see `isReserved`.
    public var headers: HTTPHeaders
    /// Nil for a request without content.
    public var body: [UInt8]?

    public init(method: HTTPMethod, url: HTTPURL, headers: HTTPHeaders = [:], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// Why a request cannot be written. Texts hold nothing of the request.
    public enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        /// The method is no token (RFC 9110 section 9.1).
        case methodMalformed
        /// A name is no token (RFC 9110 section 5.1).
        case headerNameMalformed
        /// A value holds a line end, a NUL or another control character.
        case headerValueMalformed
        /// The lines are longer than `Limits.outboundHeadBytesMax`.
        case headTooLarge

        public var description: String {
            switch self {
            case .methodMalformed: "the request's method is not a token"
            case .headerNameMalformed: "a request header has a name that is not a token"
            case .headerValueMalformed: "a request header has a value with control characters"
            case .headTooLarge: "the request's headers are too large"
            }
        }
    }

    /// True for fields that the writer sets itself: the length, the codings and the life of the connection.
    public static func isReserved(_ name: String) -> Bool {
        reserved.contains { ASCII.equal($0, name) }
    }

    private static let reserved = [
        "accept-encoding", "connection", "content-length", "expect", "keep-alive", "proxy-connection", "te",
        "trailer", "transfer-encoding", "upgrade",
    ]

    /// The bytes of the request.
    public func encoded() throws(Refusal) -> [UInt8] {
        var output = try encodedHead()
        if let body { output.append(contentsOf: body) }
        return output
    }

    /// The bytes before the content. The answer may come without coding only, and the server closes behind it.
    public func encodedHead() throws(Refusal) -> [UInt8] {
        guard !method.name.isEmpty, method.name.utf8.allSatisfy(ASCII.isToken) else { throw .methodMalformed }
        var output = Array("\(method.name) \(url.target) HTTP/1.1\r\n".utf8)
        // Host comes first, as RFC 9110 section 7.2 recommends.
        try HTTPClientRequest.append("Host", headers["host"] ?? url.authority, to: &output)
        for field in headers.fields where !HTTPClientRequest.isReserved(field.name) {
            guard !ASCII.equal(field.name, "host") else { continue }
            try HTTPClientRequest.append(field.name, field.value, to: &output)
        }
        if let credentials = url.credentials, headers["authorization"] == nil {
            try HTTPClientRequest.append(
                "Authorization",
                HTTPClientRequest.basicAuthorization(
                    user: credentials.user, password: credentials.password),
                to: &output)
        }
        if headers["accept"] == nil { output.append(contentsOf: "Accept: */*\r\n".utf8) }
        if headers["user-agent"] == nil { output.append(contentsOf: "User-Agent: flowd\r\n".utf8) }
        output.append(contentsOf: "Accept-Encoding: identity\r\nConnection: close\r\n".utf8)
        // A method that usually has content says that it has none (RFC 9110 section 8.6).
        if body != nil || [.post, .put, .patch].contains(method) {
            output.append(contentsOf: "Content-Length: \(body?.count ?? 0)\r\n".utf8)
        }
        output.append(contentsOf: "\r\n".utf8)
        guard output.count <= Limits.outboundHeadBytesMax else { throw .headTooLarge }
        return output
    }

    /// The value of an Authorization field (RFC 7617).
    public static func basicAuthorization(user: String, password: String) -> String {
        "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
    }

    private static func append(
        _ name: String, _ value: String, to output: inout [UInt8]
    ) throws(Refusal) {
        guard !name.isEmpty, name.utf8.allSatisfy(ASCII.isToken) else { throw .headerNameMalformed }
        guard value.utf8.allSatisfy(ASCII.isFieldContent) else { throw .headerValueMalformed }
        output.append(contentsOf: "\(name): \(value)\r\n".utf8)
    }
}
