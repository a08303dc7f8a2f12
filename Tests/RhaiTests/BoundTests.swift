import Dispatch
import Rhai
import Synchronization
import Testing
import Values

@Suite struct `Bounds of a run` {
    @Test(arguments: [
        ScriptCase(
            "let s = \"0123456789\"; loop { s += s; }",
            "[ScriptError] line 1:32: the number of bytes of a string is more than 50000"),
        ScriptCase(
            "let s = \"0123456789\"; loop { s = s + s; }",
            "[ScriptError] line 1:36: the number of bytes of a string is more than 50000"),
        ScriptCase(
            "let s = \"0123456789\"; loop { s = `${s}${s}`; }",
            "[ScriptError] line 1:34: the number of bytes of a string is more than 50000"),
        ScriptCase(
            "let s = \"aaaaaaaaaa\"; loop { s.replace(\"a\", \"aa\"); }",
            "[ScriptError] line 1:31: the number of bytes of a string is more than 50000"),
        ScriptCase(
            "let s = \"\"; s.pad(50001, 'x')",
            "[ScriptError] line 1:14: the number of bytes of a string is more than 50000"),
        ScriptCase("let s = \"\"; s.pad(50000, 'x'); s.len", "50000"),
        ScriptCase(
            "let a = []; loop { a.push(1); }",
            "[ScriptError] line 1:21: the number of elements of an array is more than 10000"),
        ScriptCase("let a = []; a.pad(10000, 0); a.len", "10000"),
        ScriptCase(
            "let a = []; a.pad(10001, 0)",
            "[ScriptError] line 1:14: the number of elements of an array is more than 10000"),
        ScriptCase(
            "let a = [1]; loop { a += a; }",
            "[ScriptError] line 1:23: the number of elements of an array is more than 10000"),
        ScriptCase(
            "let a = [1]; loop { a = a + a; }",
            "[ScriptError] line 1:27: the number of elements of an array is more than 10000"),
        ScriptCase(
            "let a = [1]; loop { a = [a, a]; }",
            "[ScriptError] line 1:25: the number of elements of an array is more than 10000"),
        ScriptCase(
            "let a = [1]; loop { a.push(a); }",
            "[ScriptError] line 1:22: the number of elements of an array is more than 10000"),
        ScriptCase(
            "let a = (); loop { a = [a]; }", "[ScriptError] line 1:24: the depth of a value is more than 60"),
        ScriptCase(
            "let a = (); loop { a = #{a: a}; }",
            "[ScriptError] line 1:24: the depth of a value is more than 60"),
        ScriptCase(
            "let f = |x| x; loop { f = f.curry(f); }",
            "[ScriptError] line 1:28: the number of bytes of a string, or of the strings in a value, is more than 50000"
        ),
        ScriptCase(
            "let m = #{}; let i = 0; loop { m[`k${i}`] = i; i += 1; }",
            "[ScriptError] line 1:33: the number of entries of a map is more than 10000"),
        ScriptCase(
            "let a = []; loop { a.push(\"0123456789\"); }",
            "[ScriptError] line 1:21: the number of bytes of a string, or of the strings in a value, is more than 50000"
        ),
        ScriptCase("blob(10001)", "[ScriptError] line 1:1: the number of bytes of a blob is more than 10000"),
        ScriptCase(
            "let b = blob(1); loop { b += b; }",
            "[ScriptError] line 1:27: the number of bytes of a blob is more than 10000"),
        ScriptCase(
            "try { blob(10001) } catch { 5 }",
            "[ScriptError] line 1:7: the number of bytes of a blob is more than 10000"),
        ScriptCase(
            "let m = #{a: [1, 2, 3]}; for i in 0..20000 { m.a.push(1); m.a.pop(); } m", "{a: [1, 2, 3]}"),
        ScriptCase("let a = [\"x\"]; for i in 0..60000 { a[0] = \"y\"; } a", "[\"y\"]"),
        ScriptCase("let a = [[]]; for i in 0..300 { a[0].push(1); a[0].clear(); a[0] = [[]]; } a", "[[[]]]"),
        ScriptCase(
            "json_encode(#{}); let a = []; a.pad(9000, 0); a = a.map(|x| \"ab\"); json_encode(a).len", "45001"
        ),
    ])
    func `hold for every way of growing`(_ example: ScriptCase) { example.check() }

    @Test(arguments: [
        "loop { }", "while true { }", "fn f() { loop { } } f()", "let a = [1]; loop { a.map(|x| x); }",
        "for i in 0..9223372036854775807 { }", "do { } until false",
        "for x in range(0, 9223372036854775807, 1) { }",
        "fn f() { try { loop { } } catch { 1 } } f()",
    ])
    func `end endless scripts`(script: String) {
        #expect(throws: RhaiError.self) { try run(script) }
        do {
            _ = try run(script, budget: RhaiBudget(operations: 10_000))
        } catch {
            #expect(error.kind == .tooManyOperations, "\(error)")
        }
        let calls = Atomic<Int>(0)
        do {
            _ = try run(
                script, host: stillHost(isCancelled: { calls.add(1, ordering: .relaxed).newValue > 3 }))
        } catch {
            #expect(error.kind == .terminated, "\(error)")
        }
        #expect(calls.load(ordering: .relaxed) == 4)
    }

    @Test func `are steps that a script may really use`() throws {
        #expect(text(of: try run("let s = 0; for i in 0..1000000 { s += i; } s").last()) == "499999500000")
        #expect(throws: RhaiError.self) { try run("1 + 1 + 1", budget: RhaiBudget(operations: 2)) }
        #expect(text(of: try run("1 + 1", budget: RhaiBudget(operations: 4)).last()) == "2")
    }

    @Test func `are seconds by the clock of the host`() {
        let time = Atomic<Int>(0)
        let host = RhaiHost(
            clock: { Double(time.add(1, ordering: .relaxed).newValue) }, random: { 0 },
            log: { _, _, _, _ in },
            isCancelled: { false })
        do {
            _ = try run("loop { }", host: host, budget: RhaiBudget(seconds: 10))
            Issue.record("an endless script came to an end")
        } catch {
            #expect(error.kind == .terminated)
            #expect(error.message == "the script takes too long")
        }
        #expect(time.load(ordering: .relaxed) == 12)
    }

    @Test func `are variables`() throws {
        let names = (0..<49).map { "let v\($0) = \($0);" }.joined()
        #expect(outcome(of: names + "v48") == "48")
        #expect(
            outcome(of: names + "let z = 1;")
                == "[ParseError] line 1:\(names.utf8.count + 5): more than 50 variables")
        #expect(outcome(of: (0..<100).map { "{ let v\($0) = \($0); }" }.joined() + "1") == "1")
        #expect(outcome(of: (0..<60).map { _ in "let v = 1;" }.joined() + "v") == "1")
    }

    @Test func `are bytes of source`() {
        let error = "[ParseError] line 1:1: the script is longer than 131072 bytes"
        #expect(outcome(of: String(repeating: " ", count: 131_072)) == "()")
        #expect(outcome(of: String(repeating: " ", count: 131_073)) == error)
    }

    @Test func `are bytes of all values together`() {
        let script = """
            fn f(n) { let s = ""; s.pad(50000, 'x'); let a = s + ""; a.truncate(49000); let b = a + "1"; let c = a + "2";
                let d = a + "3"; let e = a + "4"; let g = a + "5"; let h = a + "6"; f(n + 1) }
            f(0)
            """
        #expect(outcome(of: script).hasSuffix("the number of bytes of all values is more than 67108864"))
    }

    @Test func `are shared variables, which go when nobody needs them`() {
        #expect(
            outcome(of: "let f = (); for i in 0..100000 { let g = f; f = || g; } 1")
                == "[ScriptError] line 1:49: the number of variables that closures share is more than 50000")
        #expect(
            outcome(of: "let n = 0; for i in 0..100000 { let f = || i; n += f.call(); } n") == "4999950000")
        #expect(outcome(of: "let a = []; a.push(|| a); a.len") == "1")
    }
}

@Suite struct `Depth of a script` {
    private static let constructs: [(String, String)] = [
        ("(", ")"), ("[", "]"), ("#{a:", "}"), ("{", "}"), ("-(", ")"), ("!", ""), ("- ", ""), ("f(", ")"),
        ("a[", "]"), ("a.f(", ")"), ("|x| ", ""), ("if ", " {}"), ("if a {", "}"), ("while ", " {}"),
        ("loop {", "}"),
        ("for x in ", " {}"), ("for x in a {", "}"), ("do {", "} while a"), ("switch ", " {}"),
        ("switch a { 1 => ", "}"), ("switch a { 1 if ", " => 2 }"), ("`${", "}`"), ("try {", "} catch {}"),
        ("let x = {", "}"), ("a ?? (", ")"), ("1 ** ", ""),
        ("return {", "}"), ("a = {", "}"), ("1 + 2 * ", ""),
        ("a || b && c == d in e > f ?? g .. h + i * j ** (", ")"), ("if a {} else {", "}"), ("a?[", "]"),
    ]

    /// Threads of Dispatch have 512 KiB.
    @Test func `is bounded for every construct, so that no thread's stack ends`() {
        let failures = Mutex<[String]>([])
        let thread = SmallThread {
            for (opening, closing) in Self.constructs {
                for count in [3, 20, 31, 33, 500, 5_000] {
                    let script =
                        String(repeating: opening, count: count) + "1"
                        + String(repeating: closing, count: count)
                    let outcome = outcome(of: script)
                    let isTooDeep =
                        outcome.contains("nested more than 32 deep") || outcome.contains("is longer than")
                    if count >= 33, !isTooDeep, opening != "1 + 2 * ", opening != "else if a {" {
                        failures.withLock { $0.append("\(count) × \(opening): \(outcome)") }
                    }
                }
                let inFunction =
                    "fn f(a) { " + String(repeating: opening, count: 29) + "1"
                    + String(repeating: closing, count: 29) + " } 1"
                _ = outcome(of: inFunction)
            }
        }
        thread.run()
        #expect(failures.withLock { $0 } == [])
    }

    @Test(arguments: [
        ("1", " + 1", "", "5001"), ("\"a\"", ".to_string()", "", "\"a\""), ("#{}", "?.b", "", "()"),
        ("if false { 1 }", " else if false { 2 }", "", "()"),
        ("1", "; 1", "", "1"), ("true", " && true", "", "true"), ("()", " ?? ()", "", "()"),
        ("[1", ", 1", "].len", "5001"),
    ])
    func `does not grow with length`(first: String, next: String, last: String, expected: String) {
        #expect(outcome(of: first + String(repeating: next, count: 5_000) + last) == expected)
    }
}

/// A thread with as small a stack as the workers of Dispatch have.
private struct SmallThread {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func run() {
        let done = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            body()
            done.signal()
        }
        done.wait()
    }
}
