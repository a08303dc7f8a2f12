import Engine
import Nodes
import Primitives
import Synchronization
import TestKit
import Testing
import Values

@Suite struct `The nodes that are scripts` {
    private func bench(
        _ source: String, inputs: [String] = ["a", "b"], outputs: [String] = ["u"]
    ) throws -> NodeBench {
        try NodeBench(
            "rhai_script", config: #"{"source":{"S":"\#(source)"}}"#,
            inputs: [InputPort("source", types: ["string"])] + inputs.map { InputPort($0, required: false) },
            outputs: outputs.map { OutputPort($0) })
    }

    @Test(arguments: [
        ("a + b", #"{"a":{"U":"1"},"b":{"I":"2"}}"#, #"{"u":{"I":"3"}}"#),
        ("a + b", #"{"a":{"D":"1.5"},"b":{"U":"2"}}"#, #"{"u":{"D":"3.5"}}"#),
        ("let u = a; 7", #"{"a":{"S":"x"}}"#, #"{"u":{"S":"x"}}"#),
        // An input that is missing is nothing, and nothing is no output.
        ("a", "{}", "{}"), ("let u = (); u", #"{"a":{"U":"1"}}"#, "{}"),
        (
            "#{left: a, right: [b]}", #"{"a":{"U":"1"},"b":{"N":0}}"#,
            #"{"u":{"M":{"left":{"I":"1"},"right":{"A":[{"N":0}]}}}}"#
        ),
        ("blob(2, 65)", "{}", #"{"u":{"BY":"QUE="}}"#),
        ("a * b", #"{"a":{"F":"0.5"},"b":{"U":"4"}}"#, #"{"u":{"F":"2.0"}}"#),
        ("type_of(a)", #"{"a":{"U":"18446744073709551615"}}"#, #"{"u":{"S":"decimal"}}"#),
        (
            "a", #"{"a":{"U1":"340282366920938463463374607431768211455"}}"#,
            #"{"u":{"U1":"340282366920938463463374607431768211455"}}"#
        ),
        ("a + b", #"{"a":{"F":"0.5"},"b":{"D":"4"}}"#, "failed: [FunctionNotFound] line 1:3: "),
        ("throw `no ${a}`", #"{"a":{"U":"1"}}"#, "failed: [RuntimeError] line 1:1: no 1"),
        ("a[9]", #"{"a":{"A":[]}}"#, "failed: [IndexNotFound] line 1:2: "),
        ("'x'", "{}", "failed: [OutputTypeMismatch] "),
    ])
    func `give`(source: String, inputs: String, result: String) throws {
        let found = try bench(source).result(inputs)
        #expect(result.hasPrefix("failed") ? found.hasPrefix(result) : found == result, "\(found)")
    }

    @Test func `leave each output in a variable of its name`() throws {
        let source = "let v = a; let u = (); if a == b { u = a; } else { v = #{l: a, r: b}; }"
        let bench = try bench(source, outputs: ["u", "v"])
        #expect(
            try bench.result(#"{"a":{"U":"1"},"b":{"D":"1"}}"#) == #"{"u":{"I":"1"},"v":{"I":"1"}}"#)
        #expect(
            try bench.result(#"{"a":{"U":"1"},"b":{"S":"x"}}"#)
                == #"{"v":{"M":{"l":{"I":"1"},"r":{"S":"x"}}}}"#)
        #expect(bench.node.outputs.allSatisfy { $0.isOptional })
    }

    @Test func `are refused with line and column when the flow is read`() throws {
        for (source, place) in [
            ("a +* b", "[ParseError] line 1:4: "), (#"let a = 1;\n  import `x`;"#, "[ParseError] line 2:3: "),
            ("eval(a)", "[ParseError] line 1:1: "),
        ] {
            let error = #expect(throws: NodeRefusal.self) { try bench(source) }
            #expect(error?.description.hasPrefix(place) == true, "\(error as Any)")
        }
        #expect(throws: NodeRefusal.self) { try NodeBench("rhai_script", config: #"{"source":{"U":"1"}}"#) }
        let error = #expect(throws: NodeRefusal.self) { try NodeBench("rhai_script") }
        #expect(error?.description == "no source code input")
    }

    @Test func `may get the script on an edge`() throws {
        let inputs = [InputPort("source", types: ["string"]), InputPort("a", required: false)]
        let bench = try NodeBench("rhai_script_1x1", inputs: inputs)
        #expect(try bench.result(#"{"source":{"S":"a * 2"},"a":{"U":"4"}}"#) == #"{"u":{"I":"8"}}"#)
        #expect(try bench.result(#"{"a":{"U":"4"}}"#) == "failed: missing input: source")
        #expect(try bench.result(#"{"source":{"S":"("}}"#).hasPrefix("failed: [ParseError] line 1:2: "))
    }

    @Test func `read no secrets`() throws {
        let secret = Value.secret(SecretValue(.string("x"), shownAs: .string("***")))
        let node = try bench("a == `x`").node
        for value in [secret, .array([secret])] {
            let call = NodeCall(
                run: RunID(.zero), execution: NodeExecution(node: NodeID(.zero), times: 0),
                inputs: node.defaults.setting("a", to: value))
            guard case .done(.failed(let text)) = node.work(call),
                case .done(.failed(text))? = node.brief?(call)
            else {
                Issue.record("a secret was read")
                return
            }
            #expect(text == "the value is or holds a secret, which this node must not use")
        }
    }

    @Test func `write to the log of the run, each line once`() throws {
        let lines = Mutex<[String]>([])
        let node = try bench("print(`a ${a}`); debug(a); a").node
        var inputs = node.defaults
        inputs["a"] = .u64(7)
        let call = NodeCall(
            run: RunID(.zero), execution: NodeExecution(node: NodeID(.zero), times: 0), inputs: inputs,
            log: { line in lines.withLock { $0.append("\(line.level) \(line.module ?? "-") \(line.content)") }
            })
        for work in [{ node.brief?(call) }, { node.work(call) }] {
            lines.withLock { $0 = [] }
            guard case .done(.outputs)? = work() else {
                Issue.record("it does not run")
                return
            }
            #expect(lines.withLock { $0 } == ["info - a 7", "debug script.rhai:1:18 7"])
        }
    }

    @Test func `write no more to the log than people read`() throws {
        for source in ["for i in 0..2000 { print(i); }", "for i in 0..20 { print(`x`.pad_to(20000)); }"] {
            let lines = Mutex<[String]>([])
            let node = try bench(
                "fn pad_to(n) { let s = this; s.pad(n, `x`); s } " + source
            ).node
            let call = NodeCall(
                run: RunID(.zero), execution: NodeExecution(node: NodeID(.zero), times: 0),
                inputs: node.defaults, log: { line in lines.withLock { $0.append(line.content) } })
            guard case .done(.outputs) = node.work(call) else {
                Issue.record("it does not run")
                return
            }
            let written = lines.withLock { $0 }
            #expect(written.count == (source.contains("2000 ") ? 1_000 : 14))
            #expect(written.last == "what else the script prints is left out")
        }
    }

    @Test func `are brief if they say so, on little, and give up in time`() throws {
        func isDone(_ source: String, _ a: Value) throws -> Bool? {
            let node = try bench(source).node
            guard let brief = node.brief else { return nil }
            var inputs = node.defaults
            inputs["a"] = a
            let call = NodeCall(
                run: RunID(.zero), execution: NodeExecution(node: NodeID(.zero), times: 0), inputs: inputs)
            return brief(call) != nil
        }
        #expect(try isDone("a + 1", .u64(1)) == true)
        #expect(try isDone("for i in 0..9 { } a", .u64(1)) == nil)
        #expect(try isDone("fn f(x) { f(x) } f(a)", .u64(1)) == nil)
        let long = Value.string(String(repeating: "x", count: 5_000))
        #expect(try isDone("a", long) == false)
        // What grows goes to a worker: outputs, and work.
        let some = Value.string(String(repeating: "x", count: 100))
        let grown = "let s = a;" + String(repeating: " s += s;", count: 8)
        #expect(try isDone(grown + " s", some) == false)
        #expect(try isDone(grown + String(repeating: " s == s + `y`;", count: 8) + " 1", some) == false)
        #expect(try isDone(grown + " 1", some) == true)
    }

    @Test func `end with their run, and at their bound`() throws {
        let cancelled = NodeCancellation()
        cancelled.cancel()
        guard case .done(.failed(let text)) = try bench("loop { }").step("{}", cancellation: cancelled) else {
            Issue.record("it does not end")
            return
        }
        #expect(text.hasPrefix("[Terminated] "))
        #expect(try bench("loop { }").result("{}").hasPrefix("failed: [TooManyOperations] line 1:"))
    }
}
