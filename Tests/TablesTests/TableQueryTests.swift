import Primitives
import TestKit
import Testing
import Wire

@testable import Tables

/// A request as a client would send it.
func tableRequest(
    _ method: HTTPMethod = .get, _ target: String, _ headers: HTTPHeaders = [:]
) -> (HTTPRequest, name: String)? {
    guard let target = HTTPTarget(target) else { return nil }
    return (HTTPRequest(method: method, target: target, headers: headers), target.segments.last ?? "")
}

func tableQuery(
    _ method: HTTPMethod = .get, _ target: String, _ headers: HTTPHeaders = [:]
) throws(TableError) -> TableQuery {
    guard let (request, name) = tableRequest(method, "/rest/v1/" + target, headers) else {
        throw TableError(.badRequest, "target", "no target")
    }
    return try TableQuery(request, table: name)
}

extension TableQuery {
    /// The filters that stand alone.
    var filters: [TableFilter] {
        selection.conditions.compactMap { if case .filter(let filter) = $0 { filter } else { nil } }
    }
    var outputs: [TableOutput] { selection.outputs }
}

extension TableOutput {
    /// The field of an output that is one.
    var field: TableField? { if case .field(let field) = content { field } else { nil } }
}

/// The code of the refusal, or what was expected to be refused.
func refusal(_ body: () throws(TableError) -> some Any) -> String {
    do throws(TableError) {
        return "\(try body())"
    } catch {
        return error.code
    }
}

@Suite struct `A query of a table` {
    @Test func `is what the page of deployments asks`() throws {
        let id = "0194e5ac-9103-7c52-971e-f71f83c5de2e"
        let query = try tableQuery(.get, "flow_run?select=*&deployment_id=eq.\(id)")
        #expect(query.table.name == .flowRun)
        #expect(query.filters.count == 1)
        #expect(query.filters[0].column.name == "deployment_id")
        let uuid = try #require(UniqueID(id))
        #expect(query.filters[0].condition == .compare(.equal, .uuid(uuid)))
        #expect(
            query.outputs.map(\.name)
                == query.table.columns.map(\.name).filter { !["nodes", "edges", "flow_uuid"].contains($0) })
        #expect(query.selection.range == .all)
        #expect(query.selection.range.limit == 1_000)
    }

    @Test(arguments: [
        ("eq.5", "compare(Tables.TableFilter.Comparison.equal, Tables.TableValue.integer(5))"),
        ("neq.-5", "compare(Tables.TableFilter.Comparison.notEqual, Tables.TableValue.integer(-5))"),
        ("gt.1", "compare(Tables.TableFilter.Comparison.greater, Tables.TableValue.integer(1))"),
        ("gte.1", "compare(Tables.TableFilter.Comparison.greaterOrEqual, Tables.TableValue.integer(1))"),
        ("lt.1", "compare(Tables.TableFilter.Comparison.less, Tables.TableValue.integer(1))"),
        ("lte.1", "compare(Tables.TableFilter.Comparison.lessOrEqual, Tables.TableValue.integer(1))"),
        ("in.(1,2)", "isOneOf([Tables.TableValue.integer(1), Tables.TableValue.integer(2)])"),
        ("in.()", "isOneOf([])"), ("is.null", "isNull"), ("is.NULL", "isNull"), ("is.not_null", "isNotNull"),
    ])
    func `has filters`(text: String, condition: String) throws {
        for negation in ["", "not."] {
            let filters = try tableQuery(.get, "flows?id=\(negation)\(text)").filters
            #expect(filters.map { "\($0.condition)" } == [condition])
            #expect(filters[0].isNegated == !negation.isEmpty)
        }
    }

    @Test func `reads the text of a filter as it is`() throws {
        func condition(_ text: String) throws -> TableFilter.Condition? {
            try tableQuery(.get, "flows?name=\(text)").filters.first?.condition
        }
        #expect(try condition("eq.") == .compare(.equal, .text("")))
        #expect(try condition("eq.a.b,(c)") == .compare(.equal, .text("a.b,(c)")))
        #expect(
            try condition("eq.%27%3B%20DROP%20TABLE%20flows;--")
                == .compare(.equal, .text("'; DROP TABLE flows;--")))
        #expect(try condition("like.*a_") == .like("%a_", ignoresCase: false))
        #expect(try condition("ilike.a%25") == .like("a%", ignoresCase: true))
        #expect(
            try condition("in.(a,%22b,c%22,%22d%5C%22e%5C%5C%22,)")
                == .isOneOf([.text("a"), .text("b,c"), .text("d\"e\\"), .text("")]))
        #expect(try tableQuery(.get, "flows?is_public=is.unknown").filters[0].condition == .isTruth(nil))
        #expect(
            try tableQuery(.get, "flows?is_public=eq.f").filters[0].condition
                == .compare(.equal, .bool(false)))
    }

    @Test func `applies every filter, also several of a column`() throws {
        let filters = try tableQuery(
            .get, "flow_run?start_time=gte.2026-01-01&start_time=lt.2026-02-01&flow_id=eq.1"
        )
        .filters
        #expect(filters.map(\.column.name) == ["start_time", "start_time", "flow_id"])
    }

    @Test func `chooses and renames columns`() throws {
        func outputs(_ text: String) throws -> [String] {
            try tableQuery(.get, "flow_run?select=\(text)").outputs.map { output in
                let field = try #require(output.field)
                return "\(output.name)=\(field.column.name)\(field.path)\(field.isText)"
            }
        }
        #expect(try outputs("id") == ["id=id[]false"])
        #expect(try outputs("run:id,%20status") == ["run=id[]false", "status=status[]false"])
        #expect(try outputs("%22id%22") == ["id=id[]false"])
        #expect(try outputs("output-%3EM-%3Ec-%3E%3ED") == [#"D=output["M", "c", "D"]true"#])
        #expect(try outputs("x:output-%3EM,nodes") == [#"x=output["M"]false"#, "nodes=nodes[]false"])
        #expect(try outputs("").count == 25)
        #expect(try outputs("*,nodes").count == 26)
    }

    @Test func `puts rows in order`() throws {
        func order(_ text: String) throws -> [String] {
            try tableQuery(.get, "flows?order=\(text)").selection.order.map {
                "\($0.column.name) \($0.isDescending) \($0.nullsFirst.map { "\($0)" } ?? "-")"
            }
        }
        #expect(try order("id") == ["id false -"])
        #expect(try order("name.desc.nullslast,id.asc") == ["name true false", "id false -"])
        #expect(try order("name.nullsfirst") == ["name false true"])
    }

    @Test(
        arguments: [
            ("", nil, 0, 1_000), ("limit=5", nil, 0, 5), ("limit=5000", nil, 0, 1_000),
            ("offset=7&limit=2", nil, 7, 2),
            ("", "0-9", 0, 10), ("", "5-", 5, 1_000), ("limit=3", "2-9", 2, 1), ("", "bytes=0-9", 0, 1_000),
            ("limit=0", nil, 0, 0), ("offset=9223372036854775807", nil, Int64.max, 0),
            ("limit=9223372036854775807&offset=5", nil, 5, 1_000), ("", "3-3", 3, 1), ("", "x-3", 0, 1_000),
            ("limit=4&limit=2", nil, 0, 2), ("offset=9&limit=9&offset=1", nil, 1, 9),
        ] as [(String, String?, Int64, Int64)])
    func `asks for a piece`(query: String, header: String?, offset: Int64, limit: Int64) throws {
        let headers = HTTPHeaders(header.map { [(name: "Range", value: $0)] } ?? [])
        let range = try tableQuery(.get, "flows?\(query)", headers).selection.range
        #expect(range.offset == offset)
        #expect(range.limit == limit)
    }

    @Test(arguments: [
        ("nothing", "PGRST205"), ("flows?nothing=eq.1", "42703"), ("flows?select=nothing", "42703"),
        ("flows?select=id,", "PGRST100"), ("flows?select=,id", "PGRST100"),
        ("flows?select=a:id,a:name", "PGRST100"), ("flows?order=id,,name", "PGRST100"),
        ("flows?or=()", "PGRST100"),
        ("flows?and=(id.eq.1,,id.eq.2)", "PGRST100"), ("flows?environment=cs.%7Bbad", "22P02"),
        ("flows?select=sealed_keypair", "42703"),
        ("flow_run?select=server_id", "42703"),
        ("flows?order=nothing", "42703"), ("flows?id=1", "PGRST100"), ("flows?id=eq", "PGRST100"),
        ("flows?id=xx.1", "PGRST100"), ("flows?id=not.1", "PGRST100"), ("flows?id=eq(any).1", "22P02"),
        ("flows?id=eq.a", "22P02"), ("flows?id=eq.99999999999", "22P02"), ("flows?id=in.1", "PGRST100"),
        ("flows?id=in.(1,)", "22P02"), ("flows?name=in.a)", "PGRST100"), ("flows?name=in.(a", "PGRST100"),
        ("flows?uuid=eq.1", "22P02"), ("flows?is_public=eq.maybe", "22P02"),
        ("flows?is_public=is.maybe", "PGRST100"),
        ("flows?name=is.true", "PGRST100"), ("flows?name=eq.%00", "22021"), ("flows?id=like.1", "42883"),
        ("flows?nodes=gt.1", "42883"), ("flows?nodes=eq.x", "22P02"), ("flows?nodes=in.(x)", "22P02"),
        ("flows?name-%3Ea=eq.1", "PGRST100"), ("flows?select=id::text", "PGRST100"),
        ("flows?select=id.count()", "PGRST123"), ("flows?select=count()", "PGRST123"),
        ("flows?select=name-%3Ea", "PGRST100"), ("flows?select=nodes-%3E", "PGRST100"),
        ("flows?select=nodes-%3E%3Ea-%3Eb", "PGRST100"), ("flows?order=id.up", "PGRST100"),
        ("flows?order=nodes", "PGRST100"), ("flows?order=flow_run(id)", "PGRST100"),
        ("flows?limit=a", "PGRST100"),
        ("flows?limit=-1", "PGRST103"), ("flows?offset=-1", "PGRST103"),
        ("flows?limit=99999999999999999999", "PGRST100"), ("flows?columns=nothing", "PGRST204"),
        ("flows?on_conflict=name", "42P10"),
    ])
    func `is refused with the rule that it breaks`(query: String, code: String) {
        #expect(refusal { () throws(TableError) in try tableQuery(.get, query) } == code)
    }

    @Test func `refuses a range that ends before it begins`() {
        let headers = HTTPHeaders([(name: "Range", value: "9-3")])
        #expect(refusal { () throws(TableError) in try tableQuery(.get, "flows", headers) } == "PGRST103")
    }

    @Test func `is bounded`() {
        let filters = repeatElement("id=eq.1", count: Limits.tableFiltersMax + 1).joined(separator: "&")
        #expect(refusal { () throws(TableError) in try tableQuery(.get, "flows?" + filters) } == "PGRST100")
        let list = repeatElement("1", count: Limits.tableListElementsMax + 1).joined(separator: ",")
        #expect(
            refusal { () throws(TableError) in try tableQuery(.get, "flows?id=in.(\(list))") } == "PGRST100")
        let stars = repeatElement("*", count: Limits.tableOutputsMax + 1).joined(separator: ",")
        #expect(
            refusal { () throws(TableError) in try tableQuery(.get, "flows?select=" + stars) } == "PGRST100")
        let path = String(repeating: "-%3Ea", count: Limits.tablePathKeysMax + 1)
        #expect(
            refusal { () throws(TableError) in try tableQuery(.get, "flows?select=nodes" + path) }
                == "PGRST100")
        let order = repeatElement("id", count: 100).joined(separator: ",")
        #expect(
            refusal { () throws(TableError) in try tableQuery(.get, "flows?order=" + order) } == "PGRST100")
    }

    @Test func `shows once what it names again, but not two things under one name`() throws {
        let query = try tableQuery(.get, "flows?select=*,id,name:name,environment-%3Ea,a:environment-%3Ea")
        let names = query.selection.outputs.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(names).isSuperset(of: ["id", "name", "a"]))
    }

    @Test(arguments: [
        ("id", "eq.a"), ("uuid", "in.(zz)"), ("is_public", "neq.maybe"), ("nodes", "cs.x"),
        ("id", "eq(any).1"),
        ("environment", "cs.%7Bbad"),
    ])
    func `names the column whose value cannot be read`(column: String, filter: String) {
        do throws(TableError) {
            _ = try tableQuery(.get, "flows?\(column)=\(filter)")
            Issue.record("read")
        } catch {
            #expect(error.details == "column \(column)")
        }
    }

    @Test func `of a change needs a filter and takes no piece`() {
        for method in [HTTPMethod.patch, .delete] {
            #expect(refusal { () throws(TableError) in try tableQuery(method, "flows") } == "21000")
            #expect(
                refusal { () throws(TableError) in try tableQuery(method, "flows?id=eq.1&limit=1") }
                    == "PGRST100")
        }
        #expect(refusal { () throws(TableError) in try tableQuery(.post, "flows?id=eq.1") } == "PGRST100")
        let merges: HTTPHeaders = ["Prefer": "resolution=merge-duplicates"]
        #expect(refusal { () throws(TableError) in try tableQuery(.post, "wallets", merges) } == "PGRST100")
        let text: HTTPHeaders = ["Content-Type": "text/csv"]
        #expect(refusal { () throws(TableError) in try tableQuery(.post, "flows", text) } == "PGRST107")
    }

    @Test func `tells what the client would like`() throws {
        let preferences = try TablePreferences([
            "Prefer": "return=representation, count=exact",
            "prefer": "resolution=merge-duplicates,tx=rollback,x",
        ])
        #expect(preferences.returns == .representation)
        #expect(preferences.resolution == .merge)
        #expect(preferences.counts)
        let others = try TablePreferences([
            "Prefer": "return=all,count=no,resolution=x"
        ])
        #expect(others == (try TablePreferences([:])))
    }

    @Test(
        arguments: [
            (["return=representation"], "return=representation"),
            (["RETURN = Representation", "Count=EXACT"], "return=representation, count=exact"),
            (["handling=strict,max-affected=1"], "handling=strict, max-affected=1"),
            ([" max-affected=0 ,, handling=strict ,"], "handling=strict, max-affected=0"),
            (["max-affected=7", "handling=strict", "max-affected=9"], "handling=strict, max-affected=7"),
            (["max-affected=1"], nil), (["max-affected=1, handling=lenient"], "handling=lenient"),
            (["handling=lenient, handling=strict, max-affected=1"], "handling=lenient"),
            (["return=x, return=minimal, return=representation"], "return=minimal"),
            ([#"return="headers-only""#], "return=headers-only"),
            (["tx=commit,timezone=utc"], "tx=commit, timezone=UTC"),
            (["handling=strict, timezone=Etc/UTC"], "handling=strict, timezone=UTC"),
            (["tx=rollback,timezone=Europe/Berlin,x,return=all,=,missing="], nil),
            (["count=planned"], "count=planned"), (["resolution=merge-duplicates,missing=default"], nil),
            ([], nil),
        ] as [([String], String?)])
    func `says which preferences it keeps to`(headers: [String], applied: String?) throws {
        let fields = headers.map { (name: "prefer", value: $0) }
        #expect(try TablePreferences(HTTPHeaders(fields)).applied(to: .delete) == applied)
    }

    @Test func `keeps to preferences where they mean something`() throws {
        let all: HTTPHeaders = [
            "Prefer": "return=minimal,resolution=ignore-duplicates,missing=null,count=exact,max-affected=2",
            "prefer": "handling=strict",
        ]
        let preferences = try TablePreferences(all)
        #expect(preferences.applied(to: .read) == "count=exact, handling=strict")
        #expect(
            preferences.applied(to: .insert)
                == "resolution=ignore-duplicates, missing=null, return=minimal, count=exact, handling=strict, "
                + "max-affected=2")
        #expect(
            preferences.applied(to: .update)
                == "return=minimal, count=exact, handling=strict, max-affected=2")
    }

    @Test(arguments: [
        ("handling=strict, foo, bar=1", "foo, bar=1"), ("foo,Handling=Strict", "foo"),
        ("handling=strict,max-affected=many", "max-affected=many"),
        ("handling=strict,max-affected=-1", "max-affected=-1"),
        ("handling=strict,max-affected", "max-affected"),
        ("handling=strict,max-affected=99999999999999999999", "max-affected=99999999999999999999"),
        ("handling=strict,tx=rollback", "tx=rollback"), ("handling=strict,return=all", "return=all"),
        ("handling=strict,count=some", "count=some"), ("handling=strict,resolution=x", "resolution=x"),
        ("handling=strict,missing=x", "missing=x"),
        ("handling=strict,timezone=Europe/Berlin", "timezone=Europe/Berlin"),
        ("handling=strict; max-affected=1", "handling=strict; max-affected=1"),
        ("return=minimal;q=1,handling=strict", "return=minimal;q=1"),
        ("handling=strict,params=single-object", "params=single-object"), ("handling=strict,=", "="),
    ])
    func `is refused to a strict client if a preference is not understood`(prefer: String, named: String) {
        for method in [HTTPMethod.get, .post, .patch, .delete] {
            do throws(TableError) {
                _ = try tableQuery(method, "flows?id=eq.1", ["Prefer": prefer])
                Issue.record("\(prefer) was taken")
            } catch {
                #expect(error.status == .badRequest)
                #expect(error.code == "PGRST122")
                #expect(error.details == "Invalid preferences: " + named)
            }
        }
    }

    @Test(arguments: [
        "flows?id", "flow_run?flow_id", "flow_deployments?entrypoint", "flow_deployments_tags?entrypoint",
        "flows?parent_flow",
    ])
    func `names a flow by its number or its UUID`(column: String) throws {
        let name = "01A1FF33-8DFC-7802-9017-C5A8EDB038F7"
        let id = try #require(UniqueID(name))
        func condition(_ text: String) throws -> TableFilter.Condition? {
            try tableQuery(.get, "\(column)=\(text)").filters.first?.condition
        }
        #expect(try condition("eq.5") == .compare(.equal, .integer(5)))
        #expect(try condition("eq.\(name)") == .compare(.equal, .uuid(id)))
        #expect(try condition("not.neq.\(name)") == .compare(.notEqual, .uuid(id)))
        #expect(try condition("in.(5,\(name))") == .isOneOf([.integer(5), .uuid(id)]))
        #expect(try condition("is.null") == .isNull)
        #expect(refusal { () throws(TableError) in try tableQuery(.get, "\(column)=eq.x") } == "22P02")
        // Which of two flows is greater, only what the column holds says.
        let other = column == "flows?parent_flow" ? "5" : name
        #expect(
            refusal { () throws(TableError) in try tableQuery(.get, "\(column)=gt.\(other)") } == "42883")
    }

    @Test(arguments: [
        ("flow_run", "flow_uuid"), ("flow_deployments", "entrypoint_uuid"),
        ("flow_deployments_tags", "entrypoint_uuid"),
    ])
    func `shows the UUID beside a flow's number if it is named`(table: String, column: String) throws {
        #expect(try tableQuery(.get, "\(table)?select=\(column)").outputs.map(\.name) == [column])
        #expect(try !tableQuery(.get, table).outputs.map(\.name).contains(column))
    }

    /// Whatever is sent, the names that get into SQL are those of the definitions.
    @Test func `never makes a column of what was sent`() throws {
        var random = SeededGenerator(seed: 7)
        let pieces = [
            "id", "name", "nodes", "select", "order", "=", "&", "eq.", "in.(", ")", ",", "->", "->>", ":",
            "*", "\"",
            "%00", "%27", "%22", "%5C", "--", ";", "DROP", "(", ".", "not.", "is.null", "limit", "offset",
            "1", "é", "::", "or=(", "flow_run(", "flow_run.", "!inner", "cs.{", "}", "and(", "[",
        ]
        var accepted = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...8, using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let escaped = text.replacing("\"", with: "%22").replacing(">", with: "%3E").replacing(
                "é", with: "%C3%A9")
            let wrapped = ["select=\(escaped)", "order=\(escaped)", "name=eq.\(escaped)", escaped]
            guard let query = try? tableQuery(.get, "flows?\(wrapped.randomElement(using: &random) ?? "")")
            else { continue }
            accepted += 1
            let known = Set(TableDefinition.flows.columns)
            #expect(query.outputs.compactMap(\.field).allSatisfy { known.contains($0.column) })
            #expect(query.filters.allSatisfy { known.contains($0.field.column) })
            #expect(query.selection.order.allSatisfy { known.contains($0.field.column) })
        }
        #expect(accepted > 500)
    }
}
