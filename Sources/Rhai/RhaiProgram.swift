// A script that was read, ready to run as often as wanted.

public import Values

/// A script in the language Rhai 1.17 with decimals (spec nodes.md 2.13), without modules, `eval` and `sleep`.
///
/// Reading checks the whole script, so that a mistake in a part that seldom runs is found, too. A program does not change;
/// any thread may run it.
public struct RhaiProgram: Sendable {
    private let script: CompiledScript

    /// Reads a script of at most 128 KiB. Throws a `ParseError` for whatever is wrong with it or not offered.
    public init(_ source: String) throws(RhaiError) {
        script = try Compiler.compile(Parser.parse(source))
    }

    /// True if a run surely is short: it has no loops, calls no functions of the script, takes at most a thousand steps,
    /// and calls functions of the library only whose cost grows with the sizes of their arguments.
    public var isBrief: Bool { script.isBrief }

    /// Runs the script with one variable for each input and with the constant map `ENV`.
    ///
    /// Inputs of one name: the last one counts. Throws for a secret, for whatever the script throws and does wrong, and
    /// when the budget is used up or the host says stop.
    public func run(
        _ inputs: [(name: String, value: Value)], environment: [(String, String)], host: RhaiHost,
        budget: RhaiBudget
    ) throws(RhaiError) -> RhaiResult {
        var machine = Machine(script, host: host, budget: budget)
        do {
            try machine.prepare(inputs, environment)
        } catch {
            throw RhaiError(error.kind, error.message, at: .none)
        }
        do {
            let last = try machine.run()
            let result = RhaiResult(machine.variables(inputs), last)
            machine.release()
            return result
        } catch {
            machine.release()
            throw error
        }
    }
}

extension Machine {
    /// Lays the main frame with the inputs on the stack.
    mutating func prepare(
        _ inputs: [(name: String, value: Value)], _ environment: [(String, String)]
    ) throws(Fault) {
        for _ in 0..<script.main.slotCount + script.outer.count { stack.append(.missing) }
        for input in inputs {
            guard let slot = script.outer.first(where: { $0.name == input.name })?.slot else {
                // Refused even where nobody looks at it.
                if input.value.holdsSecret { throw Fault(.system, "a script cannot read a secret") }
                continue
            }
            stack[Int(slot)] = try Dynamic(input.value)
        }
        let map = MapBox()
        for (name, text) in environment { try map.set(.string(text), for: name) }
        stack[CompiledScript.environmentSlot] = .map(map)
    }

    /// The variables of the top level after the end: the last declared one of a name, else the input.
    func variables(_ inputs: [(name: String, value: Value)]) -> [(name: String, value: Dynamic)] {
        var variables: [(name: String, value: Dynamic)] = []
        for input in inputs where !script.outer.contains(where: { $0.name == input.name }) {
            if let value = try? Dynamic(input.value) { variables.append((input.name, value)) }
        }
        for (name, slot) in script.outer + script.declared {
            let value = stack[Int(slot)].content
            if case .missing = value { continue }
            variables.append((name, value))
        }
        return variables
    }
}
