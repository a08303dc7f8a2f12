// What a client can do wrong on a WebSocket, and the close code that tells it so.

/// Why a conversation must end. The connection sends a close frame with the code and then closes.
public enum WebSocketError: Error, Hashable, Sendable {
    /// A frame without mask (RFC 6455 section 5.1).
    case unmasked
    /// A reserved bit without an extension that gives it a meaning.
    case reservedBit
    /// An opcode nobody has defined.
    case unknownOpcode
    /// A control frame in fragments (RFC 6455 section 5.5).
    case controlFragmented
    /// A control frame above 125 bytes (RFC 6455 section 5.5).
    case controlTooLong
    /// A length in more bytes than it needs, or above 63 bits (RFC 6455 section 5.2).
    case lengthMalformed
    /// A continuation without a beginning (RFC 6455 section 5.4).
    case continuationWithoutStart
    /// A new message inside an unfinished one (RFC 6455 section 5.4).
    case messageInterrupted
    /// A close frame with half a code.
    case closeMalformed
    /// A close code that must not be sent.
    case closeCodeReserved
    /// A text message or a close reason that is not UTF-8 (RFC 6455 section 8.1).
    case textNotUTF8
    /// A message above the limit, or in too many pieces.
    case messageTooBig

    /// The code of the close frame.
    public var closeCode: WebSocketCloseCode {
        switch self {
        case .textNotUTF8: .invalidText
        case .messageTooBig: .messageTooBig
        default: .protocolError
        }
    }
}
