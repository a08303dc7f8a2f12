import Identity
import Postgres
import Primitives
import TestTraits
import Testing

@testable import Store

@Suite(.blocking) struct `API keys and wallets on Postgres` {
    private let harness: StorageHarness
    private let connection: BlockingConnection
    private let stranger: UserID
    private let pair = Ed25519KeyPair()

    init() throws {
        harness = try StorageHarness()
        connection = try BlockingConnection(harness.connectionString)
        stranger = try Accounts(connection).createUser(Ed25519KeyPair().publicKey)
    }

    // MARK: Keys

    private func create(_ name: String, _ key: APIKey = APIKey()) throws -> KeyOutcome {
        try answer { harness.storage.apiKeys.create(key, named: name, of: harness.user, reply: $0) }.get()
    }

    private func delete(_ hash: APIKeyHash, of user: UserID) throws -> Bool {
        try answer { harness.storage.apiKeys.delete(hash, of: user, reply: $0) }.get()
    }

    @Test func `a key is made once for each name, and deleted by its owner`() throws {
        defer { harness.storage.stop() }
        let key = APIKey()
        guard case .done(let time) = try create("laptop", key) else {
            Issue.record("the key should be made")
            return
        }
        #expect(time > Timestamp(seconds: 1_775_044_800))
        #expect(try create("laptop") == .nameTaken)
        #expect(
            try harness.rows("SELECT key_hash, trimmed_key FROM apikeys") == ["\(key.hash)|\(key.trimmed)"])
        #expect(try !delete(key.hash, of: stranger))
        #expect(try !delete(APIKey().hash, of: harness.user))
        #expect(try delete(key.hash, of: harness.user))
        #expect(try !delete(key.hash, of: harness.user))
        #expect(try create("laptop") != .nameTaken)
    }

    @Test func `a user has so many keys and no more`() throws {
        defer { harness.storage.stop() }
        for number in 0..<Limits.apiKeysPerUserMax {
            let outcome = try create("\(number)")
            #expect(outcome != .tooMany && outcome != .nameTaken)
        }
        #expect(try create("one more") == .tooMany)
        #expect(try create("7") == .nameTaken)
    }

    // MARK: Wallets

    private func draft(_ fill: (inout WalletDraft) -> Void) -> WalletDraft {
        var draft = WalletDraft()
        fill(&draft)
        return draft
    }

    private func add(_ draft: WalletDraft) throws -> WalletOutcome {
        try answer { harness.storage.wallets.add(draft, of: harness.user, reply: $0) }.get()
    }

    private func change(_ id: Int64, _ user: UserID? = nil, _ fill: (inout WalletDraft) -> Void) throws
        -> WalletOutcome
    {
        try answer {
            harness.storage.wallets.change(id, to: draft(fill), of: user ?? harness.user, reply: $0)
        }.get()
    }

    private func wallet(_ outcome: WalletOutcome, location: SourceLocation = #_sourceLocation) throws
        -> Wallet
    {
        guard case .done(let wallet) = outcome else {
            Issue.record("expected a wallet, got \(outcome)", sourceLocation: location)
            throw StorageError.failed
        }
        return wallet
    }

    /// Whether the wallet's box opens to the pair, nil if it has none.
    private func opens(_ id: Int64, to pair: Ed25519KeyPair) throws -> Bool? {
        let row = try connection.run(
            "SELECT sealed_keypair, verified_at IS NOT NULL FROM wallets WHERE id = $1", [.bigint],
            [.bigint(id)])[0]
        guard !row.isNull(0) else { return nil }
        let key = SealingKey(harness.storage.secret(.vault))
        let seal = WalletSeal(user: harness.user, publicKey: pair.publicKey)
        return try seal.open(row.bytes(0), under: key).seed.bytes == pair.seed.bytes && row.bool(1)
    }

    @Test func `a wallet of another's key holds no secret, one of a kept key holds it sealed`() throws {
        defer { harness.storage.stop() }
        let adapter = try wallet(
            add(
                draft {
                    $0.publicKey = Ed25519KeyPair().publicKey
                    $0.name = "phone"
                    $0.icon = "data:,"
                }))
        #expect(adapter.kind == .adapter && adapter.name == "phone" && adapter.icon == "data:,")
        #expect(adapter.user == harness.user && adapter.purpose == nil && adapter.description.isEmpty)
        #expect(try opens(adapter.id, to: pair) == nil)
        #expect(try harness.rows("SELECT verified_at FROM wallets WHERE id = \(adapter.id)") == [""])
        let kept = try wallet(
            add(
                draft {
                    $0.kind = .kept
                    $0.publicKey = pair.publicKey
                    $0.keyPair = pair
                }))
        #expect(kept.kind == .kept && kept.publicKey == pair.publicKey)
        #expect(try opens(kept.id, to: pair) == true)
        #expect(try add(draft { $0.publicKey = pair.publicKey }) == .keyTaken)
    }

    @Test func `a change leaves what it does not name, and keeps kind and key together`() throws {
        defer { harness.storage.stop() }
        let other = Ed25519KeyPair()
        let id = try wallet(
            add(
                draft {
                    $0.publicKey = pair.publicKey
                    $0.name = "one"
                    $0.purpose = "fees"
                })
        ).id
        let renamed = try wallet(change(id) { $0.name = "two" })
        #expect(renamed.name == "two" && renamed.purpose == "fees" && renamed.publicKey == pair.publicKey)
        #expect(try change(id) { $0.kind = .kept } == .keyPairMissing)
        #expect(
            try change(id) {
                $0.publicKey = pair.publicKey
                $0.keyPair = pair
            } == .keyPairUnwanted)
        #expect(
            try wallet(
                change(id) {
                    $0.kind = .kept
                    $0.publicKey = pair.publicKey
                    $0.keyPair = pair
                }
            ).kind == .kept)
        #expect(try opens(id, to: pair) == true)
        #expect(try wallet(change(id) { $0.name = "three" }).kind == .kept)
        #expect(try opens(id, to: pair) == true)
        #expect(try change(id) { $0.publicKey = other.publicKey } == .keyPairMissing)
        #expect(
            try wallet(
                change(id) {
                    $0.publicKey = other.publicKey
                    $0.keyPair = other
                }
            ).publicKey == other.publicKey)
        #expect(try opens(id, to: other) == true)
        #expect(try wallet(change(id) { $0.kind = .adapter }).kind == .adapter)
        #expect(try opens(id, to: other) == nil)
    }

    @Test func `a wallet of another key has been seen by nobody`() throws {
        defer { harness.storage.stop() }
        let main = try #require(
            Int64(harness.rows("SELECT id FROM wallets WHERE user_id = '\(harness.user)'")[0]))
        _ = try wallet(change(main) { $0.name = "main" })
        #expect(try harness.rows("SELECT verified_at IS NOT NULL FROM wallets WHERE id = \(main)") == ["t"])
        _ = try wallet(change(main) { $0.publicKey = pair.publicKey })
        #expect(try harness.rows("SELECT verified_at IS NOT NULL FROM wallets WHERE id = \(main)") == ["f"])
    }

    @Test func `nobody writes another's wallet or has a key twice`() throws {
        defer { harness.storage.stop() }
        let first = try wallet(add(draft { $0.publicKey = pair.publicKey }))
        let second = try wallet(add(draft { $0.publicKey = Ed25519KeyPair().publicKey }))
        #expect(try change(first.id, stranger) { $0.name = "mine" } == .missing)
        #expect(try change(first.id + 1_000) { $0.name = "mine" } == .missing)
        #expect(try change(second.id) { $0.publicKey = pair.publicKey } == .keyTaken)
        #expect(try wallet(change(first.id) { $0.publicKey = pair.publicKey }) == first)
    }

    @Test func `a user has so many wallets and no more`() throws {
        defer { harness.storage.stop() }
        try connection.run(
            """
            INSERT INTO wallets (user_id, public_key)
            SELECT $1, lpad(n::text, 40, 'x') FROM generate_series(2, $2) n
            """, [.uuid, .integer], [.uuid(harness.user.id), .integer(Int32(Limits.walletsPerUserMax))])
        #expect(try add(draft { $0.publicKey = pair.publicKey }) == .tooMany)
    }
}
