import Primitives
import TestKit
import Testing

@testable import Wire

/// What marks the end of the stream in an input.
private let endOfStream: UInt8 = 4

private func verifier(_ method: HTTPMethod = .get) -> DecoderVerifier<HTTPResponseDecoder, String> {
    DecoderVerifier(
        make: { HTTPResponseDecoder(answering: method, bodyBytesMax: 1000) },
        feed: { decoder, bytes, report in
            func tell(_ response: HTTPResponse?) {
                guard let response else { return }
                let fields = response.headers.fields.map { " \($0.name)=\($0.value)" }.joined()
                report("\(response.status)\(fields) '\(String(decoding: response.body, as: UTF8.self))'")
            }
            for piece in bytes.split(separator: endOfStream, omittingEmptySubsequences: false).dropLast() {
                decoder.append(piece)
                tell(try decoder.next())
                tell(try decoder.finish())
            }
            decoder.append(bytes[((bytes.lastIndex(of: endOfStream) ?? bytes.startIndex - 1) + 1)...])
            tell(try decoder.next())
        })
}

private func text(_ lines: String...) -> [UInt8] { Array(lines.joined(separator: "\r\n").utf8) }

private let validInputs: [[UInt8]] = [
    text("HTTP/1.1 200 OK", "Content-Length: 5", "A: b", "", "hello"),
    text(
        "HTTP/1.1 100 Continue", "", "HTTP/1.1 103 Early", "X: y", "", "HTTP/1.1 404", "Content-Length: 0",
        "", ""),
    text(
        "HTTP/1.1 200 Fine", "Transfer-Encoding: Chunked", "Content-Length: 7", "", "3;x=y", "abc", "A  ",
        "0123456789", "0", "Trailer: z", "", ""),
    text("HTTP/1.0 200 OK", "", "until the end\u{4}"),
    Array("HTTP/1.1 200 OK\nContent-Length: 2, 2\nFolded: one\n  two\n\nhi".utf8),
    text("HTTP/1.1 204 No Content", "Content-Length: 9", "", ""),
]

@Suite struct `HTTP response decoder` {
    @Test(arguments: [
        (0, "200 Content-Length=5 A=b 'hello'"), (1, "404 Content-Length=0 ''"),
        (2, "200 Transfer-Encoding=Chunked Content-Length=7 'abc0123456789'"), (3, "200 'until the end'"),
        (4, "200 Content-Length=2, 2 Folded=one two 'hi'"), (5, "204 Content-Length=9 ''"),
    ])
    func `reads an answer however it is cut`(input: Int, answer: String) throws {
        #expect(try verifier().verify(validInputs[input]) == Transcript(events: [answer]))
    }

    @Test(arguments: [
        ("A: b\n c\n\td \n", "A=b c d"), ("A:\n b\n", "A=b"), ("A: b\n \n", "A=b"), ("A:\n \n \n", "A="),
    ])
    func `joins folded lines by one blank, and has none at the ends of a value`(lines: String, field: String)
        throws
    {
        let input = Array("HTTP/1.1 200 OK\n\(lines)Content-Length: 0\n\n".utf8)
        #expect(try verifier().verify(input).events == ["200 \(field) Content-Length=0 ''"])
    }

    @Test func `an answer to HEAD has no content whatever it says`() throws {
        #expect(try verifier(.head).verify(validInputs[0]).events == ["200 Content-Length=5 A=b ''"])
    }

    @Test func `every beginning of a valid input gives a beginning of its events`() throws {
        for input in validInputs { try verifier().verifyTruncation(of: input) }
    }

    @Test func `damaged input is read or refused in the same way however it is cut`() throws {
        let refusals = try verifier().verifyMutations(of: validInputs, rounds: 6_000, seed: 17)
        #expect(refusals > 1_000)
    }

    @Test(arguments: [
        ("HTTP/1.1 20 OK\r\n", HTTPResponseError.statusLineMalformed),
        ("SSH-2.0-x\r\n", .statusLineMalformed),
        ("\r\n", .statusLineMalformed), ("HTTP/1.1 099 No\r\n", .statusLineMalformed),
        ("HTTP/1.1 2000 No\r\n", .statusLineMalformed), ("HTTP/2.0 200 OK\r\n", .versionNotSupported),
        ("HTTP/1.1 200 OK\r\nnocolon\r\n", .headerMalformed),
        ("HTTP/1.1 200 OK\r\n folded\r\n", .headerMalformed),
        ("HTTP/1.1 200 OK\r\na b: c\r\n", .headerMalformed),
        ("HTTP/1.1 200 OK\r\na: \u{1}\r\n", .headerMalformed),
        ("HTTP/1.1 101 Go\r\n\r\n", .protocolSwitched),
        ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .contentLengthMalformed),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n", .contentLengthMalformed),
        ("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", .contentLengthMalformed),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", .bodyTooLarge),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", .bodyTooLarge),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .transferEncodingUnknown),
        ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncodingUnknown),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", .chunkMalformed),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", .chunkMalformed),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", .bodyTooLarge),
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab\u{4}", .endedEarly), ("\u{4}", .endedEarly),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\u{4}", .endedEarly),
    ])
    func `refuses what is not an answer`(input: String, error: HTTPResponseError) throws {
        #expect(try verifier().verify(Array(input.utf8)) == Transcript(failure: error.description))
    }

    @Test func `bounds heads, header lines and content without a length`() {
        func failure(_ input: String) -> String? { verifier().transcript(of: Array(input.utf8)).failure }
        let head = "HTTP/1.1 200 OK\r\n"
        let long = String(repeating: "x", count: Limits.responseHeadBytesMax)
        #expect(failure(head + "a: " + long) == HTTPResponseError.headTooLarge.description)
        let interim = "HTTP/1.1 100 Continue\r\n\r\n"
        #expect(
            failure(String(repeating: interim, count: Limits.responseHeadBytesMax / 20))
                == HTTPResponseError.headTooLarge.description)
        let lines = String(repeating: "a: b\r\n", count: Limits.responseHeadersMax + 1)
        #expect(failure(head + lines) == HTTPResponseError.tooManyHeaders.description)
        let body = String(repeating: "x", count: 1001)
        #expect(failure(head + "\r\n" + body) == HTTPResponseError.bodyTooLarge.description)
        #expect(failure(head + "\r\n" + body.dropLast()) == nil)
    }

    @Test func `says the same after an error, and nothing more after an answer`() throws {
        var decoder = HTTPResponseDecoder(answering: .get, bodyBytesMax: 10)
        decoder.append(Array("nonsense\r\n".utf8))
        for _ in 0..<2 {
            #expect(throws: HTTPResponseError.statusLineMalformed) { try decoder.next() }
        }
        decoder = HTTPResponseDecoder(answering: .get, bodyBytesMax: 10)
        decoder.append(validInputs[0] + validInputs[0])
        #expect(try decoder.next()?.status == .ok)
        #expect(try decoder.next()?.status == nil)
        #expect(try decoder.finish()?.status == nil)
    }
}
