import Engine
import Testing
import Values

@Suite struct `The nodes that decide` {
    @Test(arguments: [
        (#"{"condition":{"B":true},"value":{"U":"7"}}"#, #"{"output":{"U":"7"}}"#),
        (#"{"condition":{"B":false},"value":{"N":0}}"#, #"{"rejected":{"N":0}}"#),
        (
            #"{"condition":{"U":"1"},"value":{"U":"7"}}"#,
            "failed: invalid type: integer `1`, expected a boolean"
        ),
        (#"{"value":{"U":"7"}}"#, "failed: missing field `condition`"),
        (#"{"condition":{"B":true}}"#, "failed: missing field `value`"),
    ])
    func `gate takes a boolean`(inputs: String, result: String) throws {
        #expect(try NodeBench("gate").result(inputs) == result)
    }

    /// Operator, value, compare_to, and whether it holds (spec flow-engine 13.4, nodes 2.2).
    @Test(
        arguments: [
            ("is_null", #"{"N":0}"#, nil, true), ("is_null", #"{"S":""}"#, nil, false),
            ("is_not_null", #"{"N":0}"#, nil, false), ("is_not_null", #"{"U":"0"}"#, nil, true),
            ("is_true", #"{"B":true}"#, nil, true), ("is_true", #"{"B":false}"#, nil, false),
            ("is_true", #"{"U":"1"}"#, nil, false), ("is_true", #"{"S":"true"}"#, nil, false),
            ("is_false", #"{"B":false}"#, nil, true), ("is_false", #"{"N":0}"#, nil, false),
            ("eq", #"{"U":"1"}"#, #"{"U":"1"}"#, true), ("eq", #"{"U":"1"}"#, #"{"D":"1.0"}"#, true),
            ("eq", #"{"U":"1"}"#, #"{"I":"1"}"#, true), ("eq", #"{"U":"1"}"#, #"{"F":"1.5"}"#, false),
            ("eq", #"{"U":"9007199254740993"}"#, #"{"F":"9007199254740992.0"}"#, false),
            ("eq", #"{"F":"inf"}"#, #"{"F":"inf"}"#, true), ("eq", #"{"F":"inf"}"#, #"{"U":"0"}"#, false),
            ("eq", #"{"U":"1"}"#, #"{"S":"1"}"#, false), ("eq", #"{"U":"1"}"#, #"{"B":true}"#, false),
            ("eq", #"{"A":[{"U":"1"},{"S":"a"}]}"#, #"{"A":[{"D":"1"},{"S":"a"}]}"#, true),
            ("eq", #"{"A":[{"U":"1"}]}"#, #"{"A":[{"U":"1"},{"U":"2"}]}"#, false),
            ("eq", #"{"M":{"a":{"I":"1"}}}"#, #"{"M":{"a":{"D":"1"}}}"#, true),
            ("eq", #"{"M":{"a":{"N":0}}}"#, #"{"M":{"b":{"N":0}}}"#, false),
            (
                "eq", #"{"B3":"11111111111111111111111111111111"}"#,
                #"{"BY":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}"#, true
            ),
            ("eq", #"{"BY":"aGk="}"#, #"{"S":"hi"}"#, false),
            ("eq", #"{"N":0}"#, nil, true), ("eq", #"{"U":"0"}"#, nil, false),
            ("eq", #"{"F":"NaN"}"#, #"{"F":"NaN"}"#, false),
            ("eq", #"{"M":{"a":{"U":"1"},"b":{"U":"2"}}}"#, #"{"M":{"b":{"U":"2"},"a":{"U":"1"}}}"#, true),
            ("ne", #"{"U":"1"}"#, #"{"D":"1"}"#, false), ("ne", #"{"U":"1"}"#, #"{"D":"2"}"#, true),
            ("ne", #"{"U":"1"}"#, #"{"U":"1"}"#, false), ("ne", #"{"N":0}"#, nil, false),
            ("gt", #"{"U":"3"}"#, #"{"D":"2.5"}"#, true), ("gt", #"{"U":"3"}"#, #"{"U":"3"}"#, false),
            ("lt", #"{"I":"-1"}"#, #"{"U":"0"}"#, true),
            ("lt", #"{"F":"0.1"}"#, #"{"D":"0.1"}"#, false), ("gte", #"{"U":"3"}"#, #"{"F":"3.0"}"#, true),
            ("lte", #"{"U1":"3"}"#, #"{"I1":"3"}"#, true),
            ("gt", #"{"U":"9007199254740993"}"#, #"{"F":"9007199254740992.0"}"#, true),
            ("is_empty", #"{"N":0}"#, nil, true), ("is_empty", #"{"S":""}"#, nil, true),
            ("is_empty", #"{"A":[]}"#, nil, true), ("is_empty", #"{"M":{}}"#, nil, true),
            ("is_empty", #"{"S":" "}"#, nil, false), ("is_not_empty", #"{"A":[{"N":0}]}"#, nil, true),
            ("is_not_empty", #"{"N":0}"#, nil, false),
            ("contains", #"{"S":"hello"}"#, #"{"S":"ell"}"#, true),
            ("contains", #"{"S":"hello"}"#, #"{"S":""}"#, true),
            ("contains", #"{"S":"hello"}"#, #"{"S":"lll"}"#, false),
            ("contains", #"{"S":"aabaabaac"}"#, #"{"S":"aabaac"}"#, true),
            ("contains", #"{"A":[{"U":"1"}]}"#, #"{"U":"1"}"#, true),
            ("contains", #"{"A":[{"U":"1"}]}"#, #"{"D":"1"}"#, true),
            ("contains", #"{"A":[{"U":"1"}]}"#, #"{"S":"1"}"#, false),
            ("contains", #"{"M":{"k":{"N":0}}}"#, #"{"S":"k"}"#, true),
            ("contains", #"{"M":{"k":{"N":0}}}"#, #"{"S":"K"}"#, false),
            ("starts_with", #"{"S":"hello"}"#, #"{"S":"he"}"#, true),
            ("starts_with", #"{"S":"hello"}"#, #"{"S":"lo"}"#, false),
            ("ends_with", #"{"S":"hello"}"#, #"{"S":"lo"}"#, true),
            ("ends_with", #"{"S":"hello"}"#, #"{"S":"he"}"#, false),
            ("ends_with", #"{"S":"o"}"#, #"{"S":"hello"}"#, false),
        ] as [(String, String, String?, Bool)])
    func `branch asks its operator`(operator: String, value: String, comparand: String?, holds: Bool) throws {
        let inputs =
            #"{"value":\#(value),"operator":{"S":"\#(`operator`)"}\#(comparand.map { #","compare_to":"# + $0 } ?? "")}"#
        #expect(try NodeBench("branch").result(inputs) == #"{"\#(holds ? "output" : "rejected")":\#(value)}"#)
    }

    @Test(
        arguments: [
            ("gt", #"{"U":"1"}"#, nil, "compare_to is required for numeric comparison operators"),
            ("lte", #"{"U":"1"}"#, #"{"N":0}"#, "compare_to is required for numeric comparison operators"),
            ("contains", #"{"S":"a"}"#, nil, "compare_to is required for contains operator"),
            ("starts_with", #"{"S":"a"}"#, nil, "compare_to is required for starts_with operator"),
            ("ends_with", #"{"S":"a"}"#, nil, "compare_to is required for ends_with operator"),
            ("gt", #"{"S":"abc"}"#, #"{"U":"1"}"#, #"cannot compare non-numeric value: String("abc")"#),
            ("gt", #"{"U":"1"}"#, #"{"B":true}"#, "cannot compare to non-numeric value: Bool(true)"),
            ("lt", #"{"F":"NaN"}"#, #"{"U":"1"}"#, "cannot compare non-finite numeric value: NaN"),
            ("is_empty", #"{"U":"0"}"#, nil, "is_empty not supported for type: U64(0)"),
            ("is_not_empty", #"{"B":true}"#, nil, "is_empty not supported for type: Bool(true)"),
            ("contains", #"{"U":"0"}"#, #"{"U":"0"}"#, "contains not supported for type: U64(0)"),
            ("starts_with", #"{"A":[]}"#, #"{"S":""}"#, "starts_with not supported for type: Array([])"),
            ("ends_with", #"{"N":0}"#, #"{"S":""}"#, "ends_with not supported for type: Null"),
            ("contains", #"{"S":"a"}"#, #"{"U":"1"}"#, "contains on string requires a string compare_to"),
            ("contains", #"{"M":{}}"#, #"{"U":"1"}"#, "contains on map requires a string key as compare_to"),
            (
                "starts_with", #"{"S":"a"}"#, #"{"U":"1"}"#,
                "starts_with on string requires a string compare_to"
            ),
            ("ends_with", #"{"S":"a"}"#, #"{"U":"1"}"#, "ends_with on string requires a string compare_to"),
            (
                "equals", #"{"S":"a"}"#, nil,
                "unknown variant `equals`, expected one of `is_null`, `is_not_null`, `is_true`, `is_false`, `eq`, `ne`, `gt`, `lt`, `gte`, `lte`, `is_empty`, `is_not_empty`, `contains`, `starts_with`, `ends_with`"
            ),
        ] as [(String, String, String?, String)])
    func `branch says what it cannot ask`(
        operator: String, value: String, comparand: String?, message: String
    ) throws {
        let inputs =
            #"{"value":\#(value),"operator":{"S":"\#(`operator`)"}\#(comparand.map { #","compare_to":"# + $0 } ?? "")}"#
        #expect(try NodeBench("branch").result(inputs) == "failed: " + message)
    }

    @Test(arguments: [
        ("a.b", true), ("", false), ("a.c", false), ("x.y.z", false), ("l.1", true), ("l.01", false),
        ("l.9", false), ("a..b", false),
    ])
    func `a field is a path with points, and nothing found is Null`(field: String, holds: Bool) throws {
        let value = #"{"M":{"a":{"M":{"b":{"B":true}}},"l":{"A":[{"N":0},{"B":true}]}}}"#
        let bench = try NodeBench("branch", config: #"{"operator":"is_true"}"#)
        #expect(
            try bench.result(#"{"value":\#(value),"field":{"S":"\#(field)"}}"#)
                == #"{"\#(holds ? "output" : "rejected")":\#(value)}"#)
    }

    @Test func `filter stops when nobody wants the result any more`() throws {
        let node = try NodeBench("filter", config: #"{"operator":"is_null"}"#).node
        let cancellation = NodeCancellation()
        cancellation.cancel()
        let inputs = node.defaults.setting(
            "array", to: .array([Value](repeating: .null, count: 10_000)))
        #expect(KindTrial(node, inputs, cancellation: cancellation).text == "canceled")
    }

    @Test func `an operator may be given as a map and is required`() throws {
        #expect(
            try NodeBench("branch").result(#"{"value":{"N":0},"operator":{"M":{"is_null":{"N":0}}}}"#)
                == #"{"output":{"N":0}}"#)
        #expect(try NodeBench("branch").result(#"{"value":{"N":0}}"#) == "failed: missing field `operator`")
        #expect(
            try NodeBench("branch").result(#"{"operator":{"S":"eq"}}"#) == "failed: missing field `value`")
        #expect(
            try NodeBench("branch").result(#"{"value":{"N":0},"operator":{"U":"1"}}"#)
                == "failed: invalid type: integer `1`, expected string or map")
        #expect(
            try NodeBench("branch").result(#"{"value":{"N":0},"operator":{"S":"eq"},"field":{"U":"1"}}"#)
                == "failed: invalid type: integer `1`, expected a string")
    }

    @Test func `filter sorts elements into two arrays and keeps their order`() throws {
        let bench = try NodeBench("filter", config: #"{"operator":"gt","compare_to":2}"#)
        #expect(
            try bench.result(#"{"array":{"A":[{"U":"1"},{"D":"3.5"},{"I":"2"},{"U":"9"}]}}"#)
                == #"{"filtered":{"A":[{"D":"3.5"},{"U":"9"}]},"rejected":{"A":[{"U":"1"},{"I":"2"}]}}"#)
        #expect(
            try bench.result(#"{"array":{"U":"3"}}"#)
                == #"{"filtered":{"A":[{"U":"3"}]},"rejected":{"A":[]}}"#)
        #expect(try bench.result(#"{"array":{"A":[]}}"#) == #"{"filtered":{"A":[]},"rejected":{"A":[]}}"#)
        #expect(
            try bench.result(#"{"array":{"A":[{"U":"3"},{"S":"x"}]}}"#)
                == #"failed: cannot compare non-numeric value: String("x")"#)
        let field = try NodeBench("filter", config: #"{"operator":"is_true","field":"ok"}"#)
        #expect(
            try field.result(#"{"array":{"A":[{"M":{"ok":{"B":true}}},{"M":{}},{"N":0}]}}"#)
                == #"{"filtered":{"A":[{"M":{"ok":{"B":true}}}]},"rejected":{"A":[{"M":{}},{"N":0}]}}"#)
    }

    @Test func `filter compares numbers by value, as a client's decimals need it`() throws {
        let bench = try NodeBench("filter", config: #"{"operator":"eq","compare_to":1,"field":"count"}"#)
        #expect(
            try bench.result(#"{"array":{"A":[{"M":{"count":{"D":"1"}}},{"M":{"count":{"I":"2"}}}]}}"#)
                == #"{"filtered":{"A":[{"M":{"count":{"D":"1"}}}]},"rejected":{"A":[{"M":{"count":{"I":"2"}}}]}}"#
        )
    }

    @Test func `looking for a text in a long one takes time in proportion to their lengths`() throws {
        let text = String(repeating: "a", count: 50_000)
        let part = String(repeating: "a", count: 25_000) + "b"
        let inputs = #"{"value":{"S":"\#(text)"},"operator":{"S":"contains"},"compare_to":{"S":"\#(part)"}}"#
        #expect(try NodeBench("branch").result(inputs).hasPrefix(#"{"rejected""#))
    }
}
