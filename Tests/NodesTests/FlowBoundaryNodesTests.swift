import Engine
import Testing

@Suite struct `The nodes at the border of a flow` {
    /// Spec flow-engine 13.1, nodes 2.1.
    @Test(
        arguments: [
            (#"{"type":"U64","value":{"U":"2"}}"#, #"{"U":"2"}"#),
            (#"{"type":"JSON","value":"[1, 2.5]"}"#, #"{"A":[{"U":"1"},{"D":"2.5"}]}"#),
            (#"{"type":{"S":"JSON"},"value":"{\"S\":\"x\"}"}"#, #"{"M":{"S":{"S":"x"}}}"#),
            (#"{"type":"JSON","value":{"S":"{\"a\":1}"}}"#, #"{"S":"{\"a\":1}"}"#),
            (#"{"type":{"S":"JSON"},"value":{"S":""}}"#, #"{"S":""}"#),
            (#"{"type":"JSON","value":{"a":1}}"#, #"{"M":{"a":{"U":"1"}}}"#),
            (#"{"type":"JSON","value":"\ufeff{\"a\":1}"}"#, #"{"M":{"a":{"U":"1"}}}"#),
            (#"{"type":"JSON","value":{"N":0}}"#, #"{"N":0}"#),
            (#"{"type":"JSON","value":"{\"N\":0}"}"#, #"{"M":{"N":{"U":"0"}}}"#),
            (#"{"type":"String","value":"[1]"}"#, #"{"S":"[1]"}"#), (#"{"value":1.5}"#, #"{"D":"1.5"}"#),
            ("{}", #"{"N":0}"#), (#"{"type":"JSON"}"#, #"{"N":0}"#),
            (#"{"type":"File","value":["a","b"]}"#, #"{"A":[{"S":"a"},{"S":"b"}]}"#),
            (#"{"type":"File","value":{"A":[{"S":"a"}]}}"#, #"{"A":[{"S":"a"}]}"#),
            (#"{"type":"F64","value":{"F":"1.5E2"},"static":true}"#, #"{"F":"150.0"}"#),
            (#"{"type":"Null","value":null}"#, #"{"N":0}"#),
        ])
    func `const gives what is configured`(config: String, value: String) throws {
        #expect(try NodeBench("const", config: config).result() == #"{"output":\#(value)}"#)
    }

    @Test(arguments: [
        (#"{"type":"JSON","value":""}"#, "const.value is not valid JSON: "),
        (#"{"type":"JSON","value":"[1,]"}"#, "const.value is not valid JSON: "),
        (#"{"type":"JSON","value":"1e999"}"#, "const.value is not valid JSON: "),
        (#"{"type":"File","value":"a"}"#, "const.file.value must be array<string>"),
        (#"{"type":"File","value":["a",1]}"#, "const.file.value must be array<string>"),
    ])
    func `const refuses what it cannot read when the graph is built`(config: String, message: String) {
        let refusal = #expect(throws: NodeRefusal.self) { try NodeBench("const", config: config) }
        #expect(refusal?.description.hasPrefix(message) == true)
    }

    @Test func `const calls its output as old documents do`() throws {
        let bench = try NodeBench("const", config: #"{"value":1}"#, outputs: [OutputPort("Source")])
        #expect(try bench.result() == #"{"Source":{"U":"1"}}"#)
        #expect(bench.node.outputs == [OutputPort("Source")])
        #expect(
            try NodeBench("const", config: #"{"value":1}"#, outputs: [OutputPort("x")]).node.outputs == [
                OutputPort("output")
            ])
    }

    /// Spec flow-engine 13.2: the port's name, then the label, then nothing.
    @Test(arguments: [
        ("n", #"{"label":"other"}"#, "n"), ("", #"{"label":{"S":"tagged"}}"#, "tagged"),
        ("", #"{"label":"plain"}"#, "plain"),
        ("", #"{"label":5}"#, ""), ("", "{}", ""),
    ])
    func `flow_input is named by its port or its label`(port: String, config: String, name: String) throws {
        let bench = try NodeBench("flow_input", config: config, outputs: [OutputPort(port)])
        #expect(bench.node.role == .flowInput(name))
        #expect(bench.node.outputs == [OutputPort(name)])
        #expect(try bench.result() == #"{"\#(name)":{"N":0}}"#)
    }

    @Test(arguments: [
        ("{}", "{}", #"{"n":{"N":0}}"#), (#"{"value":{"U":"9"}}"#, "{}", #"{"n":{"U":"9"}}"#),
        (#"{"form_label":1.5}"#, "{}", #"{"n":{"D":"1.5"}}"#),
        (#"{"value":1,"form_label":2}"#, "{}", #"{"n":{"U":"1"}}"#),
        (#"{"value":1}"#, #"{"n":{"U":"5"}}"#, #"{"n":{"U":"5"}}"#),
        (#"{"value":1}"#, #"{"n":{"N":0}}"#, #"{"n":{"N":0}}"#),
        ("{}", #"{"m":{"U":"5"}}"#, #"{"n":{"N":0}}"#),
    ])
    func `flow_input gives the start input, else the configured value, else Null`(
        config: String, inputs: String, outputs: String
    ) throws {
        let bench = try NodeBench("flow_input", config: config, outputs: [OutputPort("n")])
        #expect(try bench.result(inputs) == outputs)
        #expect(bench.node.inputs.isEmpty)
    }

    /// Spec flow-engine 13.3.
    @Test(arguments: [
        ("in", #"{"label":"l"}"#, "out", "in"), ("", #"{"label":{"S":"l"}}"#, "out", "l"),
        ("", "{}", "out", "out"), ("", "{}", "", ""),
    ])
    func `flow_output is named by its input, its label or its output`(
        input: String, config: String, output: String, name: String
    ) throws {
        let bench = try NodeBench(
            "flow_output", config: config, inputs: [InputPort(input)], outputs: [OutputPort(output)])
        #expect(bench.node.role == .flowOutput(name))
        #expect(bench.node.inputs == [InputPort(name)])
        #expect(bench.node.outputs == [OutputPort(name)])
    }

    @Test func `flow_output gives its input, its configured value, or nothing`() throws {
        let bare = try NodeBench("flow_output", inputs: [InputPort("o")])
        #expect(try bare.result(#"{"o":{"N":0}}"#) == #"{"o":{"N":0}}"#)
        #expect(try bare.result() == "{}")
        let configured = try NodeBench("flow_output", config: #"{"o":5}"#, inputs: [InputPort("o")])
        #expect(try configured.result() == #"{"o":{"U":"5"}}"#)
    }
}
