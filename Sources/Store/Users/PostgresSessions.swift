// The sessions of users on Postgres. What a login may do is decided in the database, where several servers meet.

public import Identity
internal import Postgres
public import Primitives

/// What is asked about sessions; the functions are those of `Schema.accountFunctions` and later steps.
enum SessionStatements {
    static let all = [logIn, claim, renew, end, profile]

    /// Public key, address, whether the user may be new, new users an hour; id, hash, end and challenge of the session,
    /// sessions at most.
    static let logIn = PostgresStatement(
        "session_log_in",
        [.text, .text, .bool, .bigint, .uuid, .bytea, .timestamptz, .bigint, .integer],
        """
        SELECT (l.known).id, (l.known).pub_key, (l.known).email, (l.known).created_at, l.outcome
        FROM log_in($1, $2, $3, $4, $5, $6, $7, $8, $9) AS l
        """)

    /// User, hash of the user's key; id, hash and end of the session, sessions at most.
    static let claim = PostgresStatement(
        "session_claim", [.uuid, .text, .uuid, .bytea, .timestamptz, .integer],
        "SELECT u.id, u.pub_key, u.email, u.created_at FROM claim_session($1, $2, $3, $4, $5, $6) AS u")

    /// Old hash, hash of its family, new hash, new end, seconds of grace.
    static let renew = PostgresStatement(
        "session_renew", [.bytea, .bytea, .bytea, .timestamptz, .integer],
        """
        SELECT (r.known).id, (r.known).pub_key, (r.known).email, (r.known).created_at, r.outcome, r.session
        FROM renew_session($1, $2, $3, $4, make_interval(secs => $5)) AS r
        """)

    /// User, scope, the session that asks. The user's row is locked first, as in every statement that writes several
    /// sessions.
    static let end = PostgresStatement(
        "session_end", [.uuid, .text, .uuid],
        """
        WITH owner AS MATERIALIZED (SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE)
        UPDATE user_sessions s SET revoked_at = now() FROM owner
        WHERE s.user_id = owner.id AND s.revoked_at IS NULL AND CASE $2
            WHEN 'local' THEN s.id = $3 WHEN 'others' THEN s.id IS DISTINCT FROM $3 ELSE true END
        RETURNING s.id
        """)

    static let profile = PostgresStatement(
        "user_profile", [.uuid],
        "SELECT id, pub_key, email, created_at FROM users WHERE id = $1 AND disabled_at IS NULL")
}

/// Keeps sessions. Any thread; replies come on the storage loop's thread and must be posted on from there.
public struct PostgresSessions: SessionBook {
    let desk: QuestionDesk

    /// Opens a session for whoever signed the challenge, and makes the user if that is allowed. The log tells of
    /// logins and refusals.
    public func logIn(
        _ challenge: LoginChallenge, _ session: NewSession, signUpIsOpen: Bool,
        reply: @escaping @Sendable (Result<LoginOutcome, StorageError>) -> Void
    ) {
        let key = challenge.publicKey
        let log = desk.log
        desk.ask(
            SessionStatements.logIn,
            [
                .text(key.text), .text(UserProfile.email(of: key)), .bool(signUpIsOpen),
                .bigint(Int64(Limits.signUpsPerHourMax)), .uuid(session.id.id), .bytea(session.refreshHash),
                .timestamptz(session.expiresAt), .bigint(challenge.second),
                .integer(Int32(Limits.sessionsPerUserMax)),
            ], PostgresSessions.outcome
        ) { answer in
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
        let log = desk.log
        desk.ask(
            SessionStatements.claim,
            [
                .uuid(user.id), .text(key.text), .uuid(session.id.id), .bytea(session.refreshHash),
                .timestamptz(session.expiresAt), .integer(Int32(Limits.sessionsPerUserMax)),
            ], PostgresSessions.profile
        ) { answer in
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
        let log = desk.log
        desk.ask(
            SessionStatements.renew,
            [
                .bytea(old), .bytea(family), .bytea(fresh), .timestamptz(expiresAt),
                .integer(Int32(Limits.refreshGraceSeconds)),
            ]
        ) { rows throws(PostgresError) in
            guard rows.count > 0, let profile = try PostgresSessions.profile(rows) else {
                return RenewedSession?.none
            }
            let session = SessionID(try rows[0].uuid(5))
            guard try rows[0].text(4) != "reused" else {
                log.warning(
                    "accounts", "a refresh token was used again, its session is revoked",
                    LogField("user", profile.user), LogField("session", session))
                return nil
            }
            return RenewedSession(id: session, profile: profile)
        } _: {
            reply($0)
        }
    }

    /// Revokes sessions of this user. The log tells how many.
    public func end(
        _ scope: SessionScope, of user: UserID, session: SessionID?,
        reply: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        let log = desk.log
        desk.ask(
            SessionStatements.end,
            [.uuid(user.id), .text(scope.rawValue), session.map { .uuid($0.id) } ?? .null]
        ) { rows throws(PostgresError) in
            log.info(
                "accounts", "a user logged out", LogField("user", user), LogField("sessions", rows.count))
        } _: {
            reply($0)
        }
    }

    /// Reads the profile of this user; nil if the user is disabled or gone.
    public func profile(
        of user: UserID, reply: @escaping @Sendable (Result<UserProfile?, StorageError>) -> Void
    ) {
        desk.ask(SessionStatements.profile, [.uuid(user.id)], PostgresSessions.profile, reply)
    }

    private static func outcome(_ rows: PostgresRows) throws(PostgresError) -> LoginOutcome {
        guard rows.count > 0 else { throw unreadable }
        let outcome = try rows[0].text(4)
        switch outcome {
        case "closed": return .refused(.signUpClosed)
        case "many": return .refused(.tooManySignUps)
        case "disabled": return .refused(.userDisabled)
        case "used": return .refused(.challengeUsed)
        case "known", "new":
            guard let profile = try profile(rows) else { throw unreadable }
            return .done(profile, isNew: outcome == "new")
        default: throw unreadable
        }
    }

    /// The user of the first row, unless there is none.
    private static func profile(_ rows: PostgresRows) throws(PostgresError) -> UserProfile? {
        guard rows.count > 0, !rows[0].isNull(0) else { return nil }
        let user = try UserRows.known(rows[0])
        return UserProfile(
            user: user.user, publicKey: user.publicKey, email: rows[0].isNull(2) ? nil : try rows[0].text(2),
            createdAt: try rows[0].timestamptz(3))
    }

    private static let unreadable = PostgresError(
        .unexpectedReply, detail: "the outcome of a login cannot be read")
}
