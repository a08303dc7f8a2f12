import Engine
import Identity
import Postgres
import Primitives
import TestKit
import TestTraits
import Testing

@testable import Store

/// What every vault must do (spec nodes 0.4.4): the one in memory, on which the engine is tested, and the one on Postgres.
///
/// Port: Vault. Implementations: PostgresVault, MemoryVault.
@Suite(.blocking) struct `Vaults` {
    enum Kind: CaseIterable {
        case memory, postgres
    }

    /// One implementation with two users.
    private final class Bench {
        let vault: any Vault
        let users: [UserID]
        private let harness: StorageHarness?
        private let change: (VaultName, UserID, String?) throws -> Void

        init(_ kind: Kind) throws {
            switch kind {
            case .memory:
                let memory = MemoryVault()
                (vault, harness, users) = (memory, nil, [UserID(.random()), UserID(.random())])
                change = { memory.set($0, of: $1, to: $2) }
            case .postgres:
                let harness = try StorageHarness()
                let connection = try BlockingConnection(harness.connectionString)
                let other = try Accounts(connection).createUser(
                    known(PublicKey(bytes: [UInt8](repeating: 8, count: 32))))
                let secrets = Secrets(connection)
                let key = try secrets.standardKey()
                (vault, self.harness, users) = (harness.storage.vault, harness, [harness.user, other])
                change = { name, user, secret in
                    if let secret {
                        try secrets.set(name, of: user, to: secret, under: key)
                    } else {
                        #expect(try secrets.delete(name, of: user))
                    }
                }
            }
        }

        deinit { harness?.storage.stop() }

        func set(_ name: String, _ secret: String?, user: Int = 0) throws {
            try change(known(VaultName(name)), users[user], secret)
        }

        func find(_ names: String..., user: Int = 0) throws -> [String: String] {
            let names = names.map { known(VaultName($0)) }
            let found = try answer { vault.secrets(names, of: users[user], reply: $0) }.get()
            return Dictionary(uniqueKeysWithValues: found.map { ("\($0.provider)/\($0.label)", $1) })
        }
    }

    @Test(arguments: Kind.allCases)
    func `find several secrets at once, and leave out those that are not there`(kind: Kind) throws {
        let bench = try Bench(kind)
        try bench.set("p/a", "hush")
        try bench.set("p/b/c", "")
        try bench.set("q/a", "a\u{0}é\n")
        let all = ["p/a": "hush", "q/a": "a\u{0}é\n", "p/b/c": ""]
        #expect(try bench.find("p/a", "q/a", "p/b/c", "p/x", "p/a") == all)
        #expect(try bench.find("q/b", "x/a") == [:], "provider and label belong together")
        #expect(try bench.find("p/A", "P/a") == [:], "the case of letters counts")
        #expect(try bench.find() == [:])
    }

    @Test(arguments: Kind.allCases) func `give the last secret of a name until it is forgotten`(kind: Kind)
        throws
    {
        let bench = try Bench(kind)
        try bench.set("p/a", "first")
        try bench.set("p/a", "second")
        try bench.set("p/b", "stays")
        #expect(try bench.find("p/a") == ["p/a": "second"])
        try bench.set("p/a", nil)
        #expect(try bench.find("p/a", "p/b") == ["p/b": "stays"])
    }

    @Test(arguments: Kind.allCases) func `open for their owner only`(kind: Kind) throws {
        let bench = try Bench(kind)
        try bench.set("p/a", "mine")
        #expect(try bench.find("p/a", user: 1) == [:])
        try bench.set("p/a", "theirs", user: 1)
        #expect(try bench.find("p/a") == ["p/a": "mine"])
        #expect(try bench.find("p/a", user: 1) == ["p/a": "theirs"])
        let stranger = try answer {
            bench.vault.secrets([known(VaultName("p/a"))], of: UserID(.random()), reply: $0)
        }
        #expect(try stranger.get() == [:])
    }

    /// Two spellings of one letter are equal as text.
    @Test(arguments: Kind.allCases) func `tell names apart by their bytes`(kind: Kind) throws {
        let bench = try Bench(kind)
        try bench.set("p/\u{E9}", "one sign")
        #expect(try bench.find("p/e\u{301}") == [:])
        #expect(try bench.find("p/\u{E9}") == ["p/\u{E9}": "one sign"])
    }
}

@Suite(.blocking) struct `Vaults on Postgres` {
    private let harness: StorageHarness
    private let secrets: Secrets
    private let key: SealingKey

    init() throws {
        harness = try StorageHarness()
        secrets = Secrets(try BlockingConnection(harness.connectionString))
        key = try secrets.standardKey()
    }

    private func find(_ names: String..., of user: UserID? = nil) throws -> [String: String] {
        let names = names.map { known(VaultName($0)) }
        let found = try answer { harness.storage.vault.secrets(names, of: user ?? harness.user, reply: $0) }
            .get()
        return Dictionary(uniqueKeysWithValues: found.map { ("\($0.provider)/\($0.label)", $1) })
    }

    private func set(_ name: String, _ secret: String, of user: UserID? = nil) throws {
        try secrets.set(known(VaultName(name)), of: user ?? harness.user, to: secret, under: key)
    }

    private func makeUser() throws -> UserID {
        try Accounts(BlockingConnection(harness.connectionString)).createUser(
            known(PublicKey(bytes: [UInt8](repeating: 8, count: 32))))
    }

    @Test func `secrets are listed by name and deleted once`() throws {
        defer { harness.storage.stop() }
        let other = try makeUser()
        for name in ["q/a", "p/b/c", "p/a"] { try set(name, "hush") }
        #expect(
            try secrets.names(of: harness.user).map { "\($0.provider)/\($0.label)" } == [
                "p/a", "p/b/c", "q/a",
            ])
        #expect(try !secrets.delete(known(VaultName("p/a")), of: other))
        #expect(try secrets.delete(known(VaultName("p/a")), of: harness.user))
        #expect(try !secrets.delete(known(VaultName("p/a")), of: harness.user))
        #expect(try secrets.names(of: harness.user).count == 2 && secrets.names(of: other).isEmpty)
    }

    @Test func `no row shows a secret, and no row's box opens in another`() throws {
        defer { harness.storage.stop() }
        let other = try makeUser()
        try set("p/a", "hush hush")
        try set("p/b", "hush hush")
        try set("p/a", "hush hush", of: other)
        #expect(
            try harness.rows(
                "SELECT count(DISTINCT sealed) FROM vault_secrets WHERE position('hush'::bytea IN sealed) = 0"
            )
                == ["3"])
        for change in [
            "UPDATE vault_secrets v SET sealed = o.sealed FROM vault_secrets o WHERE v.label = 'a' AND o.label = 'b'",
            "UPDATE vault_secrets v SET sealed = o.sealed FROM vault_secrets o WHERE v.user_id <> o.user_id",
            "UPDATE vault_secrets SET sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1)",
            "UPDATE vault_secrets SET sealed = ''",
        ] {
            try set("p/a", "hush hush")
            #expect(try find("p/a") == ["p/a": "hush hush"])
            _ = try harness.rows(change)
            #expect(throws: StorageError.self) { try find("p/a") }
        }
    }

    @Test func `a key of the operator's own is used instead of the one in the database`() throws {
        let own = SealingKey(known(ServerSecret(bytes: [UInt8](repeating: 9, count: 32))))
        let name = known(VaultName("p/a"))
        try secrets.set(name, of: harness.user, to: "hush", under: own)
        #expect(throws: StorageError.self) { try find("p/a") }
        harness.storage.stop()
        let storage = try Storage.start(
            connectionString: harness.connectionString, server: StorageHarness.here, serverVersion: "test",
            vaultKey: own, log: testLog)
        defer { storage.stop() }
        let found = try answer { storage.vault.secrets([name], of: harness.user, reply: $0) }.get()
        #expect(found == [name: "hush"])
    }

    @Test(arguments: [
        ("p/l", "p", "l"), (" p / l ", "p", "l"), ("p/a/b", "p", "a/b"), ("é/\u{1F511}", "é", "\u{1F511}"),
    ])
    func `a name has two parts`(text: String, provider: String, label: String) {
        #expect(VaultName(text) == VaultName(provider: provider, label: label))
    }

    @Test(arguments: [
        "", "p", "/", "p/", "/l", " /l", "p/ ", "p/a\u{0}b", "p\n/q\u{1}",
        String(repeating: "p", count: 256) + "/l",
    ])
    func `nothing else is a name`(text: String) {
        #expect(VaultName(text) == nil)
    }
}
