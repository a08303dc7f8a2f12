import Engine
import Primitives
import TestKit
import TestTraits
import Testing
import Wire

@testable import Store
@testable import Tables

@Suite(.blocking) struct `Changes of at most so many rows on Postgres` {
    private static let one = "handling=strict, max-affected=1"

    @Test func `change nothing if there are more`() throws {
        let bench = try TableBench()
        let ann = TableCaller.user(bench.ann)
        let before = try bench.read("flows?select=id,name,version", as: ann)
        #expect(before.count == 2)
        for prefer in [Self.one, Self.one + ",return=representation", Self.one + ",count=exact"] {
            let deleted = bench.ask(.delete, "flows?id=lt.2000", prefer: prefer, as: ann)
            #expect((deleted.status, String(deleted.text.prefix(8))) == (400, "PGRST124"))
            let patched = bench.ask(.patch, "flows?id=lt.2000", #"{"name":"x"}"#, prefer: prefer, as: ann)
            #expect((patched.status, String(patched.text.prefix(8))) == (400, "PGRST124"))
        }
        #expect(
            bench.ask(.delete, "flow_deployments?entrypoint=gt.0", prefer: Self.one, as: ann).status == 400)
        #expect(
            bench.ask(.delete, "flow_deployments_tags?tag=eq.latest", prefer: Self.one, as: ann).status == 400
        )
        #expect(try bench.read("flows?select=id,name,version", as: ann) == before)
        #expect(try bench.read("flow_deployments?select=entrypoint", as: ann).count == 3)
        #expect(try bench.read("flow_deployments_tags?select=entrypoint", as: ann).count == 3)
    }

    @Test func `are made if there are not`() throws {
        let bench = try TableBench()
        let ann = TableCaller.user(bench.ann)
        let patched = bench.ask(
            .patch, "flows?id=eq.1001&select=name", #"{"name":"x"}"#,
            prefer: Self.one + ",return=representation", as: ann)
        #expect((patched.status, patched.text) == (200, #"[{"name":"x"}]"#))
        #expect(
            patched.headers["preference-applied"] == "return=representation, handling=strict, max-affected=1")
        let none = "handling=strict,max-affected=0"
        #expect(bench.ask(.delete, "flows?id=eq.99999", prefer: none, as: ann).status == 204)
        #expect(bench.ask(.delete, "flows?id=eq.1001", prefer: none, as: ann).status == 400)
        // Somebody else's rows are none of those that would be affected.
        #expect(bench.ask(.delete, "flows?id=in.(1001,1003)", prefer: Self.one, as: ann).status == 204)
        #expect(try bench.harness.rows("SELECT id FROM flows ORDER BY id") == ["1002", "1003"])
        #expect(
            bench.ask(
                .delete, "flow_deployments_tags?entrypoint=gt.0", prefer: "max-affected=1", as: ann
            ).status == 204)
        #expect(try bench.read("flow_deployments_tags?select=entrypoint", as: ann) == [])
    }

    @Test func `count one object, too, where that is wanted`() throws {
        let bench = try TableBench()
        func one(_ target: String, _ prefer: String) -> Int {
            bench.ask(
                .patch, target, #"{"name":"x"}"#, prefer: "return=representation," + prefer,
                accept: "application/vnd.pgrst.object+json", as: .user(bench.ann)
            ).status
        }
        #expect(one("flows?id=lt.2000", "handling=strict,max-affected=5") == 406)
        #expect(one("flows?id=eq.1001", "handling=strict,max-affected=0") == 400)
        #expect(try bench.read("flows?select=name", as: .user(bench.ann)) == ["private", "public"])
        #expect(one("flows?id=eq.1001", Self.one) == 200)
    }

    @Test func `are of new rows, or of those that are not there yet`() throws {
        let bench = try TableBench()
        let ann = TableCaller.user(bench.ann)
        func row(_ end: String) -> String {
            #"{"uuid":"00000000-0000-4000-8000-00000000\#(end)","name":"new"}"#
        }
        func add(_ ends: [String], _ prefer: String) -> Int {
            bench.ask(
                .post, "flows?on_conflict=uuid", "[\(ends.map(row).joined(separator: ","))]", prefer: prefer,
                as: ann
            ).status
        }
        let (merge, ignore) = (",resolution=merge-duplicates", ",resolution=ignore-duplicates")
        #expect(add(["1001", "1002"], Self.one + merge) == 400)
        #expect(add(["aaaa", "bbbb"], Self.one) == 400)
        #expect(add(["1001", "1002", "aaaa", "bbbb"], Self.one + ignore) == 400)
        #expect(try bench.read("flows?select=name", as: ann) == ["private", "public"])
        #expect(add(["1001", "1002", "aaaa"], Self.one + ignore) == 201)
        #expect(try bench.read("flows?select=name&order=uuid", as: ann) == ["private", "public", "new"])
        #expect(add(["bbbb"], Self.one) == 201)
        #expect(add(["bbbb"], Self.one + merge) == 201)
        #expect(add(["1003", "aaaa", "bbbb"], "handling=strict,max-affected=0" + ignore) == 201)
        #expect(
            try bench.read("flows?select=name&order=uuid", as: ann) == ["private", "public", "new", "new"])
    }
}
