import TestKit
import Testing

/// Answers whatever it is asked with what it was told to.
private final class Parrot: GoldenPeer, GoldenSocket {
    struct Silence: Error {}
    struct More: Error {}

    let given = ["key": "b3-key"]
    let derive: @Sendable (String, String) -> String? = { what, value in what == "token" ? "fr-\(value)" : nil
    }
    private var answers: [TestHTTPResponse]
    private var messages: [String]
    private(set) var said: [String] = []

    init(answers: [TestHTTPResponse] = [], messages: [String] = []) {
        self.answers = answers
        self.messages = messages
    }

    func answer(_ request: GoldenRequest) throws -> TestHTTPResponse {
        let headers = request.headers.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
        said.append("\(request.method) \(request.path) [\(headers)] \(request.body)")
        guard !answers.isEmpty else { throw Silence() }
        return answers.removeFirst()
    }

    func openSocket() throws -> any GoldenSocket {
        said.append("open")
        return self
    }

    func say(_ message: String) throws { said.append(message) }

    func hear() throws -> String {
        guard !messages.isEmpty else { throw Silence() }
        return messages.removeFirst()
    }

    func expectNothingMore() throws { if !messages.isEmpty { throw More() } }
}

private func json(_ status: Int, _ body: String, type: String = "application/json") -> TestHTTPResponse {
    TestHTTPResponse(status: status, headers: [("Content-Type", type)], body: Array(body.utf8))
}

/// Where an exchange fails with these messages of the server; nil if it holds.
private func failure(_ text: String, _ peer: Parrot) throws -> String? {
    do {
        try GoldenExchange(name: "x", text: text).run(on: peer)
        return nil
    } catch let error as GoldenFailure {
        return error.description
    }
}

@Suite struct `The format of golden exchanges` {
    @Test(arguments: [
        (#"S> {"a":1,"b":[true,null]}"#, [#"{"b":[true,null],"a":1.0}"#]),
        (#"S> {"a":"<any>","b":<any>}"#, [#"{"a":"x","b":[1,{}]}"#]),
        (
            "S> {\"id\":\"<run>\"}\nS> {\"of\":\"run <run>\"}",
            [
                #"{"id":"3e67d149-5840-4fe0-a00f-3de78e8e8633"}"#,
                #"{"of":"run 3e67d149-5840-4fe0-a00f-3de78e8e8633"}"#,
            ]
        ),
        ("S> {\"n\":<sub>}\nS> {\"m\":<sub>}", [#"{"n":7}"#, #"{"m":7}"#]),
        (
            "S> {\"t\":[\"<time1>\",\"<time2>\",\"<time3>\",\"<time4>\"]}",
            [
                #"{"t":["2026-04-01T12:00:00Z","2026-04-01T12:00:00.120Z","2026-04-01T12:00:00.120450Z","2026-04-01T12:00:00.120450001Z"]}"#
            ]
        ),
        ("S> {\"x\":\"<thing>\"}\nS> {\"x\":\"<token of thing>\"}", [#"{"x":"a"}"#, #"{"x":"fr-a"}"#]),
        (#"S> {"quoted":"\"<B>\" <"}"#, [#"{"quoted":"\"<B>\" <"}"#]),
    ])
    func `takes what means the same`(text: String, messages: [String]) throws {
        #expect(try failure(text, Parrot(messages: messages)) == nil)
    }

    @Test(arguments: [
        (#"S> {"a":1}"#, [#"{"a":2}"#], "x:1: .a: expected 1, got 2"),
        (#"S> {"a":1}"#, [#"{"a":"1"}"#], ".a: expected 1, got \"1\""),
        (#"S> {"a":1}"#, [#"{"a":true}"#], ".a: expected 1, got true"),
        (#"S> {"a":1}"#, [#"{}"#], ".a is missing"),
        (#"S> {"a":1}"#, [#"{"a":1,"b":2}"#], ".b is too much"),
        (#"S> {"a":[{"b":1}]}"#, [#"{"a":[{"b":1},2]}"#], ".a: expected 1 elements, got 2"),
        (#"S> {"a":[{"b":1}]}"#, [#"{"a":[{"b":null}]}"#], ".a[0].b: expected 1, got null"),
        (#"S> {"a":1}"#, [#"{"a":1"#], "not JSON"),
        (#"S> {"a":"<any>"}"#, [#"{"a":1}"#], "got 1"),
        (
            "# c\n\nS> {\"a\":\"<x>\"}\nS> {\"a\":\"<x>\"}", [#"{"a":"1"}"#, #"{"a":"2"}"#],
            "x:4: .a: <x> was \"1\""
        ),
        (#"S> {"a":"<run>"}"#, [#"{"a":"3E67d149-5840-4fe0-a00f-3de78e8e8633"}"#], "is no <run>"),
        (#"S> {"a":"<time>"}"#, [#"{"a":"2026-04-01T12:00:00.000Z"}"#], "is no <time>"),
        (#"S> {"a":"<time>"}"#, [#"{"a":"2026-04-01T12:00:00.12Z"}"#], "is no <time>"),
        (#"S> {"a":"<time>"}"#, [#"{"a":"2026-04-01T12:00:00+00:00"}"#], "is no <time>"),
        (#"S> {"a":<sub>}"#, [#"{"a":-1}"#], "is no <sub>"),
        (#"S> {"a":<sub>}"#, [#"{"a":0.5}"#], "is no <sub>"),
        (#"S> {"a":<sub>}"#, [#"{"a":"1"}"#], "is no <sub>"),
        (#"S> {"a":"of <run>"}"#, [#"{"a":"of x"}"#], "is no <run>"),
        (#"S> {"a":"<run1> of <run2>"}"#, [#"{"a":"x of y"}"#], "<run2> is not bound"),
        (#"C> <run>"#, [], "<run> is not bound"),
        (#"S> {"a":1}"#, [], "Silence"),
        (#"C> hello"#, ["unwanted"], "at the end of socket main"),
    ])
    func `finds what is otherwise, and where`(text: String, messages: [String], reason: String) throws {
        let failure = try #require(try failure(text, Parrot(messages: messages)))
        #expect(failure.contains(reason))
    }

    @Test func `sends requests with their holes filled and compares answers`() throws {
        let text = """
            POST /start/<key>
            x-api-key: <key>
            Content-Type: application/json

            {"n":1,
            # in between
             "m":2}

            200
            Retry-After: 1
            {"id":"<it>"}

            GET /output/<it>

            404
            """
        func peer(_ first: TestHTTPResponse, _ second: TestHTTPResponse) -> Parrot {
            Parrot(answers: [first, second])
        }
        let good = TestHTTPResponse(
            status: 200, headers: [("retry-after", "1"), ("Content-Type", "application/json")],
            body: Array(#"{"id":"a"}"#.utf8))
        let empty = TestHTTPResponse(status: 404, headers: [], body: [])
        let parrot = peer(good, empty)
        #expect(try failure(text, parrot) == nil)
        #expect(
            parrot.said == [
                "POST /start/b3-key [x-api-key=b3-key,Content-Type=application/json] {\"n\":1,\n \"m\":2}",
                "GET /output/a [] ",
            ])
        #expect(try failure(text, peer(json(200, #"{"id":"a"}"#), empty))?.contains("Retry-After") == true)
        #expect(try failure(text, peer(json(201, ""), empty))?.contains("x:1: expected status 200") == true)
        #expect(try failure(text, peer(good, json(404, "{}")))?.contains("x:13: expected no body") == true)
        let charset = TestHTTPResponse(
            status: 200,
            headers: [("Retry-After", "1"), ("Content-Type", "application/json; charset=utf-8")],
            body: good.body)
        #expect(try failure(text, peer(charset, empty))?.contains("the type is") == true)
    }

    @Test func `lets requests wait under their names while it goes on`() throws {
        let text =
            "waiting a\nGET /a\nx: y\n\nwaiting b\nGET /b\n\nC> hello\n\nanswer b\n200\n\nanswer a\n404"
        func peer() -> Parrot {
            Parrot(answers: [200, 404].map { TestHTTPResponse(status: $0, headers: [], body: []) })
        }
        let parrot = peer()
        #expect(try failure(text, parrot) == nil)
        #expect(parrot.said == ["open", "hello", "GET /b [] ", "GET /a [x=y] "])
        #expect(
            try failure(text + "\n\nanswer a\n404", peer())?.contains("x:16: no request called a waits")
                == true)
        let unheard = String(text.prefix { $0 != "C" })
        #expect(try failure(unheard, peer())?.contains("no line wants the answer to a") == true)
    }

    @Test func `opens a socket for each name and no more`() throws {
        let parrot = Parrot()
        #expect(try failure("C> a\nC> b\nsocket other\nC> c\nsocket main\nC> d", parrot) == nil)
        #expect(parrot.said == ["open", "a", "b", "open", "c", "d"])
    }

    @Test(arguments: ["", "# nothing", "hello", "GET /x\n\nbody", "GET /x", "C>nothing", "get /x\n\n200"])
    func `refuses what it cannot read`(text: String) {
        #expect(throws: GoldenExchange.Malformed.self) { try GoldenExchange(name: "x", text: text) }
    }
}
