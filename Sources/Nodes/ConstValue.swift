// What a const node's configuration means (spec flow-engine 13.1, nodes 2.1).

internal import Engine
internal import Values
internal import Wire

/// The configured value of a const node. The entry `type` changes the meaning of `value` in two cases only.
enum ConstValue {
    static func read(_ config: [String: ConfigEntry]) throws(NodeRefusal) -> Value {
        guard let entry = config["value"] else { return .null }
        switch config["type"]?.text {
        case "JSON":
            // Only an untagged text is taken for JSON text; a tagged one stays a text.
            guard !entry.isTagged, let text = entry.text else { return entry.value }
            return try parse(text)
        case "File":
            guard case .array(let elements) = entry.value,
                elements.allSatisfy({ if case .string = $0 { true } else { false } })
            else { throw NodeRefusal("const.file.value must be array<string>") }
            return entry.value
        default:
            return entry.value
        }
    }

    private static func parse(_ text: String) throws(NodeRefusal) -> Value {
        do {
            return try ValueJSON.plain(try JSONValue.parse(text))
        } catch {
            throw NodeRefusal("const.value is not valid JSON: \(error)")
        }
    }
}
