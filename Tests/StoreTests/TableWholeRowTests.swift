import Engine
import Primitives
import TestKit
import TestTraits
import Testing
import Wire

@testable import Store
@testable import Tables

@Suite(.blocking) struct `Whole rows of tables on Postgres` {
    private func row(_ bench: TableBench, _ target: String, as user: UserID) throws -> JSONObject {
        let answer = bench.ask(.get, target, as: .user(user))
        return try #require(try JSONValue.parse(answer.text).array?.first?.object, "\(answer.text)")
    }

    private func text(_ row: JSONObject, _ changes: [(key: String, value: JSONValue)] = []) -> String {
        let changed = row.entries.map { entry in
            (key: entry.key, value: changes.first { $0.key == entry.key }?.value ?? entry.value)
        }
        return JSONValue.object(JSONObject(changed)).text
    }

    @Test(arguments: [
        ("flows", "id=eq.1001", "name"), ("flow_deployments", "entrypoint=eq.3675", "output_instructions"),
        ("flow_deployments_tags", "entrypoint=eq.3675", "description"),
        ("wallets", "type=eq.ADAPTER", "name"),
        ("wallets", "type=eq.HARDCODED", "icon"),
    ])
    func `are saved as they were read`(table: String, filter: String, column: String) throws {
        let bench = try TableBench()
        let ann = TableCaller.user(bench.ann)
        let target = "\(table)?\(filter)"
        let names = try #require(TableDefinition.find(table)).columns.map(\.name).joined(separator: ",")
        for select in ["*", names] {
            let before = try row(bench, "\(target)&select=\(select)", as: bench.ann)
            let new: JSONValue = column == "output_instructions" ? true : "new"
            for prefer in ["", "handling=strict,max-affected=1", "return=representation"] {
                let saved = bench.ask(.patch, target, text(before, [(column, new)]), prefer: prefer, as: ann)
                #expect([200, 204].contains(saved.status), "\(select) \(saved.text)")
            }
            #expect(try row(bench, target, as: bench.ann).entries.first { $0.key == column }?.value == new)
        }
    }

    @Test func `are refused with another value in a column that cannot be changed`() throws {
        let bench = try TableBench()
        let other: [(table: String, filter: String, changes: [(String, JSONValue)])] = [
            (
                "flows", "id=eq.1001",
                [
                    ("id", 1002), ("uuid", .string(bench.ann.text)), ("created_at", "2020-01-01"),
                    ("user_id", .string(bench.bob.text)),
                ]
            ),
            (
                "flow_deployments", "entrypoint=eq.3675",
                [
                    ("id", .string(bench.ann.text)), ("entrypoint", 1), ("created_at", "2020-01-01"),
                    ("user_id", .null),
                ]
            ),
            (
                "flow_deployments_tags", "entrypoint=eq.3675",
                [("entrypoint", 3676), ("user_id", .string(bench.bob.text))]
            ),
            (
                "wallets", "type=eq.HARDCODED",
                [
                    ("id", 1), ("type", "ADAPTER"), ("public_key", "x"), ("verified_at", "2020-01-01"),
                    ("encrypted_keypair", ["n": "a"]), ("created_at", .null),
                ]
            ),
        ]
        for (table, filter, changes) in other {
            let before = try row(bench, "\(table)?\(filter)", as: bench.ann)
            for change in changes {
                for prefer in ["", "handling=strict,max-affected=9", "return=representation"] {
                    let refused = bench.ask(
                        .patch, "\(table)?\(filter)", text(before, [change]), prefer: prefer,
                        as: .user(bench.ann))
                    #expect(
                        refused.status == 403 && refused.text.hasPrefix("42501"),
                        "\(table) \(change) \(refused)")
                }
            }
            #expect(try row(bench, "\(table)?\(filter)", as: bench.ann) == before, "\(table)")
        }
        // Of several rows, one that differs is enough.
        let several = #"{"id":1001,"name":"x"}"#
        #expect(bench.ask(.patch, "flows?id=in.(1001,1002)", several, as: .user(bench.ann)).status == 403)
        #expect(try bench.read("flows?select=name", as: .user(bench.ann)) == ["private", "public"])
    }

    @Test func `come back with their numbers when they were deleted`() throws {
        let bench = try TableBench()
        let ann = TableCaller.user(bench.ann)
        try bench.harness.rows("UPDATE flows SET parent_flow = 1002 WHERE id = 1001")
        for (prefer, target) in [
            ("", "flows"), ("resolution=merge-duplicates", "flows"),
            ("resolution=ignore-duplicates", "flows"),
            ("resolution=merge-duplicates", "flows?on_conflict=uuid"),
            ("resolution=ignore-duplicates", "flows?on_conflict=uuid"),
            ("resolution=ignore-duplicates,handling=strict,max-affected=2", "flows"),
        ] {
            let whole = bench.ask(.get, "flows?order=id", as: ann).text
            #expect(bench.ask(.delete, "flows?id=gt.0", as: ann).status == 204)
            #expect(try bench.read("flows", as: ann) == [])
            let written = bench.ask(.post, target, whole, prefer: prefer, as: ann)
            #expect(written.status == 201, "\(prefer) \(written.text)")
            #expect(
                try bench.read("flows?select=id,uuid,name,environment,parent_flow", as: ann) == [
                    #"1001|00000000-0000-4000-8000-000000001001|private|{"KEY":"hush"}|00000000-0000-4000-8000-000000001002"#,
                    #"1002|00000000-0000-4000-8000-000000001002|public|{"KEY":"hush"}|null"#,
                ], "\(prefer)")
        }
    }

    /// Whatever their order, and whether or not they say their numbers.
    @Test func `name each other in one body`() throws {
        let bench = try TableBench()
        func uuid(_ end: Int) -> String { "00000000-0000-4000-8000-00000000000\(end)" }
        let body =
            "["
            + [(1, 2), (2, 3), (3, 3)].map { #"{"uuid":"\#(uuid($0))","parent_flow":"\#(uuid($1))"}"# }
            .joined(separator: ",") + "]"
        for prefer in ["", "resolution=merge-duplicates", "resolution=ignore-duplicates"] {
            let cid = TableCaller.user(bench.cid)
            let made = bench.ask(.post, "flows?on_conflict=uuid", body, prefer: prefer, as: cid)
            #expect(made.status == 201, "\(prefer) \(made.text)")
            #expect(
                try bench.read("flows?select=uuid,parent_flow&order=uuid", as: cid)
                    == ["\(uuid(1))|\(uuid(2))", "\(uuid(2))|\(uuid(3))", "\(uuid(3))|\(uuid(3))"],
                "\(prefer)")
            #expect(bench.ask(.delete, "flows?id=gt.0", as: cid).status == 204)
        }
        let stray =
            "["
            + [(1, 9), (2, 1)].map { #"{"uuid":"\#(uuid($0))","parent_flow":"\#(uuid($1))"}"# }
            .joined(separator: ",") + "]"
        #expect(bench.ask(.post, "flows", stray, as: .user(bench.cid)).text.hasPrefix("23503"))
    }

    @Test func `get a new number if theirs is not the caller's`() throws {
        let bench = try TableBench()
        let (ann, bob) = (TableCaller.user(bench.ann), TableCaller.user(bench.bob))
        #expect(bench.ask(.delete, "flows?id=eq.1001", as: ann).status == 204)
        func made(_ id: Int, as caller: TableCaller) throws -> Int? {
            let made = bench.ask(
                .post, "flows?select=id", #"{"id":\#(id),"name":"n"}"#, prefer: "return=representation",
                as: caller)
            return try JSONValue.parse(made.text).array?.first?["id"]?.number?.integer(Int.self)
        }
        // Not a deleted flow of Ann's, not a flow of hers, not one that was never there.
        for id in [1001, 1002, 2_000_000_000, 0, -5] {
            let number = try #require(try made(id, as: bob))
            #expect(number != id && number > 0)
            let merged = bench.ask(
                .post, "flows", #"{"id":\#(id),"name":"n"}"#, prefer: "resolution=merge-duplicates", as: bob)
            #expect(merged.status == 403)
        }
        #expect(
            try bench.harness.rows("SELECT name FROM flows WHERE id IN (1001, 1002, 2000000000, 0, -5)") == [
                "public"
            ])
        #expect(try made(1001, as: ann) == 1001)
        #expect(bench.ask(.post, "flows", #"{"id":1001,"name":"n"}"#, as: ann).text.hasPrefix("23505"))
        // What is given out next is free.
        let next = try #require(try made(2_000_000_000, as: ann))
        #expect(next != 1001 && next < 1_000)
    }

    @Test func `leave alone what the database keeps`() throws {
        let bench = try TableBench()
        let key = Base58.encode([UInt8](repeating: 5, count: 32))
        let made = bench.ask(
            .post, "wallets?select=id,verified_at,encrypted_keypair,created_at",
            #"{"id":1,"public_key":"\#(key)","verified_at":"2026-01-01","created_at":"2020-01-01","encrypted_keypair":null}"#,
            prefer: "return=representation", as: .user(bench.cid))
        let row = try #require(try JSONValue.parse(made.text).array?.first)
        #expect(
            row["verified_at"] == .null && row["id"] != 1
                && row["created_at"]?.string?.hasPrefix("2020") == false)
        let flow = bench.ask(
            .patch, "flows?id=eq.1001&select=version",
            #"{"version":99,"updated_at":"2020-01-01","name":"n"}"#,
            prefer: "return=representation", as: .user(bench.ann))
        #expect(flow.text == #"[{"version":2}]"#)
    }
}

@Suite(.blocking) struct `Tables that are only read on Postgres` {
    @Test func `show each caller what is theirs`() throws {
        let bench = try TableBench()
        try bench.harness.rows(
            """
            INSERT INTO kvstore_metadata (user_id, store_name, stats_size) VALUES ('\(bench.ann)', 's', 5);
            INSERT INTO kvstore (user_id, store_name, key, value) VALUES ('\(bench.ann)', 's', 'k', '{"S":"v"}');
            INSERT INTO user_quotas (user_id, kvstore_count) VALUES ('\(bench.ann)', 1);
            INSERT INTO pubkey_whitelists SELECT pub_key, 'x' FROM users;
            INSERT INTO flow_deployments_flows (deployment_id, flow_id, flow_uuid, user_id, snapshot_hash)
            VALUES ('\(TableBench.deployment.text)', 1001, '00000000-0000-4000-8000-000000001001', '\(bench.ann)', sha256('a'));
            INSERT INTO flow_deployments_wallets SELECT '\(TableBench.deployment.text)', id, user_id FROM wallets
            WHERE type = 'HARDCODED'
            """)
        func seen(_ target: String) throws -> [[String]] {
            try [.user(bench.ann), .user(bench.bob), .anonymous].map { try bench.read(target, as: $0) }
        }
        #expect(try seen("kvstore?select=store_name,key,value") == [[#"s|k|{"S":"v"}"#], [], []])
        #expect(try seen("kvstore_metadata?select=store_name,stats_size") == [["s|5"], [], []])
        #expect(
            try seen("user_quotas?select=kvstore_count,kvstore_count_limit,kvstore_size_limit,credit")
                == [["1|100|104857600|0"], ["0|100|104857600|0"], []])
        #expect(try seen("users_public?select=user_id") == [[bench.ann.text], [bench.bob.text], []])
        #expect(try seen("pubkey_whitelists?select=info") == [["x"], ["x"], []])
        #expect(
            try seen("flow_deployments_flows?select=flow_id,flow_uuid,data-%3Enodes")
                == [["1001|00000000-0000-4000-8000-000000001001|[{\"id\":\"n\u{FFFD}\"}]"], [], []])
        #expect(
            try seen("flow_deployments_wallets?select=deployment_id") == [
                [TableBench.deployment.text], [], [],
            ])
        #expect(
            try seen("flow_run_shared?select=flow_run_id") == [
                [TableBench.run.text], [TableBench.sharedRun.text], [],
            ])
        for empty in ["node_definitions", "flow_x402_fees", "flow_deployments_x402_fees"] {
            #expect(try seen(empty) == [[], [], []])
        }
    }

    @Test(arguments: TableDefinition.all.filter(\.changes.isEmpty).map(\.name.rawValue))
    func `refuse every change`(table: String) throws {
        let bench = try TableBench()
        let key = try #require(TableDefinition.find(table)?.key.first)
        for (method, target) in [
            (HTTPMethod.post, table), (.patch, "\(table)?\(key)=not.is.null"),
            (.delete, "\(table)?\(key)=not.is.null"),
        ] {
            for prefer in ["", "resolution=merge-duplicates", "return=minimal"] {
                let refused = bench.ask(
                    method, target, #"{"\#(key)":null}"#, prefer: prefer, as: .user(bench.ann))
                #expect(
                    refused.status == 403 && refused.text.hasPrefix("42501"), "\(method) \(table) \(refused)")
            }
            #expect(bench.ask(method, target, "{}", as: .anonymous).status == 401)
        }
    }
}
