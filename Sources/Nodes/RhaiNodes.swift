// Nodes that run a script in the language Rhai (spec nodes 2.13, flow-engine 13.7).

internal import Engine
internal import Primitives
internal import Rhai
internal import Synchronization
internal import Values

/// The kinds whose nodes are scripts. They differ in the ports that an editor gives a new node; a document has its own.
enum RhaiNodes {
    static func kinds(_ clock: Clock) -> [NodeKind] {
        [kind("rhai_script", inputs: 1, outputs: 1, isFamily: true, clock)]
            + (0...5).flatMap { inputs in
                (1...5).map { outputs in
                    kind(
                        "rhai_script_\(inputs)x\(outputs)", inputs: inputs, outputs: outputs, isFamily: false,
                        clock)
                }
            }
    }

    private static func kind(
        _ name: String, inputs: Int, outputs: Int, isFamily: Bool, _ clock: Clock
    ) -> NodeKind {
        NodeKind(
            name: "@spo/rhai.\(name).0.1", aliases: [name],
            summary: "Runs a Rhai script, which finds each input, and leaves each output, in a variable.",
            inputs: [InputPort("source", types: ["string"], tooltip: "The script.")]
                + ["a", "b", "c", "d", "e"].prefix(inputs).map { InputPort($0, required: false) },
            outputs: ["u", "v", "x", "y", "z"].prefix(outputs).map { OutputPort($0, optional: true) },
            isFamily: isFamily
        ) { kind, declaration throws(NodeRefusal) in
            let script = try NodeScript(kind, declaration, clock)
            return GraphNode(
                id: declaration.id, kindName: kind.name, inputs: script.inputs,
                outputs: script.outputs.map { OutputPort($0.name, type: $0.type, optional: true) },
                defaults: declaration.defaults(for: script.inputs), conduct: kind.conduct,
                brief: script.isBrief ? script.brief : nil, isLong: true, work: script.work)
        }
    }
}

/// The script of one node.
private struct NodeScript: Sendable {
    let inputs: [InputPort]
    let outputs: [OutputPort]
    private let clock: Clock
    /// What the document says, read when the graph is built; nil if the script comes on an edge.
    private let configured: (source: String, program: RhaiProgram)?

    /// The first input has the source, whatever its name.
    init(_ kind: NodeKind, _ declaration: NodeDeclaration, _ clock: Clock) throws(NodeRefusal) {
        inputs = declaration.inputs.isEmpty ? kind.inputs : declaration.inputs
        outputs = declaration.outputs.isEmpty ? kind.outputs : declaration.outputs
        self.clock = clock
        switch inputs.first.flatMap({ declaration.config[$0.name]?.value }) {
        case nil, .null?:
            guard !declaration.inputs.isEmpty else { throw NodeRefusal("no source code input") }
            configured = nil
        case .string(let source)?:
            do throws(RhaiError) {
                configured = (source, try RhaiProgram(source))
            } catch {
                throw NodeRefusal("\(error)")
            }
        case .some: throw NodeRefusal("the script is not a text")
        }
    }

    var isBrief: Bool { configured?.program.isBrief == true }

    @Sendable func work(_ call: NodeCall) -> NodeStep {
        do {
            let host = host(of: call) { call.log($0) }
            let results = try run(
                try program(of: call), call, host, RhaiBudget(seconds: Limits.scriptSecondsMax))
            return .done(.outputs(results))
        } catch {
            return .done(.failed("\(error)"))
        }
    }

    /// The work of a script that is short by what it says, on little: given up if it turns out to be more. A script
    /// changes nothing, so it may be run again from its beginning.
    @Sendable func brief(_ call: NodeCall) -> NodeStep? {
        guard let configured, isConfigured(call), isSmall(call.inputs) else {
            return nil
        }
        let lines = ScriptLines()
        do {
            let results = try run(
                configured.program, call, host(of: call) { lines.add($0) },
                RhaiBudget(operations: Limits.briefScriptOperationsMax))
            guard isSmall(results) else { return nil }
            for line in lines.all { call.log(line) }
            return .done(.outputs(results))
        } catch let error as RhaiError where error.kind == .tooManyOperations {
            return nil
        } catch {
            for line in lines.all { call.log(line) }
            return .done(.failed("\(error)"))
        }
    }

    /// Whether the configured script is the one to run.
    private func isConfigured(_ call: NodeCall) -> Bool {
        guard let configured, let first = inputs.first, case .string(let source)? = call.inputs[first.name]
        else { return false }
        return source.isSameText(as: configured.source)
    }

    private func isSmall(_ values: ValueMap) -> Bool {
        let most = Limits.briefScriptBytesMax
        return Value.map(values).approximateBytes(upTo: most) <= most
    }

    private func program(of call: NodeCall) throws -> RhaiProgram {
        if let configured, isConfigured(call) { return configured.program }
        guard let first = inputs.first, let source = call.inputs[first.name] else {
            throw NodeFailure("missing input: \(inputs.first?.name ?? "source")")
        }
        return try RhaiProgram(String(reading: source))
    }

    private func run(
        _ program: RhaiProgram, _ call: NodeCall, _ host: RhaiHost, _ budget: RhaiBudget
    ) throws -> ValueMap {
        var variables: [(name: String, value: Value)] = []
        for input in inputs.dropFirst() {
            guard let value = call.inputs[input.name] ?? (input.isRequired ? nil : .null) else { continue }
            guard !value.holdsSecret else { throw NodeFailure.secret }
            variables.append((input.name, value))
        }
        let environment = call.context.environment.sorted { $0.key < $1.key }
        let result = try program.run(
            variables, environment: environment.map { ($0.key, $0.value) }, host: host, budget: budget)
        var found = ValueMap()
        for output in outputs { found[output.name] = try result.variable(output.name) }
        if found.isEmpty, outputs.count == 1 { found[outputs[0].name] = try result.last() }
        return found
    }

    private func host(of call: NodeCall, _ log: @escaping @Sendable (RunLogLine) -> Void) -> RhaiHost {
        let clock = clock
        let budget = LogBudget()
        let log: @Sendable (RunLogLine) -> Void = { line in
            guard let line = budget.allowed(line) else { return }
            log(line)
        }
        return RhaiHost(
            clock: { Double(clock.now().nanoseconds) / 1e9 },
            random: { UInt64.random(in: 0...UInt64.max) },
            log: { level, text, line, column in
                switch level {
                case .info: log(RunLogLine(level: .info, content: text))
                case .debug:
                    log(RunLogLine(level: .debug, module: "script.rhai:\(line):\(column)", content: text))
                }
            },
            isCancelled: { call.cancellation.isCancelled })
    }
}

/// How much one execution may still write to the log.
private final class LogBudget: Sendable {
    private let left = Mutex((lines: Limits.scriptLogLinesMax, bytes: Limits.scriptLogBytesMax))

    /// The line, or where the budget ends one that says so; nil behind that.
    func allowed(_ line: RunLogLine) -> RunLogLine? {
        left.withLock { left in
            guard left.lines > 0 else { return nil }
            left.lines -= 1
            left.bytes -= line.content.utf8.count
            guard left.lines > 0, left.bytes >= 0 else {
                left.lines = 0
                return RunLogLine(level: .warn, content: "what else the script prints is left out")
            }
            return line
        }
    }
}

/// Lines of a run that may be given up.
private final class ScriptLines: Sendable {
    private let lines = Mutex<[RunLogLine]>([])

    var all: [RunLogLine] { lines.withLock { $0 } }

    func add(_ line: RunLogLine) { lines.withLock { $0.append(line) } }
}
