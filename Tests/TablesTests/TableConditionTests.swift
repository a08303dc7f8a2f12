import Primitives
import Testing
import Wire

@testable import Tables

/// What a condition says, short enough to be compared.
private func said(_ condition: TableCondition) -> String {
    switch condition {
    case .all(let parts): "all(\(parts.map(said).joined(separator: " ")))"
    case .any(let parts): "any(\(parts.map(said).joined(separator: " ")))"
    case .not(let part): "not(\(said(part)))"
    case .hasRows(let index): "rows\(index)"
    case .filter(let filter):
        (filter.isNegated ? "not " : "")
            + ([filter.field.column.name] + filter.field.path).joined(
                separator: filter.field.isText ? ">>" : ">")
            + said(filter.condition)
    }
}

private func said(_ condition: TableFilter.Condition) -> String {
    func text(_ value: TableValue) -> String {
        switch value {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .json(let bytes): String(decoding: bytes, as: UTF8.self)
        default: "\(value)"
        }
    }
    return switch condition {
    case .compare(let comparison, let value): " \(comparison.rawValue) \(text(value))"
    case .isDistinct(let value): " is not \(text(value))"
    case .like(let pattern, _): " like \(pattern)"
    case .isOneOf(let values): " in \(values.map(text))"
    case .contains(let json): " cs \(String(decoding: json, as: UTF8.self))"
    case .isContained(let json): " cd \(String(decoding: json, as: UTF8.self))"
    case .overlaps(let json): " ov \(String(decoding: json, as: UTF8.self))"
    case .several(let conditions, let mustAllHold):
        " \(mustAllHold ? "all" : "any")\(conditions.map { said($0) })"
    case .isNull: " null"
    case .isNotNull: " not null"
    case .isTruth(let truth): " is \(truth.map { "\($0)" } ?? "unknown")"
    }
}

/// The conditions of a query whose value is not escaped.
private func conditions(_ name: String, _ value: String, select: String = "*") throws -> [String] {
    let escaped = [select, name, value].map { PercentEncoding.form($0) }
    return try tableQuery(.get, "flows?select=\(escaped[0])&\(escaped[1])=\(escaped[2])").selection.conditions
        .map(said)
}

@Suite struct `A condition of a query` {
    /// An element is quoted only if it begins with a mark and the closing one stands at its end.
    @Test(
        arguments: [
            (#"(q"t)"#, [#"q"t"#]), (#"("q"t)"#, [#""q"t"#]), (#"("a)"#, [#""a"#]), (#"(a")"#, [#"a""#]),
            (#"("a"b,c)"#, [#""a"b"#, "c"]), (#"("a","b")"#, ["a", "b"]), (#"("a,b",c)"#, ["a,b", "c"]),
            (#"("a","b)"#, ["a", #""b"#]), (#"("")"#, [""]), (#"(,)"#, ["", ""]), (#"(")"#, ["\""]),
            (#"("a\"b","c\\")"#, [#"a"b"#, #"c\"#]), (#"(a\b)"#, [#"a\b"#]), (#"("a\")"#, ["\"a\\\""]),
            (#"(a(b)c)"#, ["a(b)c"]), (#"("(a)")"#, ["(a)"]), (#"( a)"#, [" a"]), (#"(""")"#, ["\"\"\""]),
            ("(é,\"ü,\u{1F600}\")", ["é", "ü,\u{1F600}"]),
        ] as [(String, [String])])
    func `reads a list`(list: String, elements: [String]) throws {
        #expect(try conditions("name", "in.\(list)") == ["name in \(elements)"])
        #expect(try conditions("name", "not.in.\(list)") == ["not name in \(elements)"])
        guard !list.contains("(b)") else { return }
        #expect(try conditions("or", "(name.in.\(list),id.eq.1)") == ["any(name in \(elements) id eq 1)"])
    }

    @Test(arguments: [
        ("or", "(id.eq.1,name.eq.a)", "any(id eq 1 name eq a)"),
        ("and", "(id.gt.1,id.lt.5)", "all(id gt 1 id lt 5)"), ("not.or", "(id.eq.1)", "not(any(id eq 1))"),
        ("not.and", "(id.eq.1,id.eq.2)", "not(all(id eq 1 id eq 2))"),
        ("or", "(id.not.eq.1)", "any(not id eq 1)"),
        (
            "or", "(and(id.eq.1,not.or(id.eq.2,id.eq.3)),id.is.null)",
            "any(all(id eq 1 not(any(id eq 2 id eq 3))) id null)"
        ),
        ("or", "(name.eq.a.b,name.eq.)", "any(name eq a.b name eq )"),
        ("or", #"(name.eq."a,b)",name.eq.q"t)"#, #"any(name eq a,b) name eq q"t)"#),
        ("or", "( id.eq.1, id.eq.2)", "any(id eq 1 id eq 2)"),
        ("or", #"(viewport.cs.{"a":[1,2]},nodes.ov.[1,2])"#, #"any(viewport cs {"a":[1,2]} nodes ov [1,2])"#),
        ("or", "(viewport->a->>b.eq.c,viewport->x.gt.5)", "any(viewport>>a>>b eq c viewport>x gt 5)"),
        ("or", #"("name".eq.a)"#, "any(name eq a)"),
        ("or", "(name.like(any).{a*,b*})", #"any(name any[" like a%", " like b%"])"#),
        ("or", "(id.in.(1,2),id.in.())", #"any(id in ["1", "2"] id in [])"#),
    ])
    func `may be put together`(name: String, value: String, condition: String) throws {
        #expect(try conditions(name, value) == [condition])
    }

    @Test(arguments: [
        ("meta_nodes", "cs.{a,\"b c\"}", #"meta_nodes cs ["a","b c"]"#),
        ("meta_nodes", "cs.{1,2}", "meta_nodes cs [1,2]"),
        ("meta_nodes", #"cs.["a"]"#, #"meta_nodes cs ["a"]"#),
        ("viewport", #"cd.{"a": 1}"#, #"viewport cd {"a":1}"#),
        ("meta_nodes", "ov.{a}", #"meta_nodes ov ["a"]"#), ("meta_nodes", "cs.{}", "meta_nodes cs {}"),
        ("viewport->a", "cs.{x}", #"viewport>a cs ["x"]"#),
        ("viewport->>a", "like.b*", "viewport>>a like b%"),
        ("viewport->a->1->>b", "in.(x,y)", #"viewport>>a>>1>>b in ["x", "y"]"#),
        ("viewport->\"a.b\"", "eq.\"t\"", #"viewport>a.b eq "t""#),
        ("nodes", "in.(1,[])", #"nodes in ["1", "[]"]"#),
        ("name", "isdistinct.a", "name is not a"), ("id", "eq(any).{1,2}", #"id any[" eq 1", " eq 2"]"#),
        ("id", "gt(all).{1}", #"id all[" gt 1"]"#),
        ("name", "not.ilike(all).{a,b}", #"not name all[" like a", " like b"]"#),
    ])
    func `may look into JSON and lists`(name: String, value: String, condition: String) throws {
        #expect(try conditions(name, value) == [condition])
    }

    @Test func `reads a list of texts in both forms`() throws {
        func errors(_ value: String) throws -> String? {
            try tableQuery(.get, "flow_run?errors=" + PercentEncoding.form(value)).selection.conditions.map(
                said
            )
            .first
        }
        for text in [#"{a,"b,c",5,NULL}"#, #"["a","b,c","5",null]"#, #"{ a , "b,c" ,5, null }"#] {
            #expect(try errors("cs." + text) == #"errors cs ["a","b,c","5",null]"#)
            #expect(try errors("eq." + text) == #"errors eq ["a","b,c","5",null]"#)
        }
        for text in ["{a", "a", "{{a}}", #"{"a"b}"#, "{a,,b}", #"{"a}"#, "{\"a\":1}", "5"] {
            #expect(
                refusal { () throws(TableError) in
                    try tableQuery(.get, "flow_run?errors=eq." + PercentEncoding.form(text))
                } == "22P02", "\(text)")
        }
    }

    @Test(arguments: [
        ("or", "", "PGRST100"), ("or", "()", "PGRST100"), ("or", "(id.eq.1", "PGRST100"),
        ("or", "id.eq.1", "PGRST100"),
        ("or", "(id.eq.1))", "PGRST100"), ("or", "(id.eq.1,)", "PGRST100"), ("or", "(id)", "PGRST100"),
        ("or", "(id.eq)", "PGRST100"), ("or", "(idd.eq.1)", "42703"), ("or", "(and())", "PGRST100"),
        ("or", "(name.in.(a,b)", "PGRST100"), ("or", "(name.in.a)", "PGRST100"), ("or", "(id.eq.x)", "22P02"),
        ("or", "(name.eq.a)b", "PGRST100"), ("nor", "(id.eq.1)", "42703"),
        ("or", "(viewport->.eq.1)", "PGRST100"),
        ("name", "cs.{a}", "42883"), ("viewport", "ov.{\"a\":1}", "PGRST100"), ("viewport", "gt.1", "42883"),
        ("id", "eq(any).1", "22P02"), ("id", "eq(some).{1}", "PGRST100"), ("id", "in(any).{1}", "PGRST100"),
        ("name", "fts.a", "PGRST100"), ("name", "wfts(english).a", "PGRST100"),
        ("name", "match.a", "PGRST100"),
        ("id", "sl.(1,2)", "42883"), ("id", "eq(any).{NULL}", "PGRST100"),
        ("flow_run.status", "eq.a", "PGRST108"),
        ("flow_run", "is.null", "42703"),
    ])
    func `is refused with the rule that it breaks`(name: String, value: String, code: String) {
        #expect(
            refusal { () throws(TableError) in
                let (name, value) = (PercentEncoding.form(name), PercentEncoding.form(value))
                return try tableQuery(.get, "flows?\(name)=\(value)")
            } == code)
    }

    @Test func `is bounded`() throws {
        func tree(_ depth: Int) -> String {
            String(repeating: "and(", count: depth) + "id.eq.1" + String(repeating: ")", count: depth)
        }
        func code(_ text: String) -> String {
            refusal { () throws(TableError) in
                try tableQuery(.get, "flows?or=(\(text))").selection.filterCount
            }
        }
        #expect(code(tree(Limits.tableConditionDepthMax - 1)) == "\(Limits.tableConditionDepthMax + 1)")
        #expect(code(tree(Limits.tableConditionDepthMax)) == "PGRST100")
        #expect(code(tree(5_000)) == "PGRST100")
        let wide = repeatElement("id.eq.1", count: Limits.tableFiltersMax).joined(separator: ",")
        #expect(code(wide) == "PGRST100")
        #expect(code(wide + "," + wide) == "PGRST100")
    }
}
