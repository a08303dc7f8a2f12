// What is asked about sessions. What a login may do is decided in the database, where several servers meet.

internal import Identity
internal import Postgres
internal import Primitives

/// The statements about sessions; the functions are those of `Schema.accountFunctions` and later steps.
enum SessionStatements {
    static let all: [any ListedStatement] = [logIn, claim, renew, end, profile]

    /// A login that is proved by a signature.
    typealias Login = (challenge: LoginChallenge, session: NewSession, signUpIsOpen: Bool)

    static let logIn = Statement<Login, LoginOutcome>("session_log_in", on: .commands) { q in
        let key = q.parameter(.publicKey) { $0.challenge.publicKey }
        let email = q.parameter(.text) { UserProfile.email(of: $0.challenge.publicKey) }
        let mayBeNew = q.parameter(.bool) { $0.signUpIsOpen }
        let newUsersMax = q.parameter(.bigint) { _ in Int64(Limits.signUpsPerHourMax) }
        let session = q.parameter(.session) { $0.session.id }
        let hash = q.parameter(.bytea) { $0.session.refreshHash }
        let end = q.parameter(.timestamptz) { $0.session.expiresAt }
        let second = q.parameter(.bigint) { $0.challenge.second }
        let sessionsMax = q.parameter(.integer) { _ in Int32(Limits.sessionsPerUserMax) }
        let profile = profile(of: "(l.known)", &q)
        let outcome = q.column("l.outcome", .text)
        let sql = """
            SELECT \(q.columns)
            FROM log_in(\(key), \(email), \(mayBeNew), \(newUsersMax), \(session), \(hash), \(end), \(second),
                \(sessionsMax)) AS l
            """
        return q.one(sql) { row throws(PostgresError) in
            switch (try row[outcome], try profile(row)) {
            case ("closed", _): return .refused(.signUpClosed)
            case ("many", _): return .refused(.tooManySignUps)
            case ("disabled", _): return .refused(.userDisabled)
            case ("used", _): return .refused(.challengeUsed)
            case ("known", let profile?): return .done(profile, isNew: false)
            case ("new", let profile?): return .done(profile, isNew: true)
            default: throw .unreadable("outcome of a login")
            }
        }
    }

    /// A session for an API key of a user.
    typealias Claim = (session: NewSession, user: UserID, key: APIKeyHash)

    /// Nil if the user is disabled, or user or key is gone.
    static let claim = Statement<Claim, UserProfile?>("session_claim", on: .commands) { q in
        let user = q.parameter(.user) { $0.user }
        let key = q.parameter(.keyHash) { $0.key }
        let session = q.parameter(.session) { $0.session.id }
        let hash = q.parameter(.bytea) { $0.session.refreshHash }
        let end = q.parameter(.timestamptz) { $0.session.expiresAt }
        let sessionsMax = q.parameter(.integer) { _ in Int32(Limits.sessionsPerUserMax) }
        let profile = profile(of: "u", &q)
        let sql = """
            SELECT \(q.columns)
            FROM claim_session(\(user), \(key), \(session), \(hash), \(end), \(sessionsMax)) AS u
            """
        return first(sql, profile)
    }

    /// A new refresh token in the place of an old one.
    typealias Renewal = (old: [UInt8], family: [UInt8], fresh: [UInt8], expiresAt: Timestamp)
    /// A session, and whether an old token was used again, which has ended it.
    typealias Renewed = (session: RenewedSession, isReused: Bool)

    /// Nil if no open session has the old token.
    static let renew = Statement<Renewal, Renewed?>("session_renew", on: .commands) { q in
        let old = q.parameter(.bytea) { $0.old }
        let family = q.parameter(.bytea) { $0.family }
        let fresh = q.parameter(.bytea) { $0.fresh }
        let end = q.parameter(.timestamptz) { $0.expiresAt }
        let grace = q.parameter(.integer) { _ in Int32(Limits.refreshGraceSeconds) }
        let profile = profile(of: "(r.known)", &q)
        let outcome = q.column("r.outcome", .text)
        let session = q.column("r.session", .session)
        let sql = """
            SELECT \(q.columns)
            FROM renew_session(\(old), \(family), \(fresh), \(end), make_interval(secs => \(grace))) AS r
            """
        return first(sql) { row throws(PostgresError) in
            guard let profile = try profile(row) else { return nil }
            return (
                RenewedSession(id: try row[session], profile: profile),
                isReused: try row[outcome] == "reused"
            )
        }
    }

    /// The sessions of a user that a logout is about, seen from one of them.
    typealias Logout = (user: UserID, scope: SessionScope, session: SessionID?)

    /// Gives how many sessions have ended. The user's row is locked first, as in every statement that writes several
    /// sessions.
    static let end = Statement<Logout, Int>("session_end", on: .commands) { q in
        let user = q.parameter(.user) { $0.user }
        let scope = q.parameter(.text) { $0.scope.rawValue }
        let session = q.parameter(.optional(.session)) { $0.session }
        return q.count(
            """
            WITH owner AS MATERIALIZED (SELECT id FROM users WHERE id = \(user) FOR NO KEY UPDATE)
            UPDATE user_sessions s SET revoked_at = now() FROM owner
            WHERE s.user_id = owner.id AND s.revoked_at IS NULL AND CASE \(scope)
                WHEN 'local' THEN s.id = \(session)
                WHEN 'others' THEN s.id IS DISTINCT FROM \(session) ELSE true END
            RETURNING s.id
            """)
    }

    /// Nil if the user is disabled or gone.
    static let profile = Statement<UserID, UserProfile?>("user_profile", on: .commands) { q in
        let user = q.parameter(.user) { $0 }
        let profile = profile(of: "u", &q)
        return first(
            "SELECT \(q.columns) FROM users u WHERE u.id = \(user) AND u.disabled_at IS NULL", profile)
    }

    /// Adds the columns of a user, who is a row of this alias. The reader gives nil if there is no user in the row.
    private static func profile<Input>(
        of alias: String, _ q: inout StatementBuilder<Input>
    ) -> RowReader<UserProfile?> {
        let user = q.column("\(alias).id", .optional(.user))
        let key = q.column("\(alias).pub_key", .optional(.publicKey))
        let email = q.column("\(alias).email", .optional(.text))
        let createdAt = q.column("\(alias).created_at", .optional(.timestamptz))
        return { row throws(PostgresError) in
            guard let user = try row[user] else { return nil }
            guard let key = try row[key], let createdAt = try row[createdAt] else {
                throw .unreadable("profile of a user")
            }
            return UserProfile(user: user, publicKey: key, email: try row[email], createdAt: createdAt)
        }
    }

    /// What the first row says, nil as well if it says nothing.
    private static func first<Value>(_ sql: String, _ read: @escaping RowReader<Value?>) -> StatementBody<
        Value?
    > {
        StatementBody(sql: sql) { rows throws(PostgresError) in rows.count > 0 ? try read(rows[0]) : nil }
    }
}
