// The definitions that an editor's palette shows, in the form of shared definition files (spec nodes 1.1).

public import Engine
internal import Values
internal import Wire

/// Definitions of kinds, made from the kinds themselves: there is no second place where ports are written down.
public enum NodeDefinitionJSON {
    /// The definitions of these kinds as a JSON array, in their order.
    public static func encode(_ kinds: [NodeKind]) -> [UInt8] {
        JSONWriter.encode(.array(kinds.map(definition)))
    }

    /// One definition.
    static func definition(of kind: NodeKind) -> JSONValue {
        let name = DefinitionName(kind.definitionName)
        return [
            "version": .string(name.version), "name": .string(name.name), "prefix": .string(name.prefix),
            "type": "native", "author_handle": .string(name.author), "source_code": "",
            "description": .string(kind.summary),
            "ports": [
                "inputs": .array(kind.inputs.map(port)), "outputs": .array(kind.outputs.map(port)),
            ],
            "config_schema": [
                "type": "object", "properties": .object(JSONObject(fields(of: kind).map(schemaProperty))),
            ],
            "config": .object(JSONObject(fields(of: kind).compactMap(configured))),
            "classification": [
                "vendor": "flowd", "program": .string(name.prefix),
                "category": .string(category(name.prefix)),
                "tags": .array(kind.aliases.map { .string($0) }),
            ],
        ]
    }

    // MARK: Ports

    private static func port(_ input: InputPort) -> JSONValue {
        described(
            [
                ("name", .string(input.name)), ("type_bounds", .array(input.types.map { .string($0) })),
                ("required", .bool(input.isRequired)), ("passthrough", .bool(input.isPassthrough)),
            ], input.tooltip)
    }

    private static func port(_ output: OutputPort) -> JSONValue {
        described(
            [
                ("name", .string(output.name)), ("type", .string(output.type)),
                ("optional", .bool(output.isOptional)),
            ], output.tooltip)
    }

    private static func described(_ members: [JSONObject.Entry], _ tooltip: String?) -> JSONValue {
        .object(JSONObject(members + (tooltip.map { [("tooltip", .string($0))] } ?? [])))
    }

    // MARK: Configuration

    /// All fields of a node's form: each input that an edge may leave open, and the settings.
    private static func fields(of kind: NodeKind) -> [NodeSetting] {
        kind.settings
            + kind.inputs.map { input in
                NodeSetting(
                    input.name, type: input.types.first ?? "free", default: input.defaultValue,
                    tooltip: input.tooltip)
            }
    }

    private static func schemaProperty(_ field: NodeSetting) -> JSONObject.Entry {
        var members: [JSONObject.Entry] = []
        if let type = schemaType(field.type) { members.append(("type", .string(type))) }
        if let value = field.defaultValue { members.append(("default", ValueJSON.plain(from: value))) }
        if let tooltip = field.tooltip { members.append(("description", .string(tooltip))) }
        return (field.name, .object(JSONObject(members)))
    }

    /// The JSON Schema type of a port's type; nil where any will do.
    private static func schemaType(_ type: String) -> String? {
        switch type {
        case "bool": "boolean"
        case "string", "pubkey", "address", "signature": "string"
        case "u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128": "integer"
        case "f32", "f64", "decimal", "number": "number"
        case "array": "array"
        case "object": "object"
        default: nil
        }
    }

    /// The tagged default, which is copied into new nodes.
    private static func configured(_ field: NodeSetting) -> JSONObject.Entry? {
        guard let value = field.defaultValue,
            let tree = try? JSONValue.parse(ValueJSON.encode(value))
        else { return nil }
        return (field.name, tree)
    }

    /// The heading under which a palette shows the kinds of a prefix.
    private static func category(_ prefix: String) -> String {
        switch prefix {
        case "std": "Basics"
        case "math": "Numbers"
        case "command": "Control"
        case "json": "JSON"
        case "array", "object": "Lists and objects"
        case "string": "Text"
        case "encoding", "crypto": "Encoding and hashing"
        case "table": "Tables"
        case "time": "Time"
        case "kvstore", "storage": "Storage"
        case "http": "Web"
        case "flow", "solana": "Solana"
        default: prefix
        }
    }
}

/// The parts of `@author/prefix.name.version`; the version may hold points.
struct DefinitionName {
    let author: String
    let prefix: String
    let name: String
    let version: String

    /// Parts that are missing in the text are empty.
    init(_ text: String) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = (halves.last ?? "").split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        author = halves.count == 2 ? String(halves[0].drop { $0 == "@" }) : ""
        prefix = parts.count == 3 ? String(parts[0]) : ""
        name = parts.count == 3 ? String(parts[1]) : ""
        version = parts.count == 3 ? String(parts[2]) : ""
    }
}
