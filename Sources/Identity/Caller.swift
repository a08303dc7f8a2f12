// The caller, once a credential has been accepted. A value, owned by the request or connection it came with.

public import Primitives

/// The party behind a request (spec http-and-websocket 1.1).
public enum Caller: Hashable, Sendable {
    /// A user who proved it with an API key or a signed token.
    case user(UserID, PublicKey)
    /// Somebody who claims a public key and proves nothing: may start what is open to everyone, and must
    /// never see a result or an event for it (spec 7.2).
    case starter(PublicKey)
    /// The holder of the token of exactly this run.
    case run(RunID)
    /// Nobody in particular, on a route that asks for no credential.
    case anonymous

    /// The principal as which a run's list of readers may name this caller; nil for a caller who has proved nothing.
    public var principal: Principal? {
        switch self {
        case .user(let user, _): .user(user)
        case .run(let run): .run(run)
        case .starter, .anonymous: nil
        }
    }

    /// The user; nil if no user has authenticated.
    public var user: UserID? {
        guard case .user(let user, _) = self else { return nil }
        return user
    }
}
