// The sessions of users: the port on which logins, renewals and logouts are written down.

public import Primitives

/// A user as the user's own clients see it.
public struct UserProfile: Hashable, Sendable {
    public let user: UserID
    public let publicKey: PublicKey
    public let email: String
    public let createdAt: Timestamp

    /// - Parameter email: nil for the address that is made of the key, to which no mail is ever sent.
    public init(user: UserID, publicKey: PublicKey, email: String?, createdAt: Timestamp) {
        self.user = user
        self.publicKey = publicKey
        self.email = email ?? UserProfile.email(of: publicKey)
        self.createdAt = createdAt
    }

    /// The address that clients expect of a user who has logged in with a wallet (spec http-and-websocket 1.6).
    public static func email(of key: PublicKey) -> String {
        "\(Hexadecimal.encode(key.bytes))@spaceoperator.com"
    }
}

/// A session as it is written down when it begins.
public struct NewSession: Sendable {
    public let id: SessionID
    /// The hash of the session's first refresh token.
    public let refreshHash: [UInt8]
    /// When it ends if nobody renews it.
    public let expiresAt: Timestamp

    public init(id: SessionID, refreshHash: [UInt8], expiresAt: Timestamp) {
        self.id = id
        self.refreshHash = refreshHash
        self.expiresAt = expiresAt
    }
}

/// What came of a login.
public enum LoginOutcome: Hashable, Sendable {
    case done(UserProfile, isNew: Bool)
    case refused(LoginRefusal)
}

/// Why somebody who has signed a challenge cannot log in.
public enum LoginRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The signer is no user, and only keys that the operator has listed may become users.
    case signUpClosed
    /// The signer is no user, and in the last hour as many users were made as allowed.
    case tooManySignUps
    case userDisabled
    /// The challenge has begun a session before.
    case challengeUsed

    /// For the log.
    public var description: String {
        switch self {
        case .signUpClosed: "sign-up is closed: this public key belongs to no user and is not whitelisted"
        case .tooManySignUps: "too many new users in the last hour: try again later"
        case .userDisabled: "this user is disabled"
        case .challengeUsed: "this challenge has been used: ask for another one"
        }
    }
}

/// A session that goes on.
public struct RenewedSession: Hashable, Sendable {
    public let id: SessionID
    public let profile: UserProfile

    public init(id: SessionID, profile: UserProfile) {
        self.id = id
        self.profile = profile
    }
}

/// Which of a user's sessions end.
public enum SessionScope: String, Sendable {
    /// The one that asks.
    case local
    case global
    /// All but the one that asks.
    case others
}

/// Keeps sessions. Each method returns at once; its reply comes exactly once, on any thread.
public protocol SessionBook: Sendable {
    /// Begins a session of the user with the key of a signed challenge. A challenge is good for one session. A user
    /// that does not exist yet is made if sign-up is open or the operator has listed the key.
    func logIn(
        _ challenge: LoginChallenge, _ session: NewSession, signUpIsOpen: Bool,
        reply: @escaping @Sendable (Result<LoginOutcome, StorageError>) -> Void)

    /// Begins a session of a user for one of the user's API keys. The session ends with the key. Nil if the user is
    /// disabled, or user or key is gone.
    func claim(
        _ session: NewSession, of user: UserID, for key: APIKeyHash,
        reply: @escaping @Sendable (Result<UserProfile?, StorageError>) -> Void)

    /// Puts a refresh token's hash in the place of the one before. Nil if `old` belongs to no open session. The token
    /// that was just replaced is accepted once more for a moment, with the same `fresh`, because its answer may have
    /// been lost. Any other earlier token of the session ends the session, however old the token is: its use means that
    /// somebody else knows it.
    ///
    /// - Parameter family: the hash of what the tokens of a session have in common.
    func renew(
        _ old: [UInt8], of family: [UInt8], to fresh: [UInt8], expiresAt: Timestamp,
        reply: @escaping @Sendable (Result<RenewedSession?, StorageError>) -> Void)

    /// Ends sessions of a user, their access tokens included.
    ///
    /// - Parameter session: the session that asks; nil for a token of another service, which has no session here.
    func end(
        _ scope: SessionScope, of user: UserID, session: SessionID?,
        reply: @escaping @Sendable (Result<Void, StorageError>) -> Void)

    /// The profile of a user as the user's clients see it; nil if the user is disabled or gone.
    func profile(of user: UserID, reply: @escaping @Sendable (Result<UserProfile?, StorageError>) -> Void)
}
