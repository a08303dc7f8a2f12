import Engine
import Nodes
import Testing
import Values
import Wire

/// Spec nodes 2.8.
@Suite struct `The nodes of PostgREST queries` {
    /// The query that a chain of nodes makes: each link is a name and further inputs.
    private func query(_ links: [(String, String)]) throws -> Value {
        var query: Value?
        for (name, inputs) in links {
            var values: [(String, Value)] = query.map { [("query", $0)] } ?? []
            for (name, tree) in try JSONValue.parse(inputs).object?.entries ?? [] {
                values.append((name, try ValueJSON.plain(tree)))
            }
            let text = try AnswerBench().result("postgrest_" + name, ValueMap(values))
            guard !text.hasPrefix("failed") else { return .string(text) }
            guard case .map(let outputs) = try ValueJSON.decode(JSONValue.parse(#"{"M":\#(text)}"#)) else {
                return .string(text)
            }
            query = outputs["query"]
        }
        return try #require(query)
    }

    private static let begin = ("new_query", #"{"url":"http://h/rest/v1","table":"t"}"#)

    @Test(arguments: [("new_query", "table"), ("new_rpc", "function")])
    func `stay below the base address`(node: String, name: String) throws {
        for text in [".", ".."] {
            #expect(
                try query([(node, #"{"url":"http://h/rest/v1","\#(name)":"\#(text)","params":null}"#)])
                    == .string("failed: a table or function cannot be called . or .."))
        }
    }

    /// What is asked for when the query is sent.
    private func asked(_ links: [(String, String)], headers: String = "[]") throws -> String {
        let query = try query([Self.begin] + links)
        if case .string(let failure) = query { return failure }
        let server = NotedServer()
        _ = try AnswerBench(outbound: server).result(
            "postgrest_execute_query",
            ["query": query, "headers": try ValueJSON.plain(JSONValue.parse(headers))])
        return server.asked
    }

    @Test(arguments: [
        ("http://h/rest/v1", "t", "http://h/rest/v1/t"), ("http://h/rest/v1/", "t", "http://h/rest/v1/t"),
        ("http://h", "a b/c?", "http://h/a%20b%2Fc%3F"), ("http://h//", "t", "http://h/t"),
    ])
    func `begin at the base address with one slash`(url: String, table: String, whole: String) throws {
        let query = try query([("new_query", #"{"url":"\#(url)","table":"\#(table)"}"#)])
        #expect(
            ValueJSON.plain(from: query).text == """
                {"method":"GET","url":"\(whole)","queries":[],"headers":[],"is_rpc":false}
                """)
    }

    @Test func `begin a call with the function's parameters as its content`() throws {
        let query = try query([
            ("new_rpc", #"{"url":"http://h/","schema":"s","function":"f","params":{"a":1}}"#)
        ])
        #expect(
            ValueJSON.plain(from: query).text == """
                {"method":"POST","url":"http://h/rpc/f","schema":"s","queries":[],"headers":[],"is_rpc":true,\
                "body":{"a":1}}
                """)
    }

    @Test(arguments: [
        ("select", #"{"columns":"a,b(c)"}"#, "?select=a%2Cb%28c%29"),
        ("eq", #"{"column":"a","filter":"x y"}"#, "?a=eq.x+y"),
        ("neq", #"{"column":"a","filter":"1"}"#, "?a=neq.1"),
        ("is", #"{"column":"a","filter":"null"}"#, "?a=is.null"),
        ("is", #"{"column":"a","filter":null}"#, "?a=is.null"),
        ("is", #"{"column":"a","filter":true}"#, "?a=is.true"),
        ("eq", #"{"column":"a","filter":null}"#, "?a=is.null"),
        ("eq", #"{"column":"a","filter":"null"}"#, "?a=eq.null"),
        ("eq", #"{"column":"a","filter":false}"#, "?a=eq.false"),
        ("eq", #"{"column":"a","filter":12.50}"#, "?a=eq.12.5"),
        ("neq", #"{"column":"a","filter":null}"#, "?a=not.is.null"),
        ("not", #"{"column":"a","operator":"is","filter":null}"#, "?a=not.is.null"),
        ("not", #"{"column":"a","operator":"eq","filter":null}"#, "?a=not.is.null"),
        ("not", #"{"column":"a","operator":"neq","filter":null}"#, "?a=is.null"),
        ("not", #"{"column":"a","operator":"gt","filter":5}"#, "?a=not.gt.5"),
        (
            "not", #"{"column":"a","operator":"in","filter":["x,y","\"q\\",1,true]}"#,
            "?a=not.in.%28%22x%2Cy%22%2C%22%5C%22q%5C%5C%22%2C1%2Ctrue%29"
        ),
        ("not", #"{"column":"a","operator":"in","filter":"(1,2)"}"#, "?a=not.in.%281%2C2%29"),
        ("not", #"{"column":"a","operator":"eq","filter":"1"}"#, "?a=not.eq.1"),
        (
            "match", #"{"body":{"a":1,"b":null,"c":true,"d":"x","e":-1.5}}"#,
            "?a=eq.1&b=is.null&c=eq.true&d=eq.x&e=eq.-1.5"
        ),
        ("order", #"{"columns":"a.desc"}"#, "?order=a.desc"),
    ])
    func `add to the address`(name: String, inputs: String, suffix: String) throws {
        #expect(
            try asked([("builder_\(name)", inputs)])
                == "GET http://h/rest/v1/t\(suffix)\nAccept: application/json\n")
    }

    @Test(arguments: [
        ("insert", #"{"body":[{"a":1}]}"#, "POST", "Prefer: return=representation\n", #"[{"a":1}]"#),
        (
            "upsert", #"{"body":{"a":1}}"#, "POST",
            "Prefer: return=representation, resolution=merge-duplicates\n", #"{"a":1}"#
        ),
        ("update", #"{"body":{"a":null}}"#, "PATCH", "Prefer: return=representation\n", #"{"a":null}"#),
        (
            "insert", #"{"body":{"a":18446744073709551616}}"#, "POST", "Prefer: return=representation\n",
            #"{"a":18446744073709551616}"#
        ),
    ])
    func `change rows`(name: String, inputs: String, method: String, headers: String, body: String) throws {
        #expect(
            try asked([("builder_\(name)", inputs)]) == """
                \(method) http://h/rest/v1/t\n\(headers)Accept: application/json\nContent-Type: application/json

                \(body)
                """)
    }

    @Test func `can be put one behind the other`() throws {
        let links = [
            ("builder_select", #"{"columns":"*"}"#), ("builder_eq", #"{"column":"a","filter":"1"}"#),
            ("builder_limit", #"{"count":10}"#), ("builder_limit", #"{"count":3}"#),
        ]
        #expect(
            try asked(links) == """
                GET http://h/rest/v1/t?select=*&a=eq.1\nRange-Unit: items\nRange: 0-2\nAccept: application/json\n
                """)
    }

    @Test(arguments: [
        ("builder_limit", #"{"count":0}"#, "count must be at least 1"),
        ("builder_limit", #"{"count":-1}"#, "invalid value: integer `-1`, expected u64"),
        (
            "builder_match", #"{"body":{"a":[]}}"#,
            "body: each value must be a text, a number, a boolean, a key or null"
        ),
        ("builder_update", "{}", "missing field `body`"),
        ("builder_eq", #"{"column":"a"}"#, "missing field `filter`"),
        ("builder_eq", #"{"column":"a","filter":[1]}"#, "invalid type: sequence, expected a string"),
        (
            "builder_not", #"{"column":"a","operator":"eq","filter":[1]}"#,
            "invalid type: sequence, expected a string"
        ),
        (
            "builder_not", #"{"column":"a","operator":"in","filter":[[1]]}"#,
            "invalid type: sequence, expected a string"
        ),
    ])
    func `fail where a value makes no sense`(name: String, inputs: String, error: String) throws {
        #expect(try asked([(name, inputs)]) == "failed: " + error)
    }

    @Test(arguments: ["{}", #"{"url":null}"#, #"{"url":""}"#])
    func `say that they need an address`(url: String) throws {
        let inputs = String(url.dropLast()) + (url == "{}" ? "" : ",") + #""table":"t"}"#
        #expect(
            try query([("new_query", inputs)])
                == .string("failed: url is not given, and this server has no tables of its own"))
    }

    @Test func `say which schema they mean`() throws {
        let begin = #"{"url":"http://h","schema":"s","table":"t"}"#
        for (links, header) in [
            ([], "Accept-Profile: s"), ([("builder_update", #"{"body":{}}"#)], "Content-Profile: s"),
        ] {
            let server = NotedServer()
            let query = try query([("new_query", begin)] + links)
            _ = try AnswerBench(outbound: server).result("postgrest_execute_query", ["query": query])
            #expect(server.asked.contains(header + "\n"))
        }
    }

    @Test func `are sent with the headers that are given, in place of their own`() throws {
        let text = try asked(
            [("builder_limit", #"{"count":1}"#)],
            headers: #"[["range","5-9"],["Authorization","Bearer x"],["Accept","text/csv"]]"#)
        #expect(
            text == """
                GET http://h/rest/v1/t\nRange-Unit: items\nrange: 5-9\nAuthorization: Bearer x\nAccept: text/csv\n
                """)
    }

    @Test func `give the result, or fail with what the server says`() throws {
        func result(_ server: NotedServer, isReadOnly: Bool = false, method: String = "GET") throws -> String
        {
            try AnswerBench(outbound: server, isReadOnly: isReadOnly).result(
                "postgrest_execute_query",
                ["query": .map(["url": .string("http://h/t"), "method": .string(method)])])
        }
        #expect(
            try result(NotedServer(206, #"[{"a":1}]"#))
                == #"{"result":{"A":[{"M":{"a":{"U":"1"}}}]},"headers":{"M":{"content-type":{"S":"application/json"}}}}"#
        )
        #expect(try result(NotedServer(400, #"{"message":"no"}"#)) == #"failed: {"message":"no"}"#)
        #expect(try result(NotedServer(500, "")) == "failed: status code: 500")
        #expect(try result(NotedServer(), isReadOnly: true).hasPrefix("{"))
        #expect(try result(NotedServer(), isReadOnly: true, method: "get").hasPrefix("{"))
        #expect(
            try result(NotedServer(), isReadOnly: true, method: "PATCH")
                == "failed: a read-only run may send GET and HEAD requests only")
    }

    /// So many that it would be felt if each were compared with all the others.
    @Test func `take many columns and headers`() throws {
        let many = (0..<50_000).map { ("h\($0)", Value.string("x")) }
        let query = try query([Self.begin])
        let text = try AnswerBench().result(
            "postgrest_builder_match", ["query": query, "body": .map(ValueMap(many))])
        #expect(text.utf8.count > 50_000)
        let server = NotedServer()
        let own: ValueMap = [
            "url": .string("http://h/"), "headers": .map(ValueMap(many.dropLast(20_000))),
        ]
        _ = try AnswerBench(outbound: server).result(
            "postgrest_execute_query",
            ["query": .map(own), "headers": .map(ValueMap(many.dropFirst(20_000)))])
        #expect(server.asked.hasSuffix("h49999: x\nAccept: application/json\n"))
        #expect(server.asked.utf8.count(where: { $0 == 10 }) == 50_002)
    }

    @Test func `keep a secret until they are sent`() throws {
        let secret = Value.vaultSecret("hush", provider: "p", label: "l")
        let query = try query([Self.begin])
        let shown = try AnswerBench().result(
            "postgrest_builder_insert", ["query": query, "body": .array([secret])])
        #expect(!shown.contains("hush"))
        #expect(shown.contains("<vault:p/l>"))
        #expect(
            try AnswerBench().result(
                "postgrest_builder_eq", ["query": query, "column": .string("a"), "filter": secret]
            ).hasPrefix("failed: invalid type: secret"))
        let server = NotedServer()
        _ = try AnswerBench(outbound: server).result(
            "postgrest_execute_query", ["query": query, "headers": .map(["apikey": secret])])
        #expect(server.asked.contains("apikey: hush\n"))
    }
}
