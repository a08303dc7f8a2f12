// The words of WebSocket frames: what kind a frame is and why a conversation ends.

/// The kind of a frame (RFC 6455 section 5.2).
public enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    /// True for the kinds that may stand between the fragments of a message (RFC 6455 section 5.5).
    public var isControl: Bool { rawValue >= 8 }
}

/// Why a conversation ends (RFC 6455 section 7.4).
public struct WebSocketCloseCode: Hashable, Sendable, CustomStringConvertible {
    public let number: UInt16

    /// Any number. Those that may not be sent are refused by the decoder.
    public init(_ number: UInt16) { self.number = number }

    public static let normal = WebSocketCloseCode(1000)
    public static let goingAway = WebSocketCloseCode(1001)
    public static let protocolError = WebSocketCloseCode(1002)
    public static let unsupportedType = WebSocketCloseCode(1003)
    public static let invalidText = WebSocketCloseCode(1007)
    public static let policyViolation = WebSocketCloseCode(1008)
    public static let messageTooBig = WebSocketCloseCode(1009)
    public static let internalError = WebSocketCloseCode(1011)
    public static let serviceRestart = WebSocketCloseCode(1012)
    public static let tryAgainLater = WebSocketCloseCode(1013)

    /// False for numbers that are kept for other uses and never travel: below 1000, 1004, 1005, 1006, 1015 to
    /// 2999, and from 5000 on (RFC 6455 section 7.4.2 and its registry).
    public var mayBeSent: Bool {
        switch number {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    public var description: String { "\(number)" }
}
