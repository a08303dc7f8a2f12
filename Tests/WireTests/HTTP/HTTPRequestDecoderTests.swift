import Primitives
import TestKit
import Testing

@testable import Wire

/// Three events as text, so that a test reads like a transcript.
private let verifier = DecoderVerifier<HTTPRequestDecoder, String>(
    make: { HTTPRequestDecoder(bodyBytesMax: 1000) },
    feed: { decoder, bytes, report in
        decoder.append(bytes)
        while let event = try decoder.next() {
            switch event {
            case .headReceived(let request): report("head \(request.method) \(request.target.path)")
            case .continueExpected: report("continue")
            case .requestReceived(let request):
                let body = String(decoding: request.body, as: UTF8.self)
                report("request \(request.keepAlive ? "" : "and close ")'\(body)'")
            }
        }
    })

private func text(_ lines: String...) -> [UInt8] {
    Array(lines.joined(separator: "\r\n").utf8)
}

private func decode(_ bytes: [UInt8]) throws -> HTTPRequest? {
    var decoder = HTTPRequestDecoder()
    decoder.append(bytes)
    while let event = try decoder.next() {
        if case .requestReceived(let request) = event { return request }
    }
    return nil
}

private let validInputs: [[UInt8]] = [
    text("GET /a HTTP/1.1", "Host: x", "", ""),
    text("POST /b HTTP/1.1", "Host: x", "Content-Length: 5", "Expect: 100-continue", "", "hello"),
    text(
        "POST /c HTTP/1.1", "Host: x", "Transfer-Encoding: chunked", "", "3", "abc", "A;name=value",
        "0123456789", "0", "Trailer: y", "", "GET /d HTTP/1.0", "Connection: Keep-Alive", "", ""),
    text("", "GET /e HTTP/1.1", "Host: x", "Connection: a , close", "", ""),
]

@Suite struct `HTTP request decoder` {
    @Test func `a request without body is complete with its head`() throws {
        #expect(try verifier.verify(validInputs[0]).events == ["head GET /a", "request ''"])
    }

    @Test func `a body of known length comes after the client is told to go on`() throws {
        #expect(
            try verifier.verify(validInputs[1]).events == ["head POST /b", "continue", "request 'hello'"])
    }

    @Test func `chunks are joined, extensions and trailers ignored, and the next request follows`() throws {
        #expect(
            try verifier.verify(validInputs[2]).events == [
                "head POST /c", "request 'abc0123456789'", "head GET /d", "request ''",
            ])
    }

    @Test func `an empty line before a request and a list in Connection are understood`() throws {
        #expect(try verifier.verify(validInputs[3]).events == ["head GET /e", "request and close ''"])
    }

    @Test(
        arguments: [
            ("Content-Length: 5\r\n\r\nhel", 5, false), ("Content-Length: 6\r\n\r\nhel", 6, true),
            ("Transfer-Encoding: chunked\r\n\r\n5\r\nhel", nil, false),
            ("Transfer-Encoding: chunked\r\n\r\n6\r\nhel", nil, true),
            ("Expect: 100-continue\r\nContent-Length: 6\r\n\r\n", 6, true),
        ] as [(String, Int?, Bool)])
    func `says how long a body is to be, and takes less of it if it is told to`(
        rest: String, announced: Int?, isRefused: Bool
    ) throws {
        var decoder = HTTPRequestDecoder()
        decoder.append("POST /a HTTP/1.1\r\nHost: x\r\n\(rest)".utf8)
        let event = try decoder.next()
        guard case .headReceived? = event else { throw Surprise(expected: "headReceived", event) }
        #expect(decoder.announcedBodyBytes == announced)
        if decoder.isContinueExpected {
            #expect(throws: HTTPRequestError.bodyTooLarge) { try decoder.limitBody(to: 5) }
            return
        }
        if let event = try decoder.next() { Issue.record("\(event)") }
        #expect(decoder.knownBodyBytes == (isRefused ? 6 : 5))
        if isRefused {
            #expect(throws: HTTPRequestError.bodyTooLarge) { try decoder.limitBody(to: 5) }
        } else {
            try decoder.limitBody(to: 5)
        }
    }

    @Test func `every beginning of a valid input gives a beginning of its events`() throws {
        for input in validInputs { try verifier.verifyTruncation(of: input) }
    }

    @Test func `damaged input is read or refused in the same way however it is cut`() throws {
        let refusals = try verifier.verifyMutations(of: validInputs, rounds: 6_000, seed: 11)
        #expect(refusals > 1_000)
    }

    @Test(arguments: [
        ("GET /\r\n", HTTPRequestError.requestLineMalformed),
        ("GET  / HTTP/1.1\r\n", .targetMalformed),
        ("GET / HTTP/1.1 \r\n", .requestLineMalformed),
        (" GET / HTTP/1.1\r\n", .requestLineMalformed),
        ("G(T / HTTP/1.1\r\n", .requestLineMalformed),
        ("GET / HTTP/1.1\n", .lineEndMalformed),
        ("GET /\rx HTTP/1.1\r\n", .targetMalformed),
        ("GET / HTTP/11\r\n", .requestLineMalformed),
        ("GET / http/1.1\r\n", .requestLineMalformed),
        ("GET / HTTP/2.0\r\n", .versionNotSupported),
        ("PRI * HTTP/2.0\r\n", .versionNotSupported),
        ("GET * HTTP/1.1\r\n", .targetMalformed),
        ("GET a HTTP/1.1\r\n", .targetMalformed),
        ("GET /%2 HTTP/1.1\r\n", .targetMalformed),
        ("GET /%FF HTTP/1.1\r\n", .targetMalformed),
        ("GET /#a HTTP/1.1\r\n", .targetMalformed),
        ("CONNECT x:80 HTTP/1.1\r\n", .targetMalformed),
        ("GET / HTTP/1.1\r\nHost: x\n", .lineEndMalformed),
        ("GET / HTTP/1.1\r\nHost: x\r\n y\r\n", .headerFolded),
        ("GET / HTTP/1.1\r\nHost : x\r\n", .headerMalformed),
        ("GET / HTTP/1.1\r\n: x\r\n", .headerMalformed),
        ("GET / HTTP/1.1\r\nHost\r\n", .headerMalformed),
        ("GET / HTTP/1.1\r\nA: x\ry\r\n", .headerMalformed),
        ("GET / HTTP/1.1\r\nA: x\0y\r\n", .headerMalformed),
        ("GET / HTTP/1.1\r\n\r\n", .hostMissing),
        ("GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", .hostMalformed),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .hostMalformed),
        ("GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", .hostMalformed),
        ("GET / HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n", .expectationUnknown),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab",
            .contentEncoded
        ),
        (
            "PUT / HTTP/1.1\r\nHost: x\r\nContent-Encoding: identity, br\r\nTransfer-Encoding: chunked\r\n\r\n",
            .contentEncoded
        ),
    ])
    func `refuses a head that breaks the grammar`(input: String, error: HTTPRequestError) throws {
        #expect(try verifier.verify(Array(input.utf8)).failure == "\(error)")
    }

    @Test(arguments: [
        (["Content-Length: +5"], HTTPRequestError.contentLengthMalformed),
        (["Content-Length: 0x5"], .contentLengthMalformed),
        (["Content-Length:"], .contentLengthMalformed),
        (["Content-Length: 5, 5"], .contentLengthMalformed),
        (["Content-Length: 5", "Content-Length: 6"], .contentLengthMalformed),
        (["Content-Length: 1001"], .bodyTooLarge),
        (["Content-Length: 99999999999999999999"], .bodyTooLarge),
        (["Content-Length: 5", "Transfer-Encoding: chunked"], .lengthAmbiguous),
        (["Transfer-Encoding: gzip"], .transferEncodingMalformed),
        (["Transfer-Encoding: chunked, gzip"], .transferEncodingMalformed),
        (["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], .transferEncodingMalformed),
        (["Transfer-Encoding: xchunked"], .transferEncodingMalformed),
        (["Transfer-Encoding:"], .transferEncodingMalformed),
        (["Transfer-Encoding: gzip, chunked"], .transferEncodingUnknown),
    ])
    func `refuses a body whose end is in doubt`(fields: [String], error: HTTPRequestError) throws {
        let head = (["POST / HTTP/1.1", "Host: x"] + fields + ["", ""]).joined(separator: "\r\n")
        #expect(try verifier.verify(Array(head.utf8)).failure == "\(error)")
    }

    @Test func `equal lengths said twice are one length`() throws {
        let input = text("POST / HTTP/1.1", "Host: x", "Content-Length: 2", "Content-Length: 2", "", "ab")
        #expect(try verifier.verify(input).events.last == "request 'ab'")
    }

    @Test func `chunks in HTTP/1.0 are refused`() throws {
        let input = text("POST / HTTP/1.0", "Transfer-Encoding: chunked", "", "")
        #expect(
            try verifier.verify(input).failure == "\(HTTPRequestError.transferEncodingMalformed)")
    }

    @Test(arguments: [
        ("x\r\n", HTTPRequestError.chunkMalformed),
        ("\r\n", .chunkMalformed),
        ("-1\r\n", .chunkMalformed),
        ("0x1\r\n", .chunkMalformed),
        ("1 \r\na\r\n", .chunkMalformed),
        ("1;a\rb\r\n", .chunkMalformed),
        ("1\na\r\n", .lineEndMalformed),
        ("1\r\nab\r\n", .chunkMalformed),
        ("1\r\nabcd", .chunkMalformed),
        ("1\r\na\n", .lineEndMalformed),
        ("3E9\r\n", .bodyTooLarge),
        ("3E8\r\n" + String(repeating: "a", count: 1000) + "\r\n1\r\n", .bodyTooLarge),
        ("FFFFFFFFFFFFFFFFFFFFFFFF\r\n", .bodyTooLarge),
        ("1;" + String(repeating: "a", count: 300), .chunkMalformed),
        ("0\r\nbad trailer\r\n", .headerMalformed),
        ("0\r\n folded\r\n", .headerFolded),
    ])
    func `refuses chunks that break the grammar`(chunks: String, error: HTTPRequestError) throws {
        let input = text("POST / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked", "", chunks)
        #expect(try verifier.verify(input).failure == "\(error)")
    }

    @Test func `long lines, long heads and many headers have their own statuses`() {
        func failure(_ input: [UInt8]) -> HTTPRequestError? {
            #expect(throws: HTTPRequestError.self) { try decode(input) }
            do { _ = try decode(input) } catch { return error as? HTTPRequestError }
            return nil
        }
        let line = String(repeating: "a", count: Limits.requestLineBytesMax)
        #expect(failure(Array("GET /\(line)".utf8))?.status == .targetTooLong)
        let value = String(repeating: "a", count: Limits.requestHeadBytesMax)
        #expect(failure(text("GET / HTTP/1.1", "A: \(value)"))?.status == .headersTooLarge)
        let half = String(repeating: "a", count: Limits.requestHeadBytesMax / 2)
        #expect(failure(text("GET / HTTP/1.1", "A: \(half)", "B: \(half)"))?.status == .headersTooLarge)
        let many = String(repeating: "A: b\r\n", count: Limits.requestHeadersMax + 1)
        #expect(failure(text("GET / HTTP/1.1", many))?.status == .headersTooLarge)
        let trailers = text("POST / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked", "", "0", many)
        #expect(failure(trailers)?.status == .headersTooLarge)
    }

    /// The bytes come in pieces, as from a socket.
    @Test func `a request line may be longer below some paths`() throws {
        func read(_ line: String, _ headers: String = "Host: x") -> String {
            var decoder = HTTPRequestDecoder(longPaths: ["/long/"])
            do {
                var bytes = text(line, headers, "", "")[...]
                while !bytes.isEmpty {
                    decoder.append(bytes.prefix(1_000))
                    bytes = bytes.dropFirst(1_000)
                    while let event = try decoder.next() {
                        if case .requestReceived(let request) = event {
                            return "\(request.target.path) \(request.target.query("a")?.utf8.count ?? 0)"
                        }
                    }
                }
                return "incomplete"
            } catch {
                let unfinished = decoder.unfinished.map { "\($0.method) \($0.target.path)" } ?? "-"
                return "\(error.status.code) \(unfinished)"
            }
        }
        func long(_ count: Int) -> String { String(repeating: "a", count: count) }
        let most = Limits.longRequestHeadBytesMax - "GET /long/x?a= HTTP/1.1\r\nHost: x\r\n\r\n".utf8.count
        #expect(read("GET /long/x?a=\(long(40_000)) HTTP/1.1") == "/long/x 40000")
        #expect(read("GET /long/x?a=%ff HTTP/1.1") == "400 GET /long/x")
        #expect(read("GET /%2?a=1 HTTP/1.1") == "400 -")
        #expect(read("GET //long//x?a=\(long(most)) HTTP/1.1") == "431 GET /long/x")
        #expect(read("GET /long/x?a=\(long(most - 2)) HTTP/1.1") == "/long/x \(most - 2)")
        #expect(read("GET /long/x?a=\(long(most)) HTTP/1.1", "Host: x\r\nB: c") == "431 GET /long/x")
        #expect(read("GET /long/x?a=\(long(60_000)) HTTP/1.1") == "414 GET /long/x")
        #expect(read("GET /short/x?a=\(long(8_000)) HTTP/1.1") == "414 GET /short/x")
        #expect(read("GET /longer?a=\(long(8_000)) HTTP/1.1") == "414 GET /longer")
        #expect(read("GET /long/x HTTP/1.1", "Host: x\r\nB: \(long(40_000))") == "431 GET /long/x")
        #expect(read("GET /\(long(60_000)) HTTP/1.1") == "414 -")
        #expect(read(long(60_000)) == "414 -")
    }

    @Test func `each error has the status of its kind`() {
        #expect(HTTPRequestError.requestLineMalformed.status.code == 400)
        #expect(HTTPRequestError.bodyTooLarge.status.code == 413)
        #expect(HTTPRequestError.targetTooLong.status.code == 414)
        #expect(HTTPRequestError.expectationUnknown.status.code == 417)
        #expect(HTTPRequestError.contentEncoded.status.code == 415)
        #expect(HTTPRequestError.tooManyHeaders.status.code == 431)
        #expect(HTTPRequestError.transferEncodingUnknown.status.code == 501)
        #expect(HTTPRequestError.versionNotSupported.status.code == 505)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", true),
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: CLOSE\r\n\r\n", false),
        ("GET / HTTP/1.2\r\nHost: x\r\n\r\n", true),
        ("GET / HTTP/1.0\r\n\r\n", false),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true),
        ("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false),
    ])
    func `the connection goes on as version and Connection say`(input: String, keepAlive: Bool) throws {
        #expect(try decode(Array(input.utf8))?.keepAlive == keepAlive)
    }

    @Test func `headers keep order and case, and lose the space around them`() throws {
        let request = try decode(
            text("GET / HTTP/1.1", "Host:x", "X-One:  a b\t", "x-one: ü", "X-Raw: end", "", ""))
        #expect(request?.headers.fields.map(\.name) == ["Host", "X-One", "x-one", "X-Raw"])
        #expect(request?.headers["X-ONE"] == "a b")
        #expect(request?.headers.values(of: "x-one") == ["a b", "ü"])
        #expect(request?.headers["missing"] == nil)
    }

    @Test func `a header value that is not UTF-8 is opaque, byte for character`() throws {
        let input = text("GET / HTTP/1.1", "Host: x", "A: ") + [0xE9, 0xFF] + text("", "", "")
        #expect(try decode(input)?.headers["a"] == "\u{E9}\u{FF}")
    }

    @Test func `bytes behind a request stay for the next protocol`() throws {
        var decoder = HTTPRequestDecoder()
        #expect(decoder.isBetweenRequests)
        decoder.append(text("GET /ws HTTP/1.1", "Host: x", "", "frame"))
        #expect(!decoder.isBetweenRequests)
        _ = try decoder.next()
        guard case .requestReceived = try decoder.next() else {
            Issue.record("The request should be complete.")
            return
        }
        #expect(decoder.unreadCount == 5)
        #expect(decoder.takeUnread() == Array("frame".utf8))
        #expect(decoder.isBetweenRequests)
    }

    @Test func `a refusal is final`() throws {
        var decoder = HTTPRequestDecoder()
        decoder.append("nonsense\r\n".utf8)
        #expect(throws: HTTPRequestError.requestLineMalformed) { try decoder.next() }
        decoder.append(text("GET / HTTP/1.1", "Host: x", "", ""))
        #expect(throws: HTTPRequestError.requestLineMalformed) { try decoder.next() }
    }

    @Test func `the type of the content is told without its parameters`() throws {
        func request(_ type: String) throws -> HTTPRequest? {
            try decode(text("GET / HTTP/1.1", "Host: x", "Content-Type: \(type)", "", ""))
        }
        #expect(try request("Application/JSON ; charset=utf-8")?.mediaType == "application/json")
        #expect(try request("application/json")?.declaresJSON == true)
        #expect(try request("application/problem+json;x=y")?.declaresJSON == true)
        #expect(try request("text/plain")?.declaresJSON == false)
    }
}
