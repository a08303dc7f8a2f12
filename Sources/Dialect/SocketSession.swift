// The conversation on one WebSocket, as a machine: messages in, orders out.

public import Engine
public import Primitives

/// A message from the peer.
public enum SocketMessage: Sendable {
    /// Valid UTF-8.
    case text([UInt8])
    /// No request in any dialect. Identities are not checked before it, so a session must not act on it in anybody's
    /// name.
    case binary([UInt8])
}

/// What a session wants done.
public enum SessionOrder: Sendable {
    /// Send this text message.
    case send([UInt8])
    /// Send this binary message.
    case sendBinary([UInt8])
    /// Find out whose this credential is; the answer comes to `authenticated`.
    case authenticate(Credential)
    /// Ask the engine; the answer comes to `replied`.
    case call(EngineCall)
    /// Deliver a run's events from now on, replay first.
    case subscribe(SubscriptionOrder)
    /// Deliver a user's requests for signatures until the connection ends.
    case subscribeSignatures(SignatureSubscriptionOrder)
    /// Deliver nothing more of the subscription with this number. It is not reported as ended.
    case unsubscribe(UInt64)
    /// Close the socket with this code.
    case close(code: UInt16, reason: String)
}

/// A subscription to a user's requests for signatures: first those that wait, then those that are made.
public struct SignatureSubscriptionOrder: Sendable {
    /// The number that the peer knows it by.
    public let number: UInt64
    public let feed: SignatureFeed
    public let track: any SignatureTrack
    /// Goes in front of every message body of the track.
    public let prefix: [UInt8]

    public init(number: UInt64, feed: SignatureFeed, track: any SignatureTrack, prefix: [UInt8]) {
        self.number = number
        self.feed = feed
        self.track = track
        self.prefix = prefix
    }
}

/// How a dialect spells the requests in a user's stream. Only for dialects that have such streams.
public protocol SignatureTrack: Sendable {
    /// The message body of a request.
    func encode(_ request: WaitingSignature) -> [UInt8]
}

/// A subscription to be served.
public struct SubscriptionOrder: Sendable {
    /// The number that the peer knows it by.
    public let number: UInt64
    public let feed: RunFeed
    public let track: TrackID
    /// Messages up to this place have been seen already.
    public let after: UInt64
    /// Messages of other kinds are left out. The event that ends a run must be among them.
    public let kinds: RunEventKinds
    /// Goes in front of every message body of the track.
    public let prefix: [UInt8]
    /// Set if each message of an event tells its place.
    public let placing: PlaceWords?

    public init(
        number: UInt64, feed: RunFeed, track: TrackID, after: UInt64 = 0, kinds: RunEventKinds = .all,
        prefix: [UInt8], placing: PlaceWords? = nil
    ) {
        self.number = number
        self.feed = feed
        self.track = track
        self.after = after
        self.kinds = kinds
        self.prefix = prefix
        self.placing = placing
    }
}

/// How a message tells its place in the run. These bytes stand between the prefix and the body, with the digits of the
/// place in their middle.
public struct PlaceWords: Sendable {
    public let before: [UInt8]
    public let after: [UInt8]

    public init(before: [UInt8], after: [UInt8]) {
        self.before = before
        self.after = after
    }
}

extension SubscriptionOrder {
    /// The bytes in front of a message's body. `place` is nil for a message that is no event.
    public func opening(of place: UInt64?) -> [UInt8] {
        guard let placing, let place else { return prefix }
        return prefix + placing.before + Array("\(place)".utf8) + placing.after
    }
}

/// A dialect's side of a conversation. Owned by the web loop of its connection, which lends it to a worker for a large
/// message.
///
/// Messages are taken one at a time: after an order that asks something (`authenticate`, `call`) the session gets
/// the answer before it gets the next message, and no event of a subscription is sent in between.
public protocol SocketSession: Sendable {
    /// Takes the peer's next message.
    mutating func received(_ message: SocketMessage) -> [SessionOrder]
    /// Takes the answer to `authenticate`.
    mutating func authenticated(_ result: AuthenticationResult) -> [SessionOrder]
    /// Takes the answer to `call`.
    mutating func replied(_ reply: EngineReply) -> [SessionOrder]
    /// The peer's last proof of being this user counts no more: a key was deleted, a session revoked, a token has
    /// expired. Called before the session gets the next text message.
    mutating func identityEnded(_ user: UserID)
    /// A subscription has delivered its last event.
    mutating func subscriptionEnded(_ number: UInt64)
}
