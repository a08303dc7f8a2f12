import Rhai
import Synchronization
import Testing
import Values

/// A script with what it must give: the value of its last expression, or the text of its error.
struct ScriptCase: CustomTestStringConvertible, Sendable {
    let script: String
    let expected: String

    init(_ script: String, _ expected: String) {
        self.script = script
        self.expected = expected
    }

    var testDescription: String { script }

    /// Runs the script without inputs and compares.
    func check() {
        #expect(outcome(of: script) == expected, "\(script)")
    }
}

/// A world in which it is always the same time, with chance that repeats itself.
func stillHost(
    log: @escaping @Sendable (RhaiHost.LogLevel, String, Int, Int) -> Void = { _, _, _, _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
) -> RhaiHost {
    let state = Atomic<UInt64>(1)
    return RhaiHost(
        clock: { 1_700_000_000.25 },
        random: {
            // Knuth's linear congruential generator.
            let next =
                state.load(ordering: .relaxed) &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            state.store(next, ordering: .relaxed)
            return next
        },
        log: log, isCancelled: isCancelled)
}

/// Runs a script.
func run(
    _ script: String, _ inputs: [(name: String, value: Value)] = [], environment: [(String, String)] = [],
    host: RhaiHost? = nil, budget: RhaiBudget = RhaiBudget()
) throws(RhaiError) -> RhaiResult {
    try RhaiProgram(script).run(inputs, environment: environment, host: host ?? stillHost(), budget: budget)
}

/// The last value of a script as text, or its error.
func outcome(of script: String, _ inputs: [(name: String, value: Value)] = []) -> String {
    do {
        return text(of: try run(script, inputs).last())
    } catch {
        return error.description
    }
}

/// A value in a short form: `5` is a whole number, `5.0` a floating-point number, `5d` a decimal, `5u` an unsigned one.
func text(of value: Value?) -> String {
    switch value {
    case nil: "()"
    case .null: "null"
    case .string(let text): "\"\(text)\""
    case .bool(let flag): "\(flag)"
    case .u64(let number): "\(number)u"
    case .i64(let number): "\(number)"
    case .f64(let number): "\(number)"
    case .decimal(let number): "\(number)d"
    case .i128(let number): "\(number)i1"
    case .u128(let number): "\(number)u1"
    case .b32(let key): "b32\(key.bytes.prefix(2))"
    case .b64(let key): "b64\(key.bytes.prefix(2))"
    case .bytes(let bytes): "bytes\(bytes)"
    case .array(let elements): "[\(elements.map { text(of: $0) }.joined(separator: ", "))]"
    case .map(let map): "{\(map.entries.map { "\($0.key): \(text(of: $0.value))" }.joined(separator: ", "))}"
    case .secret: "secret"
    }
}
