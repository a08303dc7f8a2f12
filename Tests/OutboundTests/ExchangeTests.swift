import Engine
import Net
import Testing

@testable import Outbound

/// Plays facts to an exchange and notes its orders as text.
private struct Play {
    var exchange: Exchange
    var orders: [String] = []

    init(
        _ url: String, method: String = "GET", headers: [(name: String, value: String)] = [],
        body: String? = nil,
        allowed: [String] = []
    ) {
        exchange = Exchange(
            OutboundRequest(method: method, url: url, headers: headers, body: body.map { Array($0.utf8) }),
            policy: AddressPolicy(allowed: allowed.compactMap(IPNetwork.init)), responseBytesMax: 100)
    }

    /// What is ordered after a fact.
    mutating func after(_ fact: Exchange.Fact) -> [String] {
        exchange.take(fact).map { order in
            switch order {
            case .resolve(let name): "resolve \(name)"
            case .connect(let address, let port, let name):
                "connect \(address) \(port)\(name.map { " as \($0)" } ?? "")"
            case .send(let bytes): String(decoding: bytes, as: UTF8.self)
            case .disconnect: "disconnect"
            case .finish(.success(let response)):
                "\(response.status) \(String(decoding: response.body, as: UTF8.self))"
            case .finish(.failure(let failure)): "failed: \(failure)"
            }
        }
    }

    mutating func resolved(_ addresses: String...) -> [String] {
        after(.resolved(addresses.compactMap(IPAddress.init)))
    }

    mutating func received(_ text: String) -> [String] { after(.received(Array(text.utf8))) }

    /// Goes on until the request is sent, and gives it.
    mutating func sent() throws -> String {
        let begin = orders.isEmpty ? after(.began) : orders
        if begin.last?.hasPrefix("resolve") == true { _ = resolved("1.1.1.1") }
        return try #require(after(.connected).first)
    }

    /// The request that follows a redirect.
    mutating func redirected(_ status: Int, to location: String) throws -> String {
        _ = try sent()
        orders = received("HTTP/1.1 \(status) Moved\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
        guard orders.first == "disconnect", orders.last?.hasPrefix("failed") == false else {
            return orders.joined(separator: ", ")
        }
        return try sent()
    }
}

@Suite struct `An exchange` {
    @Test func `resolves, connects, sends and gives the answer`() {
        var play = Play("https://example.com/a")
        #expect(play.after(.began) == ["resolve example.com"])
        #expect(play.resolved("1.1.1.1", "2.2.2.2") == ["connect 1.1.1.1 443 as example.com"])
        #expect(play.after(.connected).first?.hasPrefix("GET /a HTTP/1.1\r\nHost: example.com\r\n") == true)
        #expect(play.received("HTTP/1.1 200 OK\r\n\r\nhel") == [])
        #expect(play.received("lo") == [])
        #expect(play.after(.ended) == ["disconnect", "200 hello"])
        #expect(play.after(.failed(.cancelled)) == [])
        #expect(play.after(.ended) == [])
    }

    @Test func `tries the next address when one cannot be reached, and no more when none is left`() {
        var play = Play("http://example.com:81/")
        _ = play.after(.began)
        _ = play.resolved("1.1.1.1", "2606::1")
        #expect(play.after(.connectFailed(.connectTimedOut)) == ["disconnect", "connect 2606::1 81"])
        #expect(
            play.after(.connectFailed(.connectTimedOut)) == [
                "disconnect", "failed: cannot connect: no answer",
            ])
    }

    @Test func `asks nobody about a numeric host, but the policy`() {
        var play = Play("http://1.1.1.1/")
        #expect(play.after(.began) == ["connect 1.1.1.1 80"])
        play = Play("http://[::1]:5432/")
        #expect(play.after(.began) == ["disconnect", "failed: IP address not allowed: ::1"])
        play = Play("http://127.0.0.1/", allowed: ["127.0.0.0/8"])
        #expect(play.after(.began) == ["connect 127.0.0.1 80"])
    }

    @Test func `refuses a name if any of its addresses is not allowed`() {
        var play = Play("http://rebind.example/")
        _ = play.after(.began)
        #expect(
            play.resolved("1.1.1.1", "169.254.169.254") == [
                "disconnect", "failed: IP address not allowed: 169.254.169.254",
            ])
        play = Play("http://nowhere.example/")
        _ = play.after(.began)
        #expect(play.resolved() == ["disconnect", "failed: the host's name cannot be resolved"])
    }

    @Test(arguments: [
        ("http:///x", "URL has no host"), ("secret", "URL is not absolute"),
        ("ftp://h/", "URL scheme is not supported, only http and https are"),
    ])
    func `refuses what is no address`(url: String, error: String) {
        var play = Play(url)
        #expect(play.after(.began) == ["disconnect", "failed: \(error)"])
    }

    @Test func `refuses headers that would be more than one, before anybody is asked`() {
        var play = Play("http://example.com/", headers: [("a", "b\r\nc: d")])
        #expect(
            play.after(.began) == [
                "disconnect", "failed: a request header has a value with control characters",
            ])
    }

    @Test func `ends with the reason of a failure, in every state`() throws {
        var play = Play("http://example.com/")
        #expect(play.after(.failed(.stopped)) == ["disconnect", "failed: the server is stopping"])
        play = Play("http://example.com/")
        _ = play.after(.began)
        #expect(play.after(.failed(.cancelled)) == ["disconnect", "failed: the request was cancelled"])
        play = Play("http://example.com/")
        _ = try play.sent()
        #expect(
            play.received("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n") == [
                "disconnect", "failed: the response is too large",
            ])
        play = Play("http://example.com/")
        _ = try play.sent()
        #expect(
            play.after(.ended) == ["disconnect", "failed: the connection ended before the response did"])
    }
}

@Suite struct `A redirect` {
    @Test(arguments: [
        (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"), (301, "PUT", "PUT"), (307, "POST", "POST"), (308, "POST", "POST"),
        (301, "HEAD", "HEAD"),
    ])
    func `keeps the method or asks with GET`(status: Int, method: String, next: String) throws {
        var play = Play(
            "http://example.com/a/b", method: method, headers: [("Content-Type", "text/plain"), ("X", "y")],
            body: "body")
        let request = try play.redirected(status, to: "c?d")
        #expect(request.hasPrefix("\(next) /a/c?d HTTP/1.1\r\nHost: example.com\r\n"))
        #expect(request.contains("Content-Type: text/plain") == (next == method))
        #expect(request.hasSuffix("\r\n\r\nbody") == (next == method))
        #expect(request.contains("X: y"))
    }

    @Test(arguments: [
        ("http://example.com:80/x", true), ("https://example.com/x", false),
        ("http://example.com:81/x", false),
        ("http://other.example/x", false), ("//user:pw@other.example/x", false),
    ])
    func `takes credentials along to the same origin only`(location: String, isSame: Bool) throws {
        let secrets = [
            ("Authorization", "s1"), ("Cookie", "s2"), ("X-Api-Key", "s3"), ("Host", "s4"),
            ("Accept", "text/a"),
        ]
        var play = Play("http://example.com/", headers: secrets.map { (name: $0.0, value: $0.1) })
        let request = try play.redirected(302, to: location)
        for secret in ["s1", "s2", "s3", "s4"] { #expect(request.contains(secret) == isSame) }
        #expect(request.contains("Accept: text/a"))
        var user = Play("http://me:secret@example.com/")
        #expect(try user.redirected(302, to: location).contains("Authorization: Basic") == isSame)
    }

    @Test func `is checked like a first request`() throws {
        var play = Play("http://example.com/")
        #expect(
            try play.redirected(302, to: "http://127.0.0.1/")
                == "disconnect, failed: IP address not allowed: 127.0.0.1")
        play = Play("http://example.com/")
        _ = try play.sent()
        _ = play.received("HTTP/1.1 302 x\r\nLocation: http://inner.example/\r\nContent-Length: 0\r\n\r\n")
        #expect(
            play.resolved("10.0.0.1") == ["disconnect", "failed: IP address not allowed: 10.0.0.1"])
        play = Play("https://example.com/")
        #expect(
            try play.redirected(302, to: "http://example.com/")
                == "disconnect, failed: a redirect from https to http is not followed")
        play = Play("http://example.com/")
        #expect(
            try play.redirected(302, to: "file:///etc/passwd")
                == "disconnect, failed: redirect: URL scheme is not supported, only http and https are")
    }

    @Test func `is followed five times`() throws {
        var play = Play("http://example.com/")
        for _ in 0..<5 {
            #expect(try play.redirected(302, to: "/").hasPrefix("GET / "))
            play.orders = []
            // Takes the answer to the request that has just been sent.
            play.orders = play.received("HTTP/1.1 302 x\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")
            if play.orders.last?.hasPrefix("failed") == true { break }
        }
        #expect(play.orders == ["disconnect", "failed: more than 5 redirects"])
    }

    @Test func `without a location, or of another kind, is an answer`() throws {
        for head in ["302 x", "300 x\r\nLocation: /", "304 x\r\nLocation: /"] {
            var play = Play("http://example.com/")
            _ = try play.sent()
            let orders = play.received("HTTP/1.1 \(head)\r\nContent-Length: 0\r\n\r\n")
            #expect(orders == ["disconnect", "\(head.prefix(3)) "])
        }
    }
}
