// What clients are told that break a rule of HTTP or WebSocket.

internal import Dialect
internal import Wire

extension HTTPRequestError {
    /// The rule that a request breaks.
    var text: String {
        switch self {
        case .lineEndMalformed: "lines must end with CR LF"
        case .requestLineMalformed: "malformed request line"
        case .targetMalformed: "malformed request target"
        case .targetTooLong: "request target too long"
        case .versionNotSupported: "only HTTP/1.0 and HTTP/1.1 are supported"
        case .headerMalformed: "malformed header line"
        case .headerFolded: "folded header lines are not supported"
        case .headTooLarge: "request head too large"
        case .tooManyHeaders: "too many header lines"
        case .hostMissing: "missing Host header"
        case .hostMalformed: "malformed or repeated Host header"
        case .contentLengthMalformed: "malformed Content-Length header"
        case .lengthAmbiguous: "Content-Length and Transfer-Encoding exclude each other"
        case .transferEncodingMalformed: "chunked must be the final transfer coding"
        case .transferEncodingUnknown: "unsupported transfer coding"
        case .bodyTooLarge: "request body too large"
        case .contentEncoded: "a request's content must not be compressed: unsupported Content-Encoding"
        case .chunkMalformed: "malformed chunk"
        case .expectationUnknown: "unsupported expectation"
        }
    }
}

extension SocketEnd {
    /// The reason in a close frame.
    var text: String {
        switch self {
        case .broken(let error): error.text
        case .stranger: "nobody has authenticated in time"
        case .identityEnded: "a key or session of this connection has ended"
        case .crowded: "too much is being sent"
        case .eventsUnavailable: "stored events cannot be read now"
        case .signaturesUnavailable: "stored requests cannot be read now"
        case .behind: "too far behind the requests for signatures"
        case .stopping: "server is shutting down"
        }
    }
}

extension WebSocketError {
    fileprivate var text: String {
        switch self {
        case .unmasked: "frames of a client must be masked"
        case .reservedBit: "reserved bits must be zero"
        case .unknownOpcode: "unknown opcode"
        case .controlFragmented: "control frames must not be fragmented"
        case .controlTooLong: "control frames hold at most 125 bytes"
        case .lengthMalformed: "malformed payload length"
        case .continuationWithoutStart: "continuation without a message"
        case .messageInterrupted: "a message must end before the next begins"
        case .closeMalformed: "malformed close frame"
        case .closeCodeReserved: "close code must not be sent"
        case .textNotUTF8: "text must be UTF-8"
        case .messageTooBig: "message too big"
        }
    }
}
