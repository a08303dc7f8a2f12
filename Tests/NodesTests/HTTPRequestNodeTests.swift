import Engine
import Primitives
import Testing
import Values
import Wire

@testable import Nodes

/// Spec nodes 2.5.
@Suite struct `The node http_request` {
    /// What the node asks for, or its text if it asks for nothing.
    private func asked(_ inputs: String, isReadOnly: Bool = false) throws -> String {
        let server = NotedServer()
        let bench = AnswerBench(outbound: server, isReadOnly: isReadOnly)
        let result = try bench.result("http_request", inputs)
        return server.asked.isEmpty ? result : server.asked
    }

    private func result(of server: NotedServer, _ inputs: String = #"{"url":{"S":"http://h/"}}"#) throws
        -> String
    {
        try AnswerBench(outbound: server).result("http_request", inputs)
    }

    @Test func `has two more names`() {
        let registry = NodeLibrary.registry()
        for name in ["http", "http_request"] {
            #expect(registry.kind(named: name)?.name == "@spo/std.http_request.0.1")
        }
    }

    @Test(arguments: [
        (#""url":{"S":"http://h"}"#, "GET http://h/\n"),
        (#""url":{"S":"https://h/p?a=1"},"method":{"S":"DELETE"}"#, "DELETE https://h/p?a=1\n"),
        (
            #""url":{"S":"http://h/"},"method":{"N":0},"headers":{"N":0},"body":{"N":0},"form":{"N":0}"#,
            "GET http://h/\n"
        ),
        (
            #""url":{"S":"http://h/"},"headers":{"M":{"A":{"S":"x"},"b":{"U":"7"},"c":{"N":0}}}"#,
            "GET http://h/\nA: x\nb: 7\n"
        ),
        (
            #""url":{"S":"http://h/"},"headers":{"A":[{"A":[{"S":"a"},{"S":"x"}]},{"A":[{"S":"a"},{"S":"y"}]}]}"#,
            "GET http://h/\na: x\na: y\n"
        ),
        (
            #""url":{"S":"http://h/?a=1"},"query_params":{"A":[{"A":[{"S":"b c"},{"S":"d&e"}]}]}"#,
            "GET http://h/?a=1&b+c=d%26e\n"
        ),
        (
            #""url":{"S":"http://h/"},"query_params":{"M":{"n":{"D":"1.5"},"b":{"B":true}}}"#,
            "GET http://h/?n=1.5&b=true\n"
        ),
        (
            #""url":{"S":"http://h/"},"basic_auth":{"M":{"user":{"S":"me"},"password":{"S":"pw"}}}"#,
            "GET http://h/\nAuthorization: Basic bWU6cHc=\n"
        ),
        (
            #""url":{"S":"http://h/"},"basic_auth":{"M":{"user":{"S":"me"}}}"#,
            "GET http://h/\nAuthorization: Basic bWU6\n"
        ),
        (#""url":{"S":"http://me:pw@h/"}"#, "GET http://h/\nAuthorization: Basic bWU6cHc=\n"),
        (
            #""url":{"S":"http://h/"},"method":{"S":"POST"},"body":{"M":{"a":{"U":"1"},"b":{"BY":"AQI="}}}"#,
            "POST http://h/\nContent-Type: application/json\n\n{\"a\":1,\"b\":\"AQI=\"}"
        ),
        (
            #""url":{"S":"http://h/"},"body":{"B3":"11111111111111111111111111111111"},"headers":{"M":{"content-type":{"S":"x/y"}}}"#,
            "GET http://h/\ncontent-type: x/y\n\n\"11111111111111111111111111111111\""
        ),
    ])
    func `asks for what its inputs say`(inputs: String, request: String) throws {
        #expect(try asked("{\(inputs)}") == request)
    }

    @Test func `sends a form in parts`() throws {
        let text = try asked(
            #"{"url":{"S":"http://h/"},"method":{"S":"POST"},"body":{"U":"1"},"form":{"M":{"a\"b":{"S":"x"},"c":{"S":"ü"}}}}"#
        )
        let boundary = try #require(text.firstMatch(of: /boundary=(flowd-[0-9a-z]+)\n/)).1
        #expect(
            text == """
                POST http://h/\ncontent-type: multipart/form-data; boundary=\(boundary)\n
                --\(boundary)\r\nContent-Disposition: form-data; name="a%22b"\r\n\r\nx\r
                --\(boundary)\r\nContent-Disposition: form-data; name="c"\r\n\r\nü\r
                --\(boundary)--\r\n
                """)
    }

    @Test(arguments: [
        ("{}", "missing field `url`"), (#"{"url":{"S":"x"}}"#, "URL is not absolute"),
        (#"{"url":{"S":"http:///x"}}"#, "URL has no host"),
        (
            #"{"url":{"S":"http://h/"},"headers":{"S":"a: b"}}"#,
            "headers must be an object or an array of pairs"
        ),
        (
            #"{"url":{"S":"http://h/"},"form":{"A":[{"A":[{"S":"a"}]}]}}"#,
            "form: each element must be a pair of a name and a value"
        ),
        (
            #"{"url":{"S":"http://h/"},"query_params":{"M":{"a":{"A":[]}}}}"#,
            "query_params: each value must be a text, a number, a boolean or a key"
        ),
        (#"{"url":{"S":"http://h/"},"basic_auth":{"M":{}}}"#, "missing field `user`"),
    ])
    func `fails when its inputs are no request`(inputs: String, error: String) throws {
        #expect(try asked(inputs) == "failed: " + error)
    }

    @Test(arguments: [
        (nil, "hi", #"{"S":"hi"}"#), ("text/html; charset=utf-8", "hi", #"{"S":"hi"}"#),
        (
            "application/json", #"{"a":[1,-1,1.5,null]}"#,
            #"{"M":{"a":{"A":[{"U":"1"},{"I":"-1"},{"D":"1.5"},{"N":0}]}}}"#
        ),
        ("application/problem+json; x=y", "[]", #"{"A":[]}"#), ("application/json", "", #"{"N":0}"#),
        ("image/png", "hi", #"{"BY":"aGk="}"#),
        ("image/png", String(repeating: "\0", count: 32), #"{"B3":"11111111111111111111111111111111"}"#),
    ])
    func `gives the body by its type`(type: String?, body: String, value: String) throws {
        let text = try result(of: NotedServer(type: type, body))
        #expect(text.hasPrefix(#"{"body":\#(value),"headers":"#))
    }

    @Test(
        arguments: [
            ("text/plain; charset=ISO-8859-1", [0x66, 0xFC], "fü"),
            ("text/plain;charset=\"latin1\"", [0xFC], "ü"),
            ("text/plain; charset=us-ascii", [0x66, 0xFC], "f\u{FFFD}"),
            ("text/plain; charset=klingon", [0xC3, 0xBC], "ü"),
            ("text/plain", [0xFF, 0x66], "\u{FFFD}f"), ("text/plain", [0xEF, 0xBB, 0xBF, 0x66], "f"),
        ] as [(String, [UInt8], String)])
    func `reads text in its character set`(type: String, bytes: [UInt8], text: String) throws {
        let result = try result(of: NotedServer(type: type, body: bytes))
        #expect(result.hasPrefix(#"{"body":{"S":"\#(text)"}"#))
    }

    @Test func `asks nothing when the query is longer than a URL may be`() throws {
        let pairs = (0..<100_000).map { Value.array([.string("\($0)"), .string("x")]) }
        let server = NotedServer()
        #expect(
            try AnswerBench(outbound: server).result(
                "http_request", ["url": .string("http://h/"), "query_params": .array(pairs)])
                == "failed: URL is longer than 16384 bytes")
        let hasAsked = !server.asked.isEmpty
        #expect(!hasAsked)
    }

    @Test func `gives headers, of repeated ones the last`() throws {
        let server = NotedServer(
            204, type: nil, headers: [("a", "1"), ("b", "2"), ("a", "3")], body: [])
        #expect(
            try result(of: server)
                == #"{"body":{"S":""},"headers":{"M":{"a":{"S":"3"},"b":{"S":"2"}}}}"#)
    }

    @Test func `fails with status and text, cut when it is long`() throws {
        #expect(try result(of: NotedServer(404, "not\nhere")) == "failed: status code: 404\nnot\nhere")
        #expect(try result(of: NotedServer(302, "")) == "failed: status code: 302\n")
        let long = String(repeating: "x", count: 100_000)
        let text = try result(of: NotedServer(500, long))
        #expect(text.utf8.count < Limits.answerQuotedBytesMax + 100)
        #expect(text.hasSuffix("x…"))
    }

    @Test func `fails with the reason when there is no answer, or JSON that is none`() throws {
        #expect(
            try result(of: NotedServer(failing: "IP address not allowed: ::1"))
                == "failed: IP address not allowed: ::1")
        #expect(try result(of: NotedServer(200, "{")).hasPrefix("failed: the response is not valid JSON: "))
        let large = NotedServer(200, "[" + String(repeating: " ", count: Limits.jsonTextBytesMax) + "]")
        #expect(try result(of: large) == "failed: the response is JSON of more than 16777216 bytes")
    }

    @Test(arguments: ["GET", "HEAD", "POST", "DELETE", "get", "OPTIONS"])
    func `only looks in a run that must not change anything`(method: String) throws {
        let inputs = #"{"url":{"S":"http://h/"},"method":{"S":"\#(method)"}}"#
        let text = try asked(inputs, isReadOnly: true)
        let isAllowed = method == "GET" || method == "HEAD"
        #expect(
            text
                == (isAllowed
                    ? "\(method) http://h/\n"
                    : "failed: a read-only run may send GET and HEAD requests only"))
    }

    @Test func `uses secrets, and shows nothing of them when they do not fit`() throws {
        let secret = Value.vaultSecret("hush", provider: "p", label: "l")
        let server = NotedServer()
        let bench = AnswerBench(outbound: server)
        let good: ValueMap = [
            "url": .string("http://h/"), "headers": .map(["X-Key": secret]), "body": .array([secret]),
        ]
        #expect(try bench.result("http_request", good).hasPrefix("{"))
        #expect(server.asked.contains("X-Key: hush\n"))
        #expect(server.asked.hasSuffix("\n[\"hush\"]"))
        for bad: ValueMap in [
            ["url": secret], ["url": .string("http://h/"), "headers": secret],
            ["url": .string("http://h/"), "basic_auth": secret],
        ] {
            let text = try bench.result("http_request", bad)
            #expect(text == "failed: the inputs, some of which are secret, are not those of a request")
        }
    }
}
