// A regular expression that can be trusted with any text, and any text with it.

internal import Primitives

/// A pattern of a known dialect: literals, `.`, `[a-z]`, `[^…]`, `\d \w \s` and their opposites, `\n \t \xHH \u{…}`,
/// groups `( )`, `(?: )`, `(?<name> )`, choices `|`, repetitions `* + ? {2} {2,} {2,5}` with a `?` behind them for as
/// little as can be, `^ $ \b \B \A \z`, flags `(?i)` letters of both cases, `(?m)` lines, `(?s)` dots take line feeds.
///
/// It works on Unicode scalars: `\w` knows letters of every script, `\d` the ASCII digits only. There are no references
/// back and no looking around: so the time of a search is bounded by the lengths of text and pattern.
struct Pattern: Sendable {
    let program: PatternProgram
    /// The name of each group, from group 1; nil for those without.
    let groupNames: [String?]

    init(_ text: String, ignoresCase: Bool = false) throws(PatternError) {
        var parser = try PatternParser(text, ignoresCase: ignoresCase)
        program = try PatternProgram(parser.parse())
        groupNames = parser.groupNames
    }

    /// Calls `body` with each match, in order, as `PatternSearch.firstMatch` gives them; matches do not overlap. Ends
    /// when `body` answers false.
    func forEachMatch(
        in text: [UInt8], look: @escaping () throws -> Void, _ body: ([Int]) throws -> Bool
    ) throws {
        let text = PatternText(bytes: text)
        var search = PatternSearch(self, in: text, look: look)
        var start = 0
        while start <= text.bytes.count, let match = try search.firstMatch(from: start) {
            guard try body(match) else { return }
            // An empty match would be found again at its place.
            start = match[1] > match[0] ? match[1] : match[1] + max(1, text.scalar(at: match[1]).length)
        }
    }
}
