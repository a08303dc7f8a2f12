import Identity
import Postgres
import Primitives
import TestKit
import TestTraits
import Testing

@testable import Store

@Suite(.blocking) struct `Sessions on Postgres` {
    private let harness: StorageHarness
    private let connection: BlockingConnection
    private let secret = ServerSecret.random()
    private let pair = Ed25519KeyPair()
    /// Of the user that is there.
    private let key = APIKey()

    init() throws {
        let harness = try StorageHarness()
        self.harness = harness
        connection = try BlockingConnection(harness.connectionString)
        let key = key
        _ = try answer { harness.storage.apiKeys.create(key, named: "k", of: harness.user, reply: $0) }.get()
    }

    private var sessions: PostgresSessions { harness.storage.sessions }
    private var later: Timestamp { Clock.system.now().advanced(by: .seconds(1_000)) }

    /// A challenge of this second after 2026-04-01.
    private func challenge(_ second: Int64 = 0, _ pair: Ed25519KeyPair? = nil) -> LoginChallenge {
        let pair = pair ?? self.pair
        let second = 1_775_044_800 + second
        let message = LoginChallenge.make(for: pair.publicKey, second: second, secret: secret)
        let token = message + "." + Base58.encode(pair.sign(Array(message.utf8)))
        return known(LoginChallenge(signed: token, at: Timestamp(seconds: second), secret: secret))
    }

    private func session(_ token: RefreshToken = RefreshToken(), endsAt: Timestamp? = nil) -> NewSession {
        NewSession(id: SessionID(.random()), refreshHash: token.hash, expiresAt: endsAt ?? later)
    }

    private func logIn(
        _ challenge: LoginChallenge, _ session: NewSession? = nil, isOpen: Bool = true,
        on storage: Storage? = nil
    ) throws -> LoginOutcome {
        try answer {
            (storage?.sessions ?? sessions).logIn(
                challenge, session ?? self.session(), signUpIsOpen: isOpen, reply: $0)
        }.get()
    }

    private func renew(_ old: RefreshToken, on storage: Storage? = nil) throws -> RenewedSession? {
        try answer {
            (storage?.sessions ?? sessions).renew(
                old.hash, of: old.familyHash, to: old.successor(under: secret).hash, expiresAt: later,
                reply: $0)
        }.get()
    }

    private func user(of session: SessionID, _ user: UserID) throws -> KnownUser? {
        let claims = SignedToken.Claims(
            user: user, publicKey: pair.publicKey, expirySeconds: .max, session: session)
        return try answer { harness.storage.users.user(provedBy: .signedToken(claims), reply: $0) }.get()
    }

    @Test func `the first login makes the user, the next one finds him`() throws {
        defer { harness.storage.stop() }
        guard case .done(let profile, isNew: true) = try logIn(challenge()) else {
            Issue.record("a user should be made")
            return
        }
        #expect(profile.publicKey == pair.publicKey)
        #expect(
            profile.email == "\(Hexadecimal.encode(pair.publicKey.bytes))@spaceoperator.com")
        #expect(
            try harness.rows(
                """
                SELECT u.email, u.role, w.type, w.name, w.verified_at IS NOT NULL FROM users u
                JOIN wallets w ON w.user_id = u.id WHERE u.id = '\(profile.user)'
                """) == ["\(profile.email)|user|ADAPTER|Main wallet|t"])
        #expect(try logIn(challenge(1)) == .done(profile, isNew: false))
        #expect(try answer { sessions.profile(of: profile.user, reply: $0) }.get() == profile)
    }

    @Test func `a user whom nobody has seen sign is verified when he logs in`() throws {
        defer { harness.storage.stop() }
        let user = try Accounts(connection).createUser(pair.publicKey)
        for change in ["UPDATE wallets SET verified_at = NULL", "DELETE FROM wallets"] {
            try connection.run(script: change)
            _ = try logIn(challenge(Int64(change.utf8.count)))
            #expect(
                try harness.rows(
                    "SELECT verified_at IS NOT NULL FROM wallets WHERE user_id = '\(user)'") == ["t"])
        }
    }

    @Test func `a challenge is good once, whichever server it is shown to, and also after a logout`() throws {
        let second = try harness.startSecond()
        defer {
            harness.storage.stop()
            second.stop()
        }
        guard case .done(let profile, _) = try logIn(challenge()) else {
            Issue.record("a login should do")
            return
        }
        #expect(try logIn(challenge(), on: second) == .refused(.challengeUsed))
        try answer { sessions.end(.global, of: profile.user, session: nil, reply: $0) }.get()
        #expect(try logIn(challenge()) == .refused(.challengeUsed))
        #expect(try logIn(challenge(1), on: second) == .done(profile, isNew: false))
    }

    @Test func `challenges are good in any order`() throws {
        defer { harness.storage.stop() }
        let order: [Int64] = [3, 0, 60, 2, 1]
        for second in order {
            guard case .done = try logIn(challenge(second)) else {
                Issue.record("the challenge of second \(second) should do")
                return
            }
        }
        for second in order { #expect(try logIn(challenge(second)) == .refused(.challengeUsed)) }
    }

    @Test func `closed sign-up lets in users and listed keys`() throws {
        defer { harness.storage.stop() }
        #expect(try logIn(challenge(), isOpen: false) == .refused(.signUpClosed))
        #expect(try Accounts(connection).counts().users == 1)
        try connection.run(
            "INSERT INTO pubkey_whitelists (pubkey) VALUES ($1)", [.text], [.text(pair.publicKey.text)])
        guard case .done(_, isNew: true) = try logIn(challenge(), isOpen: false) else {
            Issue.record("a listed key should do")
            return
        }
        try connection.run(script: "DELETE FROM pubkey_whitelists")
        guard case .done(_, isNew: false) = try logIn(challenge(1), isOpen: false) else {
            Issue.record("a user should be let in")
            return
        }
        try connection.run(script: "UPDATE users SET disabled_at = now()")
        #expect(try logIn(challenge(2)) == .refused(.userDisabled))
    }

    @Test func `so many new users an hour, and no more but those that are listed`() throws {
        defer { harness.storage.stop() }
        try connection.run(
            script: """
                INSERT INTO users (id, pub_key)
                SELECT gen_random_uuid(), lpad(n::text, 32, 'x')
                FROM generate_series(2, \(Limits.signUpsPerHourMax)) n
                """)
        #expect(try logIn(challenge()) == .refused(.tooManySignUps))
        try connection.run(
            "INSERT INTO pubkey_whitelists (pubkey) VALUES ($1)", [.text], [.text(pair.publicKey.text)])
        guard case .done(_, isNew: true) = try logIn(challenge()) else {
            Issue.record("a listed key should do")
            return
        }
        #expect(try logIn(challenge(0, Ed25519KeyPair())) == .refused(.tooManySignUps))
        try connection.run(script: "UPDATE users SET created_at = created_at - interval '1 hour'")
        guard case .done(_, isNew: true) = try logIn(challenge(0, Ed25519KeyPair())) else {
            Issue.record("an hour later others should be let in")
            return
        }
    }

    @Test func `first logins at the same time on two servers make one user`() async throws {
        let second = try harness.startSecond()
        defer {
            harness.storage.stop()
            second.stop()
        }
        let replies = Inbox<Result<LoginOutcome, StorageError>>()
        for number in 0..<20 {
            let storage = number % 2 == 0 ? harness.storage : second
            storage.sessions.logIn(challenge(Int64(number)), session(), signUpIsOpen: true) {
                replies.put($0)
            }
        }
        var newCount = 0
        var users: Set<UserID> = []
        for _ in 0..<20 {
            guard case .success(.done(let profile, let isNew)) = try await replies.next() else {
                Issue.record("a login should do")
                return
            }
            newCount += isNew ? 1 : 0
            users.insert(profile.user)
        }
        #expect(newCount == 1)
        #expect(users.count == 1)
    }

    @Test func `a refresh token is good once, and for a moment longer with the same answer`() throws {
        let second = try harness.startSecond()
        defer {
            harness.storage.stop()
            second.stop()
        }
        let first = RefreshToken()
        let begun = session(first)
        let profile = try #require(
            try answer { sessions.claim(begun, of: harness.user, for: key.hash, reply: $0) }.get())
        let renewed = RenewedSession(id: begun.id, profile: profile)
        #expect(try renew(first) == renewed)
        #expect(try renew(first, on: second) == renewed, "the answer may have been lost")
        let next = first.successor(under: secret)
        #expect(try renew(next, on: second) == renewed)
        #expect(try user(of: begun.id, harness.user) != nil)
        #expect(try renew(RefreshToken()) == nil)
        #expect(try user(of: begun.id, harness.user) != nil)
    }

    @Test func `a refresh token that is used again later ends its session`() throws {
        defer { harness.storage.stop() }
        let first = RefreshToken()
        let begun = session(first)
        _ = try answer { sessions.claim(begun, of: harness.user, for: key.hash, reply: $0) }.get()
        #expect(try renew(first) != nil)
        try connection.run(
            script:
                "UPDATE user_sessions SET renewed_at = now() - interval '\(Limits.refreshGraceSeconds) seconds'"
        )
        #expect(try user(of: begun.id, harness.user) != nil)
        #expect(try renew(first) == nil)
        #expect(try user(of: begun.id, harness.user) == nil)
        #expect(try renew(first.successor(under: secret)) == nil, "the thief has nothing either")
    }

    /// A session that was renewed `count` times, and all of its refresh tokens, of which the last one is still good.
    private func renewedSession(_ count: Int) throws -> (SessionID, [RefreshToken]) {
        var tokens = [RefreshToken()]
        let begun = session(tokens[0])
        _ = try answer { sessions.claim(begun, of: harness.user, for: key.hash, reply: $0) }.get()
        for _ in 0..<count {
            #expect(try renew(tokens[tokens.count - 1])?.id == begun.id)
            tokens.append(tokens[tokens.count - 1].successor(under: secret))
        }
        return (begun.id, tokens)
    }

    @Test func `a refresh token ends its session however often that was renewed since`() throws {
        defer { harness.storage.stop() }
        let (bystander, others) = try renewedSession(3)
        // The first one, and the last but one, without any pause: only the very last answer may have been lost.
        for used in [0, 4] {
            let (stolen, tokens) = try renewedSession(6)
            #expect(try renew(tokens[used]) == nil)
            #expect(try user(of: stolen, harness.user) == nil)
            #expect(try renew(tokens[6]) == nil, "the thief has nothing either")
        }
        #expect(try user(of: bystander, harness.user) != nil)
        #expect(try renew(others[3])?.id == bystander)
    }

    @Test func `a session keeps as much after many renewals as after one`() throws {
        defer { harness.storage.stop() }
        let (session, tokens) = try renewedSession(1)
        let size = "SELECT pg_column_size(s) FROM user_sessions s"
        let first = try harness.rows(size)
        var token = tokens[1]
        for _ in 0..<20 {
            #expect(try renew(token)?.id == session)
            token = token.successor(under: secret)
        }
        #expect(try harness.rows(size) == first)
    }

    @Test func `a session from before families were kept goes on, and its last used token still ends it`()
        throws
    {
        defer { harness.storage.stop() }
        for isRenewedFirst in [true, false] {
            let (old, current) = (RefreshToken(), RefreshToken())
            let id = SessionID(.random())
            try connection.run(
                """
                INSERT INTO user_sessions (id, user_id, refresh_hash, previous_hash, renewed_at, expires_at)
                VALUES ($1, $2, $3, $4, now(), now() + interval '1 day')
                """, [.uuid, .uuid, .bytea, .bytea],
                [.uuid(id.id), .uuid(harness.user.id), .bytea(current.hash), .bytea(old.hash)])
            if isRenewedFirst {
                #expect(try renew(current)?.id == id)
                #expect(try renew(current.successor(under: secret))?.id == id)
            }
            #expect(try renew(old) == nil)
            #expect(try user(of: id, harness.user) == nil)
        }
    }

    @Test func `a session ends by itself, with its user, and as it is told`() throws {
        defer { harness.storage.stop() }
        let tokens = (0..<3).map { _ in RefreshToken() }
        let begun = tokens.map { session($0) }
        for session in begun {
            _ = try answer { sessions.claim(session, of: harness.user, for: key.hash, reply: $0) }.get()
        }
        func open() throws -> [Bool] { try begun.map { try user(of: $0.id, harness.user) != nil } }
        func end(_ scope: SessionScope, _ session: SessionID?, of user: UserID? = nil) throws {
            try answer { sessions.end(scope, of: user ?? harness.user, session: session, reply: $0) }.get()
        }
        try end(.local, nil)
        try end(.global, nil, of: UserID(.random()))
        try end(.local, begun[0].id, of: UserID(.random()))
        #expect(try open() == [true, true, true])
        try end(.local, begun[0].id)
        #expect(try open() == [false, true, true])
        #expect(try renew(tokens[0]) == nil)
        try end(.others, begun[1].id)
        #expect(try open() == [false, true, false])
        try end(.global, begun[1].id)
        #expect(try open() == [false, false, false])

        let last = RefreshToken()
        let short = session(last, endsAt: Timestamp(seconds: 1_775_044_800))
        _ = try answer { sessions.claim(short, of: harness.user, for: key.hash, reply: $0) }.get()
        #expect(try renew(last) == nil)
        let orphan = RefreshToken()
        _ = try answer { sessions.claim(session(orphan), of: harness.user, for: key.hash, reply: $0) }.get()
        try connection.run(script: "UPDATE users SET disabled_at = now()")
        #expect(try renew(orphan) == nil)
        #expect(
            try answer { sessions.claim(session(), of: harness.user, for: key.hash, reply: $0) }.get() == nil)
        #expect(try answer { sessions.profile(of: harness.user, reply: $0) }.get() == nil)
    }

    @Test func `a session that a key began ends with the key`() throws {
        defer { harness.storage.stop() }
        let (short, token) = (APIKey(), RefreshToken())
        _ = try answer { harness.storage.apiKeys.create(short, named: "s", of: harness.user, reply: $0) }
            .get()
        func claim(_ session: NewSession, _ key: APIKey) throws -> UserProfile? {
            try answer { sessions.claim(session, of: harness.user, for: key.hash, reply: $0) }.get()
        }
        let (begun, other) = (session(token), session())
        #expect(try claim(begun, short) != nil)
        #expect(try claim(other, key) != nil)
        #expect(try answer { harness.storage.apiKeys.delete(short.hash, of: harness.user, reply: $0) }.get())
        #expect(try user(of: begun.id, harness.user) == nil)
        #expect(try renew(token) == nil)
        #expect(try claim(session(), short) == nil)
        #expect(try user(of: other.id, harness.user) != nil)

        // A key that ends by itself takes its sessions along, renewed or not.
        let last = RefreshToken()
        try connection.run(script: "UPDATE apikeys SET expires_at = now() + interval '10 seconds'")
        let brief = session(last)
        #expect(try claim(brief, key) != nil)
        #expect(try renew(last)?.id == brief.id)
        #expect(
            try harness.rows(
                """
                SELECT s.expires_at = k.expires_at FROM user_sessions s
                JOIN apikeys k ON k.key_hash = s.api_key_hash WHERE s.id = '\(brief.id)'
                """) == ["t"])
        try connection.run(script: "UPDATE apikeys SET expires_at = now()")
        #expect(try claim(session(), key) == nil)
    }

    @Test func `the oldest of too many sessions give way, but not while their challenge is good`() throws {
        defer { harness.storage.stop() }
        func fill(withChallenges: Bool) throws {
            try connection.run(
                """
                INSERT INTO user_sessions (id, user_id, refresh_hash, challenge_second, created_at, expires_at)
                SELECT gen_random_uuid(), $1, sha256((random()::text || n)::bytea), CASE WHEN $2 THEN n END,
                    now() - interval '1 minute', now() + interval '1 day'
                FROM generate_series(1, 300) n
                """, [.uuid, .bool], [.uuid(harness.user.id), .bool(withChallenges)])
        }
        func count() throws -> [String] { try harness.rows("SELECT count(*) FROM user_sessions") }
        try fill(withChallenges: true)
        _ = try answer { sessions.claim(session(), of: harness.user, for: key.hash, reply: $0) }.get()
        #expect(try count() == ["301"])
        try connection.run(script: "UPDATE user_sessions SET created_at = created_at - interval '1 hour'")
        let begun = session()
        _ = try answer { sessions.claim(begun, of: harness.user, for: key.hash, reply: $0) }.get()
        #expect(try count() == ["\(Limits.sessionsPerUserMax)"])
        #expect(try user(of: begun.id, harness.user) != nil)

        // A key begins sessions as fast as it is asked to; there is no challenge that they must remember.
        try fill(withChallenges: false)
        _ = try answer { sessions.claim(session(), of: harness.user, for: key.hash, reply: $0) }.get()
        #expect(try count() == ["\(Limits.sessionsPerUserMax)"])
    }
}
