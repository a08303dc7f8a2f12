// Rules of scripts: they do the same every time, and take no more than their budget.

import Rhai
import Synchronization
import TestKit
import Values

extension FuzzTarget {
    /// The input is a script.
    static let rhai = FuzzTarget("rhai") { input in
        try ScriptRules.check(String(decoding: input, as: UTF8.self))
    }

    /// The input's bytes choose what a script that is mostly well formed is made of.
    static let rhaiMade = FuzzTarget("rhai-made") { input in
        var grammar = RhaiGrammar(choices: input)
        try ScriptRules.check(grammar.script())
    }
}

private enum ScriptRules {
    /// Well above what the budget allows, on a machine that does other things as well.
    private static let timeMax = Duration.seconds(8)

    static func check(_ script: String) throws {
        let start = ContinuousClock.now
        let first = outcome(script)
        let time = ContinuousClock.now - start
        try expect(time < timeMax, "a script took \(time):\n\(script)")
        let second = outcome(script)
        try expect(first == second, "two runs differ, \(first) and \(second):\n\(script)")
    }

    private static func outcome(_ script: String) -> String {
        let dice = Mutex(SeededGenerator(seed: 7))
        let host = RhaiHost(
            clock: { 1_000 }, random: { dice.withLock { $0.next() } }, log: { _, _, _, _ in },
            isCancelled: { false })
        let inputs: [(name: String, value: Value)] = [
            ("a", .u64(3)), ("b", .string("héllo, world")),
            ("c", .array([.i64(1), .string("x"), .f64(0.5)])),
            ("d", .map(["k": .u64(1), "l": .array([.u64(2)])])), ("e", .bytes([1, 2, 255])),
        ]
        do {
            let result = try RhaiProgram(script).run(
                inputs, environment: [("X", "y")], host: host,
                budget: RhaiBudget(operations: 10_000, seconds: 5))
            var text = "ok"
            do { text += try result.last()?.debugDescription ?? "()" } catch { text += error.description }
            for name in ["a", "b", "c", "x", "y"] {
                do { text += try result.variable(name)?.debugDescription ?? "()" } catch {
                    text += error.description
                }
            }
            return text
        } catch {
            return error.description
        }
    }
}
