// What can be wrong with the answer of another server.

/// Why an answer cannot be read. The connection cannot be used any further. Texts hold nothing of the answer.
public enum HTTPResponseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The first line is not `HTTP/1.x code words`.
    case statusLineMalformed
    /// Another major version than 1.
    case versionNotSupported
    /// A header line is not `name: value`.
    case headerMalformed
    /// The heads are longer than `Limits.responseHeadBytesMax`.
    case headTooLarge
    /// More header lines than `Limits.responseHeadersMax`.
    case tooManyHeaders
    /// The server goes on in a protocol that nobody asked for.
    case protocolSwitched
    /// A Content-Length that is not a decimal number, or several that differ.
    case contentLengthMalformed
    /// A Transfer-Encoding other than `chunked`, or one in HTTP/1.0.
    case transferEncodingUnknown
    /// Content in chunks that does not follow RFC 9112 section 7.1.
    case chunkMalformed
    /// Content above the limit.
    case bodyTooLarge
    /// The connection ended before the answer did.
    case endedEarly

    public var description: String {
        switch self {
        case .statusLineMalformed: "the response has a malformed status line"
        case .versionNotSupported: "the server does not speak HTTP/1"
        case .headerMalformed: "the response has a malformed header line"
        case .headTooLarge: "the response's head is too large"
        case .tooManyHeaders: "the response has too many header lines"
        case .protocolSwitched: "the server switched to another protocol"
        case .contentLengthMalformed: "the response has a malformed Content-Length header"
        case .transferEncodingUnknown: "the response has an unsupported transfer coding"
        case .chunkMalformed: "the response has a malformed chunk"
        case .bodyTooLarge: "the response is too large"
        case .endedEarly: "the connection ended before the response did"
        }
    }
}
