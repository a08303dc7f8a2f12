import Testing
import Wire

@Suite struct `The tag of what a client has` {
    private func isKnown(_ fields: [String]) throws -> Bool {
        let target = try #require(HTTPTarget("/x"))
        let headers = HTTPHeaders(fields.map { (name: "If-None-Match", value: $0) })
        return EntityTag("a,b").isKnown(to: HTTPRequest(method: .get, target: target, headers: headers))
    }

    @Test(arguments: [
        [#""a,b""#], [#"W/"a,b""#], ["*"], [" * "], [#""x", "a,b""#], [#"W/"x" , W/"a,b", "y""#],
        [#""x""#, #""a,b""#], [#",, "a,b","#], [#""x","a,b""#],
    ])
    func `is found by weak comparison, in lists and in several fields`(fields: [String]) throws {
        #expect(try isKnown(fields))
    }

    @Test(arguments: [
        [], [""], [#""a""#], [#""b""#], ["a,b"], [#""a,b"#], [#"w/"a,b""#], [#""x" "a,b""#], [#"x, "a,b""#],
        [#""A,B""#], ["**"], [#""a,b ""#], [#""x y", "a,b""#],
    ])
    func `is not found in anything else`(fields: [String]) throws {
        #expect(try !isKnown(fields))
    }

    @Test func `stands in quotation marks`() {
        #expect(EntityTag("a1").text == #""a1""#)
    }
}
