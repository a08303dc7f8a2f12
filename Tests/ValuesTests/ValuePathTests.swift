import Testing
import Values

@Suite struct `Paths into values` {
    /// Spec values.md 8.1.
    @Test(
        arguments: [
            ("", []), ("/", [""]), ("a", ["a"]), ("/a", ["a"]), ("a/b", ["a", "b"]), ("/a/b", ["a", "b"]),
            ("a.b", ["a.b"]),
            ("/a/", ["a", ""]), ("//", ["", ""]), ("a~1b", ["a/b"]), ("a~01b", ["a~1b"]), ("~0", ["~"]),
            ("a~", nil), ("a~2", nil), ("~/", nil), ("é/ü", ["é", "ü"]),
        ] as [(String, [String]?)])
    func `a pointer may begin without its slash`(text: String, segments: [String]?) {
        #expect(ValuePath(pointer: text)?.segments == segments)
    }

    @Test(
        arguments: [
            ("", []), ("a", ["a"]), ("a.b", ["a", "b"]), ("a..", ["a", "", ""]), ("a/b~", ["a/b~"]),
        ] as [(String, [String])])
    func `points split without any escape`(text: String, segments: [String]) {
        #expect(ValuePath(dotted: text).segments == segments)
    }

    private static let sample =
        #"{"M":{"a":{"A":[{"U":"0"},{"M":{"x":{"U":"1"}}}]},"":{"N":0},"b":{"S":"s"}}}"#

    @Test(
        arguments: [
            ("/a/0", #"{"U":"0"}"#), ("/a/+1/x", #"{"U":"1"}"#), ("/a/1/x", #"{"U":"1"}"#),
            ("/", #"{"N":0}"#), ("b", #"{"S":"s"}"#),
            ("/a/01", nil), ("/a/-1", nil), ("/a/-", nil), ("/a/2", nil), ("/a/x", nil), ("/b/0", nil),
            ("/c", nil), ("/a/+", nil),
            ("/a/+0", nil), ("/a/00", nil), ("/a/99999999999999999999999", nil), ("/a/١", nil),
        ] as [(String, String?)])
    func `reading finds an entry or nothing`(path: String, tagged: String?) throws {
        let path = try #require(ValuePath(pointer: path))
        #expect(try value(Self.sample).value(at: path)?.taggedText == tagged)
    }

    @Test func `reading the empty path gives the value itself`() throws {
        #expect(try value(Self.sample).value(at: ValuePath([]))?.taggedText == Self.sample)
    }

    @Test func `removing keeps the order of the rest`() throws {
        var map = try value(#"{"M":{"a":{"U":"1"},"b":{"U":"2"},"c":{"U":"3"}}}"#)
        #expect(map.remove(at: ValuePath(["a"])) == .u64(1))
        #expect(map.taggedText == #"{"M":{"b":{"U":"2"},"c":{"U":"3"}}}"#)
        #expect(map.remove(at: ValuePath(["a"])) == nil)

        var nested = try value(Self.sample)
        #expect(nested.remove(at: ValuePath(["a", "0"])) == .u64(0))
        #expect(nested.remove(at: ValuePath(["a", "0", "x"])) == .u64(1))
        #expect(nested.remove(at: ValuePath(["a", "7", "x"])) == nil)
        #expect(nested.remove(at: ValuePath(["b", "x"])) == nil)
        #expect(nested.taggedText == #"{"M":{"a":{"A":[{"M":{}}]},"":{"N":0},"b":{"S":"s"}}}"#)
        #expect(
            nested.remove(at: ValuePath([]))?.taggedText
                == #"{"M":{"a":{"A":[{"M":{}}]},"":{"N":0},"b":{"S":"s"}}}"#)
        #expect(nested == .null)
    }

    @Test(arguments: [
        ("/a", #"{"M":{"a":{"B":true},"":{"N":0},"b":{"S":"s"}}}"#),
        ("/c", #"{"M":{"a":…,"":{"N":0},"b":{"S":"s"},"c":{"B":true}}}"#),
        ("/a/0", #"[{"B":true},{"U":"0"},{"M":{"x":{"U":"1"}}}]"#),
        ("/a/2", #"[{"U":"0"},{"M":{"x":{"U":"1"}}},{"B":true}]"#),
        ("/a/-", #"[{"U":"0"},{"M":{"x":{"U":"1"}}},{"B":true}]"#),
        ("/a/1/y", #"{"x":{"U":"1"},"y":{"B":true}}"#),
        ("", #"{"B":true}"#),
    ])
    func `inserting sets, puts before, appends or replaces`(path: String, part: String) throws {
        var changed = try value(Self.sample)
        try changed.insert(.bool(true), at: try #require(ValuePath(pointer: path)))
        let whole = part.replacing("…", with: #"{"A":[{"U":"0"},{"M":{"x":{"U":"1"}}}]}"#)
        #expect(changed.taggedText.contains(whole))
    }

    @Test(arguments: ["/c/d", "/a/3", "/a/01", "/a/x", "/b/x", "/a/0/x", "/a/7/x"])
    func `inserting without a parent or beyond the end fails and changes nothing`(path: String) throws {
        var unchanged = try value(Self.sample)
        let path = try #require(ValuePath(pointer: path))
        let error = #expect(throws: ValuePathError.self) { try unchanged.insert(.null, at: path) }
        #expect(error?.description == "failed to insert")
        #expect(unchanged.taggedText == Self.sample)
    }
}
