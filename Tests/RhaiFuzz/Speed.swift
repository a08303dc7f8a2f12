import Rhai
import Values

/// How long common scripts take.
enum Speed {
    static func measure() {
        let host = RhaiHost(
            clock: { 0 }, random: { 4 }, log: { _, _, _, _ in }, isCancelled: { false })
        report("read `a + b`", 20_000) { _ = try RhaiProgram("a + b") }
        report("read `if a == b { 1 } else { #{x: a} }`", 20_000) {
            _ = try RhaiProgram("if a == b { 1 } else { #{x: a} }")
        }
        runs("run `a + b`", "a + b", 200_000, host)
        runs("for, 100,000 times", "let s = 0; for i in 0..100000 { s += i * 2; } s", 20, host)
        runs(
            "while, 100,000 times", "let s = 0; let i = 0; while i < 100000 { s += i * 2; i += 1; } s", 20,
            host)
        runs(
            "a[i] = x, 100,000 times",
            "let a = []; a.pad(10000, 0); for i in 0..100000 { a[i % 10000] = i; } a[5]", 20, host)
        runs("push, 10,000 times", "let a = []; for i in 0..10000 { a.push(i); } a.len", 20, host)
        runs("s += \"x\", 50,000 times", "let s = \"\"; for i in 0..50000 { s += \"x\"; } s.len", 20, host)
        runs("map of 10,000", "let a = []; a.pad(10000, 1); a.map(|x| x + 1).len", 20, host)
        runs(
            "sort of 5,000 with a function",
            "let a = []; for i in 0..5000 { a.push((i * 7919) % 5000); } a.sort(|x, y| x - y); a[9]", 5, host)
        runs("fib(20)", "fn fib(n) { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } } fib(20)", 10, host)
        runs(
            "m.l.push, 10,000 times", "let m = #{l: []}; for i in 0..10000 { m.l.push(i); } m.l.len", 20, host
        )
    }

    private static func runs(_ name: String, _ script: String, _ count: Int, _ host: RhaiHost) {
        guard let program = try? RhaiProgram(script) else { return print("\(name): cannot be read") }
        let inputs: [(name: String, value: Value)] = [("a", .u64(1)), ("b", .i64(2))]
        report(name, count) {
            _ = try program.run(inputs, environment: [], host: host, budget: RhaiBudget(seconds: 10)).last()
        }
    }

    private static func report(_ name: String, _ count: Int, _ body: () throws -> Void) {
        do {
            try body()
            let start = ContinuousClock.now
            for _ in 0..<count { try body() }
            let time = ContinuousClock.now - start
            let microseconds =
                Double(time.components.attoseconds) / 1e12 + Double(time.components.seconds) * 1e6
            print("\(name): \((microseconds / Double(count) * 100).rounded() / 100) µs")
        } catch {
            print("\(name): \(error)")
        }
    }
}
