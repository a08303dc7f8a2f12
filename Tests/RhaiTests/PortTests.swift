import Rhai
import Synchronization
import Testing
import Values

@Suite struct `Inputs and outputs` {
    /// Spec nodes.md 2.13 and 6, row 46.
    @Test(
        arguments: [
            (.null, "()"), (.string("x"), "\"x\""), (.bool(true), "true"), (.u64(5), "5"), (.i64(-5), "-5"),
            (.f64(0.5), "0.5"),
            (.u64(18_446_744_073_709_551_615), "18446744073709551615d"),
            (.decimal(Decimal96(UInt64(7))), "7d"),
            (.u128(1 << 100), "\(UInt128(1) << 100)u1"), (.i128(-5), "-5i1"),
            (.bytes([1, 2]), "bytes[1, 2]"),
            (.array([.u64(1), .null]), "[1, null]"),
            (.map(["b": .u64(1), "a": .array([])]), "{b: 1, a: []}"),
        ] as [(Value, String)])
    func `go through a script`(input: Value, expected: String) throws {
        #expect(outcome(of: "a", [("a", input)]) == expected)
        let result = try run("let u = a;", [("a", input)])
        #expect(text(of: try result.variable("u")) == expected)
        #expect(text(of: try result.variable("a")) == expected)
    }

    @Test func `of keys are Base58 texts`() throws {
        let key = try #require(Bytes32([UInt8](repeating: 0, count: 32)))
        #expect(outcome(of: "a", [("a", .b32(key))]) == "\"11111111111111111111111111111111\"")
        #expect(outcome(of: "base58_decode(a)", [("a", .b32(key))]) == "b32[0, 0]")
        let pair = try #require(Bytes64([UInt8](repeating: 0, count: 64)))
        #expect(outcome(of: "a.len", [("a", .b64(pair))]) == "64")
    }

    @Test(arguments: [
        ScriptCase("a + 1", "[FunctionNotFound] line 1:3: function not found: + (u128, i64)"),
        ScriptCase("a == a", "true"),
        ScriptCase("[a].len", "1"), ScriptCase("`${a}`", "\"7\""), ScriptCase("type_of(a)", "\"u128\""),
    ])
    func `of 128 bits can only be passed on`(example: ScriptCase) {
        #expect(outcome(of: example.script, [("a", .u128(7))]) == example.expected)
    }

    @Test(arguments: [
        ScriptCase(
            "'x'", "[OutputTypeMismatch] the result: unknown type: a value of type 'char' cannot be an output"
        ),
        ScriptCase(
            "1..2",
            "[OutputTypeMismatch] the result: unknown type: a value of type 'range' cannot be an output"),
        ScriptCase(
            "[|| 1]",
            "[OutputTypeMismatch] the result: unknown type: a value of type 'Fn' cannot be an output"),
    ])
    func `of some kinds have no form outside`(_ example: ScriptCase) { example.check() }

    @Test func `of a kind without a form matter only if they are asked for`() throws {
        let result = try run("let u = 'x'; let v = 1; v")
        #expect(throws: RhaiError.self) { try result.variable("u") }
        #expect(text(of: try result.variable("v")) == "1")
    }

    @Test func `are variables by name`() throws {
        let result = try run(
            "u = a + 1; let v = (); let w = u; { let x = 5; } if false { return; } let y = 7;",
            [("a", .u64(1)), ("u", .null)])
        #expect(text(of: try result.variable("u")) == "2")
        #expect(try result.variable("v") == nil)
        #expect(text(of: try result.variable("w")) == "2")
        #expect(try result.variable("x") == nil)
        #expect(text(of: try result.variable("y")) == "7")
        #expect(try result.last() == nil)
        #expect(try result.variable("none") == nil)
    }

    @Test func `that a script does not touch are variables as well`() throws {
        #expect(text(of: try run("1", [("q", .u64(3))]).variable("q")) == "3")
    }

    @Test func `end where a script returns early`() throws {
        let result = try run("let a = 1; { let hidden = 9; } return 5; let b = 2;")
        #expect(text(of: try result.variable("a")) == "1")
        #expect(try result.variable("b") == nil)
        #expect(text(of: try result.last()) == "5")
    }

    @Test func `of one name: the last declaration counts`() throws {
        #expect(text(of: try run("let u = 1; let u = 2;").variable("u")) == "2")
        #expect(text(of: try run("let u = 1; { let u = 2; }").variable("u")) == "1")
        #expect(text(of: try run("let a = a + 1;", [("a", .u64(1))]).variable("a")) == "2")
        #expect(text(of: try run("let n = 1; let f = || n += 4; f.call();").variable("n")) == "5")
    }

    @Test func `that are missing are no variables`() {
        #expect(
            outcome(of: "a + b", [("a", .u64(1))]) == "[VariableNotFound] line 1:5: variable not found: b")
        #expect(outcome(of: "is_def_var(\"b\")", [("a", .u64(1))]) == "false")
        #expect(outcome(of: "is_def_var(\"a\")", [("a", .u64(1))]) == "true")
    }

    @Test func `have the environment beside them`() throws {
        let result = try run("ENV.A + ENV[\"B\"]", environment: [("A", "x"), ("B", "y")])
        #expect(text(of: try result.last()) == "\"xy\"")
        #expect(
            text(of: try run("fn f() { global::ENV.A } f()", environment: [("A", "x")]).last()) == "\"x\"")
        #expect(outcome(of: "ENV.Q") == "()")
    }

    @Test func `that are secret are refused`() {
        for script in ["a", "1"] {
            let secret = Value.vaultSecret("hunter2", provider: "p", label: "l")
            for value in [secret, .array([secret])] {
                #expect(outcome(of: script, [("a", value)]) == "[SystemError] a script cannot read a secret")
            }
        }
    }

    @Test func `that are nested too deep are refused`() {
        var value = Value.null
        for _ in 0..<60 { value = .array([value]) }
        #expect(!outcome(of: "a", [("a", value)]).hasPrefix("[SystemError]"))
        #expect(
            outcome(of: "a", [("a", .array([value]))]) == "[SystemError] an input is nested more than 60 deep"
        )
    }

    /// Scripts of flows that people have made.
    @Test func `work as flows use them`() throws {
        #expect(outcome(of: "a + 1", [("a", .u64(41))]) == "42")
        let branch = try RhaiProgram(
            "let u = (); let v = ();\nif a == b { u = a; } else { v = #{left: a, right: b}; }")
        let equal = try branch.run(
            [("a", .u64(1)), ("b", .u64(1))], environment: [], host: stillHost(), budget: RhaiBudget())
        #expect(text(of: try equal.variable("u")) == "1")
        #expect(try equal.variable("v") == nil)
        let other = try branch.run(
            [("a", .u64(1)), ("b", .string("x"))], environment: [], host: stillHost(), budget: RhaiBudget())
        #expect(try other.variable("u") == nil)
        #expect(text(of: try other.variable("v")) == "{left: 1, right: \"x\"}")
        let collatz = "if n % 2 == 0 { n / 2 } else { 3 * n + 1 }"
        #expect(outcome(of: collatz, [("n", .u64(54))]) == "27")
        #expect(outcome(of: collatz, [("n", .u64(27))]) == "82")
        #expect(outcome(of: "if x == \"\" { () } else { x }", [("x", .string(""))]) == "()")
        let empty = "let u;\n\nif a ==\"\"{\n    u =();\n} else {\n    u = a;\n}"
        #expect(try run(empty, [("a", .string(""))]).variable("u") == nil)
        #expect(text(of: try run(empty, [("a", .string("y"))]).variable("u")) == "\"y\"")
        #expect(text(of: try run(empty, [("a", .u64(5))]).variable("u")) == "5")
    }
}

@Suite struct `The log of a script` {
    @Test func `has print and debug with their places`() throws {
        let lines = Mutex<[String]>([])
        let host = stillHost(log: { level, text, line, column in
            lines.withLock { $0.append("\(level) \(line):\(column) \(text)") }
        })
        _ = try run(
            "print(\"a\");\n  debug(\"b\"); print(5); [1].map(|x| print(x)); let s = \"q\"; s.print(); print();",
            host: host)
        #expect(
            lines.withLock { $0 } == [
                "info 1:1 a", "debug 2:3 \"b\"", "info 2:15 5", "info 2:37 1", "info 2:62 q", "info 2:72 ",
            ])
    }
}

@Suite struct `A program` {
    @Test(arguments: [
        ("a + 1", true), ("if a == b { 1 } else { 2 }", true), ("let m = #{x: a}; m.x.trim(); m", true),
        ("a.split(\",\")", true), ("switch a { 1 => 2, _ => 3 }", true),
        ("for i in 0..3 { }", false), ("while false { }", false), ("loop { break }", false),
        ("do { } while false", false), ("fn f() { 1 } f()", false), ("fn f() { 1 } 5", true),
        ("a.map(|x| x)", false), ("let f = || 1;", false),
        ("blob(10000)", false), ("a.pad(9, 0)", false), ("a.foo()", false), ("a.map(\"len\")", false),
        ("Fn(\"len\")", false), (String(repeating: "a + ", count: 2_000) + "a", false),
    ])
    func `is brief if it surely ends soon`(script: String, isBrief: Bool) throws {
        #expect(try RhaiProgram(script).isBrief == isBrief)
    }

    @Test func `runs on many threads at once`() async throws {
        let program = try RhaiProgram("let s = 0; for i in 0..1000 { s += i * a; } [s].map(|x| x + 1)[0]")
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<16 {
                group.addTask {
                    try text(
                        of: program.run(
                            [("a", .u64(UInt64(number)))], environment: [], host: stillHost(),
                            budget: RhaiBudget()
                        ).last())
                }
            }
            var results: Set<String> = []
            for try await result in group { results.insert(result) }
            #expect(results == Set((0..<16).map { "\(499_500 * $0 + 1)" }))
        }
    }
}
