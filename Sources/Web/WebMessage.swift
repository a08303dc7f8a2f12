// What is posted to a web loop, and by what name a loop knows its connections.

internal import Dialect
internal import Engine
internal import Identity
internal import Net
internal import Primitives

/// A message to a web loop.
enum WebMessage: Sendable {
    /// It is known who is behind a proof.
    case userAnswered(ClientID, question: UInt64, CallerProof, AuthenticationResult)
    /// It is known whether a proof on a socket still counts.
    case proofConfirmed(ClientID, question: UInt64, stillCounts: Bool)
    case engineReplied(ClientID, question: UInt64, EngineReply)
    /// A port has answered a route, which goes on with this.
    case routeAnswered(ClientID, question: UInt64, RouteStep)
    /// A worker has read large content and gives back the room that was reserved for it.
    case contentRead(ClientID, question: UInt64, RouteStep, BodyBudget.Share?)
    /// A worker has asked a route's question, which holds a place until it is withdrawn.
    case routeAsks(ClientID, question: UInt64, PendingCall)
    /// A worker has given a large message to a session.
    case messageRead(ClientID, question: UInt64, any SocketSession, [SessionOrder])
    /// A page of stored events for a subscription.
    case pageRead(ClientID, subscription: UInt64, EngineReply)
    /// A page of requests that wait for a user's signature.
    case waitingSignaturesRead(ClientID, subscription: UInt64, EngineReply)
    /// A thread has gone on with a handshake that was lent to it.
    case handshakeAdvanced(ClientID, TLSHandshake, TLSHandshake.Progress)
    case stopListening
    case stop
}

/// What a connection can watch.
enum Watched: Hashable, Sendable {
    case run(RunID)
    /// Requests for this user's signatures.
    case user(UserID)
}

/// A connection of one loop. Never used twice while the loop lives.
struct ClientID: Hashable, Sendable {
    let token: UInt64
}
