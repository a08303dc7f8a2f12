import TestKit
import Testing

@testable import Nodes

@Suite struct `A pattern` {
    /// All matches of a pattern in a text, each with its groups: `ab(a)` or `ab(a,-)`.
    private func matches(_ pattern: String, _ text: String, ignoresCase: Bool = false) throws -> [String] {
        let pattern = try Pattern(pattern, ignoresCase: ignoresCase)
        let bytes = Array(text.utf8)
        var found: [String] = []
        try pattern.forEachMatch(in: bytes, look: {}) { match in
            let parts = stride(from: 0, to: match.count, by: 2).map { slot in
                match[slot] < 0 ? "-" : String(decoding: bytes[match[slot]..<match[slot + 1]], as: UTF8.self)
            }
            found.append(
                parts[0] + (parts.count > 1 ? "(\(parts.dropFirst().joined(separator: ",")))" : ""))
            return true
        }
        return found
    }

    @Test(arguments: [
        ("abc", "xabcabc", ["abc", "abc"]), ("a.c", "abc a\nc aüc", ["abc", "aüc"]),
        ("(?s)a.c", "a\nc", ["a\nc"]), ("", "ab", ["", "", ""]), ("a*", "baab", ["", "aa", "", ""]),
        ("a+", "baab", ["aa"]), ("a?b", "aab", ["ab"]), ("a{2}", "aaaaa", ["aa", "aa"]),
        ("a{2,}", "aaaaa", ["aaaaa"]), ("a{1,2}", "aaa", ["aa", "a"]), ("a{,2}", "a{,2}", ["a{,2}"]),
        ("a+?", "aa", ["a", "a"]), ("<.*?>", "<a><b>", ["<a>", "<b>"]), ("<.*>", "<a><b>", ["<a><b>"]),
        ("a|ab", "ab", ["a"]), ("ab|a", "ab a", ["ab", "a"]), ("(a|b)*c", "ababc", ["ababc(b)"]),
        ("(a)|(b)", "ba", ["b(-,b)", "a(a,-)"]), ("(?:a|b)+", "abba", ["abba"]),
        ("(?<year>\\d{4})-(?P<m>\\d\\d)", "on 2026-11-21", ["2026-11(2026,11)"]),
        ("^a", "aa\na", ["a"]), ("(?m)^a", "aa\na", ["a", "a"]), ("a$", "a\na", ["a"]),
        ("(?m)a$", "a\na", ["a", "a"]), ("\\Aa\\z", "a", ["a"]), ("\\bon\\b", "on onto on", ["on", "on"]),
        ("\\Bn", "on no", ["n"]), ("\\w+", "grüße, 漢字_1!", ["grüße", "漢字_1"]),
        ("\\d+", "12 ٣", ["12"]), ("\\s", "a\u{a0}b\tc", ["\u{a0}", "\t"]), ("\\S+", "a b", ["a", "b"]),
        ("\\D", "1a", ["a"]), ("\\W", "a-b", ["-"]), ("[a-c]+", "xabcd", ["abc"]),
        ("[^a-c]+", "xabcd", ["x", "d"]), ("[]a]+", "]a", ["]a"]), ("[^]a]", "]b", ["b"]),
        ("[a-]+", "a-b", ["a-"]), ("[\\d.]+", "v1.2", ["1.2"]), ("[\\W\\d]+", "a1-b", ["1-"]),
        ("[\\]\\\\]+", "]\\", ["]\\"]), ("[\\x41-\\u0043\\u{44}]+", "ABCDE", ["ABCD"]),
        ("\\.\\*\\{", "x.*{", [".*{"]), ("\\t\\n\\r\\0", "\t\n\r\0", ["\t\n\r\0"]), ("{", "{", ["{"]),
        ("a}", "a}", ["a}"]), ("(a*)*", "aa", ["aa(aa)", "(-)"]), ("(a|)+", "a", ["a(a)", "()"]),
        ("(?i)straße", "STRAßE", ["STRAßE"]), ("(?i:a)b", "Ab aB", ["Ab"]),
        ("a(?i)b|c", "aB C", ["aB", "C"]),
        ("(?i)[a-z]+", "aZÄ", ["aZ"]), ("(?i)σ", "ςΣσ", ["ς", "Σ", "σ"]), ("(?i)[^a]", "aAb", ["b"]),
        ("(?i)ä", "Ä", ["Ä"]), ("(a{0}b)", "b", ["b(b)"]), ("x*", "", [""]),
        ("(?:(?:){1000}){1000}a", "a", ["a"]), ("😀.", "😀é", ["😀é"]),
    ])
    func `finds what it says`(pattern: String, text: String, found: [String]) throws {
        #expect(try matches(pattern, text) == found)
    }

    @Test(arguments: [
        ("a", "aA", ["a", "A"]), ("[b-d]", "B", ["B"]), ("\\w", "A", ["A"]),
    ])
    func `takes both cases when it is told so`(pattern: String, text: String, found: [String]) throws {
        #expect(try matches(pattern, text, ignoresCase: true) == found)
    }

    @Test(
        arguments: [
            ("(", .parenthesisOpen), ("a)", .parenthesisUnexpected), ("(?:a", .parenthesisOpen),
            ("[a", .bracketOpen), ("[]", .bracketOpen), ("[b-a]", .rangeBackwards),
            ("[a-\\d]", .rangeBackwards),
            ("*", .nothingToRepeat), ("a**", .nothingToRepeat), ("a{2}{3}", .nothingToRepeat),
            ("(|+)", .nothingToRepeat), ("{2}", .nothingToRepeat), ("a{2,1}", .countWrong),
            ("a{2", .countWrong), ("a{99999}", .countWrong), ("a{99999999999999999999}", .countWrong),
            ("\\q", .escapeUnknown), ("\\", .escapeOpen), ("[\\", .escapeOpen), ("\\xg0", .escapeUnknown),
            ("\\x4", .escapeOpen), ("\\uD800", .escapeUnknown), ("\\u{1234567}", .escapeUnknown),
            ("\\u{}", .escapeUnknown), ("(?x)a", .groupUnknown), ("(?P=a)", .groupUnknown),
            ("(?<1>a)", .groupNameWrong), ("(?<>a)", .groupNameWrong), ("(?<a", .parenthesisOpen),
            ("(?<a>.)(?<a>.)", .groupNameTwice), ("(a)\\1", .notRegular), ("(?=a)", .notRegular),
            ("(?<!a)", .notRegular), ("(?>a)", .notRegular),
            (String(repeating: "(", count: 100), .tooDeep),
            (String(repeating: "a", count: 5_000), .tooLong), ("((a{100}){100}){100}", .tooComplex),
            (String(repeating: "(a)", count: 100), .tooManyGroups),
        ] as [(String, PatternError)])
    func `says what is wrong with it`(pattern: String, error: PatternError) throws {
        #expect(throws: error) { try Pattern(pattern) }
    }

    /// Each of these takes a machine that goes back time beyond all patience.
    @Test(arguments: [
        ("(a+)+$", String(repeating: "a", count: 5_000) + "b"),
        ("(a|aa)+$", String(repeating: "a", count: 5_000) + "b"),
        ("(.*)(.*)(.*)x", String(repeating: "a", count: 500)),
        ("(a?){50}a{50}", String(repeating: "a", count: 50)),
    ])
    func `takes time in proportion to the text`(pattern: String, text: String) throws {
        let count = try matches(pattern, text).count
        #expect(count == (pattern.hasSuffix("}") ? 1 : 0))
    }

    private struct Enough: Error {}

    @Test func `looks up from its work`() throws {
        let pattern = try Pattern("(a*)*b")
        let text = [UInt8](repeating: 97, count: 100_000)
        #expect(throws: Enough.self) {
            try pattern.forEachMatch(in: text, look: { throw Enough() }) { _ in true }
        }
    }

    /// A pattern of random pieces either is refused or finds pieces of the text, in order.
    @Test func `never traps`() throws {
        var generator = SeededGenerator(seed: 41)
        let pieces = [
            "a", "b", "ß", "漢", ".", "\\w", "\\b", "^", "$", "(", ")", "(?:", "(?<n>", "[", "]", "[^", "a-c",
            "|", "*",
            "+", "?", "{2}", "{1,3}", "{", "}", "\\", "-", "(?i)", "\\d", "1", ",", "\\x4", "\\u{e9}", "é",
        ]
        var accepted = 0
        for _ in 0..<4_000 {
            let text = (0..<Int.random(in: 0..<9, using: &generator))
                .compactMap { _ in pieces.randomElement(using: &generator) }.joined()
            guard let pattern = try? Pattern(text) else { continue }
            accepted += 1
            let bytes = Array("aabßc漢1 éA\n".utf8)
            var end = 0
            try pattern.forEachMatch(in: bytes, look: {}) { match in
                #expect(match[0] >= end && match[1] >= match[0] && match[1] <= bytes.count)
                #expect(String(validating: bytes[match[0]..<match[1]], as: UTF8.self) != nil)
                end = match[1]
                return true
            }
        }
        #expect(accepted > 500)
    }
}
