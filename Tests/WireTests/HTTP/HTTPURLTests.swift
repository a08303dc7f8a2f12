import Primitives
import TestKit
import Testing

@testable import Wire

@Suite struct `Addresses of other servers` {
    @Test(arguments: [
        ("http://example.com", "http://example.com/"), ("HTTPS://Example.COM:443", "https://example.com/"),
        ("https://example.com:80/a/../b/./c?x=1#frag", "https://example.com:80/b/c?x=1"),
        ("  http://h:/a b/é?ü={1}  ", "http://h/a%20b/%C3%A9?%C3%BC=%7B1%7D"),
        ("http://[2001:DB8::1]:81/", "http://[2001:db8::1]:81/"), ("http://h?q", "http://h/?q"),
        ("http://user:p%40ss@h/", "http://h/"), ("http://h/..", "http://h/"), ("http://h/a/..", "http://h/"),
        ("http://h/%2e/%00?#", "http://h/%2e/%00?"), ("http://a_b.h./x\r\ny", "http://a_b.h./x%0D%0Ay"),
        ("http://h/a#\u{301}b", "http://h/a"),
    ])
    func `are read`(text: String, whole: String) throws {
        #expect(try HTTPURL(text).text == whole)
    }

    @Test(arguments: [
        ("", HTTPURLError.notAbsolute), ("/path", .notAbsolute), ("example.com", .notAbsolute),
        ("1http://h", .notAbsolute), ("file:///etc/passwd", .schemeNotSupported),
        ("ftp://h", .schemeNotSupported), ("http:", .hostMissing), ("http:/x", .hostMissing),
        ("http:///x", .hostMissing), ("http://", .hostMissing), ("http://:80/", .hostMissing),
        ("http://u@", .hostMissing), ("http://a b/", .hostMalformed),
        ("http://bücher.example/", .hostMalformed),
        ("http://h\\@x/", .backslash), ("http://%68/", .hostMalformed), ("http://[::1/", .hostMalformed),
        ("http://[]/", .hostMalformed), ("http://[fe80::1%25eth0]/", .hostMalformed),
        ("http://[::1]x/", .portMalformed), ("http://h:0/", .portMalformed),
        ("http://h:65536/", .portMalformed),
        ("http://h:8x/", .portMalformed), ("http://h:+8/", .portMalformed),
        ("http://u%zz@h/", .credentialsMalformed),
        ("http://" + String(repeating: "h", count: 254) + "/", .hostMalformed),
        ("http://h/" + String(repeating: "x", count: Limits.urlBytesMax), .tooLong),
    ])
    func `are refused`(text: String, error: HTTPURLError) {
        #expect(throws: error) { try HTTPURL(text) }
    }

    @Test(arguments: [
        ("/x", "http://h:81/x"), ("y?z", "http://h:81/a/y?z"), ("../y", "http://h:81/y"),
        ("?n", "http://h:81/a/b?n"),
        ("", "http://h:81/a/b?q"), ("#f", "http://h:81/a/b?q"), ("//o/p", "http://o/p"),
        ("https://o", "https://o/"), ("./", "http://h:81/a/"), ("b:c", nil),
    ])
    func `are found from references`(reference: String, whole: String?) throws {
        let base = try HTTPURL("http://h:81/a/b?q")
        #expect((try? base.resolving(reference))?.text == whole)
    }

    @Test func `have credentials, an origin and a query that grows`() throws {
        var url = try HTTPURL("https://me:a%3Ab@h/p?")
        #expect(url.credentials?.user == "me")
        #expect(url.credentials?.password == "a:b")
        #expect(try url.hasSameOrigin(as: HTTPURL("https://H:443/other")))
        #expect(try !url.hasSameOrigin(as: HTTPURL("http://h:443/")))
        try url.addQueryItem("a b", "ü&=+")
        try url.addQueryItem("c", "*-._")
        #expect(url.target == "/p?a+b=%C3%BC%26%3D%2B&c=*-._")
    }

    @Test func `do not grow beyond what can be read`() throws {
        var url = try HTTPURL("http://h/")
        let long = String(repeating: "x", count: Limits.urlBytesMax)
        #expect(throws: HTTPURLError.tooLong) { try url.addQueryItem("a", long) }
        #expect(throws: HTTPURLError.tooLong) { try url.addQueryItem(long, "a") }
        #expect(url.query == nil)
        #expect(throws: HTTPURLError.tooLong) {
            for _ in 0...Limits.urlBytesMax { try url.addQueryItem("", "") }
        }
    }
}

@Suite struct `Requests to other servers` {
    private func text(_ request: HTTPClientRequest) throws -> String {
        String(decoding: try request.encoded(), as: UTF8.self)
    }

    @Test func `begin with what the server must know`() throws {
        let request = HTTPClientRequest(method: .get, url: try HTTPURL("http://h:81/a?b"))
        #expect(
            try text(request) == """
                GET /a?b HTTP/1.1\r\nHost: h:81\r\nAccept: */*\r\nUser-Agent: flowd\r\n\
                Accept-Encoding: identity\r\nConnection: close\r\n\r\n
                """)
    }

    @Test func `carry content with its length, credentials, and no field that is not the asker's`() throws {
        let request = HTTPClientRequest(
            method: .post, url: try HTTPURL("http://me:secret@h/"),
            headers: [
                "host": "other", "connection": "keep-alive", "content-length": "99", "accept": "text/plain",
                "user-agent": "x", "x": "1", "X": "2", "Transfer-Encoding": "chunked",
            ], body: Array("hi".utf8))
        #expect(
            try text(request) == """
                POST / HTTP/1.1\r\nHost: other\r\naccept: text/plain\r\nuser-agent: x\r\nx: 1\r\nX: 2\r\n\
                Authorization: Basic bWU6c2VjcmV0\r\nAccept-Encoding: identity\r\nConnection: close\r\n\
                Content-Length: 2\r\n\r\nhi
                """)
    }

    @Test func `without content say so where content is usual`() throws {
        let url = try HTTPURL("http://h/")
        #expect(try text(HTTPClientRequest(method: .post, url: url)).contains("Content-Length: 0\r\n"))
        #expect(try !text(HTTPClientRequest(method: .delete, url: url)).contains("Content-Length"))
    }

    @Test(arguments: [
        ("GET", "a", "x\r\nEvil: 1", HTTPClientRequest.Refusal.headerValueMalformed),
        ("GET", "a", "x\ny", .headerValueMalformed), ("GET", "a", "\0", .headerValueMalformed),
        ("GET", "a\r\nb", "x", .headerNameMalformed), ("GET", "", "x", .headerNameMalformed),
        ("GET", "a:", "x", .headerNameMalformed), ("GET", "host", "x\r\n", .headerValueMalformed),
        ("GET / HTTP/1.1\r\n", "a", "x", .methodMalformed), ("", "a", "x", .methodMalformed),
        ("GET", "a", String(repeating: "x", count: Limits.outboundHeadBytesMax), .headTooLarge),
    ])
    func `cannot be given another meaning by what they hold`(
        method: String, name: String, value: String, refusal: HTTPClientRequest.Refusal
    ) throws {
        let request = HTTPClientRequest(
            method: HTTPMethod(method), url: try HTTPURL("http://h/"),
            headers: HTTPHeaders([(name: name, value: value)]))
        #expect(throws: refusal) { try request.encoded() }
    }
}

@Suite struct `Damaged addresses` {
    @Test func `are read to something that is read again to the same, or refused`() {
        let valid = [
            "https://user:p%40ss@example.com:8080/a/../b?x=1&y=é#f", "http://[2001:db8::1]/",
            "http://1.2.3.4/%zz",
            "//host/path", "../x/./y?z", "?q", "HTTP://a_b./\u{301}",
        ].map { Array($0.utf8) }
        var generator = SeededGenerator(seed: 5)
        var count = 0
        for round in 0..<5_000 {
            let bytes = Damage.done(to: valid[round % valid.count], from: valid, using: &generator)
            let text = String(decoding: bytes, as: UTF8.self)
            let base = try? HTTPURL("http://base.example/a/b?c")
            for url in [try? HTTPURL(text), try? base?.resolving(text)].compactMap(\.self) {
                count += 1
                #expect((try? HTTPURL(url.text))?.text == url.text)
                #expect(url.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
                #expect(url.path.hasPrefix("/"))
            }
        }
        #expect(count > 1_000)
    }
}
