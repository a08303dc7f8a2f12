import Engine
import Primitives
import TestKit
import TestTraits
import Testing
import Wire

@testable import Store
@testable import Tables

/// The UUID of the flow of this number in the bench's database.
private func uuid(_ number: Int) -> String { "00000000-0000-4000-8000-00000000\(number)" }

private let unknown = "00000000-0000-4000-8000-00000000dead"

/// The bench's database, in which Ann's three deployments are of flows of hers, and her second flow is a copy of the
/// first.
private func benchOfNames() throws -> TableBench {
    let bench = try TableBench()
    try bench.harness.rows(
        """
        INSERT INTO flows (id, uuid, user_id)
        SELECT n, ('00000000-0000-4000-8000-00000000' || n)::uuid, '\(bench.ann)' FROM generate_series(3675, 3677) n;
        UPDATE flows SET parent_flow = 1001 WHERE id = 1002;
        """)
    return bench
}

@Suite(.blocking) struct `Flows in tables on Postgres` {
    @Test(arguments: [
        ("flows?select=id&id", 1002, ["1002"], ["1001", "3675", "3676", "3677"]),
        ("flow_deployments?select=entrypoint&entrypoint", 3676, ["3676"], ["3675", "3677"]),
        ("flow_deployments_tags?select=entrypoint&entrypoint", 3677, ["3677"], ["3675", "3676"]),
        ("flow_run?select=flow_id&flow_id", 1001, ["1001", "1001"], []),
        ("flows?select=id&parent_flow", 1001, ["1002"], []),
    ])
    func `are found by either name`(column: String, flow: Int, found: [String], others: [String]) throws {
        let bench = try benchOfNames()
        let ann = TableCaller.user(bench.ann)
        for name in ["\(flow)", uuid(flow), uuid(flow).uppercased()] {
            #expect(try bench.read("\(column)=eq.\(name)", as: ann) == found)
            #expect(try bench.read("\(column)=neq.\(name)", as: ann) == others)
            #expect(try bench.read("\(column)=not.eq.\(name)", as: ann) == others)
            #expect(try bench.read("\(column)=not.neq.\(name)", as: ann) == found)
            #expect(try bench.read("\(column)=in.(\(name))", as: ann) == found)
            #expect(try bench.read("\(column)=in.(5,\(unknown),\(name))", as: ann) == found)
            #expect(try bench.read("\(column)=not.in.(\(name),\(unknown),5)", as: ann) == others)
            let filter = column.split(separator: "&")[1]
            #expect(try bench.read("\(column)=is.not_null&\(filter)=eq.\(name)", as: ann) == found)
            #expect(try bench.read("\(column)=is.null&\(filter)=eq.\(name)", as: ann) == [])
        }
    }

    /// What somebody may see of another's flow is its number, where it stands in a row that he sees.
    @Test func `are found by their UUID by nobody who does not see them`() throws {
        let bench = try benchOfNames()
        try bench.harness.rows(
            "UPDATE flows SET parent_flow = 1001 WHERE id = 1003; UPDATE flows SET is_public = false WHERE id = 1003"
        )
        let columns = [
            "flows?select=id&id", "flow_deployments?select=id&entrypoint", "flow_run?select=id&flow_id",
            "flow_deployments_tags?select=tag&entrypoint",
        ]
        for caller in [TableCaller.user(bench.bob), .user(bench.cid), .anonymous] {
            for column in columns {
                let all = try bench.read(column + "=not.is.null", as: caller)
                for flow in [1001, 3675, 3676, 3677] {
                    for name in [uuid(flow), unknown] {
                        #expect(try bench.read("\(column)=eq.\(name)", as: caller) == [])
                        #expect(try bench.read("\(column)=in.(\(name))", as: caller) == [])
                        #expect(try bench.read("\(column)=not.eq.\(name)", as: caller) == all)
                        #expect(try bench.read("\(column)=neq.\(name)", as: caller) == all)
                        #expect(try bench.read("\(column)=not.in.(\(name))", as: caller) == all)
                    }
                }
            }
        }
        let bob = TableCaller.user(bench.bob)
        #expect(try bench.read("flow_run?select=flow_id&flow_id=eq.1001", as: bob) == ["1001"])
        // Bob's flow is a copy of one of Ann's: he learns no number of hers.
        #expect(try bench.read("flows?select=id&parent_flow=eq.\(uuid(1001))", as: bob) == ["1003"])
        #expect(try bench.read("flows?select=id&parent_flow=eq.1001", as: bob) == [])
        #expect(try bench.read("flows?select=id&parent_flow=in.(1001,1002)", as: bob) == [])
        #expect(try bench.read("flows?select=id&parent_flow=neq.1001", as: bob) == ["1003"])
        #expect(try bench.read("flows?select=id&id=eq.\(uuid(1002))", as: .anonymous) == ["1002"])
    }

    @Test func `show their UUID beside their number to those who see them`() throws {
        let bench = try benchOfNames()
        let columns = [
            "flow_run?select=flow_uuid&limit=1", "flow_deployments?select=entrypoint_uuid&entrypoint=eq.3677",
            "flow_deployments_tags?select=entrypoint_uuid&entrypoint=eq.3677",
        ]
        func seen(_ caller: TableCaller) throws -> [[String]] {
            try columns.map { try bench.read($0, as: caller) }
        }
        #expect(try seen(.user(bench.ann)) == [[uuid(1001)], [uuid(3677)], [uuid(3677)]])
        #expect(try seen(.user(bench.bob)) == [["null"], ["null"], []])
        #expect(try seen(.anonymous) == [[], ["null"], []])
        try bench.harness.rows("UPDATE flows SET is_public = true WHERE id = 3677")
        #expect(try seen(.anonymous) == [[], [uuid(3677)], []])
        let ann = TableCaller.user(bench.ann)
        #expect(
            try bench.read("flow_deployments?select=entrypoint&entrypoint_uuid=eq.\(uuid(3676))", as: ann)
                == ["3676"])
        try bench.harness.rows("DELETE FROM flows WHERE id = 3676")
        #expect(
            try bench.read("flow_deployments?select=entrypoint_uuid&entrypoint=eq.3676", as: ann) == ["null"])
        #expect(
            bench.ask(
                .patch, "flow_deployments?entrypoint=eq.3675", #"{"entrypoint_uuid":"\#(unknown)"}"#, as: ann
            ).status == 403)
    }

    @Test func `are named by their UUID when rows are changed`() throws {
        let bench = try benchOfNames()
        let ann = TableCaller.user(bench.ann)
        let bob = TableCaller.user(bench.bob)
        let mine = "flows?select=name&id=eq.\(uuid(1001))"
        #expect(bench.ask(.patch, mine, #"{"name":"x"}"#, as: bob).status == 204)
        #expect(bench.ask(.delete, mine, as: bob).status == 204)
        #expect(try bench.read(mine, as: ann) == ["private"])
        #expect(bench.ask(.patch, mine, #"{"name":"x"}"#, as: ann).status == 204)
        #expect(try bench.read(mine, as: ann) == ["x"])
        #expect(bench.ask(.delete, "flow_deployments?entrypoint=eq.\(uuid(3675))", as: ann).status == 204)
        #expect(try bench.read("flow_deployments?select=entrypoint", as: ann) == ["3676", "3677"])
    }

    @Test func `are named by their UUID in rows that are written`() throws {
        let bench = try benchOfNames()
        let ann = TableCaller.user(bench.ann)
        func tag(_ flow: String, _ name: String, as caller: TableCaller, prefer: String = "") -> String {
            let made = bench.ask(
                .post, "flow_deployments_tags?select=entrypoint,entrypoint_uuid,tag",
                #"{"entrypoint":"\#(flow)","tag":"\#(name)","deployment_id":"\#(TableBench.deployment.text)"}"#,
                prefer: "return=representation" + prefer, as: caller)
            return "\(made.status) \(made.text)"
        }
        let made = #"201 [{"entrypoint":3675,"entrypoint_uuid":"\#(uuid(3675))","tag":"#
        #expect(tag(uuid(3675), "a", as: ann) == made + #""a"}]"#)
        #expect(tag(uuid(3675), "a", as: ann).hasPrefix("409 23505"))
        #expect(tag(uuid(3675), "a", as: ann, prefer: ",resolution=merge-duplicates") == made + #""a"}]"#)
        #expect(tag(uuid(3675), "a", as: ann, prefer: ",resolution=ignore-duplicates") == "201 []")
        #expect(tag(uuid(3675), "b", as: ann, prefer: ",resolution=ignore-duplicates") == made + #""b"}]"#)
        // Neither a flow that is not there nor somebody else's is one, and both look the same.
        let refused = "409 23503: column entrypoint must name a flow of the caller's"
        let prefers = [
            "", ",resolution=merge-duplicates", ",resolution=ignore-duplicates",
            ",resolution=ignore-duplicates,handling=strict,max-affected=1",
        ]
        for prefer in prefers {
            #expect(tag(unknown, "c", as: ann, prefer: prefer) == refused)
            #expect(tag(uuid(1003), "c", as: ann, prefer: prefer) == refused)
            #expect(tag(uuid(3675), "c", as: .user(bench.bob), prefer: prefer) == refused)
        }
        #expect(
            try bench.read("flow_deployments_tags?select=tag&entrypoint=eq.3675&order=tag", as: ann) == [
                "a", "b", "latest",
            ])
    }

    @Test func `are named by either name as what another was made of`() throws {
        let bench = try benchOfNames()
        let ann = TableCaller.user(bench.ann)
        func change(_ method: HTTPMethod, _ target: String, _ body: String, prefer: String = "") -> String {
            let changed = bench.ask(
                method, "\(target)&select=name,parent_flow", body, prefer: "return=representation," + prefer,
                as: ann)
            return "\(changed.status) \(changed.text)"
        }
        func parent(_ name: String, _ body: String = #""name":"n""#) -> String {
            #"{\#(body),"parent_flow":\#(name)}"#
        }
        let names = ["1001", #""1001""#, #""\#(uuid(1001))""#]
        let limited = "handling=strict,max-affected=1"
        for name in names {
            let made = #"[{"name":"n","parent_flow":"\#(uuid(1001))"}]"#
            #expect(change(.post, "flows?", parent(name)) == "201 " + made)
            for prefer in ["", limited] {
                #expect(change(.patch, "flows?id=eq.1002", parent("null"), prefer: prefer).hasPrefix("200"))
                #expect(change(.patch, "flows?id=eq.1002", parent(name), prefer: prefer) == "200 " + made)
            }
            let merge = "resolution=merge-duplicates"
            let same = #""uuid":"\#(uuid(1002))","name":"n""#
            #expect(
                change(.post, "flows?on_conflict=uuid", parent(name, same), prefer: merge) == "201 " + made)
            #expect(
                change(.post, "flows?", parent(name, #""id":1002,"name":"n""#), prefer: merge)
                    == "201 " + made)
        }
        #expect(
            change(.post, "flows?", "[\(parent("null")),\(parent("1001"))]").hasPrefix(
                #"201 [{"name":"n","parent_flow":null},{"#))
        let before = try bench.harness.rows("SELECT id, name, parent_flow, version FROM flows ORDER BY id")
        let refused = "409 23503: column parent_flow must name a flow of the caller's"
        for foreign in ["1003", "99999", "0", #""\#(uuid(1003))""#, #""\#(unknown)""#] {
            #expect(change(.post, "flows?", parent(foreign)) == refused)
            #expect(change(.patch, "flows?id=eq.1002", parent(foreign)) == refused)
            #expect(change(.patch, "flows?id=eq.1002", parent(foreign), prefer: limited) == refused)
            #expect(change(.patch, "flows?id=eq.1003", parent(foreign)) == refused)
        }
        #expect(
            try bench.harness.rows("SELECT id, name, parent_flow, version FROM flows ORDER BY id") == before)
    }

    @Test func `are named by their UUID where a row is found by its number`() throws {
        let bench = try benchOfNames()
        let ann = TableCaller.user(bench.ann)
        func merge(_ rows: String) -> String {
            let merged = bench.ask(.post, "flows", rows, prefer: "resolution=merge-duplicates", as: ann)
            return "\(merged.status) \(merged.text)"
        }
        #expect(
            merge(#"[{"id":"\#(uuid(1001))","name":"one"},{"id":1002,"name":"two"}]"#) == "201 ")
        #expect(try bench.read("flows?select=name&id=lt.2000", as: ann) == ["one", "two"])
        let refused = "409 23503: column id must name a flow of the caller's"
        for foreign in [unknown, uuid(1003)] {
            #expect(merge(#"[{"id":1001,"name":"x"},{"id":"\#(foreign)","name":"x"}]"#) == refused)
        }
        #expect(merge(#"[{"id":"\#(uuid(1001))","name":"x"},{"id":1003,"name":"x"}]"#).hasPrefix("403"))
        #expect(try bench.read("flows?select=name&id=lt.2000", as: ann) == ["one", "two"])
        #expect(try bench.harness.rows("SELECT name FROM flows WHERE id = 1003") == ["of bob"])
    }
}
