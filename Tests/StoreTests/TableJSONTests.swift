import Primitives
import TestKit
import TestTraits
import Testing
import Wire

@testable import Store
@testable import Tables

/// JSON strings as they are stored, and as whoever looks into them gets them.
private let escapes: [(stored: String, read: String)] = [
    (#""[\\u0000-\\u001f]""#, #""[\\u0000-\\u001f]""#), (#""C:\\u0000x""#, #""C:\\u0000x""#),
    (#""\u0000""#, #""\ufffd""#), (#""\\\u0000""#, #""\\\ufffd""#), (#""\\\\u0000""#, #""\\\\u0000""#),
    (#""\\\\\u0000""#, #""\\\\\ufffd""#), (#""\u0000\u0000\u0000""#, #""\ufffd\ufffd\ufffd""#),
    (#""\\u0000\u0000\\u0000""#, #""\\u0000\ufffd\\u0000""#), (#""a\u0000""#, #""a\ufffd""#),
    (#""\u0000a""#, #""\ufffda""#), (#""\\u0000""#, #""\\u0000""#), (#""\"\u0000""#, #""\"\ufffd""#),
    (#""\n\u0000\\""#, #""\n\ufffd\\""#),
]

@Suite(.blocking) struct `JSON in tables on Postgres` {
    @Test func `is read with nothing but a NUL changed, and written back`() throws {
        let bench = try TableBench()
        let ann = TableCaller.user(bench.ann)
        for (stored, read) in escapes {
            let body = #"{"guide":{"p":\#(stored)},"nodes":[\#(stored)]}"#
            #expect(bench.ask(.patch, "flows?id=eq.1001", body, as: ann).status == 204, "\(stored)")
            let whole = bench.ask(.get, "flows?id=eq.1001&select=guide,nodes,guide-%3Ep,nodes-%3E0", as: ann)
            let row = try #require(try JSONValue.parse(whole.text).array?[0])
            #expect(row["p"] == (try JSONValue.parse(read)), "\(stored)")
            #expect(row["0"] == (try JSONValue.parse(read)), "\(stored)")
            #expect(row["guide"]?["p"] == (try JSONValue.parse(read)), "\(stored)")
            #expect(row["nodes"] == .array([try JSONValue.parse(stored)]), "\(stored)")
            // Another member of the editor's column is written: what was there stays.
            #expect(bench.ask(.patch, "flows?id=eq.1001", #"{"slug":"s"}"#, as: ann).status == 204)
            #expect(
                bench.ask(.get, "flows?id=eq.1001&select=guide-%3Ep", as: ann).text == #"[{"p":\#(read)}]"#,
                "\(stored)")
        }
    }

    @Test func `of runs is read and found by what it is`() throws {
        let bench = try TableBench()
        let ann = TableCaller.user(bench.ann)
        for (stored, read) in escapes {
            let quoted = stored.replacing("'", with: "''")
            try bench.harness.rows(
                """
                UPDATE flow_run SET output = '{"M":{"a":{"S":\(quoted)}}}' WHERE id = '\(TableBench.run.text)';
                UPDATE flow_snapshots SET data = '{"nodes":[\(quoted)],"edges":[]}'
                """)
            let mine = "flow_run?id=eq.\(TableBench.run.text)"
            #expect(
                bench.ask(.get, mine + "&select=n:nodes-%3E0,S:output-%3EM-%3Ea-%3ES", as: ann).text
                    == #"[{"n":\#(read),"S":\#(read)}]"#, "\(stored)")
            let nodes = bench.ask(.get, mine + "&select=nodes", as: ann).text
            #expect(nodes == #"[{"nodes":[\#(read)]}]"#, "\(stored)")
            for value in [#"{"M":{"a":{"S":\#(stored)}}}"#, #"{"M":{"a":{"S":\#(read)}}}"#] {
                let found = "\(mine)&select=status&output=eq.\(PercentEncoding.form(value))"
                #expect(try bench.read(found, as: ann) == ["failed"], "\(stored)")
            }
            let text = try #require(try JSONValue.parse(read).string)
            let found = "\(mine)&select=status&output-%3EM-%3Ea-%3E%3ES=eq.\(PercentEncoding.form(text))"
            #expect(try bench.read(found, as: ann) == ["failed"], "\(stored)")
        }
    }

    @Test func `is searched for what it holds`() throws {
        let bench = try TableBench()
        let ann = TableCaller.user(bench.ann)
        try bench.harness.rows(
            """
            UPDATE flows SET editor = '{"guide":{"a":[1,{"b":"x"}],"n":5},"meta_nodes":["p","q"]}' WHERE id = 1001;
            UPDATE flows SET editor = '{"guide":[1,2],"meta_nodes":null,"slug":"z"}' WHERE id = 1002;
            UPDATE flow_run SET errors = '{oh,no}', not_run = ARRAY['\(TableBench.deployment.text)']::uuid[]
                WHERE id = '\(TableBench.sharedRun.text)'
            """)
        func found(_ filter: String) throws -> [String] {
            let parts = filter.split(separator: "=", maxSplits: 1)
            return try bench.read(
                "flows?select=id&\(PercentEncoding.form(String(parts[0])))=\(PercentEncoding.form(String(parts[1])))",
                as: ann)
        }
        #expect(try found(#"guide=cs.{"n":5}"#) == ["1001"])
        #expect(try found(#"guide=cs.{"a":[{"b":"x"}]}"#) == ["1001"])
        #expect(try found("guide=cs.{1}") == ["1002"])
        #expect(try found("guide=cd.[1,2,3]") == ["1002"])
        #expect(try found("guide=ov.{2,9}") == ["1002"])
        #expect(try found("guide=not.ov.{2,9}") == [])
        #expect(try found("meta_nodes=cs.{q}") == ["1001"])
        #expect(try found("meta_nodes=is.null") == ["1002"])
        #expect(try found("guide->a->1->>b=eq.x") == ["1001"])
        #expect(try found("guide->n=gt.4") == ["1001"])
        #expect(try found("guide->n=in.(4,5)") == ["1001"])
        #expect(try found("or=(guide->n.eq.5,slug.eq.\"\\\"z\\\"\")") == ["1001", "1002"])
        #expect(
            try bench.read("flows?select=id&order=guide-%3En.desc.nullslast", as: ann) == ["1001", "1002"])
        #expect(
            try bench.read("flows?select=id&order=guide-%3E%3En.nullsfirst", as: ann) == ["1002", "1001"])
        let shared = TableBench.sharedRun.text
        for filter in [
            "errors=cs.{oh}", "errors=ov.{x,no}", "errors=cd.{oh,no,x}", "errors=eq.{oh,no}",
            "not_run=cs.{\(TableBench.deployment.text)}",
        ] {
            #expect(try bench.read("flow_run?select=id&\(filter)", as: ann) == [shared], "\(filter)")
        }
    }

    /// Somebody's public flow may hold what the database cannot compare.
    @Test func `that cannot be compared equals nothing and fails nobody`() throws {
        let bench = try TableBench()
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        for document in ["'1e999999'", "repeat('9', 200000)", "'\(deep)'", #"'"\u0000"'"#] {
            try bench.harness.rows(
                "UPDATE flows SET editor = ('{\"slug\":' || \(document) || '}')::json WHERE id = 1003")
            for filter in [
                "eq.1", "neq.1", "cs.1", "cd.1", "ov.{1}", "in.(1,1e999999)", "isdistinct.1", "eq.1e999999",
            ] {
                let answer = bench.ask(.get, "flows?select=id&slug=\(filter)", as: .anonymous)
                #expect(answer.status == 200, "\(filter) \(answer.text)")
            }
            #expect(bench.ask(.get, "flows?select=id&order=slug-%3Ea", as: .anonymous).status == 200)
        }
    }
}

@Suite(.blocking) struct `Forms of tables on Postgres` {
    @Test func `are lines of values`() throws {
        let bench = try TableBench()
        let ann = TableCaller.user(bench.ann)
        try bench.harness.rows(
            """
            UPDATE flows SET name = E'a,"b"\\nc', description = '', editor = '{"guide":{"k":"v,w"}}' WHERE id = 1001;
            UPDATE flows SET name = 'plain', description = 'x' WHERE id = 1002
            """)
        let target = "flows?select=x:name,description,is_public,guide,slug,version,created_at&order=id"
        try bench.harness.rows("UPDATE flows SET created_at = '2026-01-02T03:04:05Z'")
        let lines = bench.ask(.get, target, accept: "text/csv", as: ann)
        #expect(lines.headers["content-type"] == "text/csv; charset=utf-8")
        #expect(
            lines.text.replacing(#/,\d,2026/#, with: ",N,2026") == """
                x,description,is_public,guide,slug,version,created_at
                "a,""b""
                c","",f,"{""k"":""v,w""}",,N,2026-01-02 03:04:05+00
                plain,x,t,,,N,2026-01-02 03:04:05+00
                """)
        #expect(
            bench.ask(.get, "flows?select=id,name&id=eq.5", accept: "text/csv", as: ann).text == "id,name")
        let made = bench.ask(
            .post, "flows?select=name", #"[{"name":"n"}]"#, prefer: "return=representation",
            accept: "text/csv", as: ann)
        #expect((made.status, made.text) == (201, "name\nn"))
        let run = bench.ask(
            .get, "flow_run?select=errors,flows(name)&id=eq.\(TableBench.sharedRun.text)", accept: "text/csv",
            as: ann)
        #expect(run.text == "errors,flows\n{oh},\"{\"\"name\"\":\"\"a,\\\"\"b\\\"\"\\nc\"\"}\"")
    }

    @Test func `leave out what is null`() throws {
        let bench = try TableBench()
        let ann = TableCaller.user(bench.ann)
        try bench.harness.rows(
            #"UPDATE flows SET editor = '{"guide":{"a":null,"b":[null,{"c":null,"d":1}],"e":"null"}}' WHERE id = 1001"#
        )
        let target =
            "flows?select=name,slug,guide,parent_flow,flow_run(id,deployment_id,parent_run_id)&id=eq.1001"
            + "&flow_run.limit=1"
        let run = #"{"id":"\#(TableBench.run.text)","deployment_id":"\#(TableBench.deployment.text)"}"#
        let row = #"{"name":"private","guide":{"b":[null,{"d":1}],"e":"null"},"flow_run":[\#(run)]}"#
        let array = bench.ask(
            .get, target, accept: "application/vnd.pgrst.array+json;nulls=stripped", as: ann)
        #expect(array.text == "[\(row)]")
        let object = bench.ask(
            .get, target, accept: "application/vnd.pgrst.object+json;nulls=stripped", as: ann)
        #expect(object.text == row)
        #expect(object.headers["content-type"] == "application/vnd.pgrst.object+json;nulls=stripped")
        #expect(
            bench.ask(.get, target, accept: "application/vnd.pgrst.array+json", as: ann).text.contains(
                #""slug":null"#))
    }
}
