// Nodes that look for patterns in texts (spec nodes 2.4).

internal import Engine
internal import Values

/// The kinds around regular expressions.
enum PatternNodes {
    static let kinds: [NodeKind] = [regexMatch, regexReplace]

    private static let inputs = [
        InputPort("string", types: ["string"]),
        InputPort("pattern", types: ["string"], tooltip: "A regular expression."),
        InputPort("ignore_case", types: ["bool"], required: false, default: .bool(false)),
    ]

    private static let regexMatch = NodeKind.computing(
        "string", "regex_match", summary: "Looks for a regular expression in a text.",
        inputs: inputs + [
            InputPort(
                "all", types: ["bool"], required: false, default: .bool(false),
                tooltip: "Gathers every match in matches, not only the first.")
        ],
        outputs: [
            OutputPort("matched", type: "bool"),
            OutputPort("match", type: "string", tooltip: "The text that matched, else Null."),
            OutputPort(
                "groups", type: "array", tooltip: "What each ( ) matched, Null for those that did not."),
            OutputPort("named", type: "object", tooltip: "What each (?<name> ) matched."),
            OutputPort("matches", type: "array"),
        ]
    ) { call in
        let pattern = try call.pattern()
        let text = Array(try call.inputs.required("string", as: String.self).utf8)
        let wantsAll = try call.inputs.optional("all", as: Bool.self) ?? false
        var first: [Int]?
        var matches = BoundedList()
        try pattern.forEachMatch(in: text, look: call.checkCancellation) { match in
            first = first ?? match
            try matches.append(text.part(0, of: match) ?? .null)
            return wantsAll
        }
        var named = ValueMap()
        for (index, name) in pattern.groupNames.enumerated() {
            if let name { named[name] = first.flatMap { text.part(index + 1, of: $0) } ?? .null }
        }
        return [
            "matched": .bool(first != nil), "match": first.flatMap { text.part(0, of: $0) } ?? .null,
            "groups": .array(
                first.map { match in
                    pattern.groupNames.indices.map { text.part($0 + 1, of: match) ?? .null }
                } ?? []),
            "named": .map(named), "matches": matches.value,
        ]
    }

    private static let regexReplace = NodeKind.computing(
        "string", "regex_replace", summary: "Replaces what a regular expression matches in a text.",
        inputs: inputs + [
            InputPort(
                "replacement", types: ["string"], required: false, default: .string(""),
                tooltip: "$1 or ${name} stand for groups, $0 for the whole match, $$ for $."),
            InputPort("all", types: ["bool"], required: false, default: .bool(true)),
        ],
        outputs: [OutputPort("result", type: "string"), OutputPort("count", type: "u64")]
    ) { call in
        let pattern = try call.pattern()
        let text = Array(try call.inputs.required("string", as: String.self).utf8)
        let replacement = try PatternReplacement(
            try call.inputs.optional("replacement") ?? "", groupNames: pattern.groupNames)
        let replacesAll = try call.inputs.optional("all", as: Bool.self) ?? true
        var output = BoundedText()
        var end = 0
        var count: UInt64 = 0
        try pattern.forEachMatch(in: text, look: call.checkCancellation) { match in
            try output.append(text[end..<match[0]])
            try replacement.append(match, of: text, to: &output)
            end = match[1]
            count += 1
            return replacesAll
        }
        try output.append(text[end...])
        return ["result": .string(output.text), "count": .u64(count)]
    }
}

extension NodeCall {
    fileprivate func pattern() throws -> Pattern {
        try Pattern(
            inputs.required("pattern", as: String.self), ignoresCase: inputs.optional("ignore_case") ?? false)
    }
}

extension [UInt8] {
    /// What a group of a match took, as a text; nil if it took no part.
    fileprivate func part(_ group: Int, of match: [Int]) -> Value? {
        let (start, end) = (match[2 * group], match[2 * group + 1])
        guard start >= 0, end >= start else { return nil }
        return .string(String(decoding: self[start..<end], as: UTF8.self))
    }
}
