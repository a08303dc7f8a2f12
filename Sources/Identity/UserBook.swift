// What storage says about users' credentials: the port that every loop asks for every request.

public import Primitives

/// What a credential proves without storage. Storage has the last word, because keys are deleted, sessions end, and
/// users are disabled.
public enum UserProof: Hashable, Sendable {
    /// The API key with this hash was presented.
    case apiKey(APIKeyHash)
    /// A token with a good signature says this.
    case signedToken(SignedToken.Claims)

    /// Why the caller is not let in if storage knows nobody by this proof.
    public var refusal: CredentialError {
        switch self {
        case .apiKey: .apiKeyUnknown
        case .signedToken: .sessionEnded
        }
    }

    /// True if the proof itself says that it counts no more at the wall time `now`, so that storage need not be asked.
    public func hasExpired(at now: Timestamp) -> Bool {
        switch self {
        case .apiKey: false
        case .signedToken(let claims): claims.hasExpired(at: now)
        }
    }
}

/// A user as storage knows it.
public struct KnownUser: Hashable, Sendable {
    public let user: UserID
    public let publicKey: PublicKey

    public init(user: UserID, publicKey: PublicKey) {
        self.user = user
        self.publicKey = publicKey
    }

    /// This user as the caller.
    public var caller: Caller { .user(user, publicKey) }
}

/// Knows who stands behind a proof right now. Callers must not remember the answer, so that deleted keys, revoked
/// sessions and disabled users stop at once, on every loop and every server.
public protocol UserBook: Sendable {
    /// The user behind a proof; nil if there is none, or no longer. Returns at once; the reply comes exactly once, on any
    /// thread.
    func user(
        provedBy proof: UserProof, reply: @escaping @Sendable (Result<KnownUser?, StorageError>) -> Void)
}
