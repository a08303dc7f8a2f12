import Testing
import Wire

@Suite struct `HTTP target` {
    @Test(
        arguments: [
            ("/", []),
            ("/flow/start/7", ["flow", "start", "7"]),
            ("/flow/", ["flow", ""]),
            ("//a", ["a"]), ("///a//b/c", ["a", "b", "c"]), ("/a//", ["a", ""]),
            ("/a/%2F/b", ["a", "/", "b"]),
            ("http://host//a", ["a"]), ("//", []),
            ("/a%2Fb/%C3%bc+%2b", ["a/b", "ü++"]),
            ("/../.", ["..", "."]),
            ("http://host:80/a/b", ["a", "b"]),
            ("HTTPS://host", []),
            ("http://host?q=1", []),
        ] as [(String, [String])])
    func `its path is cut at slashes and then decoded`(text: String, segments: [String]) throws {
        #expect(try #require(HTTPTarget(text)).segments == segments)
    }

    @Test func `its path has no slash twice in a row, its query may`() throws {
        let target = try #require(HTTPTarget("//ws//x?a=//"))
        #expect(target.path == "/ws/x")
        #expect(target.query("a") == "//")
    }

    @Test(
        arguments: [
            ("/?", []),
            ("/?a=1&b=2&a=3", ["a:1", "b:2", "a:3"]),
            ("/?a+b=c+d%2B%26&&flag", ["a b:c d+&", "flag:"]),
            ("/?=x&y==z?", [":x", "y:=z?"]),
            ("http://host?q=1", ["q:1"]),
        ] as [(String, [String])])
    func `its query keeps order and repetition`(text: String, items: [String]) throws {
        #expect(try #require(HTTPTarget(text)).query.map { "\($0.name):\($0.value)" } == items)
    }

    @Test func `of equal names in the query the first answers`() throws {
        let target = try #require(HTTPTarget("/p?a=1&a=2"))
        #expect(target.query("a") == "1")
        #expect(target.query("b") == nil)
        #expect(target.path == "/p")
    }

    @Test(arguments: [
        "", "a", "?a", "/a b", "/ä", "/a#b", "/%", "/%2", "/%zz", "/%ff", "/?a=%", "/?%C3=1", "http://",
        "ftp://h/",
        "http:///a", "**",
    ])
    func `refuses what is no target`(text: String) {
        #expect(HTTPTarget(text) == nil)
    }
}
