import Foundation
import Identity
import Postgres
import Primitives
import Synchronization
import TestKit
import TestTraits
import Testing
import Values

@testable import Engine
@testable import Store

/// What every implementation of key-value stores must do (spec nodes 2.6).
///
/// Port: KeyValueStore. Implementations: PostgresKeyValues, MemoryKeyValues.
@Suite(.blocking) struct `Key-value stores` {
    enum Kind: CaseIterable {
        case memory, postgres
    }

    /// One implementation with two users, who may have two stores and two hundred bytes each.
    private final class Bench {
        let stores: any KeyValueStore
        let harness: StorageHarness?
        let users: [UserID]

        init(_ kind: Kind) throws {
            switch kind {
            case .memory:
                stores = MemoryKeyValues(storesMax: 2, bytesMax: 200)
                (harness, users) = (nil, [UserID(.random()), UserID(.random())])
            case .postgres:
                let harness = try StorageHarness()
                let other = try Accounts(BlockingConnection(harness.connectionString)).createUser(
                    known(PublicKey(bytes: [UInt8](repeating: 8, count: 32))))
                stores = harness.storage.keyValues
                (self.harness, users) = (harness, [harness.user, other])
                for user in users {
                    _ = try harness.rows(
                        """
                        INSERT INTO user_quotas (user_id, kvstore_count_limit, kvstore_size_limit)
                        VALUES ('\(user)', 2, 200)
                        """)
                }
            }
        }

        deinit { harness?.storage.stop() }

        /// The value before as tagged JSON, `-` for none, or the text of the error.
        func ask(_ request: KeyValueRequest, user: Int = 0) -> String {
            do {
                let result = try answer { stores.perform(request, of: users[user], reply: $0) }
                return try result.get()?.taggedText ?? "-"
            } catch {
                return "\(error)"
            }
        }
    }

    @Test(arguments: Kind.allCases) func `keep a value until it is replaced or deleted`(kind: Kind) throws {
        let bench = try Bench(kind)
        #expect(bench.ask(.createStore("s")) == "-")
        #expect(bench.ask(.read(store: "s", key: "k")) == "-")
        #expect(bench.ask(.write(store: "s", key: "k", .null)) == "-")
        #expect(bench.ask(.read(store: "s", key: "k")) == #"{"N":0}"#)
        let value = Value.map(["b": .string("a\u{0}é\"\\"), "a": .f64(-0.0)])
        #expect(bench.ask(.write(store: "s", key: "k", value)) == #"{"N":0}"#)
        #expect(bench.ask(.read(store: "s", key: "k")) == value.taggedText)
        #expect(bench.ask(.write(store: "s", key: "", .u64(1))) == "-")
        #expect(bench.ask(.deleteItem(store: "s", key: "k")) == value.taggedText)
        #expect(bench.ask(.deleteItem(store: "s", key: "k")) == "-")
        #expect(bench.ask(.read(store: "s", key: "k")) == "-")
        #expect(bench.ask(.read(store: "s", key: "")) == #"{"U":"1"}"#)
    }

    @Test(arguments: Kind.allCases) func `belong to one user each`(kind: Kind) throws {
        let bench = try Bench(kind)
        #expect(bench.ask(.createStore("s")) == "-")
        #expect(bench.ask(.createStore("s")) == "database already exists")
        #expect(bench.ask(.write(store: "s", key: "k", .u64(1))) == "-")
        #expect(bench.ask(.read(store: "s", key: "k"), user: 1) == "store not found")
        #expect(bench.ask(.createStore("s"), user: 1) == "-")
        #expect(bench.ask(.read(store: "s", key: "k"), user: 1) == "-")
        #expect(bench.ask(.deleteStore("s"), user: 1) == "-")
        #expect(bench.ask(.read(store: "s", key: "k")) == #"{"U":"1"}"#)
    }

    @Test(arguments: Kind.allCases) func `are unknown until they are created`(kind: Kind) throws {
        let bench = try Bench(kind)
        for store in ["s", "1s", "", "a/b", String(repeating: "s", count: 121)] {
            #expect(bench.ask(.deleteStore(store)) == "store not found")
            #expect(bench.ask(.write(store: store, key: "k", .null)) == "store not found")
            #expect(bench.ask(.read(store: store, key: "k")) == "store not found")
            #expect(bench.ask(.deleteItem(store: store, key: "k")) == "store not found")
        }
    }

    @Test(arguments: Kind.allCases) func `have names of a few characters only`(kind: Kind) throws {
        let bench = try Bench(kind)
        for name in [
            "", "1a", "_a", "-a", "a b", "a.b", "é", "aé", "a\u{0}", "a\n",
            String(repeating: "s", count: 121),
        ] {
            #expect(bench.ask(.createStore(name)) == "\(KeyValueError.invalidStoreName)")
        }
        #expect(bench.ask(.createStore("Z_-9")) == "-")
        #expect(bench.ask(.createStore(String(repeating: "s", count: 120))) == "-")
        #expect(bench.ask(.write(store: "Z_-9", key: "a\u{0}", .null)) == "\(KeyValueError.invalidKey)")
        let long = String(repeating: "k", count: Limits.keyValueKeyBytesMax + 1)
        #expect(bench.ask(.read(store: "Z_-9", key: long)) == "\(KeyValueError.invalidKey)")
    }

    /// Two spellings of one letter are equal as text.
    @Test(arguments: Kind.allCases) func `tell keys apart by their bytes`(kind: Kind) throws {
        let bench = try Bench(kind)
        #expect(bench.ask(.createStore("s")) == "-")
        #expect(bench.ask(.write(store: "s", key: "\u{E9}", .u64(1))) == "-")
        #expect(bench.ask(.read(store: "s", key: "e\u{301}")) == "-")
        #expect(bench.ask(.write(store: "s", key: "e\u{301}", .u64(2))) == "-")
        #expect(bench.ask(.deleteItem(store: "s", key: "\u{E9}")) == #"{"U":"1"}"#)
        #expect(bench.ask(.read(store: "s", key: "e\u{301}")) == #"{"U":"2"}"#)
    }

    @Test(arguments: Kind.allCases) func `stay below the user's limits`(kind: Kind) throws {
        let bench = try Bench(kind)
        let full = "user's storage limit exceeded"
        #expect(bench.ask(.createStore("aa")) == "-")
        #expect(bench.ask(.createStore("bb")) == "-")
        #expect(bench.ask(.createStore("cc")) == full)
        // {"S":""} is eight bytes; the names took four of the two hundred.
        func text(_ count: Int) -> Value { .string(String(repeating: "x", count: count - 8)) }
        #expect(bench.ask(.write(store: "aa", key: "k", text(195))) == full)
        #expect(bench.ask(.write(store: "aa", key: "k", text(194))) == "-")
        #expect(bench.ask(.write(store: "bb", key: "", text(8))) == full)
        #expect(bench.ask(.write(store: "aa", key: "k", text(195))) == full)
        #expect(bench.ask(.write(store: "aa", key: "k", text(100))) == text(194).taggedText)
        #expect(bench.ask(.write(store: "bb", key: "kk", text(92))) == "-")
        #expect(bench.ask(.deleteItem(store: "bb", key: "kk")) == text(92).taggedText)
        #expect(bench.ask(.write(store: "bb", key: "kk", text(93))) == full)
        #expect(bench.ask(.deleteStore("aa")) == "-")
        #expect(bench.ask(.write(store: "bb", key: "kk", text(195))) == "-")
        #expect(bench.ask(.createStore("d")) == full)
    }

    @Test(arguments: Kind.allCases) func `refuse a value that is too large`(kind: Kind) throws {
        let bench = try Bench(kind)
        #expect(bench.ask(.createStore("s")) == "-")
        let value = Value.string(String(repeating: "x", count: Limits.keyValueItemBytesMax))
        #expect(bench.ask(.write(store: "s", key: "k", value)) == "\(KeyValueError.itemTooLarge)")
        // Short in memory, long as JSON.
        let controls = Value.string(String(repeating: "\u{1}", count: Limits.keyValueItemBytesMax / 2))
        #expect(bench.ask(.write(store: "s", key: "k", controls)) == "\(KeyValueError.itemTooLarge)")
    }

    @Test(arguments: Kind.allCases) func `never hold what is hidden`(kind: Kind) throws {
        let bench = try Bench(kind)
        #expect(bench.ask(.createStore("s")) == "-")
        let secret = Value.array([.vaultSecret("hush", provider: "p", label: "l")])
        #expect(bench.ask(.write(store: "s", key: "k", secret)) == "-")
        #expect(bench.ask(.read(store: "s", key: "k")) == #"{"A":[{"S":"<vault:p/l>"}]}"#)
    }
}

@Suite(.blocking) struct `Key-value stores on Postgres` {
    /// Stores and sizes as counted, as a fresh count gives them: two equal rows.
    private static let recount = """
        SELECT kvstore_count, kvstore_size FROM user_quotas
        UNION ALL
        SELECT count(*), sum(octet_length(m.store_name) + COALESCE((
            SELECT sum(octet_length(k.key) + octet_length(k.value::text)) FROM kvstore k
            WHERE k.user_id = m.user_id AND k.store_name = m.store_name), 0))
        FROM kvstore_metadata m
        """

    /// Several servers on one database write, replace and delete items and stores of one user.
    @Test func `count exactly however many write at once`() throws {
        let harness = try StorageHarness()
        defer { harness.storage.stop() }
        let connectionString = harness.connectionString
        let user = harness.user
        let failures = ErrorList()
        DispatchQueue.concurrentPerform(iterations: 6) { writer in
            var random = SeededGenerator(seed: UInt64(writer))
            do {
                let connection = try BlockingConnection(connectionString)
                for _ in 0..<60 {
                    let store = ["a", "bb"].randomElement(using: &random) ?? ""
                    let key = ["", "é"].randomElement(using: &random) ?? ""
                    let length = Int.random(in: 0..<100_000, using: &random)
                    let value = ValueJSON.encode(.string(String(repeating: "v", count: length)))
                    switch Int.random(in: 0..<20, using: &random) {
                    case 0: try connection.ask(KeyValueStatements.deleteStore, (user, store))
                    case 1...4: try connection.ask(KeyValueStatements.createStore, (user, store))
                    case 5...8: try connection.ask(KeyValueStatements.deleteItem, (user, store, key))
                    default: try connection.ask(KeyValueStatements.write, ((user, store, key), value))
                    }
                }
            } catch {
                failures.add("\(error)")
            }
        }
        #expect(failures.all.isEmpty)
        let counts = try harness.rows(Self.recount)
        #expect(counts.count == 2)
        #expect(counts[0] == counts[1])
        #expect(counts[0] != "0|0")
        #expect(
            try harness.rows(
                """
                SELECT count(*) FROM kvstore_metadata m WHERE stats_size <> COALESCE((
                    SELECT sum(octet_length(k.key) + octet_length(k.value::text)) FROM kvstore k
                    WHERE k.user_id = m.user_id AND k.store_name = m.store_name), 0)
                """) == ["0"])
    }

    @Test func `go with their user`() throws {
        let harness = try StorageHarness()
        defer { harness.storage.stop() }
        let stores = harness.storage.keyValues
        for request in [KeyValueRequest.createStore("s"), .write(store: "s", key: "k", .null)] {
            _ = try answer { stores.perform(request, of: harness.user, reply: $0) }.get()
        }
        _ = try harness.rows("DELETE FROM users")
        #expect(
            try harness.rows(
                """
                SELECT (SELECT count(*) FROM kvstore) + (SELECT count(*) FROM kvstore_metadata)
                    + (SELECT count(*) FROM user_quotas)
                """
            ) == ["0"])
        guard
            case .failure(.storage(.failed)) = try answer({
                stores.perform(.createStore("s"), of: harness.user, reply: $0)
            })
        else {
            Issue.record("a user who is not there cannot have a store")
            return
        }
    }
}

/// What went wrong on other threads.
private final class ErrorList: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }
    func add(_ text: String) { texts.withLock { $0.append(text) } }
}
