import Engine
import Foundation
import Identity
import Postgres
import Primitives
import TestKit
import TestTraits
import Testing
import Wire

@testable import Store
@testable import Tables

/// A database in which two people have a row of everything.
///
/// Ann has a private and a public flow, three deployments (one for each permission), a tag, runs, keys and wallets. A run
/// of hers is shared with Bob. Cid has nothing.
final class TableBench {
    static let run = known(UniqueID("01a1ff33-8dfc-7802-9017-c5a8edb038f7"))
    static let sharedRun = known(UniqueID("01a1ff33-8dfc-7802-9017-c5a8edb038f8"))
    static let deployment = known(UniqueID("0194e5ac-9103-7c52-971e-f71f83c5de2e"))

    let harness: StorageHarness
    let ann: UserID
    let bob: UserID
    let cid: UserID

    init() throws {
        harness = try StorageHarness()
        let accounts = Accounts(try BlockingConnection(harness.connectionString))
        func user(_ byte: UInt8) throws -> UserID {
            try accounts.createUser(known(PublicKey(bytes: [UInt8](repeating: byte, count: 32))))
        }
        (ann, bob, cid) = (try user(11), try user(12), try user(13))
        _ = try harness.rows(
            """
            INSERT INTO flows (id, uuid, user_id, name, is_public, environment) VALUES
                (1001, '00000000-0000-4000-8000-000000001001', '\(ann)', 'private', false, '{"KEY":"hush"}'),
                (1002, '00000000-0000-4000-8000-000000001002', '\(ann)', 'public', true, '{"KEY":"hush"}'),
                (1003, '00000000-0000-4000-8000-000000001003', '\(bob)', 'of bob', true, '{}');
            INSERT INTO flow_snapshots (hash, data) VALUES (sha256('a'), '{"nodes":[{"id":"n\\u0000"}],"edges":[]}');
            INSERT INTO flow_deployments (id, created_at, user_id, entrypoint, start_permission, solana_network) VALUES
                ('\(Self.deployment.text)', '2025-02-08 13:07:59.35528', '\(ann)', 3675, '"Owner"',
                    '{"url":"https://api.devnet.solana.com","cluster":"devnet"}'),
                ('0194e5ac-9103-7c52-971e-f71f83c5de2f', '2025-02-09', '\(ann)', 3676, '"Authenticated"',
                    '{"url":"https://api.devnet.solana.com","cluster":"devnet"}'),
                ('0194e5ac-9103-7c52-971e-f71f83c5de30', '2025-02-10', '\(ann)', 3677, '"Anonymous"',
                    '{"url":"https://api.devnet.solana.com","cluster":"devnet"}');
            INSERT INTO flow_run (id, user_id, flow_id, deployment_id, snapshot_hash, status, created_at, start_time,
                end_time, inputs, output, errors, environment, network, instructions_bundling, origin)
            SELECT id::uuid, '\(ann)', 1001, '\(Self.deployment.text)', sha256('a'), 'failed', '2026-01-01', '2026-01-01',
                '2026-01-02', '{"M":{}}', '{"M":{"a":{"S":"\\u0000"}}}', errors::text[], '{"KEY":"hush"}', '{}', '"Off"',
                '{"Start":{}}'
            FROM (VALUES ('\(Self.run.text)', '{}'), ('\(Self.sharedRun.text)', '{oh}')) v (id, errors);
            INSERT INTO flow_run_shared VALUES ('\(Self.sharedRun.text)', '\(bob)'), ('\(Self.run.text)', '\(ann)');
            INSERT INTO node_run (flow_run_id, node_id, times, user_id, errors)
            SELECT id, '00000000-0000-4000-8000-000000000001', 0, user_id, errors FROM flow_run;
            INSERT INTO flow_run_logs (flow_run_id, seq, user_id, time, log_level, content)
            SELECT id, n, user_id, '2026-01-01', 'Info', 'line ' || n FROM flow_run, generate_series(3, 9, 3) n;
            INSERT INTO signature_requests (id, user_id, flow_run_id, node_id, times, kind, expires_at, pubkey, msg)
            VALUES (5, '\(ann)', '\(Self.run.text)', gen_random_uuid(), 0, 'message', now(), 'p', 'm');
            INSERT INTO apikeys (key_hash, user_id, name, trimmed_key, created_at)
            VALUES ('hash', '\(ann)', 'k', '*****abcde', '2026-01-01T00:00:00Z');
            INSERT INTO wallets (user_id, public_key, type, sealed_keypair)
            VALUES ('\(ann)', repeat('K', 44), 'HARDCODED', 'secret bytes')
            """)
    }

    deinit { harness.storage.stop() }

    /// The answer: its status, and its body as text.
    func ask(
        _ method: HTTPMethod = .get, _ target: String, _ body: String = "", prefer: String = "",
        accept: String = "",
        as caller: TableCaller
    ) -> (status: Int, text: String, headers: HTTPHeaders) {
        do {
            let target = known(HTTPTarget("/rest/v1/" + target))
            let request = HTTPRequest(
                method: method, target: target, headers: ["Prefer": prefer, "Accept": accept])
            let query = try TableQuery(request, table: target.segments.last ?? "")
            let tableRequest = try TableRequest(query, caller: caller, body: Array(body.utf8))
            let tables = harness.storage.tables
            let result = try answer { tables.perform(tableRequest, reply: $0) }
            let response = try tableRequest.response(try result.get())
            return (response.status.code, String(decoding: response.body, as: UTF8.self), response.headers)
        } catch let error as TableError {
            return (error.status.code, error.description, [:])
        } catch {
            return (0, "\(error)", [:])
        }
    }

    /// What a member of the rows is, as text, in the order of the answer.
    func read(_ target: String, as caller: TableCaller) throws -> [String] {
        let (status, text, _) = ask(.get, target, as: caller)
        guard status == 200 else { return ["\(status) \(text)"] }
        let rows = try #require(try JSONValue.parse(text).array)
        return try rows.map { row in
            try #require(row.object).entries.map { $0.value.string ?? $0.value.text }.joined(separator: "|")
        }
    }
}

@Suite(.blocking) struct `Tables on Postgres` {
    @Test func `show each row to those who may see it`() throws {
        let bench = try TableBench()
        let callers: [TableCaller] = [.user(bench.ann), .user(bench.bob), .user(bench.cid), .anonymous]
        func seen(_ target: String) throws -> [[String]] {
            try callers.map { try bench.read(target, as: $0) }
        }
        let (run, shared) = (TableBench.run.text, TableBench.sharedRun.text)
        #expect(try seen("flows?select=id") == [["1001", "1002"], ["1003"], [], ["1002", "1003"]])
        #expect(
            try seen("flow_deployments?select=entrypoint") == [
                ["3675", "3676", "3677"], ["3676", "3677"], ["3676", "3677"], ["3677"],
            ])
        #expect(
            try seen("flow_deployments_tags?select=entrypoint") == [["3675", "3676", "3677"], [], [], []])
        #expect(try seen("flow_run?select=id") == [[run, shared], [shared], [], []])
        #expect(try seen("node_run?select=flow_run_id") == [[run, shared], [shared], [], []])
        #expect(
            try seen("flow_run_logs?select=log_index") == [
                ["3", "6", "9", "3", "6", "9"], ["3", "6", "9"], [], [],
            ])
        #expect(try seen("signature_requests?select=id") == [["5"], [], [], []])
        #expect(try seen("apikeys?select=key_hash") == [["hash"], [], [], []])
        #expect(try seen("wallets?select=type") == [["ADAPTER", "HARDCODED"], ["ADAPTER"], ["ADAPTER"], []])
    }

    @Test func `hide what belongs to the owner in rows that others see`() throws {
        let bench = try TableBench()
        let hidden = "flow_run?select=environment,nodes,edges&id=eq.\(TableBench.sharedRun.text)"
        #expect(
            try bench.read(hidden, as: .user(bench.ann)) == ["{\"KEY\":\"hush\"}|[{\"id\":\"n\u{FFFD}\"}]|[]"]
        )
        #expect(try bench.read(hidden, as: .user(bench.bob)) == ["null|null|null"])
        let flow = "flows?select=environment&id=eq.1002"
        #expect(try bench.read(flow, as: .user(bench.ann)) == [#"{"KEY":"hush"}"#])
        #expect(try bench.read(flow, as: .anonymous) == ["null"])
        for table in TableDefinition.all {
            let (_, text, _) = bench.ask(.get, "\(table.name.rawValue)?select=*", as: .user(bench.ann))
            #expect(!text.contains("secret bytes") && !text.contains("736563726574"))
        }
    }

    /// The address of a network may hold a key, so others see which network it is, and cannot ask for more.
    @Test func `show networks to their owners, and their clusters to others`() throws {
        let bench = try TableBench()
        let (ann, bob) = (TableCaller.user(bench.ann), TableCaller.user(bench.bob))
        let network = #"{"url":"https://rpc.example/?key=hush","cluster":"devnet","wallet":"hush"}"#
        _ = try bench.harness.rows(
            """
            UPDATE flow_deployments SET solana_network = '\(network)';
            UPDATE flows SET current_network = '\(network)' WHERE id = 1002;
            UPDATE flow_run SET network = '\(network)'
            """)
        for (target, callers, shown) in [
            ("flow_deployments?select=solana_network", [bob, .anonymous], #"{"cluster":"devnet"}"#),
            ("flows?select=current_network&id=eq.1002", [.anonymous], #"{"cluster":"devnet"}"#),
            (
                "flow_run?select=network&id=eq.\(TableBench.sharedRun.text)", [bob],
                #"{"cluster":"devnet"}"#
            ),
        ] {
            #expect(try bench.read(target, as: ann).allSatisfy { $0.contains("hush") }, "\(target)")
            for caller in callers {
                let seen = try bench.read(target, as: caller)
                #expect(!seen.isEmpty && Set(seen) == [shown], "\(target)")
            }
        }
        for filter in [
            "solana_network-%3E%3Eurl=like.*hush*", "solana_network=cs.%7B%22wallet%22:%22hush%22%7D",
            "solana_network-%3E%3Ewallet=not.is.null",
        ] {
            #expect(try bench.read("flow_deployments?select=id&\(filter)", as: ann).count == 3, "\(filter)")
            #expect(try bench.read("flow_deployments?select=id&\(filter)", as: bob).isEmpty, "\(filter)")
            #expect(try bench.read("flow_deployments?select=id&\(filter)", as: .anonymous).isEmpty)
        }
        let embedded = "flow_deployments?select=entrypoint,flows(current_network)"
        #expect(try bench.read(embedded, as: bob).allSatisfy { !$0.contains("hush") })
        #expect(
            bench.ask(.get, "flow_deployments?select=*", accept: "text/csv", as: bob).text.contains("hush")
                == false)
    }

    @Test func `show the rows of the page of deployments with exactly its columns`() throws {
        let bench = try TableBench()
        let deployment = bench.ask(
            .get, "flow_deployments?select=*&id=eq.\(TableBench.deployment.text)", as: .user(bench.ann))
        #expect(
            try JSONValue.parse(deployment.text)
                == JSONValue.parse(
                    """
                    [{"id":"0194e5ac-9103-7c52-971e-f71f83c5de2e","created_at":"2025-02-08T13:07:59.35528",
                    "user_id":"\(bench.ann)","entrypoint":3675,"start_permission":"Owner","output_instructions":false,
                    "action_identity":null,"fees":[],
                    "solana_network":{"url":"https://api.devnet.solana.com","cluster":"devnet"}}]
                    """))
        let tag = bench.ask(.get, "flow_deployments_tags?entrypoint=eq.3675", as: .user(bench.ann))
        #expect(
            tag.text == """
                [{"user_id":"\(bench.ann)","entrypoint":3675,"tag":"latest",\
                "deployment_id":"0194e5ac-9103-7c52-971e-f71f83c5de2e","description":null}]
                """)
        let runs = bench.ask(
            .get, "flow_run?select=*&deployment_id=eq.\(TableBench.deployment.text)", as: .user(bench.ann))
        #expect(try JSONValue.parse(runs.text).array?.count == 2)
        #expect(try JSONValue.parse(runs.text).array?[0]["errors"] == .null)
        #expect(try JSONValue.parse(runs.text).array?[1]["errors"] == ["oh"])
        #expect(try JSONValue.parse(runs.text).array?[0]["output"]?.text == #"{"M":{"a":{"S":"\u0000"}}}"#)
        #expect(try JSONValue.parse(runs.text).array?[0]["start_time"] == "2026-01-01T00:00:00+00:00")
    }

    @Test func `know every column of their definitions`() throws {
        let bench = try TableBench()
        for table in TableDefinition.all {
            for caller in [TableCaller.user(bench.ann), .user(bench.bob), .anonymous] {
                let names = table.columns.map(\.name).joined(separator: ",")
                let order = table.columns.filter { !$0.type.isJSON }.map(\.name).joined(separator: ",")
                let target = "\(table.name.rawValue)?select=\(names)&order=\(order)"
                #expect(
                    bench.ask(.get, target, prefer: "count=exact", as: caller).status == 200, "\(table.name)")
                for column in table.columns {
                    let filter = "\(table.name.rawValue)?select=\(column.name)&\(column.name)=is.null"
                    #expect(bench.ask(.get, filter, as: caller).status == 200, "\(table.name).\(column.name)")
                }
            }
        }
    }

    @Test func `filter, order and cut as they are asked`() throws {
        let bench = try TableBench()
        func logs(_ query: String) throws -> [String] {
            try bench.read(
                "flow_run_logs?select=log_index&flow_run_id=eq.\(TableBench.run.text)&\(query)",
                as: .user(bench.ann))
        }
        #expect(try logs("order=log_index.desc") == ["9", "6", "3"])
        #expect(try logs("order=log_index.desc&limit=1&offset=1") == ["6"])
        #expect(try logs("log_index=gt.3&log_index=lt.9") == ["6"])
        #expect(try logs("log_index=not.in.(3,9)") == ["6"])
        #expect(try logs("log_index=in.()") == [])
        #expect(try logs("content=like.*%209") == ["9"])
        #expect(try logs("content=ilike.LINE%203") == ["3"])
        #expect(try logs("content=eq.'%3B%20DROP%20TABLE%20flows%3B--") == [])
        #expect(
            try logs("time=gte.2026-01-01T00:00:00Z&time=lt.2026-01-01T00:00:01%2B00:00") == ["3", "6", "9"])
        #expect(try logs("time=lt.2026-01-01T01:00:00%2B01:00") == [])
        #expect(try logs("node_id=is.null&module=not.is.not_null") == ["3", "6", "9"])
        #expect(
            try logs("time=eq.yesterday%20morning") == [
                "400 22007: a value cannot be read as what its column holds"
            ])
        #expect(
            try bench.read(
                "flow_deployments?select=entrypoint&start_permission=eq.%22Owner%22", as: .user(bench.ann))
                == ["3675"])
        #expect(
            try bench.read(
                "flow_deployments?select=entrypoint&created_at=gte.2025-02-09T00:00:00Z", as: .user(bench.ann)
            )
                == ["3676", "3677"])
        #expect(
            try bench.read(
                "flow_run?select=a:output-%3EM-%3E%3Eb,b:output-%3EM-%3Ea-%3E%3ES,c:nodes-%3E0-%3E%3Eid,network-%3Ex",
                as: .user(bench.ann))
                == ["null|\u{FFFD}|n\u{FFFD}|null", "null|\u{FFFD}|n\u{FFFD}|null"])
    }

    @Test func `count, and tell which rows they give`() throws {
        let bench = try TableBench()
        let page = bench.ask(
            .get, "flow_run_logs?limit=2&offset=1", prefer: "count=exact", as: .user(bench.ann))
        #expect(page.status == 206)
        #expect(page.headers["content-range"] == "1-2/6")
        let none = bench.ask(.get, "flow_run_logs?offset=7", prefer: "count=exact", as: .user(bench.ann))
        #expect(none.status == 416)
        let all = bench.ask(.get, "flow_run_logs?limit=6", prefer: "count=exact", as: .user(bench.ann))
        #expect((all.status, all.headers["content-range"]) == (200, "0-5/6"))
    }

    @Test func `leave out rows that make an answer too large, but never the first`() throws {
        let bench = try TableBench()
        let large = String(repeating: "x", count: Limits.tableAnswerBytesMax / 3)
        _ = try bench.harness.rows(
            """
            UPDATE node_run SET output = to_json(repeat('x', \(large.utf8.count)));
            INSERT INTO node_run (flow_run_id, node_id, times, user_id, output)
            SELECT flow_run_id, node_id, n, user_id, output FROM node_run, generate_series(1, 3) n
            """)
        let cut = bench.ask(.get, "node_run?select=output", as: .user(bench.ann))
        #expect((cut.status, cut.headers["content-range"]) == (206, "0-1/*"))
        // No more than are needed: each is some mebibytes.
        _ = try bench.harness.rows(
            """
            DELETE FROM node_run WHERE ctid NOT IN (SELECT ctid FROM node_run LIMIT 5);
            UPDATE node_run SET output = to_json(repeat('x', \(Limits.tableAnswerBytesMax)))
            """)
        let one = bench.ask(.get, "node_run?select=output&offset=3", as: .user(bench.ann))
        #expect((one.status, one.headers["content-range"]) == (206, "3-3/*"))
    }
}

@Suite(.blocking) struct `Changes of tables on Postgres` {
    @Test func `make, change and delete flows of their own`() throws {
        let bench = try TableBench()
        let ann = TableCaller.user(bench.ann)
        let made = bench.ask(
            .post, "flows?select=id,name,nodes,viewport,slug,version",
            #"{"name":"new","nodes":[{"a":"\u0000"}],"viewport":{"x":1},"slug":"\u0000","user_id":"\#(bench.ann)"}"#,
            prefer: "return=representation", accept: "application/vnd.pgrst.object+json", as: ann)
        #expect(made.status == 201)
        let row = try JSONValue.parse(made.text)
        #expect(row["nodes"]?.text == #"[{"a":"\u0000"}]"#)
        #expect(row["viewport"]?.text == #"{"x":1}"#)
        #expect(row["slug"] == "\u{FFFD}")
        let id = try #require(row["id"]?.number?.literal)
        let changed = bench.ask(
            .patch, "flows?id=eq.\(id)&select=name,viewport,guide,version", #"{"name":"newer","guide":[1]}"#,
            prefer: "return=representation", as: ann)
        #expect(changed.text == #"[{"name":"newer","viewport":{"x":1},"guide":[1],"version":2}]"#)
        #expect(bench.ask(.patch, "flows?id=eq.\(id)", #"{"name":"x"}"#, as: .user(bench.bob)).status == 204)
        #expect(bench.ask(.delete, "flows?id=eq.\(id)", as: .user(bench.bob)).status == 204)
        #expect(try bench.read("flows?select=name&id=eq.\(id)", as: ann) == ["newer"])
        let deleted = bench.ask(.delete, "flows?id=eq.\(id)", prefer: "count=exact", as: ann)
        #expect((deleted.status, deleted.headers["content-range"]) == (204, "*/1"))
        #expect(try bench.read("flows?select=name&id=eq.\(id)", as: ann) == [])
    }

    @Test func `make several rows at once, each with its own columns`() throws {
        let bench = try TableBench()
        let made = bench.ask(
            .post, "flows?select=name,description,is_public",
            #"[{"name":"a"},{"description":"d","is_public":true},{}]"#, prefer: "return=representation",
            as: .user(bench.cid))
        #expect(
            try JSONValue.parse(made.text)
                == JSONValue.parse(
                    """
                    [{"name":"a","description":"","is_public":false},{"name":"","description":"d","is_public":true},
                    {"name":"","description":"","is_public":false}]
                    """))
        #expect(try bench.read("flows?select=id", as: .user(bench.cid)).count == 3)
        #expect(bench.ask(.post, "flows", "[]", as: .user(bench.cid)).status == 201)
        #expect(try bench.read("flows?select=id", as: .user(bench.cid)).count == 3)
    }

    @Test func `merge with rows of their own, and with no other`() throws {
        let bench = try TableBench()
        let merge = "resolution=merge-duplicates"
        func names() throws -> [String] {
            try bench.harness.rows("SELECT id, name FROM flows WHERE id < 2000 ORDER BY id")
        }
        let before = try names()
        for target in ["flows", "flows?on_conflict=uuid"] {
            let own = #"{"id":1001,"name":"x"}"#, foreign = #"{"id":1003,"name":"x"}"#
            func body(_ text: String) -> String {
                guard target.contains("uuid") else { return text }
                return text.replacing("\"id\":", with: "\"uuid\":\"00000000-0000-4000-8000-00000000")
                    .replacing(",", with: "\",")
            }
            #expect(
                bench.ask(
                    .post, target, "[\(body(own)),\(body(foreign))]", prefer: merge, as: .user(bench.ann)
                ).status == 403)
            #expect(
                bench.ask(.post, target, body(foreign), prefer: merge, as: .user(bench.ann)).status == 403)
            #expect(try names() == before)
        }
        #expect(
            bench.ask(.post, "flows", #"{"id":99999,"name":"x"}"#, prefer: merge, as: .user(bench.ann)).status
                == 403)
        #expect(try bench.harness.rows("SELECT count(*) FROM flows WHERE id = 99999") == ["0"])
        #expect(
            bench.ask(.post, "flows", #"{"id":1001,"name":"one"}"#, prefer: merge, as: .user(bench.ann))
                .status == 201)
        #expect(
            bench.ask(
                .post, "flows?on_conflict=uuid",
                #"[{"uuid":"00000000-0000-4000-8000-000000001002","name":"two"},{"uuid":"00000000-0000-4000-8000-00000000ffff","name":"new"}]"#,
                prefer: merge, as: .user(bench.ann)
            ).status == 201)
        #expect(
            try bench.read("flows?select=name&order=uuid", as: .user(bench.ann)) == ["one", "two", "new"])
        #expect(
            bench.ask(
                .post, "flows?on_conflict=uuid",
                #"{"uuid":"00000000-0000-4000-8000-000000001002","name":"three"}"#,
                prefer: "resolution=ignore-duplicates", as: .user(bench.ann)
            ).status == 201)
        #expect(try bench.read("flows?select=name&id=eq.1002", as: .user(bench.ann)) == ["two"])
        #expect(
            bench.ask(
                .post, "flows", #"{"uuid":"00000000-0000-4000-8000-000000001002"}"#, as: .user(bench.cid)
            ).text
                == "23505: duplicate key value violates unique constraint")
    }

    @Test func `change nothing if one object is wanted and there are more`() throws {
        let bench = try TableBench()
        func one(_ method: HTTPMethod, _ target: String, _ body: String = "") -> (Int, String) {
            let result = bench.ask(
                method, target, body, prefer: "return=representation",
                accept: "application/vnd.pgrst.object+json",
                as: .user(bench.ann))
            return (result.status, result.text)
        }
        #expect(one(.patch, "flows?id=lt.2000", #"{"name":"x"}"#).0 == 406)
        #expect(one(.delete, "flows?id=lt.2000").0 == 406)
        #expect(one(.delete, "flow_deployments_tags?tag=eq.latest").0 == 406)
        #expect(try bench.read("flows?select=name", as: .user(bench.ann)) == ["private", "public"])
        #expect(one(.patch, "flows?id=eq.1001&select=name", #"{"name":"x"}"#) == (200, #"{"name":"x"}"#))
        #expect(one(.patch, "flows?id=eq.1003&select=name", #"{"name":"x"}"#).0 == 406)
        #expect(
            one(.delete, "flow_deployments_tags?entrypoint=eq.3675&select=tag") == (200, #"{"tag":"latest"}"#)
        )
    }

    @Test func `change a deployment's customizable columns and nothing else`() throws {
        let bench = try TableBench()
        let key = Base58.encode([UInt8](repeating: 5, count: 32))
        let target = "flow_deployments?id=eq.\(TableBench.deployment.text)"
        let body = """
            {"start_permission":"Anonymous","output_instructions":true,"action_identity":"\(key)","fees":[["\(key)",10000]],
            "solana_network":{"url":"https://api.testnet.solana.com","cluster":"testnet"}}
            """
        #expect(bench.ask(.patch, target, body, as: .user(bench.bob)).status == 204)
        #expect(try bench.read(target + "&select=start_permission", as: .user(bench.ann)) == ["Owner"])
        let refused = bench.ask(.patch, target, body, as: .user(bench.ann))
        #expect(refused.status == 400 && refused.text.contains("hard-coded wallet"))
        #expect(try bench.read(target + "&select=start_permission", as: .user(bench.ann)) == ["Owner"])
        try bench.harness.rows("UPDATE wallets SET public_key = '\(key)' WHERE type = 'HARDCODED'")
        #expect(bench.ask(.patch, target, body, as: .user(bench.ann)).status == 204)
        #expect(
            try bench.read(
                target
                    + "&select=start_permission,output_instructions,action_identity,fees,solana_network-%3E%3Ecluster",
                as: .anonymous) == [#"Anonymous|true|\#(key)|[["\#(key)",10000]]|testnet"#])
        for (column, value) in [
            ("id", "\"\(bench.ann)\""), ("entrypoint", "1"), ("user_id", "\"\(bench.bob)\""),
            ("created_at", "\"2026-01-01\""),
        ] {
            #expect(
                bench.ask(.patch, target, #"{"\#(column)":\#(value)}"#, as: .user(bench.ann)).status == 403)
        }
        #expect(bench.ask(.post, "flow_deployments", body, as: .user(bench.ann)).status == 403)
        #expect(bench.ask(.delete, target, as: .user(bench.bob)).status == 204)
        #expect(try bench.read(target + "&select=entrypoint", as: .user(bench.ann)) == ["3675"])
        #expect(bench.ask(.delete, target, as: .user(bench.ann)).status == 204)
        #expect(try bench.read("flow_deployments_tags?entrypoint=eq.3675", as: .user(bench.ann)) == [])
    }

    @Test func `keep a tag at a deployment of its owner and its flow`() throws {
        let bench = try TableBench()
        func tag(_ entrypoint: Int, _ deployment: String, as user: UserID, prefer: String = "") -> String {
            let result = bench.ask(
                .post, "flow_deployments_tags",
                #"{"entrypoint":\#(entrypoint),"tag":"v1.0","deployment_id":"\#(deployment)"}"#,
                prefer: prefer,
                as: .user(user))
            return "\(result.status) " + result.text.prefix(5)
        }
        let (own, other) = (TableBench.deployment.text, "0194e5ac-9103-7c52-971e-f71f83c5de2f")
        #expect(tag(3675, other, as: bench.ann) == "409 23503")
        #expect(tag(3675, own, as: bench.bob) == "409 23503")
        #expect(tag(3675, own, as: bench.ann) == "201 ")
        #expect(tag(3675, own, as: bench.ann) == "409 23505")
        #expect(tag(3675, own, as: bench.ann, prefer: "resolution=merge-duplicates") == "201 ")
        #expect(tag(3675, own, as: bench.bob, prefer: "resolution=merge-duplicates") == "403 42501")
        let mine = "flow_deployments_tags?entrypoint=eq.3675&tag=eq.v1.0"
        #expect(bench.ask(.patch, mine, #"{"description":"d"}"#, as: .user(bench.ann)).status == 204)
        #expect(
            bench.ask(.patch, mine, #"{"deployment_id":"\#(other)"}"#, as: .user(bench.ann)).status == 409)
        #expect(bench.ask(.delete, mine, as: .user(bench.bob)).status == 204)
        #expect(try bench.read(mine + "&select=description", as: .user(bench.ann)) == ["d"])
        #expect(bench.ask(.delete, mine, as: .user(bench.ann)).status == 204)
        #expect(try bench.read(mine, as: .user(bench.ann)) == [])
    }

    @Test func `add wallets that their holder signs with`() throws {
        let bench = try TableBench()
        let key = Base58.encode([UInt8](repeating: 5, count: 32))
        let made = bench.ask(
            .post, "wallets?select=type,public_key,name,verified_at", #"{"public_key":"\#(key)","name":"n"}"#,
            prefer: "return=representation", as: .user(bench.cid))
        #expect(made.text == #"[{"type":"ADAPTER","public_key":"\#(key)","name":"n","verified_at":null}]"#)
        #expect(bench.ask(.post, "wallets", #"{"public_key":"\#(key)"}"#, as: .user(bench.cid)).status == 409)
        #expect(bench.ask(.post, "wallets", "{}", as: .user(bench.cid)).text.hasPrefix("23502"))
        let mine = "wallets?public_key=eq.\(key)"
        #expect(bench.ask(.patch, mine, #"{"name":"m","icon":null}"#, as: .user(bench.cid)).status == 204)
        #expect(bench.ask(.delete, mine, as: .user(bench.ann)).status == 204)
        #expect(try bench.read(mine + "&select=name", as: .user(bench.cid)) == ["m"])
        #expect(bench.ask(.delete, mine, as: .user(bench.cid)).status == 204)
        #expect(try bench.read(mine, as: .user(bench.cid)) == [])
    }

    @Test func `keep the other name of a flow, also when it is found by its number`() throws {
        let bench = try TableBench()
        let merge = "resolution=merge-duplicates"
        let ann = TableCaller.user(bench.ann)
        let other = #"{"id":1001,"uuid":"00000000-0000-4000-8000-0000000000aa","name":"one"}"#
        #expect(bench.ask(.post, "flows", other, prefer: merge, as: ann).text.hasPrefix("42501"))
        #expect(
            try bench.read("flows?select=uuid,name&id=eq.1001", as: ann) == [
                "00000000-0000-4000-8000-000000001001|private"
            ])
    }

    @Test func `make no more wallets than a user may have`() throws {
        let bench = try TableBench()
        func add(_ keys: Range<Int>) -> String {
            let rows = keys.map { number in
                let key = [UInt8](repeating: 7, count: 30) + [UInt8(number / 256), UInt8(number % 256)]
                return #"{"public_key":"\#(Base58.encode(key))"}"#
            }
            let result = bench.ask(
                .post, "wallets", "[\(rows.joined(separator: ","))]", as: .user(bench.cid))
            return "\(result.status) \(result.text)"
        }
        // One is there since the user was made.
        #expect(add(0..<Limits.walletsPerUserMax - 2) == "201 ")
        #expect(add(2_000..<2_002).hasPrefix("400 53400"))
        #expect(add(2_000..<2_001) == "201 ")
        #expect(add(2_001..<2_002).hasPrefix("400 53400"))
        #expect(
            try bench.harness.rows("SELECT count(*) FROM wallets WHERE user_id = '\(bench.cid)'") == [
                "\(Limits.walletsPerUserMax)"
            ])
    }

    /// A few bytes of an exponent would be a thousand digits if the database wrote the number anew.
    @Test func `keep a number that only editors look at as it was written`() throws {
        let bench = try TableBench()
        let ann = TableCaller.user(bench.ann)
        let numbers = "[" + [String](repeating: "1e1099", count: 100).joined(separator: ",") + "]"
        #expect(bench.ask(.patch, "flows?id=eq.1001", #"{"slug":"s","guide":1}"#, as: ann).status == 204)
        #expect(
            bench.ask(.patch, "flows?id=eq.1001", #"{"guide":\#(numbers),"viewport":1e-1100}"#, as: ann)
                .status
                == 204)
        #expect(
            bench.ask(.get, "flows?select=slug,guide,viewport&id=eq.1001", as: ann).text
                == #"[{"slug":"s","guide":\#(numbers),"viewport":1e-1100}]"#)
    }

    /// Whatever is asked, the database understands the statement and nothing of somebody else's changes.
    @Test func `never fail, whatever is sent`() throws {
        let bench = try TableBench()
        var random = SeededGenerator(seed: 4)
        let untouched = """
            SELECT count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM flows t WHERE user_id <> '\(bench.cid)'
            """
        let before = try bench.harness.rows(untouched)
        let nasty = [
            "'", "\"", "';DROP TABLE flows;--", "$1", "$99", "\\", "NULL", "null", "{}", "[]", "0", "-1",
            "1e9", "%", "_",
            "*", "(", ")", "(1,2)", "é", "\u{FFFF}", "true", "2026-01-01", "infinity", "now", "epoch",
            "0194e5ac-9103-7c52-971e-f71f83c5de2e", "9223372036854775807", "2147483648", "{\"a\":\"\u{1}\"}",
            "\"\\u0000\"", String(repeating: "a", count: 300),
        ]
        let operators = [
            "eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "in", "is", "not.eq", "not.in", "not.is",
            "cs", "cd", "ov", "isdistinct", "eq(any)", "like(all)", "not.cs", "fts",
        ]
        var statuses: [Int: Int] = [:]
        for round in 0..<1_500 {
            let table = try #require(TableDefinition.all.randomElement(using: &random))
            func column() -> String { table.columns.randomElement(using: &random)?.name ?? "" }
            func value() -> String { PercentEncoding.segment(nasty.randomElement(using: &random) ?? "") }
            var query: [String] = []
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                query.append("\(column())=\(operators.randomElement(using: &random) ?? "").\(value())")
            }
            if Bool.random(using: &random) {
                query.append("select=\(column()),\(value()):\(column())-%3E\(value())")
            }
            if Bool.random(using: &random) { query.append("order=\(column()).desc") }
            let methods: [HTTPMethod] = [.get, .get, .post, .patch, .delete]
            let method = methods[round % methods.count]
            let member = nasty.randomElement(using: &random) ?? ""
            let body = JSONValue.object(
                JSONObject([
                    (key: column(), value: .string(member)),
                    (key: column(), value: (try? JSONValue.parse(member)) ?? .null),
                ]))
            let prefer = [
                "return=representation", "count=exact", "resolution=merge-duplicates", "",
                "handling=strict,max-affected=1",
                "resolution=ignore-duplicates,handling=strict,max-affected=0",
                "missing=null",
            ][round % 7]
            let target = "\(table.name.rawValue)?\(query.joined(separator: "&"))"
            let result = bench.ask(method, target, body.text, prefer: prefer, as: .user(bench.cid))
            #expect(result.status < 500, "\(method) \(target) \(body.text): \(result.text)")
            statuses[result.status, default: 0] += 1
        }
        #expect(try bench.harness.rows(untouched) == before)
        #expect(statuses[200, default: 0] > 100)
        #expect(statuses[400, default: 0] > 100)
    }
}
