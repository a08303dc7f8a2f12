import Engine
import Nodes
import Testing
import Values
import Wire

@Suite struct `The definitions of nodes` {
    private static let kinds = NodeLibrary.kinds(.unavailable)

    /// Spec nodes 1.4, and the names that stored flows have beside them.
    private static let types: Set<String> = [
        "bool", "u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128", "f32", "f64", "decimal",
        "number", "pubkey", "address", "keypair", "signature", "string", "bytes", "array", "object", "json",
        "free", "instructions", "kv",
    ]

    private func definitions() throws -> [JSONValue] {
        try #require(try JSONValue.parse(NodeDefinitionJSON.encode(Self.kinds)).array)
    }

    @Test func `are there for every kind, with names and fields as the form demands`() throws {
        let definitions = try definitions()
        #expect(definitions.count == Self.kinds.count)
        for (kind, definition) in zip(Self.kinds, definitions) {
            let name = try #require(definition["name"]?.string)
            let prefix = try #require(definition["prefix"]?.string)
            #expect(name.wholeMatch(of: /[a-zA-Z][a-zA-Z0-9_-]*/) != nil, "\(kind.name)")
            #expect(prefix.wholeMatch(of: /[a-zA-Z][a-zA-Z0-9_]*/) != nil, "\(kind.name)")
            let version = try #require(definition["version"]?.string)
            let author = try #require(definition["author_handle"]?.string)
            #expect("@\(author)/\(prefix).\(name).\(version)" == kind.definitionName)
            #expect(definition["type"]?.string == "native")
            #expect(definition["source_code"]?.string != nil)
            #expect(definition["config_schema"]?["type"]?.string == "object")
            #expect(definition["config"]?.object != nil)
            #expect(definition["classification"]?["category"]?.string?.isEmpty == false)
        }
        #expect(Set(Self.kinds.map(\.definitionName)).count == Self.kinds.count)
    }

    @Test func `say in a sentence what each kind does`() {
        for kind in Self.kinds {
            #expect(kind.summary.hasSuffix(".") && kind.summary.contains(" "), "\(kind.name) has no summary")
        }
    }

    @Test func `name ports and types that there are, once`() {
        for kind in Self.kinds {
            #expect(Set(kind.inputs.map(\.name)).count == kind.inputs.count, "\(kind.name)")
            #expect(Set(kind.outputs.map(\.name)).count == kind.outputs.count, "\(kind.name)")
            for type in kind.inputs.flatMap(\.types) + kind.outputs.map(\.type) {
                #expect(Self.types.contains(type), "\(kind.name) names the type \(type)")
            }
        }
    }

    @Test func `say the same about ports and defaults as the kinds`() throws {
        for (kind, definition) in zip(Self.kinds, try definitions()) {
            let inputs = try #require(definition["ports"]?["inputs"]?.array)
            let read = try inputs.map { port in
                InputPort(
                    try #require(port["name"]?.string),
                    types: try #require(port["type_bounds"]?.array).compactMap(\.string),
                    required: port["required"] == true,
                    passthrough: port["passthrough"] == true,
                    default: try definition["config"]?[try #require(port["name"]?.string)]
                        .map { try ValueJSON.decode($0) },
                    tooltip: port["tooltip"]?.string)
            }
            #expect(read == kind.inputs, "\(kind.name)")
            let outputs = try #require(definition["ports"]?["outputs"]?.array)
            let given = try outputs.map { port in
                OutputPort(
                    try #require(port["name"]?.string), type: try #require(port["type"]?.string),
                    optional: port["optional"] == true, tooltip: port["tooltip"]?.string)
            }
            #expect(given == kind.outputs, "\(kind.name)")
        }
    }

    @Test func `look like this`() throws {
        let math = try #require(try definitions().first { $0["name"]?.string == "math" })
        let expected = try JSONValue.parse(
            #"""
            {"version":"0.1","name":"math","prefix":"std","type":"native","author_handle":"spo","source_code":"",
             "description":"Calculates with two numbers, exactly in decimals.",
             "ports":{"inputs":[
               {"name":"a","type_bounds":["number"],"required":true,"passthrough":false},
               {"name":"b","type_bounds":["number"],"required":true,"passthrough":false},
               {"name":"operator","type_bounds":["string"],"required":true,"passthrough":false,"tooltip":"One of + - * / % ^"}],
              "outputs":[{"name":"result","type":"free","optional":false}]},
             "config_schema":{"type":"object","properties":{"a":{"type":"number"},"b":{"type":"number"},
               "operator":{"type":"string","default":"+","description":"One of + - * / % ^"}}},
             "config":{"operator":{"S":"+"}},
             "classification":{"vendor":"flowd","program":"std","category":"Basics","tags":["math"]}}
            """#)
        #expect(math == expected)
        let const = try #require(try definitions().first { $0["name"]?.string == "const" })
        #expect(const["version"]?.string == "2.0.0")
        #expect(const["config"] == ["type": ["S": "JSON"], "value": ["S": ""]])
    }
}
