// The conversation on one WebSocket, as a machine: messages in, orders out.

public import Engine

/// A message from the peer.
public enum SocketMessage: Sendable {
    /// Valid UTF-8.
    case text([UInt8])
    case binary([UInt8])
}

/// What a session wants done.
public enum SessionOrder: Sendable {
    /// Send this text message.
    case send([UInt8])
    /// Find out whose this token is; the answer comes to `authenticated`.
    case authenticate(token: String)
    /// Ask the engine; the answer comes to `replied`.
    case call(EngineCall)
    /// Deliver a run's events from now on, replay first.
    case subscribe(SubscriptionOrder)
    /// Close the socket with this code.
    case close(code: UInt16, reason: String)
}

/// A subscription to be served.
public struct SubscriptionOrder: Sendable {
    /// The number that the peer knows it by.
    public let number: UInt64
    public let feed: RunFeed
    public let track: TrackID
    /// Events up to this sequence have been seen already.
    public let after: UInt64
    /// Goes in front of every message body of the track.
    public let prefix: [UInt8]

    public init(number: UInt64, feed: RunFeed, track: TrackID, after: UInt64 = 0, prefix: [UInt8]) {
        self.number = number
        self.feed = feed
        self.track = track
        self.after = after
        self.prefix = prefix
    }
}

/// A dialect's side of a conversation. Owned by the web loop of its connection.
///
/// Messages are taken one at a time: after an order that asks something (`authenticate`, `call`) the session gets
/// the answer before it gets the next message, and no event of a subscription is sent in between.
public protocol SocketSession {
    /// Takes the peer's next message.
    mutating func received(_ message: SocketMessage) -> [SessionOrder]
    /// Takes the answer to `authenticate`.
    mutating func authenticated(_ result: AuthenticationResult) -> [SessionOrder]
    /// Takes the answer to `call`.
    mutating func replied(_ reply: EngineReply) -> [SessionOrder]
    /// A subscription has delivered its last event.
    mutating func subscriptionEnded(_ number: UInt64)
}
