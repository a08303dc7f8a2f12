import Engine
import Identity
import Postgres
import Primitives
import TestKit
import TestTraits
import Testing

@testable import Store

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

    @Test func `several secrets are found at once, and those that are not there are left out`() throws {
        defer { harness.storage.stop() }
        try set("p/a", "hush")
        try set("p/b/c", "")
        try set("q/a", "a\u{0}é\n")
        #expect(
            try find("p/a", "q/a", "p/b/c", "p/x", "p/a") == ["p/a": "hush", "q/a": "a\u{0}é\n", "p/b/c": ""])
        #expect(try find() == [:])
        #expect(
            try secrets.names(of: harness.user).map { "\($0.provider)/\($0.label)" } == [
                "p/a", "p/b/c", "q/a",
            ])
        try set("p/a", "other")
        #expect(try find("p/a") == ["p/a": "other"])
        #expect(try secrets.delete(known(VaultName("p/a")), of: harness.user))
        #expect(try !secrets.delete(known(VaultName("p/a")), of: harness.user))
        #expect(try find("p/a") == [:])
    }

    @Test func `a secret is its owner's alone`() throws {
        defer { harness.storage.stop() }
        let other = try makeUser()
        try set("p/a", "mine")
        #expect(try find("p/a", of: other) == [:])
        try set("p/a", "theirs", of: other)
        #expect(try find("p/a") == ["p/a": "mine"])
        #expect(try !secrets.delete(known(VaultName("q/a")), of: other))
        #expect(try secrets.names(of: other).count == 1)
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
