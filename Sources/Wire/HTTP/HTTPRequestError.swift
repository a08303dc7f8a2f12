// What can be wrong with a request before anybody looks at its meaning.

/// Why a request cannot be read. Each case has its status; the connection must close after the answer, because
/// where the next request would begin is no longer certain.
public enum HTTPRequestError: Error, Hashable, Sendable {
    /// A line does not end with CR LF (RFC 9112 section 2.2).
    case lineEndMalformed
    /// The first line is not `method target version`.
    case requestLineMalformed
    /// The target is not a path or an address, or holds a bad escape.
    case targetMalformed
    /// The first line is longer than `Limits.requestLineBytesMax`.
    case targetTooLong
    /// Another major version than 1.
    case versionNotSupported
    /// A header line is not `name: value`.
    case headerMalformed
    /// A header line continues the one before (RFC 9112 section 5.2).
    case headerFolded
    /// The head is longer than `Limits.requestHeadBytesMax`.
    case headTooLarge
    /// More header lines than `Limits.requestHeadersMax`.
    case tooManyHeaders
    /// HTTP/1.1 without a Host (RFC 9112 section 3.2).
    case hostMissing
    /// More than one Host, or one that is no host.
    case hostMalformed
    /// A Content-Length that is not a decimal number, or several that differ.
    case contentLengthMalformed
    /// Content-Length together with Transfer-Encoding: how requests are smuggled (RFC 9112 section 6.3).
    case lengthAmbiguous
    /// A Transfer-Encoding that does not end in `chunked`, so that the end of the content is unknown.
    case transferEncodingMalformed
    /// A transfer coding other than `chunked`.
    case transferEncodingUnknown
    /// Content above the limit.
    case bodyTooLarge
    /// Content in a coding such as gzip (RFC 9110 section 8.4).
    case contentEncoded
    /// Content in chunks that does not follow RFC 9112 section 7.1.
    case chunkMalformed
    /// An Expect other than `100-continue`.
    case expectationUnknown

    /// The status of the answer.
    public var status: HTTPStatus {
        switch self {
        case .targetTooLong: .targetTooLong
        case .headTooLarge, .tooManyHeaders: .headersTooLarge
        case .bodyTooLarge: .contentTooLarge
        case .contentEncoded: .unsupportedMediaType
        case .transferEncodingUnknown: .notImplemented
        case .versionNotSupported: .versionNotSupported
        case .expectationUnknown: .expectationFailed
        default: .badRequest
        }
    }
}
