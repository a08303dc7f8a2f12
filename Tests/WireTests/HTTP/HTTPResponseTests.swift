import Primitives
import Testing
import Wire

@Suite struct `HTTP response` {
    private let date = "Sun, 06 Nov 1994 08:49:37 GMT"

    private func text(_ response: HTTPResponse, answering request: HTTPRequest?, closing: Bool = false)
        -> String
    {
        var output = Array("before".utf8)
        response.append(to: &output, answering: request, closing: closing, date: date)
        return String(decoding: output.dropFirst(6), as: UTF8.self)
    }

    private func request(
        _ method: HTTPMethod = .get, _ version: HTTPVersion = .http11, keepAlive: Bool = true
    ) throws -> HTTPRequest {
        HTTPRequest(
            method: method, target: try #require(HTTPTarget("/")), version: version, keepAlive: keepAlive)
    }

    @Test func `has status, date, type and length in front of the body`() throws {
        #expect(
            text(.json(.ok, Array("{}".utf8)), answering: try request())
                == "HTTP/1.1 200 OK\r\nDate: \(date)\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        )
    }

    @Test func `says how the connection goes on when the client cannot know`() throws {
        let answer = HTTPResponse(.ok)
        #expect(!text(answer, answering: try request()).contains("Connection"))
        #expect(text(answer, answering: try request(), closing: true).contains("\r\nConnection: close\r\n"))
        #expect(
            text(answer, answering: try request(keepAlive: false)).contains("\r\nConnection: close\r\n"))
        #expect(
            text(answer, answering: try request(.get, .http10)).contains("\r\nConnection: keep-alive\r\n"))
        #expect(text(answer, answering: nil).contains("\r\nConnection: close\r\n"))
    }

    @Test func `answers HEAD with the length but without the body`() throws {
        let answer = text(.json(.ok, Array("{}".utf8)), answering: try request(.head))
        #expect(answer.contains("\r\nContent-Length: 2\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: [HTTPStatus.noContent, .notModified, .switchingProtocols])
    func `has neither body nor length where none is allowed`(status: HTTPStatus) throws {
        let answer = text(HTTPResponse(status, body: [65]), answering: try request())
        #expect(!answer.contains("Content-Length"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test func `a header cannot begin another line`() throws {
        let answer = text(HTTPResponse(.ok, headers: ["A": "b\r\nC: d"]), answering: try request())
        #expect(answer.contains("\r\nA: b  C: d\r\n"))
    }

    @Test func `setting a header replaces all of its name`() {
        var headers = HTTPHeaders([("A", "1"), ("a", "2"), ("B", "3")])
        headers["A"] = "4"
        #expect(headers.fields.map(\.value) == ["3", "4"])
        headers["b"] = nil
        #expect(headers.count == 1)
    }
}

@Suite struct `HTTP date` {
    @Test(
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (1_709_210_096, "Thu, 29 Feb 2024 12:34:56 GMT"),
        ] as [(Int64, String)])
    func `is written as RFC 9110 section 5,6,7 wants it`(seconds: Int64, text: String) {
        #expect(HTTPDate.text(of: Timestamp(seconds: seconds)) == text)
        #expect(HTTPDate.text(of: Timestamp(nanoseconds: seconds * 1_000_000_000 + 999_999_999)) == text)
    }
}
