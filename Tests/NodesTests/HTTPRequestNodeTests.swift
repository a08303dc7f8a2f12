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
            #""url":{"S":"http://h/"},"method":{"S":"patch"},"body":{"A":[{"U1":"18446744073709551616"},{"D":"123456789.123456789"},{"D":"5.00"},{"F":"0.1"},{"B3":"11111111111111111111111111111111"}]}"#,
            "PATCH http://h/\nContent-Type: application/json\n\n"
                + #"[18446744073709551616,123456789.123456789,5,0.1,"11111111111111111111111111111111"]"#
        ),
    ])
    func `asks for what its inputs say`(inputs: String, request: String) throws {
        #expect(try asked("{\(inputs)}") == request)
    }

    @Test(arguments: [
        ("application/xml", #"{"S":"<a>\"ü\"</a>"}"#, #"<a>"ü"</a>"#), ("text/plain", #"{"S":"x"}"#, "x"),
        ("application/octet-stream", #"{"BY":"aGk="}"#, "hi"),
        ("x/y", #"{"B3":"4F7BsTMVPKFshM1MwLf6y23cid6fL3xMpazVoF9krzUw"}"#, String(repeating: "0", count: 32)),
        ("application/json", #"{"S":"x"}"#, #""x""#), ("application/ld+json", #"{"BY":"aGk="}"#, #""aGk=""#),
        ("application/x-ndjson", #"{"S":"1\n2\n"}"#, "1\n2\n"), ("text/plain", #"{"U":"5"}"#, "5"),
        ("application/x-amz-json-1.1", #"{"M":{"a":{"U":"1"}}}"#, #"{"a":1}"#),
        ("text/plain; charset=utf8", #"{"S":"ü"}"#, "ü"), ("text/plain; charset=latin1", #"{"S":"u"}"#, "u"),
        ("application/x-www-form-urlencoded", #"{"S":"a=b"}"#, "a=b"),
        (
            "application/x-www-form-urlencoded",
            #"{"M":{"grant_type":{"S":"client credentials"},"ü&":{"D":"1.50"},"n":{"N":0},"t":{"B":true}}}"#,
            "grant_type=client+credentials&%C3%BC%26=1.50&t=true"
        ),
        (
            "Application/X-WWW-Form-URLEncoded; charset=UTF-8",
            #"{"A":[{"A":[{"S":"a"},{"S":"1"}]},{"A":[{"S":"a"},{"S":"2"}]}]}"#, "a=1&a=2"
        ),
    ])
    func `sends a body as its type wants it`(type: String, body: String, content: String) throws {
        let inputs =
            #""url":{"S":"http://h/"},"headers":{"M":{"content-type":{"S":"\#(type)"}}},"body":\#(body)"#
        #expect(try asked("{\(inputs)}") == "GET http://h/\ncontent-type: \(type)\n\n\(content)")
    }

    @Test func `sends a form as its header says`() throws {
        let text = try asked(
            #"{"url":{"S":"http://h/"},"headers":{"M":{"Content-Type":{"S":"application/x-www-form-urlencoded"}}},"form":{"M":{"a b":{"S":"c"}}}}"#
        )
        #expect(text == "GET http://h/\nContent-Type: application/x-www-form-urlencoded\n\na+b=c")
    }

    @Test func `sends files in a form`() throws {
        let fields = #"""
            {"a":{"BY":"aGk="},"b":{"M":{"filename":{"S":"x\"\r\n.csv"},"content":{"S":"1"}}},"c":{"M":{"content":{"M":{"n":{"U":"1"}}}}},"d":{"M":{"filename":{"S":"k"},"content_type":{"S":"x/y"},"content":{"B3":"4F7BsTMVPKFshM1MwLf6y23cid6fL3xMpazVoF9krzUw"}}},"e":{"B3":"11111111111111111111111111111111"}}
            """#
        for input in ["form", "body"] {
            let text = try asked(
                #"{"url":{"S":"http://h/"},"headers":{"M":{"content-type":{"S":"multipart/form-data"}}},"\#(input)":{"M":\#(fields)}}"#
            )
            let boundary = try #require(text.firstMatch(of: /boundary=(flowd-[0-9a-z]+)\n/)).1
            let part = "--\(boundary)\r\nContent-Disposition: form-data; name="
            #expect(
                text == "GET http://h/\ncontent-type: multipart/form-data; boundary=\(boundary)\n\n"
                    + "\(part)\"a\"; filename=\"a\"\r\nContent-Type: application/octet-stream\r\n\r\nhi\r\n"
                    + "\(part)\"b\"; filename=\"x%22%0D%0A.csv\"\r\nContent-Type: text/csv\r\n\r\n1\r\n"
                    + "\(part)\"c\"\r\nContent-Type: application/json\r\n\r\n{\"n\":1}\r\n"
                    + "\(part)\"d\"; filename=\"k\"\r\nContent-Type: x/y\r\n\r\n"
                    + "\(String(repeating: "0", count: 32))\r\n"
                    + "\(part)\"e\"\r\n\r\n11111111111111111111111111111111\r\n--\(boundary)--\r\n")
        }
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
        (
            #"{"url":{"S":"http://h/"},"form":{"M":{"a":{"A":[]}}}}"#,
            "form: each value must be a text, a number, a boolean, a key, bytes, or an object with content"
        ),
        (#"{"url":{"S":"http://h/"},"form":{"M":{"a":{"M":{}}}}}"#, "missing field `content`"),
        (
            #"{"url":{"S":"http://h/"},"form":{"M":{"a":{"M":{"content":{"S":""},"content_type":{"S":"a\r\nb"}}}}}}"#,
            "form: content_type must be 1 to 255 printable ASCII characters"
        ),
        (
            #"{"url":{"S":"http://h/"},"headers":{"M":{"content-type":{"S":"application/x-www-form-urlencoded"}}},"body":{"M":{"a":{"BY":"aGk="}}}}"#,
            "body: a file can only be sent in multipart/form-data"
        ),
        (
            #"{"url":{"S":"http://h/"},"headers":{"M":{"content-type":{"S":"text/plain;charset=latin1"}}},"body":{"S":"ü"}}"#,
            "body: a text is sent as UTF-8, but the headers name the character set latin1"
        ),
        (
            #"{"url":{"S":"http://h/"},"headers":{"M":{"content-type":{"S":"text/plain;charset=utf-16"}}},"body":{"S":"u"}}"#,
            "body: a text is sent as UTF-8, but the headers name the character set utf-16"
        ),
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
        ("TEXT/JSON", "[1]", #"{"A":[{"U":"1"}]}"#),
        ("application/json", "\u{FEFF}[1]", #"{"A":[{"U":"1"}]}"#),
        ("application/x-ndjson", "1\n2", #"{"S":"1\n2"}"#), ("application/jsonl", "1\n2", #"{"S":"1\n2"}"#),
        ("application/json-seq", "\u{1E}1", #"{"S":"\u001e1"}"#),
        ("application/json5", "{a:1}", #"{"S":"{a:1}"}"#),
        ("application/xml", "<a/>", #"{"S":"<a/>"}"#), ("image/svg+xml", "<a/>", #"{"S":"<a/>"}"#),
        ("application/yaml", "a: 1", #"{"S":"a: 1"}"#), ("application/x-yaml", "a: 1", #"{"S":"a: 1"}"#),
        ("application/openapi+yaml", "a", #"{"S":"a"}"#), ("application/javascript", "a", #"{"S":"a"}"#),
        ("application/x-www-form-urlencoded", "a=1", #"{"S":"a=1"}"#), ("", "hi", #"{"S":"hi"}"#),
        (
            "application/xml", String(repeating: "0", count: 32),
            "{\"S\":\"\(String(repeating: "0", count: 32))\"}"
        ),
        ("application/pdf; charset=utf-8", "hi", #"{"BY":"aGk="}"#),
        ("multipart/json", "hi", #"{"BY":"aGk="}"#),
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
            ("text/plain; charset=us-ascii", [0x66, 0xFC], "fü"),
            ("text/csv; charset=windows-1252", [0x80], "€"),
            ("text/plain; a=\"b;charset=klingon\"; CharSet = \"Windows-1251\"", [0xCF], "П"),
            ("text/plain; charset=; charset=\"\"", [0xC3, 0xBC], "ü"),
            ("text/plain; charset=utf-16", [0x61, 0x00], "a"),
            ("text/plain; charset=Shift_JIS", [0x93, 0xFA], "日"),
            ("application/xml; charset=gbk", [0xBA, 0xBA], "汉"),
            ("text/plain; charset=latin1", [0xFE, 0xFF, 0x00, 0x61], "a"),
            ("text/plain", [0xFF, 0x66], "\u{FFFD}f"), ("text/plain", [0xEF, 0xBB, 0xBF, 0x66], "f"),
        ] as [(String, [UInt8], String)])
    func `reads text in its character set`(type: String, bytes: [UInt8], text: String) throws {
        let result = try result(of: NotedServer(type: type, body: bytes))
        #expect(result.hasPrefix(#"{"body":{"S":"\#(text)"}"#))
    }

    /// XML and HTML say it in themselves when the header does not.
    @Test(arguments: [
        ("application/xml", "<?xml version='1.0' encoding=\"ISO-8859-1\"?>", "ü"),
        ("application/rss+xml", "<?xml version='1.0' encoding='windows-1251' ?>", "ь"),
        ("text/xml; charset=windows-1251", "<?xml version='1.0' encoding='latin1'?>", "ь"),
        ("text/html", "<html><META content='text/html; charset=Windows-1251'>", "ь"),
        ("text/html", "<meta charset=latin1>", "ü"), ("text/html", "<meta name=charset>", "\u{FFFD}"),
        ("application/xml", " <?xml version='1.0' encoding='latin1'?>", "\u{FFFD}"),
        ("application/xml", "<?xml version='1.0' encoding='utf-16'?>", "\u{FFFD}"),
        ("text/plain", "<meta charset=latin1>", "\u{FFFD}"),
    ])
    func `reads a document in the character set that it names`(type: String, head: String, letter: String)
        throws
    {
        let server = NotedServer(type: type, body: Array(head.utf8) + [0xFC])
        guard
            case .string(let text)? = try ValueJSON.decode(
                JSONValue.parse(#"{"M":\#(try result(of: server))}"#)
            ).value(at: ValuePath(pointer: "/body") ?? ValuePath([]))
        else {
            Issue.record("no text")
            return
        }
        #expect(text == head + letter)
    }

    @Test(
        arguments: [
            ("application/json; charset=windows-1252", [0x22, 0xFC, 0x22], #"{"body":{"S":"ü"},"#),
            ("application/json; charset=utf-16le", [0x31, 0x00], #"{"body":{"U":"1"},"#),
            ("application/json", [0xFF, 0xFE, 0x31, 0x00], #"{"body":{"U":"1"},"#),
            ("application/json; charset=latin1", [0xEF, 0xBB, 0xBF, 0x31], #"{"body":{"U":"1"},"#),
            (
                "application/json; charset=utf8", [0x22, 0xFC, 0x22],
                "failed: the response is not valid JSON: "
            ),
            (
                "application/json; charset=klingon", [0x31],
                #"failed: the response's character set "klingon" is not known here"#
            ),
            (
                "text/plain; charset=iso-2022-jp", [0x31],
                #"failed: the response's character set "iso-2022-jp" is not known here"#
            ),
            ("image/png; charset=klingon", [0x31], #"{"body":{"BY":"MQ=="},"#),
        ] as [(String, [UInt8], String)])
    func `reads JSON in its character set, and says which one it does not know`(
        type: String, bytes: [UInt8], beginning: String
    ) throws {
        #expect(try result(of: NotedServer(type: type, body: bytes)).hasPrefix(beginning))
    }

    @Test(arguments: ["gzip", "Deflate", "br", "identity, gzip"])
    func `names a content coding that nobody asked for`(coding: String) throws {
        let name = coding.lowercased().replacing("identity, ", with: "")
        for type in ["text/plain", "application/json", "image/png"] {
            let server = NotedServer(type: type, headers: [("content-encoding", coding)], body: [0x1F, 0x8B])
            #expect(
                try result(of: server)
                    == "failed: the response has the content coding \(name), which cannot be read and was not asked for"
            )
        }
        let failed = NotedServer(500, headers: [("content-encoding", coding)], body: [0x1F])
        #expect(try result(of: failed) == "failed: status code: 500\n(content coding \(name))")
        #expect(try result(of: NotedServer(headers: [("content-encoding", coding)], body: [])).hasPrefix("{"))
        #expect(
            try result(of: NotedServer(type: nil, headers: [("content-encoding", "identity")], body: [0x61]))
                .hasPrefix(#"{"body":{"S":"a"}"#))
    }

    @Test func `fails with what a server says in a character set that is not known`() throws {
        let server = NotedServer(404, type: "text/plain; charset=klingon", body: [0x61])
        #expect(try result(of: server) == "failed: status code: 404\na")
        let latin = NotedServer(404, type: "text/plain; charset=latin1", body: [0xFC])
        #expect(try result(of: latin) == "failed: status code: 404\nü")
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

    @Test func `gives headers, repeated ones as a list, and cookies one by one`() throws {
        let server = NotedServer(
            204, type: nil,
            headers: [
                ("link", "<1>"), ("set-cookie", "a=1; expires=Thu, 01 Jan"), ("b", "2"), ("link", "<3>"),
                ("set-cookie", "b=2"), ("link", "<4>"),
            ], body: [])
        #expect(
            try result(of: server)
                == #"{"body":{"S":""},"headers":{"M":{"link":{"S":"<1>, <3>, <4>"},"set-cookie":{"S":"b=2"},"b":{"S":"2"}}},"cookies":{"A":[{"S":"a=1; expires=Thu, 01 Jan"},{"S":"b=2"}]}}"#
        )
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

    @Test(arguments: [
        ("get", "GET"), ("Head", "HEAD"), ("post", "POST"), ("pUT", "PUT"), ("delete", "DELETE"),
        ("options", "OPTIONS"), ("patch", "PATCH"), ("purge", "purge"), ("Propfind", "Propfind"),
    ])
    func `takes common methods in any case`(method: String, sent: String) throws {
        #expect(
            try asked(#"{"url":{"S":"http://h/"},"method":{"S":"\#(method)"}}"#) == "\(sent) http://h/\n")
    }

    @Test(arguments: ["GET", "HEAD", "POST", "DELETE", "get", "head", "post", "OPTIONS"])
    func `only looks in a run that must not change anything`(method: String) throws {
        let inputs = #"{"url":{"S":"http://h/"},"method":{"S":"\#(method)"}}"#
        let text = try asked(inputs, isReadOnly: true)
        let isAllowed = ["GET", "HEAD"].contains(method.uppercased())
        #expect(
            text
                == (isAllowed
                    ? "\(method.uppercased()) http://h/\n"
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
