import Engine
import Foundation
import Identity
import Postgres
import Primitives
import Tables
import TestKit
import TestTraits
import Testing
import Transfer

@testable import Store

/// An export of the hosted product, written by hand, goes into databases that look different.
@Suite(.blocking) struct `Exports in and out of the database` {
    private let cluster: ScratchCluster
    private let database: String
    private let connection: BlockingConnection
    private let key = SealingKey(.random())

    private static let user = known(UserID("e006ca5d-3c7c-4839-8b23-9c6f624f36b9"))
    private static let main = known(Ed25519KeyPair(seed: Array(1...32)))
    private static let kept = known(Ed25519KeyPair(seed: Array(2...33)))
    private static let flows = (3671...3673).map { "00000000-0000-4000-b000-00000000\($0)" }

    init() throws {
        cluster = try ScratchCluster.shared.get()
        database = try cluster.makeDatabase()
        connection = try Storage.prepare(database, log: .silent)
    }

    static func hosted() throws -> ExportFile {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try ExportFile(
            Array(Data(contentsOf: folder.appending(path: "IntegrationTests/Exports/hosted.json"))))
    }

    private func rows(_ sql: String) throws -> [String] {
        try cluster.psql(sql, on: database).split(separator: "\n").map(String.init)
    }

    @discardableResult
    private func take(_ file: ExportFile, _ secrets: ExportedSecrets? = nil) throws -> ImportReport {
        try ExportImport(connection, key: key, problems: { _ in [] }).run(file, secrets)
    }

    private func changed(_ name: ExportTable, _ change: (String) -> String) throws -> ExportFile {
        var file = try Self.hosted()
        file[name] = try CSVTable(change(file[name]?.text ?? ""), named: name.rawValue)
        return file
    }

    // MARK: In

    @Test func `everything of an export is there afterwards, and counted`() throws {
        let report = try take(Self.hosted())
        #expect(
            report.description == """
                users: 1 imported
                identities: 1 ignored
                users_public: 2 ignored
                pubkey_whitelists: 1 imported
                wallets: 2 imported, 1 skipped (a wallet of this key is there already)
                apikeys: 2 imported
                user_quotas: 1 imported
                kvstore_metadata: 2 imported
                kvstore: 2 imported
                flows: 3 imported
                node_definitions: 2 ignored
                wallet 42 is 41 here
                API key *****CBgoM lets in user \(Self.user)
                API key *****wdHh8 lets in user \(Self.user)
                node_definitions, line 3: the user's own definition is ignored: this server runs the kinds that it has
                """)
        #expect(
            try rows("SELECT id, pub_key, role, created_at FROM users")
                == ["\(Self.user)|\(Self.main.publicKey)|user|2026-01-01 00:00:00.5+00"])
        #expect(
            try rows(
                "SELECT id, type, name, sealed_keypair IS NULL, verified_at IS NULL FROM wallets ORDER BY id")
                == ["40|ADAPTER|Main wallet|t|f", "41|HARDCODED|server's; own|f|f"])
        let box = try connection.run("SELECT sealed_keypair FROM wallets WHERE id = 41")[0].bytes(0)
        let opened = try WalletSeal(user: Self.user, publicKey: Self.kept.publicKey).open(box, under: key)
        #expect(opened.seed.bytes == Self.kept.seed.bytes)
        #expect(
            try rows("SELECT name, trimmed_key, created_at FROM apikeys ORDER BY created_at")
                == [
                    "laptop|*****CBgoM|2026-04-01 12:00:00.123456+00",
                    "007|*****wdHh8|2026-04-02 12:00:00+00",
                ])
        #expect(
            try rows("SELECT kvstore_count, kvstore_count_limit, kvstore_size_limit FROM user_quotas")
                == ["2|50|1048576"])
        #expect(
            try rows(
                """
                SELECT kvstore_size = (SELECT sum(octet_length(value::text) + octet_length(key)) FROM kvstore)
                    + (SELECT sum(octet_length(store_name)) FROM kvstore_metadata) FROM user_quotas
                """) == ["t"])
        #expect(
            try rows("SELECT id, uuid, is_public, read_enabled, parent_flow FROM flows ORDER BY id") == [
                "3671|\(Self.flows[0])|t|t|", "3672|\(Self.flows[1])|f|f|3671", "3673|\(Self.flows[2])|f|f|",
            ])
        #expect(
            try rows(
                "SELECT name, replace(description, E'\\n', '/'), instructions_bundling, environment->>'ENDPOINT' FROM flows WHERE id = 3671"
            )
                == ["Double; it's 'quoted'|two/lines|\"Automatic\"|x;y"])
        // Numbers that are handed out later begin behind.
        #expect(try rows("INSERT INTO flows (user_id) VALUES ('\(Self.user)') RETURNING id")[0] == "3674")
        #expect(try rows("SELECT nextval('wallets_id_seq')") == ["43"])
    }

    /// Flows as exports had them in the first generation: lines end in CR LF, parts stand in Postgres arrays, a flow is
    /// named by its number.
    private func firstGeneration() throws -> ExportFile {
        let columns =
            "id;user_id;name;tags;created_at;parent_flow;viewport;uuid;custom_networks;environment;nodes;edges;"
            + "mosaic;isPublic;start_shared;gg_marketplace"
        func node(_ data: String) -> String {
            #"{"id": "00000000-0000-4000-8000-000000000001", "type": "native", "data": {"node_id": \#(data)}}"#
        }
        func array(_ json: String) -> String {
            "{\"" + json.replacing(#"\"#, with: #"\\"#).replacing("\"", with: "\\\"") + "\"}"
        }
        let constant = node(
            #""const", "sources": [], "targets_form": {"form_data": {"value": "it\u0027s \"1\""}}"#)
        let nested = node(#""interflow", "targets": [], "config": {"id": 94}"#)
        let rows = [
            "94;\(Self.user);old;{};2022-10-29;;'{\"x\": 1, \"y\": 2, \"zoom\": 1}';;{};{};'\(array(constant))';{};"
                + "'{\"direction\": \"row\"}';t;;t",
            "95;\(Self.user);older;{a};2022-10-30;94;;;;;'\(array(nested))';{};;f;t;",
        ]
        return try changed(.flows) { _ in ([columns] + rows).joined(separator: "\r\n") + "\r\n" }
    }

    @Test func `flows of the first generation come with what they have`() throws {
        // The number of the first one is somebody else's here.
        let other = try Accounts(connection).createUser(
            known(PublicKey(bytes: [UInt8](repeating: 7, count: 32))))
        _ = try rows("INSERT INTO flows (id, user_id) VALUES (94, '\(other)')")
        let report = try take(firstGeneration())
        #expect(report.tables[.flows]?.importedCount == 2)
        let number = try #require(rows("SELECT id FROM flows WHERE name = 'old'").first)
        #expect(report.notes.contains("flow 94 is \(number) here"))
        #expect(report.notes.contains("flow \(number) came without its mosaic"))
        #expect(report.notes.contains("flow 95 came without its tags"))
        #expect(
            try rows(
                """
                SELECT is_public, start_shared, created_at, editor->'viewport'->>'y', editor->>'gg_marketplace',
                    nodes->0->'data'->'targets_form'->'form_data'->>'value' FROM flows WHERE name = 'old'
                """) == [#"t|f|2022-10-29 00:00:00+00|2|true|it's "1""#])
        #expect(
            try rows(
                """
                SELECT f.parent_flow, f.start_shared, p.name, f.nodes->0->'data'->'config'->>'id'
                FROM flows f JOIN flows p ON p.id = f.parent_flow WHERE f.name = 'older'
                """) == ["\(number)|t|old|\(number)"])
        let again = try take(firstGeneration())
        #expect(again.tables[.flows]?.skipped == ["there already": 2])
    }

    @Test func `what cannot be taken over is named row by row`() throws {
        let limits = try changed(.quotas) { $0.replacing(";1048576", with: ";12") }
        let notes = try take(limits).notes
        #expect(notes.contains("kvstore, line 2: over the user's limit"))
        let definitions = try changed(.nodeDefinitions) {
            $0.split(separator: "\n").prefix(1).joined() + "\n1;1;a;mock;{};{};{};me;\(Self.user)\n"
        }
        #expect(
            try take(definitions).notes.contains(
                "node_definitions, line 2: the user's own definition is ignored: this server runs the kinds that it has"
            ))
    }

    @Test func `nothing is taken over twice`() throws {
        try take(Self.hosted())
        let tables = [
            "users", "wallets", "apikeys", "user_quotas", "kvstore", "kvstore_metadata", "flows",
            "pubkey_whitelists",
        ]
        let before = try tables.map { try rows("SELECT t FROM \($0) t ORDER BY 1::text") }
        let report = try take(Self.hosted())
        #expect(report.tables.values.allSatisfy { $0.importedCount == 0 && $0.completedCount == 0 })
        #expect(report.tables[.flows]?.skipped == ["there already": 3])
        #expect(report.tables[.items]?.skipped == ["there already": 2])
        #expect(try tables.map { try rows("SELECT t FROM \($0) t ORDER BY 1::text") } == before)
    }

    @Test func `what others have stays theirs, and what came gets other names everywhere`() throws {
        let other = try Accounts(connection).createUser(
            known(PublicKey(bytes: [UInt8](repeating: 7, count: 32))))
        _ = try rows(
            """
            INSERT INTO wallets (id, user_id, public_key, name) VALUES
                (41, '\(other)', '\(Self.kept.publicKey)', 'theirs'), (40, '\(other)', '\(Self.main.publicKey)', 'seen');
            INSERT INTO flows (id, uuid, user_id, name) VALUES (3671, '\(Self.flows[0])', '\(other)', 'theirs');
            INSERT INTO apikeys (key_hash, user_id, name, trimmed_key) VALUES
                ('QMV6Q8WBVNRdZnr9IZ9AqkeC_fJu1WDE3KDWh4TNDiU=', '\(other)', 'laptop', '*');
            INSERT INTO users (id, pub_key) VALUES ('\(Self.user)', '\(known(PublicKey(bytes: [UInt8](repeating: 8, count: 32))))');
            """)
        let theirs = try rows("SELECT w FROM wallets w WHERE name IN ('theirs', 'seen') ORDER BY id")
        let report = try take(Self.hosted())
        let user = try rows("SELECT id FROM users WHERE pub_key = '\(Self.main.publicKey)'")[0]
        #expect(user != Self.user.text)
        #expect(report.notes.contains("user \(Self.user) is \(user) here"))
        #expect(report.tables[.apiKeys]?.skipped == ["somebody else's here": 1])
        #expect(try rows("SELECT w FROM wallets w WHERE name IN ('theirs', 'seen') ORDER BY id") == theirs)
        #expect(try rows("SELECT name, user_id FROM flows WHERE id = 3671") == ["theirs|\(other)"])

        let made = try rows("SELECT id, uuid FROM flows WHERE user_id = '\(user)' AND name LIKE 'Double%'")[0]
            .split(separator: "|").map(String.init)
        #expect(made == ["3674", made[1]] && !Self.flows.contains(made[1]))
        #expect(report.notes.contains("flow 3671 is 3674 here"))
        #expect(report.notes.contains("flow \(Self.flows[0]) is \(made[1]) here"))
        #expect(
            try rows(
                "SELECT n->'data'->'config'->'flow_id' FROM flows, json_array_elements(nodes) n WHERE id = 3672 AND n->'data'->>'node_id' = 'interflow'"
            )
                == ["{\"S\":\"\(made[1])\"}", "{\"U\":\"3674\"}"])
        #expect(try rows("SELECT parent_flow FROM flows WHERE id = 3672") == ["3674"])
        let wallet = try rows("SELECT id FROM wallets WHERE user_id = '\(user)' AND type = 'HARDCODED'")[0]
        #expect(wallet != "41")
        #expect(
            try rows(
                "SELECT n->'data'->'config'->'wallet_id'->>'U' FROM flows, json_array_elements(nodes) n WHERE id = 3673 AND n->'data'->>'node_id' = 'wallet'"
            )
                == [wallet])

        // Once more: everything is recognised under its other name.
        let again = try take(Self.hosted())
        #expect(again.tables.values.allSatisfy { $0.importedCount == 0 })
        #expect(try rows("SELECT count(*) FROM flows WHERE user_id = '\(user)'") == ["3"])
    }

    @Test func `numbers of flows that others have deleted are not given again`() throws {
        let other = try Accounts(connection).createUser(
            known(PublicKey(bytes: [UInt8](repeating: 7, count: 32))))
        _ = try rows(
            """
            INSERT INTO flows (id, user_id, name) VALUES (3671, '\(other)', 'theirs');
            INSERT INTO flow_numbers (id, user_id) VALUES (3672, '\(Self.user)');
            DELETE FROM flows;
            """)
        let report = try take(Self.hosted())
        #expect(report.notes.contains("flow 3671 is 3674 here"))
        #expect(try rows("SELECT id FROM flows ORDER BY id") == ["3672", "3673", "3674"])
    }

    @Test func `a user who is here already gets the rows, and keeps what he has`() throws {
        let here = try Accounts(connection).createUser(Self.main.publicKey, isAdministrator: true)
        _ = try Accounts(connection).createAPIKey(APIKey(), of: here, name: "laptop")
        _ = try rows(
            "SELECT kv_create_store('\(here)', 'settings'), kv_write_item('\(here)', 'settings', 'greeting', '{\"S\":\"mine\"}')"
        )
        let report = try take(Self.hosted())
        #expect(report.tables[.users]?.skipped == ["there already": 1])
        #expect(report.notes.first == "user \(Self.user) is \(here) here")
        #expect(try rows("SELECT role FROM users") == ["admin"])
        #expect(try rows("SELECT name FROM apikeys ORDER BY name") == ["007", "laptop", "laptop (2)"])
        #expect(try rows("SELECT value FROM kvstore WHERE key = 'greeting'") == [#"{"S":"mine"}"#])
        #expect(report.tables[.quotas]?.skipped == ["there already": 1])
        #expect(try rows("SELECT kvstore_count_limit FROM user_quotas") == ["100"])
        #expect(try rows("SELECT DISTINCT user_id FROM flows") == ["\(here)"])
    }

    @Test(arguments: [
        (
            ExportTable.wallets, ";HARDCODED;", ";SOFTCODED;",
            "wallets, line 3, column type: expected HARDCODED or ADAPTER"
        ),
        (.wallets, "\n40;", "\n-40;", "wallets, line 2, column id: expected an integer from 0"),
        (
            .wallets, "2026-01-03 00:00:00+00", "2026-01-33 00:00:00+00",
            "wallets, line 3, column created_at: expected a time in UTC"
        ),
        (
            .wallets, "\(known(UserID("e006ca5d-3c7c-4839-8b23-9c6f624f36b9")))",
            "7e7a1e5c-0000-4000-8000-000000000001",
            "wallets, line 2, column user_id: expected a user of this export"
        ),
        (.apiKeys, "QMV6", "QMV", "apikeys, line 2, column key_hash: expected 32 bytes in Base64"),
        (.flows, ";[{\"id\"", ";{[\"id\"", "flows, line 2, column nodes: expected an array"),
        (.flows, "Automatic", "\"", "flows, line 2, column instructions_bundling: expected JSON"),
        (.items, "\"U\": \"7\"", "\"U\": \"x\"", "kvstore, line 3, column value: expected a value"),
        (
            .stores, "empty-one", "9mpty-one",
            "kvstore_metadata, line 3, column store_name: expected a letter, then letters, digits, _ or -"
        ),
        (
            .users, "pub_key", "pub",
            "users, line 2, column raw_user_meta_data: expected pubkey, 32 bytes in Base58"
        ),
    ])
    func `one wrong cell keeps everything out`(table: ExportTable, old: String, new: String, words: String)
        throws
    {
        let file = try changed(table) { $0.replacing(old, with: new, maxReplacements: 1) }
        let error = #expect(throws: ImportFailure.self) { try take(file) }
        #expect(error?.description == words)
        #expect(
            try rows(
                "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM flows), (SELECT count(*) FROM wallets)"
            ) == ["0|0|0"])
    }

    @Test func `a key that is not that of its wallet keeps everything out and is not shown`() throws {
        let right = Base58.encode(Self.kept.seed.bytes + Self.kept.publicKey.bytes)
        let wrong = Base58.encode(Self.main.seed.bytes + Self.main.publicKey.bytes)
        let file = try changed(.wallets) { $0.replacing(right, with: wrong) }
        let error = #expect(throws: ImportFailure.self) { try take(file) }
        #expect(error?.description == "wallets, line 3, column keypair: expected the pair of public_key")
        #expect(try rows("SELECT count(*) FROM users") == ["0"])
    }

    @Test func `numbers that would use up the numbers are not kept`() throws {
        let file = try changed(.flows) { $0.replacing("\n3673;", with: "\n2147483647;") }
        let report = try take(file)
        #expect(report.notes.contains("flow 2147483647 is 3673 here"))
    }

    @Test func `what does not fit into a user's limits is left out and told`() throws {
        let file = try changed(.quotas) { $0.replacing(";50;4711;1048576;", with: ";1;0;40;") }
        let report = try take(file)
        #expect(report.tables[.stores]?.skipped == ["over the user's limit": 1])
        #expect(report.tables[.items]?.skipped["over the user's limit"] ?? 0 > 0)
    }

    @Test func `a file without users has nobody to import`() throws {
        let error = #expect(throws: ImportFailure.self) { try take(ExportFile(user: Self.user)) }
        #expect(error?.description == "users is missing or empty: there is nobody to import")
    }

    // MARK: Out

    private func export(_ user: UserID, _ passphrase: String? = nil) throws -> [UInt8] {
        try UserExports(connection, key: key)
            .file(
                of: user, passphrase: passphrase.map { try Passphrase($0) }, bytesMax: Limits.exportBytesMax)
    }

    @Test func `an export holds the user's own rows and no key, in the tables of the format`() throws {
        try take(Self.hosted())
        let other = try Accounts(connection).createUser(
            known(PublicKey(bytes: [UInt8](repeating: 7, count: 32))))
        _ = try rows("INSERT INTO flows (user_id, name) VALUES ('\(other)', 'not yours')")
        let bytes = try export(Self.user)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("not yours") && !text.contains(other.text))
        #expect(!text.contains(Base58.encode(Self.kept.seed.bytes + Self.kept.publicKey.bytes)))
        let file = try ExportFile(bytes)
        #expect(file.encoded == bytes)
        #expect(
            Set(file.tables.keys)
                == Set(ExportTable.allCases.filter { ![.secrets, .notes].contains($0) }.map(\.rawValue)))
        #expect(
            file[.flows]?.rows.count == 3 && file[.apiKeys]?.rows.count == 2 && file[.items]?.rows.count == 2)
        #expect(
            file[.wallets]?.columns == [
                "id", "created_at", "type", "adapter", "public_key", "user_id", "description", "name", "icon",
                "purpose",
                "keypair",
            ])
        #expect(ExportRow.all(.wallets, of: file).allSatisfy { $0["keypair"] == nil })
        #expect(file[.apiKeys]?.rows[1].cells[2] == "007")
    }

    /// The columns that the hosted product's own exports have: it takes no file that lacks one.
    @Test func `an export has the columns that the hosted product reads`() throws {
        try take(Self.hosted())
        _ = try rows(
            """
            UPDATE flows SET on_crash = 'resume',
                editor = '{"slug":"s","guide":{"a":1.50},"gg_marketplace":true,"visibility_profile":null}'
            WHERE id = 3671
            """)
        let (theirs, ours) = (try Self.hosted(), try ExportFile(export(Self.user)))
        for (name, table) in theirs.tables {
            #expect(Set(table.columns).subtracting(ours.tables[name]?.columns ?? []) == [], "\(name)")
        }
        // Rows of that product have no other columns, so these would be refused.
        #expect(Set(ours[.flows]?.columns ?? []) == Set(theirs[.flows]?.columns ?? []))
        let flow = try #require(ExportRow.all(.flows, of: ours).first)
        #expect(flow["viewport"] == #"{"x":0,"y":0,"zoom":1}"# && flow["meta_nodes"] == "[]")
        #expect(flow["guide"] == #"{"a":1.50}"# && flow["gg_marketplace"] == "t" && flow["lifecycle"] == nil)
        let own = try #require(ExportRow.all(.ownFlows, of: ours).first)
        #expect(own["on_crash"] == "resume" && own["slug"] == "s" && own["visibility_profile"] == nil)
        let columns = EditorColumn.hosted + EditorColumn.others
        #expect(Set(columns.map(\.name)) == Set(TableDefinition.editorColumns.map(\.name)))
    }

    @Test func `an export comes back equal in a fresh installation with another key`() throws {
        try take(Self.hosted())
        try Secrets(connection).set(
            VaultName(provider: "openai", label: "main"), of: Self.user, to: "open\0sesame", under: key)
        let bytes = try export(Self.user, "correct horse battery")
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("sesame") && text.contains("scrypt"))

        let fresh = try Storage.prepare(cluster.makeDatabase(), log: .silent)
        let file = try ExportFile(bytes)
        let secrets = try ExportedSecrets(of: file, under: Passphrase("correct horse battery"))
        let freshKey = SealingKey(.random())
        let report = try ExportImport(fresh, key: freshKey, problems: { _ in [] }).run(file, secrets)
        #expect(report.tables[.secrets]?.importedCount == 1 && report.tables[.wallets]?.importedCount == 2)
        let again = try UserExports(fresh, key: freshKey)
            .file(of: Self.user, passphrase: nil, bytesMax: Limits.exportBytesMax)
        let first = try ExportFile(export(Self.user))
        let second = try ExportFile(again)
        for (name, table) in first.tables where name != ExportTable.items.rawValue {
            #expect(second.tables[name]?.text == table.text, "\(name)")
        }
        let columns = { (file: ExportFile) in file[.items]?.rows.map { $0.cells.prefix(4) } }
        #expect(columns(first) == columns(second))
        let box = try fresh.run("SELECT sealed FROM vault_secrets")[0].bytes(0)
        #expect(
            try VaultName(provider: "openai", label: "main").open(box, of: Self.user, under: freshKey)
                == "open\0sesame")
        let wallet = try fresh.run("SELECT sealed_keypair FROM wallets WHERE type = 'HARDCODED'")[0].bytes(0)
        let pair = try WalletSeal(user: Self.user, publicKey: Self.kept.publicKey).open(
            wallet, under: freshKey)
        #expect(pair.seed.bytes == Self.kept.seed.bytes)
    }

    /// What users write into flows and items themselves stays theirs; whoever gets the file is told.
    @Test func `an export and an import say where key pairs stand in clear`() throws {
        try take(Self.hosted())
        #expect(try ExportFile(export(Self.user))[.notes] == nil)
        let file = String(decoding: Self.kept.keyFile, as: UTF8.self)
        let text = Base58.encode(Self.kept.seed.bytes + Self.kept.publicKey.bytes)
        let numbers = Self.kept.keyFile.split(separator: UInt8(ascii: ",")).map { part in
            "{\"U\":\"\(String(decoding: part, as: UTF8.self).filter(\.isNumber))\"}"
        }
        _ = try rows(
            """
            UPDATE flows SET environment = '{"KEY":"\(file)\\n"}' WHERE id = 3671;
            UPDATE flows SET nodes = '[{"id":"n","data":{"config":{"value":{"S":"\(text)"}}}}]' WHERE id = 3672;
            UPDATE kvstore SET value = '{"A":[\(numbers.joined(separator: ","))]}' WHERE key = 'greeting'
            """)
        var sentences: [String] = []
        let bytes = try UserExports(connection, key: key).file(
            of: Self.user, passphrase: nil, bytesMax: Limits.exportBytesMax
        ) { sentences.append($0) }
        let exported = try ExportFile(bytes)
        let notes = try #require(exported[.notes]).rows.map { $0.cells.compactMap(\.self) }
        #expect(notes.map { $0[0] } == ["kvstore", "flows", "flows"])
        #expect(notes.map { $0[2] } == ["value", "environment", "nodes"])
        #expect(notes.allSatisfy { $0[3] == "holds a key pair in clear" })
        #expect(sentences == notes.map { "\($0[0]), line \($0[1]): \($0[2]) \($0[3])" })

        let fresh = try Storage.prepare(cluster.makeDatabase(), log: .silent)
        let report = try ExportImport(fresh, key: key, problems: { _ in [] }).run(exported, nil)
        #expect(report.notes.contains("flow 3671 holds a key pair in clear: environment"))
        #expect(report.notes.contains("flow 3672 holds a key pair in clear: nodes"))
        #expect(report.tables[.items]?.skipped == ["a key pair belongs into a wallet or a secret": 1])
        #expect(report.tables[.notes]?.ignoredCount == 3)
    }

    @Test func `without its secrets a kept wallet waits for them`() throws {
        try take(Self.hosted())
        let sealed = try ExportFile(export(Self.user, "correct horse battery"))
        let fresh = try Storage.prepare(cluster.makeDatabase(), log: .silent)
        let work = ExportImport(fresh, key: key, problems: { _ in [] })
        let first = try work.run(sealed, nil)
        #expect(first.tables[.secrets]?.skipped == ["no passphrase was given": 1])
        #expect(
            first.notes.contains(
                "wallet 41 came without its key: its holder signs, until an import brings the key"))
        let second = try work.run(
            sealed, ExportedSecrets(of: sealed, under: Passphrase("correct horse battery")))
        #expect(second.tables[.wallets]?.completedCount == 1)
        let type = try fresh.run("SELECT type FROM wallets WHERE id = 41")[0].text(0)
        #expect(type == "HARDCODED")
    }

    @Test func `an export is bounded before it is read, and of somebody`() throws {
        try take(Self.hosted())
        let exports = UserExports(connection, key: key)
        for bytesMax in [100, 8_000] {
            let error = #expect(throws: ExportFailure.self) {
                try exports.file(of: Self.user, passphrase: nil, bytesMax: bytesMax)
            }
            #expect(error?.description == "an export has at most \(bytesMax) bytes here")
        }
        let nobody = #expect(throws: ExportFailure.self) { try export(UserID(.random())) }
        #expect(nobody?.description == "there is no such user")
        let other = UserExports(connection, key: SealingKey(.random()))
        let sealed = #expect(throws: ExportFailure.self) {
            try other.file(of: Self.user, passphrase: Passphrase("correct horse battery"), bytesMax: 1 << 20)
        }
        #expect(sealed?.description == "a stored secret cannot be opened: it was sealed under another key")
        // The connection is of use afterwards.
        #expect(try !export(Self.user).isEmpty)
    }
}
