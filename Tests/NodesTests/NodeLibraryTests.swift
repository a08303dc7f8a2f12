import Engine
import Nodes
import Testing

@Suite struct `The library of nodes` {
    /// Name, role, inputs (`!` required, `*` passthrough), outputs (`?` optional): spec flow-engine 2.2, 13, nodes 2.
    @Test(arguments: [
        ("const", "const", "", "output"),
        ("gate", "@spo/command.gate.0.1", "condition! value!", "output? rejected?"),
        ("branch", "@spo/command.branch.0.1", "value! operator! field compare_to", "output? rejected?"),
        ("filter", "@spo/command.filter.0.1", "array! operator! field compare_to", "filtered rejected?"),
        ("foreach", "foreach", "array!", "element index"), ("collect", "collect", "element", "array"),
        ("range", "@spo/std.range.0.1", "start! end! step_by", "result"),
        ("wait", "@spo/std.wait.0.1", "value!* wait_for!* duration_ms", ""),
        ("math", "@spo/std.math.0.1", "a! b! operator!", "result"),
        ("to_string", "@spo/std.to_string.0.1", "stringify!", "result"),
        (
            "json_extract", "@spo/json.json_extract.0.1", "json_input! field_path!",
            "value trimmed_json found?"
        ),
        (
            "json_insert", "@spo/json.json_insert.0.1", "json_input!* path! value!* create_parents",
            "updated_json"
        ),
        ("json_parse", "@spo/json.json_parse.0.1", "string! tagged", "result"),
        ("json_stringify", "@spo/json.json_stringify.0.1", "value! indent tagged", "result"),
        ("flow_input", "flow_input", "", ""), ("flow_output", "flow_output", "", ""),
    ])
    func `has this kind under its name and its full name`(
        alias: String, name: String, inputs: String, outputs: String
    ) throws {
        let registry = NodeLibrary.registry()
        let kind = try #require(registry.kind(named: alias))
        #expect(kind.name == name)
        #expect(registry.kind(named: name)?.name == name)
        #expect(
            kind.inputs.map { $0.name + ($0.isRequired ? "!" : "") + ($0.isPassthrough ? "*" : "") }.joined(
                separator: " ") == inputs)
        #expect(kind.outputs.map { $0.name + ($0.isOptional ? "?" : "") }.joined(separator: " ") == outputs)
        #expect(kind.conduct.readCapability == .snapshot)
    }

    @Test func `has no kind of another name`() {
        #expect(NodeLibrary.registry().kind(named: "nope") == nil)
    }

    @Test func `only foreach and collect have a role of their own before they are configured`() throws {
        #expect(try NodeBench("foreach").node.role == .foreach)
        #expect(try NodeBench("collect").node.role == .collect)
        for name in [
            "const", "gate", "branch", "filter", "range", "wait", "math", "to_string", "json_extract",
        ] {
            #expect(try NodeBench(name).node.role == .ordinary)
        }
    }

    @Test func `a node keeps the configured values of its inputs as defaults, and no others`() throws {
        let node = try NodeBench("math", config: #"{"operator":"+","b":{"U":"10"},"color":"red"}"#).node
        #expect(node.defaults.keys == ["b", "operator"])
        #expect(try NodeBench("math").node.defaults == ["operator": .string("+")])
        #expect(node.kindName == "@spo/std.math.0.1")
    }

    @Test func `a Null at an optional input gives way to the input's default, at a required one it stays`()
        throws
    {
        let kind = NodeKind(
            name: "echo", aliases: [],
            inputs: [
                InputPort("must", default: .u64(1)), InputPort("may", required: false, default: .u64(2)),
                InputPort("free", required: false),
            ], outputs: []
        ) { call in
            .done(.outputs(call.inputs))
        }
        let bench = try NodeBench(kind)
        #expect(try bench.result() == #"{"must":{"U":"1"},"may":{"U":"2"}}"#)
        #expect(
            try bench.result(#"{"must":{"N":0},"may":{"N":0},"free":{"N":0}}"#)
                == #"{"must":{"N":0},"may":{"U":"2"},"free":{"N":0}}"#)
        let configured = try NodeBench(kind, config: #"{"may":null,"must":3}"#)
        #expect(try configured.result() == #"{"must":{"U":"3"},"may":{"U":"2"}}"#)
    }
}
