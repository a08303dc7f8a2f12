import Engine
import Primitives
import TestKit
import TestTraits
import Testing
import Wire

@testable import Store
@testable import Tables

/// The bench's database, in which deployments are of flows that are there: two of Ann's and one of Bob's.
private func benchOfReferences() throws -> TableBench {
    let bench = try TableBench()
    try bench.harness.rows(
        """
        ALTER TABLE flow_deployments DISABLE TRIGGER USER;
        DELETE FROM flow_deployments_tags;
        UPDATE flow_deployments SET entrypoint = 1001 WHERE entrypoint = 3675;
        UPDATE flow_deployments SET entrypoint = 1002 WHERE entrypoint = 3676;
        UPDATE flow_deployments SET entrypoint = 1003 WHERE entrypoint = 3677;
        ALTER TABLE flow_deployments ENABLE TRIGGER USER;
        INSERT INTO flow_deployments_tags (user_id, entrypoint, tag, deployment_id)
        SELECT user_id, entrypoint, 'latest', id FROM flow_deployments;
        INSERT INTO flow_deployments_flows (deployment_id, flow_id, flow_uuid, user_id, snapshot_hash)
        SELECT id, entrypoint, gen_random_uuid(), user_id, sha256('a') FROM flow_deployments;
        UPDATE flows SET parent_flow = 1001 WHERE id IN (1002, 1003);
        """)
    return bench
}

@Suite(.blocking) struct `Embedded tables on Postgres` {
    @Test func `stand in the rows that they belong to`() throws {
        let bench = try benchOfReferences()
        let ann = TableCaller.user(bench.ann)
        func rows(_ target: String) -> String { bench.ask(.get, target, as: ann).text }
        #expect(
            rows("flow_deployments_tags?select=tag,flows(name)&entrypoint=eq.1001")
                == #"[{"tag":"latest","flows":{"name":"private"}}]"#)
        #expect(
            rows(
                "flows?select=name,d:flow_deployments(start_permission,flow_deployments_tags(tag))&id=eq.1002"
            )
                == #"[{"name":"public","d":[{"start_permission":"Authenticated","flow_deployments_tags":[{"tag":"latest"}]}]}]"#
        )
        #expect(
            rows(
                "flow_run?select=node_run(times),flow_run_logs(log_index)&flow_run_logs.order=log_index.desc"
                    + "&flow_run_logs.limit=2&flow_run_logs.offset=1&limit=1")
                == #"[{"node_run":[{"times":0}],"flow_run_logs":[{"log_index":6},{"log_index":3}]}]"#)
        #expect(
            rows("flows?select=parent:parent_flow(name)&id=eq.1002") == #"[{"parent":{"name":"private"}}]"#)
        #expect(
            rows("flows?select=copies:flows!parent_flow(name)&id=eq.1001")
                == #"[{"copies":[{"name":"public"}]}]"#)
        #expect(
            rows("flow_run?select=flows(\"it's%20%5C%22\":name)&limit=1")
                == #"[{"flows":{"it's \"":"private"}}]"#)
    }

    @Test func `choose rows if they are inner, or are asked for`() throws {
        let bench = try benchOfReferences()
        let ann = TableCaller.user(bench.ann)
        func ids(_ query: String) throws -> [String] { try bench.read("flows?\(query)", as: ann) }
        #expect(try ids("select=id,flow_run!inner()") == ["1001"])
        #expect(try ids("select=id,flow_run()&flow_run=is.null") == ["1002"])
        #expect(try ids("select=id,flow_run()&flow_run=not.is.null") == ["1001"])
        #expect(try ids("select=id,flow_run()&or=(flow_run.not.is.null,name.eq.public)") == ["1001", "1002"])
        #expect(try ids("select=id,flow_run!inner()&flow_run.status=eq.running") == [])
        #expect(
            try ids("select=id,flow_run()&flow_run.status=eq.running&flow_run=is.null") == ["1001", "1002"])
        #expect(
            try ids("select=id,d:flow_deployments!inner(t:flow_deployments_tags!inner())&d.t.tag=eq.none")
                == [])
        #expect(
            try ids(
                "select=id,d:flow_deployments!inner()&d.entrypoint=eq.00000000-0000-4000-8000-000000001002")
                == ["1002"])
        let counted = bench.ask(.get, "flows?select=id,flow_run!inner()", prefer: "count=exact", as: ann)
        #expect(counted.headers["content-range"] == "0-0/1")
    }

    /// Whatever way leads to a row: who does not see it does not see it there, and does not learn that it is there.
    @Test func `hold what the caller sees, and no more`() throws {
        let bench = try benchOfReferences()
        let callers: [TableCaller] = [.user(bench.ann), .user(bench.bob), .user(bench.cid), .anonymous]
        func seen(_ target: String) -> [String] { callers.map { bench.ask(.get, target, as: $0).text } }
        #expect(
            seen("flow_deployments?select=flows(name,environment)&order=id") == [
                #"[{"flows":{"name":"private","environment":{"KEY":"hush"}}},{"flows":{"name":"public","environment":{"KEY":"hush"}}},{"flows":null}]"#,
                #"[{"flows":null},{"flows":{"name":"of bob","environment":{}}}]"#,
                #"[{"flows":null},{"flows":null}]"#,
                #"[{"flows":{"name":"of bob","environment":null}}]"#,
            ])
        #expect(
            seen(
                "flow_deployments?select=id,flow_deployments_tags(tag),flow_deployments_flows(flow_id),flow_run(id)"
                    + "&entrypoint=eq.1003") == [
                    #"[{"id":"0194e5ac-9103-7c52-971e-f71f83c5de30","flow_deployments_tags":[{"tag":"latest"}],"flow_deployments_flows":[{"flow_id":1003}],"flow_run":[]}]"#,
                    #"[{"id":"0194e5ac-9103-7c52-971e-f71f83c5de30","flow_deployments_tags":[],"flow_deployments_flows":[],"flow_run":[]}]"#,
                    #"[{"id":"0194e5ac-9103-7c52-971e-f71f83c5de30","flow_deployments_tags":[],"flow_deployments_flows":[],"flow_run":[]}]"#,
                    #"[{"id":"0194e5ac-9103-7c52-971e-f71f83c5de30","flow_deployments_tags":[],"flow_deployments_flows":[],"flow_run":[]}]"#,
                ])
        // Bob sees the shared run of Ann's, but not her flow, and of her run nothing else.
        #expect(
            bench.ask(
                .get, "flow_run?select=flows(name),flow_deployments(id),node_run(times)", as: .user(bench.bob)
            ).text
                == #"[{"flows":null,"flow_deployments":null,"node_run":[{"times":0}]}]"#)
        for inner in ["flows!inner()", "flow_deployments!inner()", "signature_requests!inner()"] {
            #expect(
                bench.ask(.get, "flow_run?select=id,\(inner)", prefer: "count=exact", as: .user(bench.bob))
                    .text == "[]")
        }
        #expect(
            bench.ask(
                .get, "flows?select=parent_flow(name),flows!parent_flow(name)&id=eq.1003",
                as: .user(bench.bob)
            ).text
                == #"[{"parent_flow":null,"flows":[]}]"#)
        #expect(
            try bench.read("flows?select=id&or=(id.gt.0,id.lt.0,name.neq.x)", as: .user(bench.bob)) == [
                "1003"
            ])
        let count = bench.ask(
            .get, "flow_run?or=(id.not.is.null)", prefer: "count=exact", as: .user(bench.bob))
        #expect(count.headers["content-range"] == "0-0/1")
        #expect(
            bench.ask(.get, "flow_run?or=(id.not.is.null)", prefer: "count=exact", as: .anonymous).text
                == "[]")
        let changed = bench.ask(
            .patch, "flows?or=(id.gt.0,id.lt.0)&select=id", #"{"slug":1}"#, prefer: "return=representation",
            as: .user(bench.bob))
        #expect(changed.text == #"[{"id":1003}]"#)
    }

    @Test func `come with rows that are changed`() throws {
        let bench = try benchOfReferences()
        let ann = TableCaller.user(bench.ann)
        let made = bench.ask(
            .post, "flow_deployments_tags?select=tag,flows(name),flow_deployments(entrypoint)",
            #"{"entrypoint":1001,"tag":"v1","deployment_id":"\#(TableBench.deployment.text)"}"#,
            prefer: "return=representation", as: ann)
        #expect(
            made.text == #"[{"tag":"v1","flows":{"name":"private"},"flow_deployments":{"entrypoint":1001}}]"#)
        let changed = bench.ask(
            .patch, "flows?id=eq.1001&select=name,flow_run(status)&flow_run.limit=1", #"{"name":"n"}"#,
            prefer: "return=representation", as: ann)
        #expect(changed.text == #"[{"name":"n","flow_run":[{"status":"failed"}]}]"#)
    }

    @Test func `are refused rather than cut if they are too large`() throws {
        let bench = try benchOfReferences()
        try bench.harness.rows(
            """
            INSERT INTO node_run (flow_run_id, node_id, times, user_id, output)
            SELECT '\(TableBench.run.text)', gen_random_uuid(), n, '\(bench.ann)', to_json(repeat('x', 900000))
            FROM generate_series(1, 6) n
            """)
        let target = "flow_run?select=id,node_run(output)&id=eq.\(TableBench.run.text)"
        let refused = bench.ask(.get, target, as: .user(bench.ann))
        #expect((refused.status, String(refused.text.prefix(5))) == (400, "54000"))
        #expect(bench.ask(.get, target + "&node_run.limit=3", as: .user(bench.ann)).status == 200)
    }

    /// Every relationship, in both directions, for everybody.
    @Test func `can be asked for along every reference`() throws {
        let bench = try benchOfReferences()
        for relationship in TableRelationship.all {
            let (table, target) = (relationship.table.rawValue, relationship.target.rawValue)
            let hint = relationship.columns.joined(separator: "_")
            for caller in [TableCaller.user(bench.ann), .user(bench.bob), .anonymous] {
                var targets = ["\(target)?select=*,\(table)!\(table)_\(hint)_fkey(*)"]
                if table != target {
                    targets.append("\(table)?select=*,\(target)!\(table)_\(hint)_fkey!inner(*)")
                }
                for asked in targets {
                    let answer = bench.ask(.get, asked, prefer: "count=exact", as: caller)
                    #expect(answer.status == 200, "\(asked) \(answer.text)")
                }
            }
        }
    }
}
