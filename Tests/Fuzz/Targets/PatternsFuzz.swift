// Rules of searches for patterns. The input's first line is the pattern, what follows is the text.

import Values

extension FuzzTarget {
    static let patterns = FuzzTarget("patterns") { input in
        let pattern = String(decoding: input.prefix { $0 != 10 }.prefix(100), as: UTF8.self)
        let text = String(decoding: input.drop { $0 != 10 }.dropFirst().prefix(150), as: UTF8.self)
        for ignoresCase in [false, true] {
            guard let matches = try PatternRules.matches(pattern, text, ignoresCase) else { continue }
            try PatternRules.checkReplacing(pattern, text, ignoresCase, matches.all)
            try PatternRules.checkFirst(matches, text)
            // A group that is not remembered changes nothing.
            if let wrapped = try PatternRules.matches("(?:\(pattern))", text, ignoresCase) {
                try expect(wrapped.all == matches.all, "(?:\(pattern)) matches otherwise")
            }
        }
        try PatternRules.checkLiteral(text)
    }
}

private enum PatternRules {
    private static let match = LoneNode("regex_match")
    private static let replace = LoneNode("regex_replace")

    struct Matches {
        let outputs: ValueMap
        let all: [String]
    }

    /// Nil for a pattern that is refused.
    static func matches(_ pattern: String, _ text: String, _ ignoresCase: Bool) throws -> Matches? {
        let inputs: ValueMap = [
            "string": .string(text), "pattern": .string(pattern), "ignore_case": .bool(ignoresCase),
            "all": .bool(true),
        ]
        guard let outputs = try match.outputs(inputs) else { return nil }
        guard case .array(let found)? = outputs["matches"] else {
            throw Finding("matches is no array")
        }
        return Matches(
            outputs: outputs,
            all: try found.map { value in
                guard case .string(let text) = value else {
                    throw Finding("a match is no text")
                }
                return text
            })
    }

    /// Each match in its own place leaves the text as it is, and without the matches it is shorter by their lengths.
    static func checkReplacing(
        _ pattern: String, _ text: String, _ ignoresCase: Bool, _ matches: [String]
    ) throws {
        var inputs: ValueMap = [
            "string": .string(text), "pattern": .string(pattern), "ignore_case": .bool(ignoresCase),
            "replacement": .string("$0"),
        ]
        let same = try expect("a pattern that matches replaces") { try replace.outputs(inputs) }
        try expect(same["result"] == .string(text), "$0 changes the text")
        try expect(same["count"] == .u64(UInt64(matches.count)), "replacing counts otherwise")
        inputs["replacement"] = .string("")
        let without = try expect("a pattern that matches removes") { try replace.outputs(inputs) }
        guard case .string(let rest)? = without["result"] else {
            throw Finding("the result is no text")
        }
        try expect(
            rest.utf8.count + matches.reduce(0) { $0 + $1.utf8.count } == text.utf8.count,
            "matches and the rest are not the text")
    }

    static func checkFirst(_ matches: Matches, _ text: String) throws {
        guard let first = matches.all.first else {
            return try expect(
                matches.outputs["matched"] == .bool(false) && matches.outputs["match"] == .null,
                "nothing matches, but there is a match")
        }
        try expect(
            matches.outputs["matched"] == .bool(true) && matches.outputs["match"] == .string(first),
            "the first of all matches is not the first")
        guard case .array(let groups)? = matches.outputs["groups"] else {
            throw Finding("groups is no array")
        }
        for case .string(let group) in groups {
            try expect(
                group.utf8.isEmpty || text.utf8.count >= group.utf8.count,
                "a group has more than the text")
        }
    }

    /// A text whose signs are escaped matches itself.
    static func checkLiteral(_ text: String) throws {
        var pattern = ""
        for scalar in text.unicodeScalars.prefix(40) {
            let isSign =
                scalar.value < 128 && scalar.value > 32 && !scalar.properties.isAlphabetic
                && !(48...57).contains(scalar.value) && scalar != "_"
            pattern += isSign ? "\\\(scalar)" : "\(scalar)"
        }
        let literal = String(String.UnicodeScalarView(text.unicodeScalars.prefix(40)))
        let found = try expect("an escaped text is a pattern") { try matches(pattern, literal, false) }
        try expect(literal.isEmpty || found.all == [literal], "\(pattern) does not match its text")
    }
}
