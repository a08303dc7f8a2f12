// Nodes around JSON: json_extract, json_insert, json_parse, json_stringify (spec nodes 2.4).

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// The kinds that read, write and change JSON and values like it.
enum JSONNodes {
    static let kinds: [NodeKind] = [extract, insert, parse, stringify]

    /// Takes out the value at a path and gives the rest as well. It is no error if there is none.
    private static let extract = NodeKind.computing(
        name: "@spo/json.json_extract.0.1", aliases: ["json_extract"],
        summary: "Takes what stands at a path out of a JSON value.",
        inputs: [
            InputPort("json_input", tooltip: "A value, or a text that is JSON."),
            InputPort("field_path", types: ["string"], tooltip: "A JSON Pointer, for example /items/0/name."),
        ],
        outputs: [
            OutputPort("value"), OutputPort("trimmed_json", type: "json"),
            OutputPort(
                "found", type: "bool", optional: true, tooltip: "False if value is Null for want of it."),
        ]
    ) { call in
        let input = try call.inputs.required("json_input", as: Value.self)
        let pathText = try call.inputs.required("field_path", as: String.self)
        var rest = try input.parsedIfText
        switch rest {
        case .array, .map: break
        default: return ["value": rest, "trimmed_json": .null, "found": .bool(pathText.isEmpty)]
        }
        guard let path = ValuePath(pointer: pathText) else { throw NodeFailure.invalidPath }
        let found = rest.remove(at: path)
        return ["value": found ?? .null, "trimmed_json": rest, "found": .bool(found != nil)]
    }

    /// The operation `add` of RFC 6902 section 4.1.
    private static let insert = NodeKind.computing(
        name: "@spo/json.json_insert.0.1", aliases: ["json_insert"],
        summary: "Puts a value into a JSON value: sets a field, or inserts into an array.",
        inputs: [
            InputPort(
                "json_input", types: ["json"], passthrough: true, tooltip: "A value, or a text that is JSON."),
            InputPort(
                "path", types: ["string"], tooltip: "A JSON Pointer; - behind an array appends to it."),
            InputPort("value", types: ["json"], passthrough: true),
            InputPort(
                "create_parents", types: ["bool"], required: false, default: .bool(false),
                tooltip: "Makes the objects that are missing on the way."),
        ],
        outputs: [OutputPort("updated_json", type: "json")]
    ) { call in
        let input = try call.inputs.required("json_input", as: Value.self)
        let pathText = try call.inputs.required("path", as: String.self)
        let value = try call.inputs.required("value", as: Value.self)
        guard let path = ValuePath(pointer: pathText) else { throw NodeFailure.invalidPath }
        guard path.segments.count <= Limits.valueDepthMax else { throw NodeFailure.tooDeep }
        var document = try input.parsedIfText
        if try call.inputs.optional("create_parents", as: Bool.self) ?? false {
            document.makeParents(of: path.segments[...])
        }
        try document.insert(value, at: path)
        return ["updated_json": document]
    }

    private static let parse = NodeKind.computing(
        name: "@spo/json.json_parse.0.1", aliases: ["json_parse"], summary: "Reads a text as JSON.",
        inputs: [
            InputPort("string", types: ["string"]),
            InputPort(
                "tagged", types: ["bool"], required: false, default: .bool(false),
                tooltip: "Objects like {\"U\":\"1\"} are values with their type, as to_string writes them."),
        ],
        outputs: [OutputPort("result")]
    ) { call in
        let text = try call.inputs.required("string", as: String.self)
        let isTagged = try call.inputs.optional("tagged", as: Bool.self) ?? false
        try text.requireReadableJSON("string")
        do {
            let tree = try JSONValue.parse(text)
            return ["result": isTagged ? try ValueJSON.decode(tree) : try ValueJSON.plain(tree)]
        } catch {
            throw NodeFailure("string is not valid JSON: \(error)")
        }
    }

    private static let stringify = NodeKind.computing(
        name: "@spo/json.json_stringify.0.1", aliases: ["json_stringify"],
        summary: "Writes a value as JSON text.",
        inputs: [
            InputPort("value"),
            InputPort(
                "indent", types: ["bool"], required: false, default: .bool(false),
                tooltip: "One field a line, for people."),
            InputPort(
                "tagged", types: ["bool"], required: false, default: .bool(false),
                tooltip: "Keeps the type of each value, as {\"U\":\"1\"}."),
        ],
        outputs: [OutputPort("result", type: "string")]
    ) { call in
        let value = try call.inputs.required("value", as: Value.self)
        guard !value.holdsSecret else { throw NodeFailure.secret }
        var text = BoundedText()
        if try call.inputs.optional("tagged", as: Bool.self) ?? false {
            try value.requireWritableSize()
            try text.append(ValueJSON.encode(value))
        } else {
            try text.append(plain: value)
        }
        guard try call.inputs.optional("indent", as: Bool.self) ?? false else {
            return ["result": .string(text.text)]
        }
        return ["result": .string(IndentedJSON.text(of: text.bytes))]
    }
}

extension String {
    /// Refuses to read JSON that would take far more memory than the text in this input does.
    fileprivate func requireReadableJSON(_ name: String) throws(NodeFailure) {
        guard utf8.count <= Limits.jsonTextBytesMax else {
            throw NodeFailure("\(name) is JSON of more than \(Limits.jsonTextBytesMax) bytes")
        }
    }
}

extension NodeFailure {
    /// A `~` of a JSON Pointer stands before anything but 0 or 1.
    fileprivate static let invalidPath = NodeFailure("invalid path")
}

extension Value {
    /// The value itself, or what a text says as JSON. Numbers with a fraction become doubles (spec values.md
    /// 6.3).
    fileprivate var parsedIfText: Value {
        get throws(NodeFailure) {
            guard case .string(let text) = self else { return self }
            try text.requireReadableJSON("json_input")
            do {
                return try ValueJSON.plain(try JSONValue.parse(text), fractions: .double)
            } catch {
                throw NodeFailure("json_input is a string but not valid JSON")
            }
        }
    }

    /// Makes the missing parents of the last segment: where nothing or Null stands it puts a map, or an array if the
    /// next segment appends. If a value on the way cannot be a parent, the insertion reports that later.
    fileprivate mutating func makeParents(of segments: ArraySlice<String>) {
        guard let segment = segments.first else { return }
        if case .null = self { self = segment == "-" ? .array([]) : .map([:]) }
        guard segments.count > 1 else { return }
        switch self {
        case .map(var map):
            var child = map[segment] ?? .null
            child.makeParents(of: segments.dropFirst())
            map[segment] = child
            self = .map(map)
        case .array(var elements):
            guard let position = Int(segment), elements.indices.contains(position) else { return }
            elements[position].makeParents(of: segments.dropFirst())
            self = .array(elements)
        default: return
        }
    }
}
