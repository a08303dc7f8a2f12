// How much one message of a WebSocket may be. A value.

internal import Primitives

/// The bounds of a message; over one of them the conversation ends with 1009.
public struct WebSocketBounds: Hashable, Sendable {
    public var messageBytesMax: Int
    public var fragmentsMax: Int

    public init(messageBytesMax: Int, fragmentsMax: Int) {
        self.messageBytesMax = messageBytesMax
        self.fragmentsMax = fragmentsMax
    }

    /// What clients of flowd may send.
    public static let standard = WebSocketBounds(
        messageBytesMax: Limits.webSocketMessageBytesMax, fragmentsMax: Limits.webSocketFragmentsMax)
}
