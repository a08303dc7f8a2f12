import Primitives
import Testing
import Values

@testable import Nodes

@Suite struct `The nodes around JSON` {
    /// Spec nodes 2.4; the order of what is left is kept (values.md 15.8).
    @Test(arguments: [
        (
            #"{"M":{"a":{"U":"1"},"b":{"U":"2"},"c":{"U":"3"}}}"#, "/a",
            #"{"value":{"U":"1"},"trimmed_json":{"M":{"b":{"U":"2"},"c":{"U":"3"}}},"found":{"B":true}}"#
        ),
        (#"{"M":{"a":{"U":"1"}}}"#, "a", #"{"value":{"U":"1"},"trimmed_json":{"M":{}},"found":{"B":true}}"#),
        (
            #"{"M":{"a":{"U":"1"}}}"#, "x",
            #"{"value":{"N":0},"trimmed_json":{"M":{"a":{"U":"1"}}},"found":{"B":false}}"#
        ),
        (
            #"{"A":[{"S":"x"},{"S":"y"}]}"#, "/1",
            #"{"value":{"S":"y"},"trimmed_json":{"A":[{"S":"x"}]},"found":{"B":true}}"#
        ),
        (
            #"{"A":[{"S":"x"}]}"#, "01",
            #"{"value":{"N":0},"trimmed_json":{"A":[{"S":"x"}]},"found":{"B":false}}"#
        ),
        (
            #"{"M":{"a":{"U":"1"}}}"#, "",
            #"{"value":{"M":{"a":{"U":"1"}}},"trimmed_json":{"N":0},"found":{"B":true}}"#
        ),
        (#"{"U":"5"}"#, "/~", #"{"value":{"U":"5"},"trimmed_json":{"N":0},"found":{"B":false}}"#),
        (#"{"M":{}}"#, "~", "failed: invalid path"),
        (#"{"S":"not json"}"#, "/a", "failed: json_input is a string but not valid JSON"),
        (#"{"S":""}"#, "/a", "failed: json_input is a string but not valid JSON"),
        (
            #"{"S":"{\"a\":1.5,\"b\":-1,\"c\":1}"}"#, "/a",
            #"{"value":{"F":"1.5"},"trimmed_json":{"M":{"b":{"I":"-1"},"c":{"U":"1"}}},"found":{"B":true}}"#
        ),
        (
            #"{"S":"\ufeff{\"a\":1}"}"#, "/a",
            #"{"value":{"U":"1"},"trimmed_json":{"M":{}},"found":{"B":true}}"#
        ), (#"{"S":"7"}"#, "/a", #"{"value":{"U":"7"},"trimmed_json":{"N":0},"found":{"B":false}}"#),
        (
            #"{"M":{"a":{"M":{"b":{"B3":"11111111111111111111111111111111"}}}}}"#, "a/b",
            #"{"value":{"B3":"11111111111111111111111111111111"},"trimmed_json":{"M":{"a":{"M":{}}}},"found":{"B":true}}"#
        ),
        (#"{"N":0}"#, "a", #"{"value":{"N":0},"trimmed_json":{"N":0},"found":{"B":false}}"#),
    ])
    func `json_extract takes out what stands at a path`(input: String, path: String, result: String) throws {
        let inputs = #"{"json_input":\#(input),"field_path":{"S":"\#(path)"}}"#
        #expect(try NodeBench("json_extract").result(inputs) == result)
    }

    @Test func `json_extract needs both inputs`() throws {
        #expect(
            try NodeBench("json_extract").result(#"{"field_path":{"S":"a"}}"#)
                == "failed: missing field `json_input`")
        #expect(
            try NodeBench("json_extract").result(#"{"json_input":{"M":{}}}"#)
                == "failed: missing field `field_path`")
        #expect(
            try NodeBench("json_extract").result(#"{"json_input":{"M":{}},"field_path":{"U":"1"}}"#)
                == "failed: invalid type: integer `1`, expected a string")
    }

    /// Spec nodes 2.4 and 6.27, values.md 8.5.
    @Test(arguments: [
        (#"{"M":{"a":{"U":"1"}}}"#, "/b", #"{"U":"2"}"#, #"{"M":{"a":{"U":"1"},"b":{"U":"2"}}}"#),
        (#"{"M":{"a":{"U":"1"},"b":{"N":0}}}"#, "a", #"{"S":"x"}"#, #"{"M":{"a":{"S":"x"},"b":{"N":0}}}"#),
        (#"{"A":[{"U":"1"},{"U":"3"}]}"#, "/1", #"{"U":"2"}"#, #"{"A":[{"U":"1"},{"U":"2"},{"U":"3"}]}"#),
        (#"{"A":[{"U":"1"}]}"#, "/-", #"{"U":"2"}"#, #"{"A":[{"U":"1"},{"U":"2"}]}"#),
        (#"{"A":[]}"#, "/0", #"{"N":0}"#, #"{"A":[{"N":0}]}"#),
        (#"{"U":"1"}"#, "", #"{"U":"2"}"#, #"{"U":"2"}"#),
        (#"{"S":"{\"a\":1}"}"#, "/b", #"{"U":"2"}"#, #"{"M":{"a":{"U":"1"},"b":{"U":"2"}}}"#),
        (
            #"{"M":{}}"#, "k~1~0", #"{"B3":"11111111111111111111111111111111"}"#,
            #"{"M":{"k/~":{"B3":"11111111111111111111111111111111"}}}"#
        ),
    ])
    func `json_insert puts a value at a path`(input: String, path: String, value: String, result: String)
        throws
    {
        let inputs = #"{"json_input":\#(input),"path":{"S":"\#(path)"},"value":\#(value)}"#
        #expect(try NodeBench("json_insert").result(inputs) == #"{"updated_json":\#(result)}"#)
    }

    @Test(arguments: [
        (#"{"M":{}}"#, "/a/b", "failed to insert"), (#"{"A":[]}"#, "/1", "failed to insert"),
        (#"{"A":[]}"#, "/00", "failed to insert"), (#"{"N":0}"#, "/a", "failed to insert"),
        (#"{"U":"1"}"#, "/a", "failed to insert"), (#"{"M":{}}"#, "~2", "invalid path"),
        (#"{"S":"{"}"#, "/a", "json_input is a string but not valid JSON"),
        (
            #"{"M":{}}"#, String(repeating: "/a", count: 61),
            "the value would be nested more than 60 levels deep"
        ),
    ])
    func `json_insert says what it cannot do`(input: String, path: String, message: String) throws {
        let inputs = #"{"json_input":\#(input),"path":{"S":"\#(path)"},"value":{"U":"1"}}"#
        #expect(try NodeBench("json_insert").result(inputs) == "failed: \(message)")
    }

    @Test(arguments: [
        (#"{"M":{}}"#, "/a/b", #"{"updated_json":{"M":{"a":{"M":{"b":{"U":"1"}}}}}}"#),
        (#"{"N":0}"#, "/a/-", #"{"updated_json":{"M":{"a":{"A":[{"U":"1"}]}}}}"#),
        (#"{"A":[{"N":0}]}"#, "/0/x", #"{"updated_json":{"A":[{"M":{"x":{"U":"1"}}}]}}"#),
        (#"{"A":[]}"#, "/0/x", "failed: failed to insert"),
        (#"{"M":{"a":{"U":"1"}}}"#, "/a/b", "failed: failed to insert"),
    ])
    func `json_insert makes parents when it is told to`(input: String, path: String, result: String) throws {
        let bench = try NodeBench("json_insert", config: #"{"create_parents":true}"#)
        let inputs = #"{"json_input":\#(input),"path":{"S":"\#(path)"},"value":{"U":"1"}}"#
        #expect(try bench.result(inputs) == result)
    }

    @Test(arguments: [
        ("json_parse", "string", "string is JSON of more than 16777216 bytes"),
        ("json_extract", "json_input", "json_input is JSON of more than 16777216 bytes"),
        ("json_insert", "json_input", "json_input is JSON of more than 16777216 bytes"),
    ])
    func `a text that is far too long is not read`(kind: String, port: String, message: String) throws {
        let node = try NodeBench(kind).node
        let text = "[" + String(repeating: " ", count: Limits.jsonTextBytesMax - 1) + "]"
        let inputs: ValueMap = [
            port: .string(text), "field_path": .string(""), "path": .string(""), "value": .null,
        ]
        #expect(KindTrial(node, inputs).text == message)
    }

    @Test func `json_insert takes a Null option for none`() throws {
        let inputs =
            #"{"json_input":{"M":{}},"path":{"S":"a"},"value":{"U":"1"},"create_parents":{"N":0}}"#
        #expect(try NodeBench("json_insert").result(inputs) == #"{"updated_json":{"M":{"a":{"U":"1"}}}}"#)
    }

    @Test(arguments: [
        (
            #"[1,-1,1.50,\"a\",null,true]"#, false,
            #"{"result":{"A":[{"U":"1"},{"I":"-1"},{"D":"1.5"},{"S":"a"},{"N":0},{"B":true}]}}"#
        ),
        (#"{\"U\":\"1\"}"#, false, #"{"result":{"M":{"U":{"S":"1"}}}}"#),
        (#"\ufeff{\"a\":1}"#, false, #"{"result":{"M":{"a":{"U":"1"}}}}"#),
        (#"\ufeff{\"U\":\"1\"}"#, true, #"{"result":{"U":"1"}}"#),
        (#"{\"U\":\"1\"}"#, true, #"{"result":{"U":"1"}}"#),
        ("{", false, "failed: string is not valid JSON: EOF while parsing an object at line 1 column 1"),
    ])
    func `json_parse reads plain and tagged JSON`(text: String, tagged: Bool, result: String) throws {
        let bench = try NodeBench("json_parse", config: #"{"tagged":\#(tagged)}"#)
        #expect(try bench.result(#"{"string":{"S":"\#(text)"}}"#) == result)
    }

    @Test(arguments: [
        (#"{"N":0}"#, "null"), (#"{"B":true}"#, "true"), (#"{"S":"a\"b"}"#, #"\"a\\\"b\""#),
        (#"{"U":"18446744073709551615"}"#, "18446744073709551615"), (#"{"I":"-1"}"#, "-1"),
        (#"{"U1":"340282366920938463463374607431768211455"}"#, "340282366920938463463374607431768211455"),
        (#"{"D":"1.50"}"#, "1.5"), (#"{"F":"0.5"}"#, "0.5"), (#"{"F":"NaN"}"#, "null"),
        (#"{"B3":"11111111111111111111111111111111"}"#, #"\"11111111111111111111111111111111\""#),
        (#"{"BY":"aGk="}"#, #"\"aGk=\""#),
        (#"{"M":{"k":{"A":[{"U":"1"},{"A":[]}]},"l":{"M":{}}}}"#, #"{\"k\":[1,[]],\"l\":{}}"#),
    ])
    func `json_stringify writes plain JSON`(value: String, text: String) throws {
        #expect(
            try NodeBench("json_stringify").result(#"{"value":\#(value)}"#) == #"{"result":{"S":"\#(text)"}}"#
        )
    }

    @Test func `json_stringify keeps types and lays out when it is told to`() throws {
        let bench = try NodeBench("json_stringify", config: #"{"tagged":true,"indent":true}"#)
        #expect(
            try bench.result(#"{"value":{"A":[{"U":"1"}]}}"#)
                == #"{"result":{"S":"{\n  \"A\": [\n    {\n      \"U\": \"1\"\n    }\n  ]\n}"}}"#)
    }
}
