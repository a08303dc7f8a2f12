import Testing
import Wire

@testable import SpaceOperator

@Suite struct `A document that does not change` {
    private let document = FixedDocument(json: Array("[1]".utf8))

    private func answer(ifNoneMatch known: String? = nil) throws -> HTTPResponse {
        let target = try #require(HTTPTarget("/nodes"))
        let headers: HTTPHeaders = known.map { ["If-None-Match": $0] } ?? [:]
        return document.response(to: HTTPRequest(method: .get, target: target, headers: headers))
    }

    @Test func `is given with its tag`() throws {
        let first = try answer()
        #expect(first.status == .ok)
        #expect(first.body == Array("[1]".utf8))
        #expect(first.headers["Content-Type"] == "application/json")
        let tag = try #require(first.headers["ETag"])
        #expect(tag.wholeMatch(of: /"[0-9a-f]{32}"/) != nil)
        let other = FixedDocument(json: Array("[2]".utf8))
        let target = try #require(HTTPTarget("/nodes"))
        #expect(other.response(to: HTTPRequest(method: .get, target: target)).headers["ETag"] != tag)
    }

    @Test func `is not given again to who has it`() throws {
        let tag = try #require(try answer().headers["ETag"])
        for known in [tag, "W/" + tag, #""x", "# + tag, "*"] {
            let again = try answer(ifNoneMatch: known)
            #expect(again.status == .notModified)
            #expect(again.body.isEmpty)
            #expect(again.headers["ETag"] == tag)
        }
        #expect(try answer(ifNoneMatch: #""x""#).status == .ok)
    }
}
