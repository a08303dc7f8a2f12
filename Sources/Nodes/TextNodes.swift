// Nodes for texts (spec nodes 2.4).

internal import Engine
internal import Primitives
internal import Values

/// The kinds that take texts apart and put them together.
enum TextNodes {
    static let kinds: [NodeKind] = [chunk, split, join, replace, template, letterCase, trim]

    private static let string = InputPort("string", types: ["string"])
    private static let text = OutputPort("result", type: "string")

    /// The reference counts bytes although it promises characters (spec nodes 6.11).
    private static let chunk = NodeKind.computing(
        "string", "chunk_string", summary: "Cuts a text into pieces of one length.",
        inputs: [
            string, InputPort("chunk_size", types: ["number"], tooltip: "Characters of each piece."),
            InputPort(
                "unit", types: ["string"], required: false, default: .string("characters"),
                tooltip: "characters, or bytes of UTF-8."),
        ],
        outputs: [OutputPort("chunks", type: "array")]
    ) { call in
        let text = try call.inputs.required("string", as: String.self)
        let size = Int(try call.inputs.required("chunk_size", as: UInt32.self))
        let unit = try call.inputs.optional("unit", as: Value.self)?.readName(of: ["characters", "bytes"])
        guard size > 0 else { throw NodeFailure("chunk_size must be greater than 0") }
        var chunks = BoundedList()
        var rest = text[...]
        while !rest.isEmpty {
            if chunks.count % 4_096 == 0 { try call.checkCancellation() }
            let piece = unit == "bytes" ? rest.prefix(utf8Count: size) : rest.prefix(size)
            guard !piece.isEmpty else {
                throw NodeFailure("chunk_size is too small to contain a single UTF-8 character")
            }
            try chunks.append(.string(String(piece)))
            rest = rest[piece.endIndex...]
        }
        return ["chunks": chunks.value]
    }

    private static let split = NodeKind.computing(
        "string", "string_split", summary: "Cuts a text wherever a separator stands in it.",
        inputs: [
            string,
            InputPort(
                "separator", types: ["string"], required: false, default: .string(","),
                tooltip: "Empty: every character becomes an element."),
        ],
        outputs: [OutputPort("result", type: "array")]
    ) { call in
        let text = try call.inputs.required("string", as: String.self)
        let separator = try call.inputs.optional("separator", as: String.self) ?? ","
        var parts = BoundedList()
        guard !separator.isEmpty else {
            for character in text { try parts.append(.string(String(character))) }
            return ["result": parts.value]
        }
        let bytes = Array(text.utf8)
        var start = 0
        try ByteSearch(separator.utf8).forEachRange(in: bytes) { range in
            if parts.count % 4_096 == 0 { try call.checkCancellation() }
            try parts.append(.string(String(decoding: bytes[start..<range.lowerBound], as: UTF8.self)))
            start = range.upperBound
            return true
        }
        try parts.append(.string(String(decoding: bytes[start...], as: UTF8.self)))
        return ["result": parts.value]
    }

    private static let join = NodeKind.computing(
        "string", "string_join", summary: "Writes the elements of an array into one text.",
        inputs: [
            InputPort("array", types: ["array"], tooltip: "Texts, numbers and booleans; Null is nothing."),
            InputPort("separator", types: ["string"], required: false, default: .string("")),
        ],
        outputs: [text]
    ) { call in
        let array = try call.inputs.required("array", as: [Value].self)
        let separator = try call.inputs.optional("separator", as: String.self) ?? ""
        var output = BoundedText()
        for (index, element) in array.enumerated() {
            if index > 0 { try output.append(separator) }
            guard let text = element.scalarText else {
                throw NodeFailure("cannot join \(element.debugDescription)")
            }
            try output.append(text)
        }
        return ["result": .string(output.text)]
    }

    private static let replace = NodeKind.computing(
        "string", "string_replace", summary: "Replaces a text wherever it stands in another.",
        inputs: [
            string, InputPort("search", types: ["string"]),
            InputPort("replacement", types: ["string"], required: false, default: .string("")),
            InputPort("all", types: ["bool"], required: false, default: .bool(true)),
        ],
        outputs: [text, OutputPort("count", type: "u64")]
    ) { call in
        let bytes = Array(try call.inputs.required("string", as: String.self).utf8)
        let search = try call.inputs.required("search", as: String.self)
        let replacement = try call.inputs.optional("replacement", as: String.self) ?? ""
        guard !search.isEmpty else { throw NodeFailure("search must not be empty") }
        let replacesAll = try call.inputs.optional("all") ?? true
        var output = BoundedText()
        var start = 0
        var count: UInt64 = 0
        try ByteSearch(search.utf8).forEachRange(in: bytes) { range in
            if count % 4_096 == 0 { try call.checkCancellation() }
            try output.append(bytes[start..<range.lowerBound])
            try output.append(replacement)
            start = range.upperBound
            count += 1
            return replacesAll
        }
        try output.append(bytes[start...])
        return ["result": .string(output.text), "count": .u64(count)]
    }

    private static let template = NodeKind.computing(
        "string", "string_template", summary: "Fills a text with values.",
        inputs: [
            InputPort(
                "template", types: ["string"],
                tooltip: "{{name}} or {{order.items.0.price}} stand for values, \\{{ for {{ itself."),
            InputPort("values", types: ["object"], required: false, default: .map([:])),
            InputPort(
                "strict", types: ["bool"], required: false, default: .bool(true),
                tooltip: "Fails where there is no value; else nothing stands there."),
        ],
        outputs: [text]
    ) { call in
        let template = try TextTemplate(call.inputs.required("template"))
        let values = try call.inputs.optional("values", as: ValueMap.self) ?? [:]
        let isStrict = try call.inputs.optional("strict", as: Bool.self) ?? true
        return ["result": .string(try template.filled(with: values, isStrict: isStrict))]
    }

    private static let letterCase = NodeKind.computing(
        "string", "string_case", summary: "Writes a text in upper, lower or title case.",
        inputs: [
            string,
            InputPort(
                "case", types: ["string"], default: .string("lower"), tooltip: "upper, lower or title."),
        ],
        outputs: [text]
    ) { call in
        let text = try call.inputs.required("string", as: String.self)
        let name = try call.inputs.required("case", as: Value.self).readName(of: LetterCase.names)
        return ["result": .string((LetterCase(rawValue: name) ?? .lower).text(of: text))]
    }

    private static let trim = NodeKind.computing(
        "string", "string_trim", summary: "Drops white space at the ends of a text.",
        inputs: [
            string,
            InputPort(
                "side", types: ["string"], required: false, default: .string("both"),
                tooltip: "both, start or end."),
        ],
        outputs: [text]
    ) { call in
        let scalars = try call.inputs.required("string", as: String.self)[...].unicodeScalars
        let side = try call.inputs.optional("side", as: Value.self)?.readName(of: ["both", "start", "end"])
        var rest = scalars
        if side != "end" { rest = rest.drop { $0.properties.isWhitespace } }
        if side != "start" {
            while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
        }
        return ["result": .string(String(rest))]
    }
}

extension Substring {
    /// As many whole Unicode scalars as fit into so many bytes.
    fileprivate func prefix(utf8Count: Int) -> Substring {
        guard var end = utf8.index(startIndex, offsetBy: utf8Count, limitedBy: endIndex) else { return self }
        // A place inside of a scalar is moved back to its beginning.
        while end > startIndex, end < endIndex, utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
        return self[..<end]
    }
}
