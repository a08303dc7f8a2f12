// Reading one of a fixed set of names, and how found values are called in error texts.

extension Value {
    /// One of the names in `allowed`, given as a text or as a map whose only entry has that name and holds
    /// Null.
    public func readName(of allowed: [String]) throws(ValueReadingError) -> String {
        let name: String
        switch self {
        case .string(let text): name = text
        case .map(let map):
            guard map.count == 1, let entry = map.entries.first else {
                throw .wrongValue("map", expected: "map with a single key")
            }
            guard case .null = entry.value else { throw .wrongKind(entry.value.kindPhrase, expected: "unit") }
            name = entry.key
        default: throw .wrongKind(kindPhrase, expected: "string or map")
        }
        guard allowed.contains(where: { $0.isSameText(as: name) }) else {
            throw .unknownName(name.shortenedForErrors, allowed: allowed)
        }
        return name
    }

    /// The phrase of error texts for a value of the wrong kind.
    var kindPhrase: String {
        switch self {
        case .null: "unit value"
        case .bool(let bool): "boolean `\(bool)`"
        case .u64(let number): "integer `\(number)`"
        case .i64(let number): "integer `\(number)`"
        case .u128(let number): "integer `\(number)` as u128"
        case .i128(let number): "integer `\(number)` as i128"
        case .f64(let number): "floating point `\(FloatText.brief(number))`"
        case .decimal(let number):
            if number.exactly(UInt64.self) != nil || number.exactly(Int64.self) != nil {
                "integer `\(number.normalized.text)`"
            } else {
                "floating point `\(number.normalized.text)`"
            }
        case .string(let text): "string \(text.quotedForErrors)"
        case .b32, .b64, .array: "sequence"
        case .bytes: "byte array"
        case .map: "map"
        case .secret: "secret"
        }
    }
}
