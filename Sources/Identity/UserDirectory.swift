// What storage says of users' credentials: the port that every loop asks for every request.

public import Primitives

/// What a credential proves as far as that can be told without storage, which has the last word: keys are deleted,
/// sessions end, users are disabled.
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

    /// The proof says itself that it counts no more at the wall time `now`; storage need not be asked.
    public func hasExpired(at now: Timestamp) -> Bool {
        switch self {
        case .apiKey: false
        case .signedToken(let claims): claims.hasExpired(at: now)
        }
    }
}

/// A user as storage knows him.
public struct KnownUser: Hashable, Sendable {
    public let user: UserID
    public let publicKey: PublicKey

    public init(user: UserID, publicKey: PublicKey) {
        self.user = user
        self.publicKey = publicKey
    }

    /// This user as the one who calls.
    public var caller: Caller { .user(user, publicKey) }
}

/// Knows who stands behind a proof right now. Nothing of it is remembered by those who ask, so that what is deleted,
/// revoked or disabled stops at once, on every loop and every server.
public protocol UserDirectory: Sendable {
    /// The user behind a proof; nil if there is none, or no longer. Returns at once; the reply comes exactly once, on any
    /// thread.
    func user(
        provedBy proof: UserProof, reply: @escaping @Sendable (Result<KnownUser?, StorageError>) -> Void)
}
