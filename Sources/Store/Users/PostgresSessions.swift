// The sessions of users on Postgres.

public import Identity
public import Primitives

/// Keeps sessions. Any thread; replies come on the storage loop's thread and must be posted on from there.
public struct PostgresSessions: SessionBook, StoragePort {
    static let statements: [any ListedStatement] = SessionStatements.all

    let context: PortContext

    /// Opens a session for whoever signed the challenge, and makes the user if that is allowed. The log tells of
    /// logins and refusals.
    public func logIn(
        _ challenge: LoginChallenge, _ session: NewSession, signUpIsOpen: Bool,
        reply: @escaping @Sendable (Result<LoginOutcome, StorageError>) -> Void
    ) {
        let key = challenge.publicKey
        let log = context.desk.log
        context.desk.ask(SessionStatements.logIn, (challenge, session, signUpIsOpen)) { answer in
            switch answer {
            case .success(.done(let profile, let isNew)):
                log.info(
                    "accounts", isNew ? "a user signed up" : "a user logged in",
                    LogField("user", profile.user),
                    LogField("public_key", key), LogField("session", session.id))
            case .success(.refused(let refusal)):
                log.info(
                    "accounts", "a login was refused", LogField("public_key", key),
                    LogField("reason", refusal))
            case .failure: break
            }
            reply(answer)
        }
    }

    /// Opens a session for an API key of this user; nil if the user is disabled, or user or key is gone. The log
    /// tells of it.
    public func claim(
        _ session: NewSession, of user: UserID, for key: APIKeyHash,
        reply: @escaping @Sendable (Result<UserProfile?, StorageError>) -> Void
    ) {
        let log = context.desk.log
        context.desk.ask(SessionStatements.claim, (session, user, key)) { answer in
            if case .success(.some) = answer {
                log.info(
                    "accounts", "an API key began a session", LogField("user", user),
                    LogField("session", session.id))
            }
            reply(answer)
        }
    }

    /// Puts the hash of a new refresh token in the place of the old one; nil if no open session has the old one. A
    /// token that was used up before ends its session, unless its answer may have been lost; the log warns of such an end.
    public func renew(
        _ old: [UInt8], of family: [UInt8], to fresh: [UInt8], expiresAt: Timestamp,
        reply: @escaping @Sendable (Result<RenewedSession?, StorageError>) -> Void
    ) {
        let log = context.desk.log
        context.desk.ask(SessionStatements.renew, (old, family, fresh, expiresAt)) { answer in
            if case .success((let session, isReused: true)?) = answer {
                log.warning(
                    "accounts", "a refresh token was used again, its session is revoked",
                    LogField("user", session.profile.user), LogField("session", session.id))
            }
            reply(answer.map { renewed in renewed.flatMap { $0.isReused ? nil : $0.session } })
        }
    }

    /// Revokes sessions of this user. The log tells how many.
    public func end(
        _ scope: SessionScope, of user: UserID, session: SessionID?,
        reply: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        let log = context.desk.log
        context.desk.ask(SessionStatements.end, (user, scope, session)) { answer in
            if case .success(let count) = answer {
                log.info(
                    "accounts", "a user logged out", LogField("user", user), LogField("sessions", count))
            }
            reply(answer.map { _ in })
        }
    }

    /// Reads the profile of this user; nil if the user is disabled or gone.
    public func profile(
        of user: UserID, reply: @escaping @Sendable (Result<UserProfile?, StorageError>) -> Void
    ) {
        context.desk.ask(SessionStatements.profile, user, reply)
    }
}
