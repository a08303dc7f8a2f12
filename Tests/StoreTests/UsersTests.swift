import Identity
import Postgres
import Primitives
import TestTraits
import Testing

@testable import Store

@Suite(.blocking) struct `Users behind credentials, on Postgres` {
    private let harness: StorageHarness
    private let connection: BlockingConnection
    private let accounts: Accounts

    init() throws {
        harness = try StorageHarness()
        connection = try BlockingConnection(harness.connectionString)
        accounts = Accounts(connection)
    }

    private func user(_ proof: UserProof, _ storage: Storage? = nil) throws -> KnownUser? {
        let users = (storage ?? harness.storage).users
        return try answer { users.user(provedBy: proof, reply: $0) }.get()
    }

    private func token(_ user: UserID, _ key: PublicKey, session: SessionID? = nil) -> UserProof {
        .signedToken(
            SignedToken.Claims(user: user, publicKey: key, expirySeconds: 4_102_444_800, session: session))
    }

    @Test func `a key leads to its user unless one of the two has ended`() throws {
        defer { harness.storage.stop() }
        let key = APIKey()
        #expect(try accounts.createAPIKey(key, of: harness.user, name: "first"))
        #expect(try !accounts.createAPIKey(APIKey(), of: harness.user, name: "first"), "the name is taken")
        #expect(try !accounts.createAPIKey(key, of: harness.user, name: "second"), "the key is stored")
        let proof = UserProof.apiKey(key.hash)
        #expect(try user(proof) == KnownUser(user: harness.user, publicKey: Self.harnessKey))
        #expect(try user(.apiKey(APIKey().hash)) == nil)
        #expect(
            try harness.rows("SELECT trimmed_key, last_used_at IS NOT NULL FROM apikeys") == [
                "\(key.trimmed)|t"
            ])

        try connection.run(script: "UPDATE apikeys SET expires_at = now() - interval '1 second'")
        #expect(try user(proof) == nil)
        try connection.run(script: "UPDATE apikeys SET expires_at = now() + interval '1 day'")
        #expect(try user(proof) != nil)
        try connection.run(script: "UPDATE users SET disabled_at = now()")
        #expect(try user(proof) == nil)
    }

    @Test func `a deleted key stops at once on every server`() throws {
        let second = try harness.startSecond()
        defer {
            harness.storage.stop()
            second.stop()
        }
        let key = APIKey()
        #expect(try accounts.createAPIKey(key, of: harness.user, name: "first"))
        let proof = UserProof.apiKey(key.hash)
        for _ in 0..<3 {
            #expect(try user(proof) != nil)
            #expect(try user(proof, second) != nil)
        }
        try connection.run(script: "DELETE FROM apikeys")
        #expect(try user(proof) == nil)
        #expect(try user(proof, second) == nil)
    }

    @Test func `a token of this server counts as long as its session and its user do`() throws {
        defer { harness.storage.stop() }
        let session = SessionID(.random())
        let proof = token(harness.user, Self.harnessKey, session: session)
        #expect(try user(proof) == nil, "there is no such session")
        try connection.run(
            """
            INSERT INTO user_sessions (id, user_id, refresh_hash, expires_at)
            VALUES ($1, $2, $3, now() + interval '1 day')
            """, [.uuid, .uuid, .bytea],
            [
                .uuid(session.id), .uuid(harness.user.id),
                .bytea([UInt8](repeating: 1, count: 32)),
            ])
        #expect(try user(proof) == KnownUser(user: harness.user, publicKey: Self.harnessKey))
        let other = try accounts.createUser(Self.otherKey)
        #expect(try user(token(other, Self.otherKey, session: session)) == nil, "it is another user's")
        for end in ["revoked_at = now()", "revoked_at = NULL, expires_at = now()"] {
            try connection.run(script: "UPDATE user_sessions SET \(end)")
            #expect(try user(proof) == nil)
        }
        try connection.run(script: "UPDATE user_sessions SET expires_at = now() + interval '1 day'")
        #expect(try user(proof) != nil)
        try connection.run(script: "UPDATE users SET disabled_at = now()")
        #expect(try user(proof) == nil)
    }

    @Test func `a user of another service becomes one here when he first calls, with a key of his own`()
        throws
    {
        defer { harness.storage.stop() }
        let stranger = UserID(.random())
        let proof = token(stranger, Self.otherKey)
        for _ in 0..<2 {
            #expect(try user(proof) == KnownUser(user: stranger, publicKey: Self.otherKey))
        }
        #expect(
            try harness.rows(
                "SELECT public_key, type, verified_at IS NULL FROM wallets WHERE user_id = '\(stranger)'")
                == [
                    "\(Self.otherKey)|ADAPTER|t"
                ])
        // Neither another user's key nor another key of his own.
        #expect(try user(token(UserID(.random()), Self.otherKey)) == nil)
        #expect(try user(token(UserID(.random()), Self.harnessKey)) == nil)
        #expect(
            try user(token(stranger, Self.harnessKey))
                == KnownUser(user: stranger, publicKey: Self.otherKey))
        try connection.run(script: "UPDATE users SET disabled_at = now() WHERE id = '\(stranger)'")
        #expect(try user(proof) == nil)
        #expect(try accounts.counts().users == 2)
    }

    private static let harnessKey = known(PublicKey(bytes: [UInt8](repeating: 7, count: 32)))
    private static let otherKey = known(PublicKey(bytes: [UInt8](repeating: 8, count: 32)))
}
