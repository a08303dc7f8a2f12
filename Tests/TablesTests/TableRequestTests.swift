import Foundation
import Primitives
import Testing
import Wire

@testable import Tables

private let user = UserID(.random())
private let key = Base58.encode([UInt8](repeating: 3, count: 32))

private func request(
    _ method: HTTPMethod, _ target: String, _ body: String = "", prefer: String = "",
    caller: TableCaller = .user(user)
) throws(TableError) -> TableRequest {
    try TableRequest(
        try tableQuery(method, target, ["Prefer": prefer]), caller: caller, body: Array(body.utf8))
}

/// The values of the only row, as text.
private func row(_ method: HTTPMethod, _ target: String, _ body: String) throws -> [String] {
    let rows = try #require(try request(method, target, body).rows)
    try #require(rows.count == 1)
    return rows[0].entries.map { entry in
        if case .json(let bytes) = entry.value {
            return "\(entry.column.name)=\(String(decoding: bytes, as: UTF8.self))"
        }
        return "\(entry.column.name)=\(entry.value)"
    }
}

@Suite struct `A change of a table` {
    @Test func `takes the columns that a client may write`() throws {
        #expect(
            try row(
                .post, "flows",
                #"{"name":"n","nodes":[],"is_public":true,"viewport":null,"user_id":"\#(user.text.uppercased())"}"#
            )
                == ["name=text(\"n\")", "nodes=[]", "is_public=bool(true)", "viewport=null"])
        #expect(
            try row(.patch, "flow_deployments?id=eq.\(UniqueID.zero.text)", #"{"fees":[["\#(key)",10000]]}"#)
                == [#"fees=[["\#(key)",10000]]"#])
        #expect(
            try row(
                .patch, "flow_deployments?id=eq.\(UniqueID.zero.text)",
                #"{"solana_network":{"id":1,"cluster":"devnet","url":"https://api.devnet.solana.com"}}"#)
                == [#"solana_network={"url":"https://api.devnet.solana.com","cluster":"devnet"}"#])
        #expect(
            try row(
                .patch, "flow_deployments?id=eq.\(UniqueID.zero.text)", #"{"start_permission":"Anonymous"}"#)
                == [#"start_permission="Anonymous""#])
    }

    @Test func `takes only the columns that the query names`() throws {
        #expect(
            try row(.post, "flows?columns=%22name%22", #"{"name":"n","description":"d"}"#) == [
                "name=text(\"n\")"
            ])
    }

    @Test(arguments: [
        ("flows", #"{"id":"x"}"#, "22P02"), ("flows", #"{"nothing":5}"#, "PGRST204"),
        ("flows", #"{"id":"00000000-0000-4000-8000-000000000001"}"#, "22P02"),
        ("flows", #"{"user_id":"00000000-0000-4000-8000-000000000001"}"#, "42501"),
        ("flows", #"{"user_id":5}"#, "42501"),
        ("flows", #"{"name":5}"#, "22P02"), ("flows", #"{"name":null}"#, "23502"),
        ("flows", #"{"name":"a\u0000"}"#, "22021"), ("flows", #"{"nodes":{}}"#, "23514"),
        ("flows", #"{"environment":[]}"#, "23514"), ("flows", #"{"instructions_bundling":"On"}"#, "23514"),
        ("flows", #"{"is_public":"maybe"}"#, "22P02"), ("flows", #"{"on_crash":"explode"}"#, "23514"),
        ("flows", #"{"uuid":"x"}"#, "22P02"), ("flows", #"{"name":"a","name":"b"}"#, "PGRST102"),
        ("flows", "", "PGRST102"), ("flows", "[1]", "PGRST102"), ("flows", "7", "PGRST102"),
        ("flows", "{", "PGRST102"),
        ("wallets", #"{"public_key":"x"}"#, "23514"), ("wallets", #"{"type":"HARDCODED"}"#, "23514"),
        ("wallets", #"{"encrypted_keypair":{"n":"a","c":"b"}}"#, "42501"),
        ("wallets", #"{"sealed_keypair":"x"}"#, "PGRST204"),
        ("flow_deployments_tags", #"{"tag":"-a"}"#, "23514"),
        ("flow_deployments_tags", #"{"tag":""}"#, "23514"),
        ("flow_deployments_tags", #"{"tag":"é"}"#, "23514"),
        ("flow_deployments_tags", #"{"entrypoint":"x"}"#, "22P02"),
        ("flow_run", "{}", "42501"), ("apikeys", "{}", "42501"), ("flow_deployments", "{}", "42501"),
        ("signature_requests", "{}", "42501"), ("node_run", "{}", "42501"), ("flow_run_logs", "{}", "42501"),
    ])
    func `is refused with the rule that it breaks`(table: String, body: String, code: String) {
        #expect(refusal { () throws(TableError) in try request(.post, table, body) } == code)
    }

    @Test(arguments: [
        #"{"fees":[["x",1]]}"#, #"{"fees":[["\#(key)",-1]]}"#, #"{"fees":[["\#(key)",1.5]]}"#,
        #"{"fees":[["\#(key)"]]}"#, #"{"fees":{}}"#, #"{"fees":[["\#(key)",18446744073709551616]]}"#,
        #"{"start_permission":"Nobody"}"#, #"{"start_permission":{"a":1}}"#, #"{"action_identity":"short"}"#,
        #"{"solana_network":{"url":"https://a"}}"#,
        #"{"solana_network":{"url":"ftp://a","cluster":"devnet"}}"#,
        #"{"solana_network":{"url":"https://a","cluster":"moon"}}"#, #"{"solana_network":"devnet"}"#,
    ])
    func `of a deployment keeps to the rules of its columns`(body: String) {
        #expect(
            refusal { () throws(TableError) in
                try request(.patch, "flow_deployments?id=eq.\(UniqueID.zero.text)", body)
            } == "23514")
    }

    /// Such a row would break the questions of everybody who sees it.
    @Test(arguments: [
        "1e999999", "-1e999999", "1e-999999", String(repeating: "9", count: 200_000),
        "0." + String(repeating: "1", count: 200_000), "1e99999999999999999999",
    ])
    func `holds no number that others cannot read`(number: String) {
        for (table, method, body) in [
            ("flows", HTTPMethod.post, #"{"slug":\#(number)}"#),
            ("flows", .post, #"{"viewport":{"x":[\#(number)]}}"#),
            ("flows", .post, #"{"nodes":[{"data":\#(number)}]}"#),
            ("flows", .post, #"{"edges":[\#(number)]}"#),
            ("flows", .post, #"{"environment":{"a":\#(number)}}"#),
            ("flows", .post, #"{"current_network":{"a":\#(number)}}"#),
            ("flows?id=eq.1", .patch, #"{"guide":[[\#(number)]]}"#),
            ("flow_deployments?id=eq.\(UniqueID.zero.text)", .patch, #"{"fees":[["\#(key)",\#(number)]]}"#),
        ] {
            do throws(TableError) {
                _ = try request(method, table, body)
                Issue.record("\(table) \(body.prefix(80)) is taken")
            } catch {
                #expect(error.code == "23514", "\(body.prefix(80))")
                #expect(error.message.contains("column "))
                #expect(error.message.contains("1100 digits on each side of the point"))
            }
        }
    }

    @Test func `is bounded`() {
        let rows = "[" + repeatElement("{}", count: Limits.tableRowsMax + 1).joined(separator: ",") + "]"
        #expect(refusal { () throws(TableError) in try request(.post, "flows", rows) } == "PGRST102")
        let text = String(repeating: "a", count: Limits.tableTextBytesMax + 1)
        #expect(
            refusal { () throws(TableError) in try request(.post, "flows", #"{"name":"\#(text)"}"#) }
                == "23514")
        let deep = String(repeating: "[", count: 100_000)
        #expect(refusal { () throws(TableError) in try request(.post, "flows", deep) } == "PGRST102")
        let fees = repeatElement(#"["\#(key)",1]"#, count: Limits.deploymentFeesMax + 1).joined(
            separator: ",")
        #expect(
            refusal { () throws(TableError) in
                try request(.patch, "flow_deployments?entrypoint=eq.1", #"{"fees":[\#(fees)]}"#)
            } == "23514")
    }

    @Test func `is for users and for tables that can be changed`() throws {
        let change = { (method: HTTPMethod, target: String, caller: TableCaller) in
            do throws(TableError) {
                _ = try request(method, target, #"{"name":"n"}"#, caller: caller)
                return 200
            } catch {
                return error.status.code
            }
        }
        #expect(change(.post, "flows", .user(user)) == 200)
        #expect(change(.post, "flows", .anonymous) == 401)
        #expect(change(.delete, "flows?id=eq.1", .anonymous) == 401)
        #expect(change(.delete, "apikeys?name=eq.a", .user(user)) == 403)
        #expect(change(.delete, "flow_run?flow_id=eq.1", .user(user)) == 403)
        #expect(change(.patch, "signature_requests?id=eq.1", .user(user)) == 403)
        #expect(change(.delete, "wallets?id=eq.1", .user(user)) == 200)
    }

    @Test func `can be of rows that are there`() throws {
        let merge = "resolution=merge-duplicates"
        guard
            case .mergeNumbered(let rows, let column) = try request(
                .post, "flows", #"{"id":5,"name":"a"}"#, prefer: merge
            ).action
        else {
            Issue.record("a flow's number is found, not made")
            return
        }
        #expect(rows.count == 1 && column.name == "id")
        guard
            case .merge(_, let target) = try request(
                .post, "flows?on_conflict=uuid", #"[{"uuid":"\#(UniqueID.zero.text)","name":"a"}]"#,
                prefer: merge
            ).action
        else {
            Issue.record("a flow may be made under a name")
            return
        }
        #expect(target.map(\.name) == ["uuid"])
        guard
            case .insertMissing = try request(
                .post, "flow_deployments_tags?on_conflict=tag,entrypoint",
                #"{"entrypoint":1,"tag":"a","deployment_id":"\#(UniqueID.zero.text)"}"#,
                prefer: "resolution=ignore-duplicates"
            ).action
        else {
            Issue.record("the order of the columns does not count")
            return
        }
        for (body, prefer) in [
            (#"{"name":"a"}"#, merge), (#"[{"id":5,"name":"a"},{"id":6}]"#, merge),
            (#"{"name":"a"}"#, "resolution=ignore-duplicates"),
        ] {
            let code = refusal { () throws(TableError) in try request(.post, "flows", body, prefer: prefer) }
            #expect(code.hasPrefix("PGRST10"))
        }
    }

    @Test func `names a flow by its UUID, too`() throws {
        let uuid = UniqueID.zero.text
        let tag = #"{"entrypoint":"\#(uuid)","tag":"a","deployment_id":"\#(uuid)"}"#
        let made = try request(.post, "flow_deployments_tags", tag)
        #expect(made.rows?[0]["entrypoint"] == .uuid(.zero))
        #expect(made.lookedUpColumns.map(\.name) == ["entrypoint"])
        let numbered = #"{"entrypoint":5,"tag":"a","deployment_id":"\#(uuid)"}"#
        #expect(try request(.post, "flow_deployments_tags", numbered).lookedUpColumns.isEmpty)
        let merged = try request(
            .post, "flows", #"[{"id":"\#(uuid)","name":"a"},{"id":6,"name":"b"}]"#,
            prefer: "resolution=merge-duplicates")
        #expect(merged.lookedUpColumns.map(\.name) == ["id"])
        for parent in ["5", #""\#(uuid)""#] {
            let copied = try request(.patch, "flows?id=eq.1", #"{"parent_flow":\#(parent)}"#)
            #expect(copied.lookedUpColumns.map(\.name) == ["parent_flow"])
        }
        #expect(try request(.patch, "flows?id=eq.1", #"{"parent_flow":null}"#).lookedUpColumns.isEmpty)
        // Rows that leave out different columns would ask for defaults.
        let uneven = #"[\#(tag),{"entrypoint":5,"tag":"b","deployment_id":"\#(uuid)","description":"d"}]"#
        #expect(
            refusal { () throws(TableError) in try request(.post, "flow_deployments_tags", uneven) }
                == "PGRST102")
    }

    @Test func `leaves a missing column to its default, or makes it null`() throws {
        let rows = #"[{"name":"a","slug":1},{"name":"b"}]"#
        func slugs(_ prefer: String, _ target: String = "flows") throws -> [TableValue?] {
            try (request(.post, target, rows, prefer: prefer).rows ?? []).map { $0["slug"] }
        }
        #expect(try slugs("") == [.json(Array("1".utf8)), nil])
        #expect(try slugs("missing=default") == [.json(Array("1".utf8)), nil])
        #expect(try slugs("missing=null") == [.json(Array("1".utf8)), .null])
        #expect(try slugs("missing=null", "flows?columns=name") == [nil, nil])
        #expect(try slugs("missing=null", "flows?columns=name,slug,id") == [.json(Array("1".utf8)), .null])
        #expect(
            refusal { () throws(TableError) in
                try request(
                    .post, "flows", #"[{"name":"a"},{"description":"b"}]"#, prefer: "missing=null")
            } == "23502")
    }

    @Test func `is of no more rows than may be affected`() throws {
        let three = #"[{"name":"a"},{"name":"b"},{"name":"c"}]"#
        func code(_ prefer: String) -> String {
            refusal { () throws(TableError) in
                try request(.post, "flows", three, prefer: prefer).rows?.count ?? 0
            }
        }
        #expect(code("handling=strict,max-affected=2") == "PGRST124")
        #expect(code("handling=strict,max-affected=3") == "3")
        #expect(code("max-affected=2") == "3")
        let limited = "handling=strict,max-affected=1"
        #expect(try request(.delete, "flows?id=lt.9", prefer: limited).affectedMax == 1)
        #expect(try request(.delete, "flows?id=lt.9", prefer: "max-affected=1").affectedMax == nil)
        #expect(try request(.get, "flows?id=lt.9", prefer: limited).affectedMax == nil)
        // How many of these are there already, only the database knows.
        let rows = #"[{"uuid":"\#(UniqueID.zero.text)"},{"uuid":"01a1ff33-8dfc-7802-9017-c5a8edb038f7"}]"#
        #expect(
            try request(
                .post, "flows?on_conflict=uuid", rows, prefer: limited + ",resolution=ignore-duplicates"
            ).rows?.count == 2)
    }

    @Test func `shows documents to whoever can read them`() throws {
        let rows = try request(
            .post, "flows", #"[{"name":"a"},{"edges":[1]},{"nodes":[2],"environment":{}}]"#)
        #expect(
            rows.documents.map { String(decoding: $0, as: UTF8.self) } == [
                #"{"nodes":[],"edges":[1]}"#, #"{"nodes":[2],"environment":{}}"#,
            ])
        #expect(try request(.patch, "wallets?id=eq.1", #"{"name":"a"}"#).documents.isEmpty)
    }
}

@Suite struct `An answer about a table` {
    private func answer(
        _ method: HTTPMethod = .get, _ target: String = "flows", _ headers: HTTPHeaders = [:],
        body: String = "", rows: String = "[]", count: Int = 0, total: Int64? = nil, isCut: Bool = false
    ) -> String {
        do throws(TableError) {
            let request = try TableRequest(
                try tableQuery(method, target, headers), caller: .user(user), body: Array(body.utf8))
            let response = try request.response(
                TableReply(rows: Array(rows.utf8), count: count, total: total, isCut: isCut))
            return [
                "\(response.status)", response.headers["content-range"] ?? "-",
                String(decoding: response.body, as: UTF8.self),
            ].joined(separator: " ")
        } catch {
            return "\(error.status) \(error.code) \(error.details ?? "-")"
        }
    }

    private static let one: HTTPHeaders = ["Accept": "application/vnd.pgrst.object+json"]
    private static let counted: HTTPHeaders = ["Prefer": "count=exact"]

    @Test func `tells which rows it holds`() {
        #expect(answer(rows: "[{},{}]", count: 2) == "200 0-1/* [{},{}]")
        #expect(answer(.get, "flows?offset=5", rows: "[{}]", count: 1) == "200 5-5/* [{}]")
        #expect(answer() == "200 */* []")
        #expect(answer(.get, "flows", Self.counted, rows: "[{}]", count: 1, total: 1) == "200 0-0/1 [{}]")
        #expect(
            answer(.get, "flows?limit=1", Self.counted, rows: "[{}]", count: 1, total: 7) == "206 0-0/7 [{}]")
        #expect(answer(.get, "flows", Self.counted, total: 0) == "200 */0 []")
        #expect(answer(rows: "[{}]", count: 1, isCut: true) == "206 0-0/* [{}]")
        #expect(
            answer(.get, "flows?offset=9", Self.counted, total: 7)
                == "416 PGRST103 An offset of 9 was requested, but there are only 7 rows")
    }

    @Test func `is one object if that was asked for`() {
        #expect(answer(.get, "flows", Self.one, rows: #"[{"a":1}]"#, count: 1) == #"200 0-0/* {"a":1}"#)
        #expect(answer(.get, "flows", Self.one) == "406 PGRST116 The result contains 0 rows")
        #expect(
            answer(.get, "flows", Self.one, rows: "[{},{}]", count: 2)
                == "406 PGRST116 The result contains 2 rows")
        let both: HTTPHeaders = [
            "Accept": "application/vnd.pgrst.object+json", "Prefer": "return=representation",
        ]
        #expect(
            answer(.patch, "flows?id=eq.1", both, body: #"{"name":"a"}"#, total: 3)
                == "406 PGRST116 The result contains 3 rows")
        #expect(
            answer(.post, "flows", both, body: "[{},{}]", total: 3)
                == "406 PGRST116 The result contains 2 rows")
    }

    @Test func `to a change is short unless more was asked for`() {
        let shown: HTTPHeaders = ["Prefer": "return=representation"]
        #expect(answer(.post, body: "{}", total: 1) == "201 */* ")
        #expect(answer(.post, "flows", shown, body: "{}", rows: "[{}]", count: 1, total: 1) == "201 */* [{}]")
        #expect(answer(.patch, "flows?id=eq.1", body: #"{"name":"a"}"#, total: 1) == "204 */* ")
        #expect(
            answer(.patch, "flows?id=eq.1", shown, body: #"{"name":"a"}"#, rows: "[{}]", count: 1, total: 1)
                == "200 0-0/* [{}]")
        #expect(answer(.delete, "flows?id=eq.1", Self.counted, total: 1) == "204 */1 ")
    }

    @Test func `to an insert tells where the row is`() throws {
        let request = try TableRequest(
            try tableQuery(.post, "flow_deployments_tags", ["Prefer": "return=headers-only"]),
            caller: .user(user),
            body: Array("{}".utf8))
        let response = try request.response(
            TableReply(rows: Array(#"[{"entrypoint":5,"tag":"a b"}]"#.utf8), count: 1, total: 1, isCut: false)
        )
        #expect(response.headers["location"] == "/rest/v1/flow_deployments_tags?entrypoint=eq.5&tag=eq.a+b")
        #expect(response.body.isEmpty)
    }

    @Test func `to a merge that met somebody else's row is a refusal`() {
        let merge: HTTPHeaders = ["Prefer": "resolution=merge-duplicates"]
        #expect(answer(.post, "flows", merge, body: #"{"id":5,"name":"a"}"#, total: 0) == "403 42501 -")
        #expect(answer(.post, "flows", merge, body: #"{"id":5,"name":"a"}"#, total: 1) == "201 */* ")
    }

    @Test func `to a change of too many rows is a refusal that counts them`() {
        let limited: HTTPHeaders = ["Prefer": "handling=strict, max-affected=2"]
        let refused = "400 PGRST124 The query affects 3 rows"
        #expect(answer(.delete, "flows?id=lt.9", limited, total: 3) == refused)
        #expect(answer(.patch, "flows?id=lt.9", limited, body: #"{"name":"a"}"#, total: 3) == refused)
        #expect(answer(.post, "flows", limited, body: "[{},{},{}]", total: 3) == refused)
        #expect(answer(.delete, "flows?id=lt.9", limited, total: 2) == "204 */* ")
        #expect(answer(.delete, "flows?id=lt.9", ["Prefer": "max-affected=2"], total: 3) == "204 */* ")
    }

    @Test func `says which preferences it kept to`() throws {
        let request = try request(
            .delete, "flows?id=eq.1", prefer: "handling=strict,count=exact,return=minimal")
        let response = try request.response(TableReply(rows: [], count: 0, total: 1, isCut: false))
        #expect(response.headers["preference-applied"] == "return=minimal, count=exact, handling=strict")
        let plain = try TableRequest(
            try tableQuery(.get, "flows"), caller: .user(user), body: []
        ).response(TableReply(rows: [], count: 0, total: nil, isCut: false))
        #expect(plain.headers["preference-applied"] == nil)
    }

    @Test func `about a flow that is not the caller's names the column`() {
        let tag = #"{"entrypoint":"\#(UniqueID.zero.text)","tag":"a"}"#
        #expect(answer(.post, "flow_deployments_tags", body: tag) == "409 23503 -")
        #expect(answer(.post, "flow_deployments_tags", body: tag, total: 1) == "201 */* ")
        #expect(answer(.patch, "flows?id=eq.1", body: #"{"parent_flow":5}"#) == "409 23503 -")
        #expect(answer(.patch, "flows?id=eq.1", body: #"{"parent_flow":5}"#, total: 1) == "204 */* ")
        #expect(TableError.unknownFlow([TableColumn("entrypoint", .flow)]).message.contains("entrypoint"))
    }

    @Test func `has the shape that clients know when it is a refusal`() {
        let response = TableError(.conflict, "23505", "m", details: "d").response
        #expect(
            String(decoding: response.body, as: UTF8.self)
                == #"{"code":"23505","message":"m","details":"d","hint":null}"#)
        #expect(response.headers["content-type"] == "application/json")
        #expect(response.headers["retry-after"] == nil)
        #expect(TableError.unavailable("m").response.headers["retry-after"] == "1")
    }
}
