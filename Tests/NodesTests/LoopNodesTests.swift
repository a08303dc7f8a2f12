import Engine
import Primitives
import Testing
import Values

@Suite struct `The nodes around loops` {
    @Test(arguments: [
        (
            #"{"array":{"A":[{"S":"a"},{"N":0}]}}"#,
            #"{"element":{"A":[{"S":"a"},{"N":0}]},"index":{"A":[{"U":"0"},{"U":"1"}]}}"#
        ),
        (#"{"array":{"A":[]}}"#, #"{"element":{"A":[]},"index":{"A":[]}}"#),
        (#"{"array":{"U":"9"}}"#, #"{"element":{"A":[{"U":"9"}]},"index":{"A":[{"U":"0"}]}}"#),
        (#"{"array":{"S":"[1]"}}"#, #"{"element":{"A":[{"S":"[1]"}]},"index":{"A":[{"U":"0"}]}}"#),
        (#"{"array":{"N":0}}"#, #"{"element":{"A":[{"N":0}]},"index":{"A":[{"U":"0"}]}}"#),
        ("{}", "failed: missing field `array`"),
    ])
    func `foreach shows whole arrays`(inputs: String, result: String) throws {
        #expect(try NodeBench("foreach").result(inputs) == result)
    }

    @Test func `collect gives what it got, and an empty array for nothing`() throws {
        #expect(
            try NodeBench("collect").result(#"{"element":{"A":[{"U":"1"}]}}"#)
                == #"{"array":{"A":[{"U":"1"}]}}"#)
        #expect(try NodeBench("collect").result() == #"{"array":{"A":[]}}"#)
    }

    @Test func `nothing is wrapped deeper than it may be nested`() throws {
        func nested(_ depth: Int) -> Value { (0..<depth).reduce(.null) { value, _ in .array([value]) } }
        for (kind, input) in [("foreach", "array"), ("filter", "array"), ("collect", "element")] {
            let bench = try NodeBench(kind, config: #"{"operator":"is_null"}"#)
            func result(_ value: Value) -> String {
                var inputs = bench.node.defaults
                inputs[input] = value
                return NodeBench.text(
                    of: bench.node.work(
                        NodeCall(
                            run: RunID(.zero), execution: NodeExecution(node: bench.node.id, times: 0),
                            inputs: inputs)))
            }
            #expect(!result(nested(Limits.valueDepthMax)).hasPrefix("failed"))
            let map = Value.map(["a": nested(Limits.valueDepthMax - (kind == "collect" ? 0 : 1))])
            #expect(result(map).hasPrefix("failed: the value would be nested more than"))
        }
    }

    /// Spec flow-engine 5.8, nodes 2.3.
    @Test(arguments: [
        (#"{"start":{"U":"0"},"end":{"U":"3"}}"#, "0 1 2"),
        (#"{"start":{"U":"3"},"end":{"U":"0"}}"#, "3 2 1"), (#"{"start":{"U":"1"},"end":{"U":"1"}}"#, ""),
        (#"{"start":{"U":"1"},"end":{"D":"1.0"},"step_by":{"U":"0"}}"#, ""),
        (#"{"start":{"U":"0"},"end":{"U":"5"},"step_by":{"U":"2"}}"#, "0 2 4"),
        (#"{"start":{"U":"0"},"end":{"U":"4"},"step_by":{"U":"2"}}"#, "0 2"),
        (#"{"start":{"U":"0"},"end":{"U":"5"},"step_by":{"I":"-2"}}"#, "0 2 4"),
        (#"{"start":{"U":"5"},"end":{"U":"0"},"step_by":{"U":"2"}}"#, "5 3 1"),
        (#"{"start":{"U":"0"},"end":{"U":"1"},"step_by":{"D":"0.25"}}"#, "0 0.25 0.50 0.75"),
        (#"{"start":{"S":"0.5"},"end":{"F":"-1"}}"#, "0.5 -0.5"),
        (#"{"start":{"U":"0"},"end":{"U":"1"},"step_by":{"U":"5"}}"#, "0"),
        (#"{"start":{"U":"0"},"end":{"U":"2"},"step_by":{"N":0}}"#, "0 1"),
        (#"{"start":{"U":"0"},"end":{"D":"1"},"step_by":{"D":"0.3"}}"#, "0 0.3 0.6 0.9"),
        (
            #"{"start":{"D":"79228162514264337593543950333"},"end":{"D":"79228162514264337593543950335"}}"#,
            "79228162514264337593543950333 79228162514264337593543950334"
        ),
    ])
    func `range counts from its start towards its end`(inputs: String, numbers: String) throws {
        let elements = numbers.split(separator: " ").map { #"{"D":"\#($0)"}"# }.joined(separator: ",")
        #expect(try NodeBench("range").result(inputs) == #"{"result":{"A":[\#(elements)]}}"#)
    }

    @Test(arguments: [
        (#"{"start":{"U":"0"},"end":{"U":"3"},"step_by":{"U":"0"}}"#, "step must not be zero"),
        (#"{"start":{"U":"0"},"end":{"U":"3"},"step_by":{"D":"0.00"}}"#, "step must not be zero"),
        (
            #"{"start":{"U":"0"},"end":{"U":"10000001"}}"#,
            "range would produce 10000001 elements, maximum is 10000000"
        ),
        (
            #"{"start":{"U":"0"},"end":{"D":"10000000.5"}}"#,
            "range would produce 10000001 elements, maximum is 10000000"
        ),
        (
            #"{"start":{"U":"0"},"end":{"U":"1"},"step_by":{"D":"0.0000000000000000000000000001"}}"#,
            "range would produce 10000000000000000000000000000 elements, maximum is 10000000"
        ),
        (
            #"{"start":{"U":"0"},"end":{"D":"79228162514264337593543950335"},"step_by":{"D":"0.1"}}"#,
            "range would produce too many elements, maximum is 10000000"
        ),
        (
            #"{"start":{"D":"-79228162514264337593543950335"},"end":{"D":"79228162514264337593543950335"}}"#,
            "range is wider than a decimal number can be"
        ),
        (#"{"end":{"U":"3"}}"#, "missing field `start`"), (#"{"start":{"U":"3"}}"#, "missing field `end`"),
        (#"{"start":{"B":true},"end":{"U":"3"}}"#, "invalid type: boolean `true`, expected decimal"),
    ])
    func `range refuses what it cannot count`(inputs: String, message: String) throws {
        #expect(try NodeBench("range").result(inputs) == "failed: " + message)
    }

    @Test func `range stops when nobody wants it any more`() throws {
        let cancellation = NodeCancellation()
        cancellation.cancel()
        let step = try NodeBench("range").step(
            #"{"start":{"U":"0"},"end":{"U":"9999999"}}"#, cancellation: cancellation)
        #expect(NodeBench.text(of: step) == "failed: canceled")
    }

    @Test(arguments: [
        (#"{"value":{"S":"v"},"wait_for":{"N":0},"duration_ms":{"U":"400"}}"#, "waits 0.4 seconds then {}"),
        (#"{"value":{"N":0},"wait_for":{"N":0}}"#, "{}"),
        (#"{"value":{"N":0},"wait_for":{"N":0},"duration_ms":{"U":"0"}}"#, "{}"),
        (#"{"value":{"N":0},"wait_for":{"N":0},"duration_ms":{"N":0}}"#, "{}"),
        (#"{"value":{"N":0},"wait_for":{"N":0},"duration_ms":{"D":"60"}}"#, "waits 0.06 seconds then {}"),
        (
            #"{"value":{"N":0},"wait_for":{"N":0},"duration_ms":{"U":"18446744073709551615"}}"#,
            "waits 31536000.0 seconds then {}"
        ),
        (
            #"{"value":{"N":0},"wait_for":{"N":0},"duration_ms":{"I":"-1"}}"#,
            "failed: invalid value: integer `-1`, expected u64"
        ),
        (
            #"{"value":{"N":0},"wait_for":{"N":0},"duration_ms":{"S":"5"}}"#,
            #"failed: invalid type: string "5", expected u64"#
        ),
        (#"{"wait_for":{"N":0}}"#, "failed: missing field `value`"),
        (#"{"value":{"N":0}}"#, "failed: missing field `wait_for`"),
    ])
    func `wait hands its time to the engine and gives nothing of its own`(inputs: String, result: String)
        throws
    {
        #expect(try NodeBench("wait").result(inputs) == result)
    }
}
