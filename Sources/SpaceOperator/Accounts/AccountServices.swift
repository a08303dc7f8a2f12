// What the routes about accounts use. The maker of the dialect gives it.

public import Identity
public import Primitives

/// Users' sessions, keys and wallets, and the secrets that sign and authenticate their tokens.
public struct AccountServices: Sendable {
    public let sessions: any SessionBook
    public let keys: any KeyBook
    public let wallets: any WalletBook
    /// Signs access tokens; the one that credentials are verified with.
    public let tokenSecret: Secret
    /// Authenticates login challenges.
    public let loginSecret: ServerSecret
    /// The seconds of the challenges that were given out. All copies of this value share them.
    let challengeSeconds = ChallengeSeconds()
    /// Makes each refresh token from the one before.
    public let refreshSecret: ServerSecret
    /// Whether a key that nobody has listed may become a user by signing a challenge.
    public let signUpIsOpen: Bool
    public let clock: Clock

    public init(
        sessions: any SessionBook, keys: any KeyBook, wallets: any WalletBook, tokenSecret: Secret,
        loginSecret: ServerSecret, refreshSecret: ServerSecret, signUpIsOpen: Bool, clock: Clock
    ) {
        self.sessions = sessions
        self.keys = keys
        self.wallets = wallets
        self.tokenSecret = tokenSecret
        self.loginSecret = loginSecret
        self.refreshSecret = refreshSecret
        self.signUpIsOpen = signUpIsOpen
        self.clock = clock
    }
}

extension AccountServices {
    /// A session that begins now, and its first refresh token.
    func newSession() -> (NewSession, RefreshToken) {
        let token = RefreshToken()
        let session = NewSession(
            id: SessionID(.random()), refreshHash: token.hash, expiresAt: sessionEnd)
        return (session, token)
    }

    /// The end of a session that is begun or renewed now.
    var sessionEnd: Timestamp { clock.now().advanced(by: .seconds(Limits.sessionSeconds)) }

    /// What a client gets when a session has begun or was renewed.
    func grant(_ profile: UserProfile, _ session: SessionID, _ refreshToken: RefreshToken) -> SessionGrant {
        let now = clock.now()
        let expirySeconds = now.nanoseconds / 1_000_000_000 + Int64(Limits.accessTokenSeconds)
        return SessionGrant(
            profile: profile,
            accessToken: SignedToken.make(
                for: profile, session: session, at: now, expirySeconds: expirySeconds, secret: tokenSecret),
            refreshToken: refreshToken, expirySeconds: expirySeconds)
    }
}
