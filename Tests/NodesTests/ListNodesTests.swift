import Engine
import Primitives
import Testing
import Values

@Suite struct `The nodes for arrays and objects` {
    @Test(arguments: [
        ("to_vec", "{}", #"{"result":{"A":[]}}"#),
        ("to_vec", #"{"second":{"U":"2"},"first":{"N":0}}"#, #"{"result":{"A":[{"N":0},{"U":"2"}]}}"#),
        ("to_vec", #"{"v7":{"U":"7"},"v0":{"S":"x"}}"#, #"{"result":{"A":[{"S":"x"},{"U":"7"}]}}"#),
        ("array_length", #"{"array":{"A":[{"N":0},{"N":0}]}}"#, #"{"length":{"U":"2"}}"#),
        (
            "array_length", #"{"array":{"S":"ab"}}"#,
            #"failed: invalid type: string "ab", expected a sequence"#
        ),
        ("array_length", "{}", "failed: missing field `array`"),
        (
            "array_get", #"{"array":{"A":[{"U":"1"},{"U":"2"}]},"index":{"U":"1"}}"#,
            #"{"value":{"U":"2"},"found":{"B":true}}"#
        ),
        (
            "array_get", #"{"array":{"A":[{"U":"1"},{"U":"2"}]},"index":{"I":"-2"}}"#,
            #"{"value":{"U":"1"},"found":{"B":true}}"#
        ),
        (
            "array_get", #"{"array":{"A":[{"U":"1"}]},"index":{"I":"-2"}}"#,
            #"{"value":{"N":0},"found":{"B":false}}"#
        ),
        (
            "array_get", #"{"array":{"A":[]},"index":{"I":"-9223372036854775808"},"default":{"S":"d"}}"#,
            #"{"value":{"S":"d"},"found":{"B":false}}"#
        ),
        (
            "array_get", #"{"array":{"A":[]},"index":{"U":"9223372036854775808"}}"#,
            "failed: invalid value: integer `9223372036854775808`, expected i64"
        ),
        (
            "array_push", #"{"array":{"A":[{"U":"1"}]},"value":{"N":0}}"#,
            #"{"result":{"A":[{"U":"1"},{"N":0}]}}"#
        ),
        (
            "array_pop", #"{"array":{"A":[{"U":"1"},{"U":"2"}]}}"#,
            #"{"result":{"A":[{"U":"1"}]},"value":{"U":"2"},"found":{"B":true}}"#
        ),
        ("array_pop", #"{"array":{"A":[]}}"#, #"{"result":{"A":[]},"value":{"N":0},"found":{"B":false}}"#),
        (
            "array_concat", #"{"first":{"A":[{"U":"1"}]},"second":{"A":[{"U":"2"}]}}"#,
            #"{"result":{"A":[{"U":"1"},{"U":"2"}]}}"#
        ),
        (
            "array_slice", #"{"array":{"A":[{"U":"0"},{"U":"1"},{"U":"2"}]},"start":{"U":"1"}}"#,
            #"{"result":{"A":[{"U":"1"},{"U":"2"}]}}"#
        ),
        (
            "array_slice",
            #"{"array":{"A":[{"U":"0"},{"U":"1"},{"U":"2"}]},"start":{"I":"-2"},"end":{"I":"-1"}}"#,
            #"{"result":{"A":[{"U":"1"}]}}"#
        ),
        (
            "array_slice", #"{"array":{"A":[{"U":"0"},{"U":"1"}]},"start":{"I":"-9"},"end":{"U":"9"}}"#,
            #"{"result":{"A":[{"U":"0"},{"U":"1"}]}}"#
        ),
        (
            "array_slice", #"{"array":{"A":[{"U":"0"},{"U":"1"}]},"start":{"U":"2"},"end":{"U":"1"}}"#,
            #"{"result":{"A":[]}}"#
        ),
        (
            "array_slice",
            #"{"array":{"A":[]},"start":{"I":"-9223372036854775808"},"end":{"I":"9223372036854775807"}}"#,
            #"{"result":{"A":[]}}"#
        ),
        (
            "array_sort", #"{"array":{"A":[{"U":"3"},{"N":0},{"D":"2.5"},{"I":"-1"},{"F":"2.5"}]}}"#,
            #"{"result":{"A":[{"I":"-1"},{"D":"2.5"},{"F":"2.5"},{"U":"3"},{"N":0}]}}"#
        ),
        (
            "array_sort", #"{"array":{"A":[{"U":"1"},{"N":0},{"D":"1"},{"U":"2"}]},"descending":{"B":true}}"#,
            #"{"result":{"A":[{"U":"2"},{"U":"1"},{"D":"1"},{"N":0}]}}"#
        ),
        (
            "array_sort", #"{"array":{"A":[{"S":"b"},{"S":"ä"},{"S":"B"},{"S":"a"}]}}"#,
            #"{"result":{"A":[{"S":"B"},{"S":"a"},{"S":"b"},{"S":"ä"}]}}"#
        ),
        (
            "array_sort",
            #"{"array":{"A":[{"M":{"n":{"U":"2"}}},{"M":{}},{"M":{"n":{"U":"1"}}}]},"field":{"S":"n"}}"#,
            #"{"result":{"A":[{"M":{"n":{"U":"1"}}},{"M":{"n":{"U":"2"}}},{"M":{}}]}}"#
        ),
        (
            "array_sort", #"{"array":{"A":[{"B":true},{"B":false}]}}"#,
            #"{"result":{"A":[{"B":false},{"B":true}]}}"#
        ),
        (
            "array_sort", #"{"array":{"A":[{"U":"1"},{"S":"a"}]}}"#,
            "failed: cannot sort values of different types together"
        ),
        ("array_sort", #"{"array":{"A":[{"A":[]}]}}"#, "failed: cannot sort Array([])"),
        ("array_sort", #"{"array":{"A":[{"F":"NaN"}]}}"#, "failed: cannot sort a number that is not finite"),
        (
            "array_unique",
            #"{"array":{"A":[{"U":"1"},{"D":"1.0"},{"S":"1"},{"F":"1"},{"N":0},{"N":0},{"M":{"a":{"I":"1"},"b":{"N":0}}},{"M":{"b":{"N":0},"a":{"U":"1"}}}]}}"#,
            #"{"result":{"A":[{"U":"1"},{"S":"1"},{"N":0},{"M":{"a":{"I":"1"},"b":{"N":0}}}]}}"#
        ),
        (
            "array_unique",
            #"{"array":{"A":[{"F":"0.5"},{"D":"0.50"},{"D":"0.1"},{"F":"0.1"},{"F":"-0"},{"U":"0"}]}}"#,
            #"{"result":{"A":[{"F":"0.5"},{"D":"0.1"},{"F":"0.1"},{"F":"-0.0"}]}}"#
        ),
        (
            "object_merge",
            #"{"first":{"M":{"a":{"U":"1"},"b":{"U":"2"}}},"second":{"M":{"c":{"U":"3"},"a":{"U":"4"}}}}"#,
            #"{"result":{"M":{"a":{"U":"4"},"b":{"U":"2"},"c":{"U":"3"}}}}"#
        ),
        (
            "object_merge",
            #"{"first":{"M":{"a":{"M":{"x":{"U":"1"}}}}},"second":{"M":{"a":{"M":{"y":{"U":"2"}}}}},"deep":{"B":true}}"#,
            #"{"result":{"M":{"a":{"M":{"x":{"U":"1"},"y":{"U":"2"}}}}}}"#
        ),
        (
            "object_merge", #"{"first":{"M":{"a":{"M":{"x":{"U":"1"}}}}},"second":{"M":{"a":{"M":{}}}}}"#,
            #"{"result":{"M":{"a":{"M":{}}}}}"#
        ),
        (
            "object_merge", #"{"first":{"M":{}},"second":{"N":0}}"#,
            "failed: invalid type: unit value, expected a map"
        ),
        (
            "object_keys", #"{"object":{"M":{"b":{"U":"1"},"a":{"U":"2"}}}}"#,
            #"{"keys":{"A":[{"S":"b"},{"S":"a"}]},"values":{"A":[{"U":"1"},{"U":"2"}]}}"#
        ),
        (
            "object_get", #"{"object":{"M":{"a.b":{"U":"1"}}},"key":{"S":"a.b"}}"#,
            #"{"value":{"U":"1"},"found":{"B":true}}"#
        ),
        (
            "object_get", #"{"object":{"M":{}},"key":{"S":"a"},"default":{"U":"0"}}"#,
            #"{"value":{"U":"0"},"found":{"B":false}}"#
        ),
    ])
    func `give`(kind: String, inputs: String, result: String) throws {
        #expect(try NodeBench(kind).result(inputs) == result)
    }

    @Test func `refuse results beyond the depth that can be written`() throws {
        var deep = Value.array([])
        for _ in 1..<Limits.valueDepthMax { deep = .array([deep]) }
        let node = try NodeBench("array_push").node
        let call = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0),
            inputs: ["array": .array([]), "value": deep])
        #expect(
            NodeBench.text(of: node.work(call))
                == "failed: the value would be nested more than 60 levels deep")
    }

    @Test func `refuse results that no event could show`() throws {
        let half = Value.array([Value](repeating: .string("0123456789"), count: 300_000))
        let node = try NodeBench("array_concat").node
        let call = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0),
            inputs: ["first": half, "second": half])
        #expect(
            NodeBench.text(of: node.work(call)) == "failed: the result would be larger than 8388608 bytes")
    }

    /// Values made to look the same to a careless set.
    @Test func `drop what is there twice in time that grows with the array`() throws {
        let maps = (0..<4_000).map { Value.map(["a": .u64($0), "b": .null]) }
        let numbers = (0..<4_000).map { Value.u128(UInt128(1) << 100 + UInt128($0)) }
        let node = try NodeBench("array_unique").node
        let call = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0),
            inputs: ["array": .array(maps + numbers + maps)])
        guard case .done(.outputs(let outputs)) = node.work(call) else {
            Issue.record("array_unique gives an array")
            return
        }
        #expect(outputs["result"] == .array(maps + numbers))
    }

    /// Spellings of one word, which hash alike as texts, and numbers that are not even like themselves. Comparing each
    /// with each would take minutes.
    @Test(.timeLimit(.minutes(5)))
    func `drop what is there twice in time that grows with the array, of texts and of no numbers, too`()
        throws
    {
        let spellings = (0..<8_192).map { number in
            Value.string((0..<13).map { number >> $0 & 1 == 0 ? "\u{E9}" : "e\u{301}" }.joined())
        }
        let noNumbers = [Value](repeating: .array([.f64(.nan)]), count: 20_000)
        let node = try NodeBench("array_unique").node
        let call = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0),
            inputs: ["array": .array(spellings + spellings + noNumbers)])
        guard case .done(.outputs(let outputs)) = node.work(call), case .array(let array)? = outputs["result"]
        else {
            Issue.record("array_unique gives an array")
            return
        }
        #expect(Array(array.prefix(spellings.count)) == spellings)
        #expect(array.count == spellings.count + noNumbers.count)
    }

    @Test func `stop sorting when nobody wants the result any more`() throws {
        let node = try NodeBench("array_sort").node
        let cancellation = NodeCancellation()
        cancellation.cancel()
        let call = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: node.id, times: 0),
            inputs: ["array": .array((0..<20_000).map { .u64(UInt64($0) * 7_919 % 20_000) })],
            cancellation: cancellation)
        #expect(NodeBench.text(of: node.work(call)) == "failed: canceled")
    }
}
