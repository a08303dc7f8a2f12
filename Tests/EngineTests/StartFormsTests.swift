import Chain
import Primitives
import TestKit
import Testing
import Values

@testable import Engine

private func line() -> GraphSketch {
    var sketch = GraphSketch()
    sketch.constant("x", .string("x"))
    sketch.join("j", [InputPort("a")])
    sketch.output("o")
    sketch.connect("x.out -> j.a")
    sketch.connect("j.out -> o.o")
    return sketch
}

/// A node of this conduct.
private func conducting(_ conduct: NodeConduct) -> GraphSketch {
    var sketch = GraphSketch()
    sketch.node("n", outputs: [], conduct: conduct) { _ in .done(.outputs([:])) }
    return sketch
}

@Suite(.timeLimit(.minutes(5))) struct `Parts of a flow` {
    @Test func `run on what an earlier run put out`() async throws {
        let bench = try EngineBench([7: line()])
        let earlier = try await bench.started(7)
        _ = try await bench.output(of: earlier)
        let part = PartialConfig(
            onlyNodes: [GraphSketch.id(1), GraphSketch.id(2)], runs: [:], defaultRun: earlier)
        let run = try await bench.started(7, partial: part)
        #expect(try await bench.output(of: run) == "{o: x}")
        let nodes = bench.storage.events(of: run).compactMap { event in
            if case .nodeStarted(let start) = event.content { start.execution.node } else { nil }
        }
        #expect(nodes == [GraphSketch.id(1), GraphSketch.id(2)])
    }

    @Test func `see only runs of their owner, and say what is missing`() async throws {
        let bench = try EngineBench([7: line()])
        let part = PartialConfig(onlyNodes: [GraphSketch.id(1)], runs: [:], defaultRun: RunID(.random()))
        let run = try await bench.started(7, partial: part)
        #expect(try await bench.output(of: run) == "{}")
        let errors = bench.storage.events(of: run).compactMap { event in
            if case .flowFailed(let failure) = event.content { failure.error } else { nil }
        }
        #expect(errors == [#"no value for port "a""#])
    }

    @Test func `must be parts of the flow`() async throws {
        let bench = try EngineBench([7: line()])
        let part = PartialConfig(onlyNodes: [GraphSketch.id(40)], runs: [:], defaultRun: nil)
        let problems = try await bench.start(7, partial: part).expectInvalidFlow()
        #expect(problems.description == "node not found in partial_config: \(GraphSketch.id(40))")
        #expect(bench.storage.runCount == 0)
    }

    @Test func `spread what a loop put out, and gather it again`() async throws {
        var sketch = GraphSketch()
        sketch.constant("x", .array([.u64(1), .u64(2)]))
        sketch.foreach("f")
        sketch.join("j", [InputPort("a")])
        sketch.collect("c")
        sketch.output("o")
        sketch.connect("x.out -> f.array")
        sketch.connect("f.element -> j.a")
        sketch.connect("j.out -> c.element")
        sketch.connect("c.array -> o.o")
        let bench = try EngineBench([7: sketch])
        let earlier = try await bench.started(7)
        _ = try await bench.output(of: earlier)
        // Behind the loop's head, and behind its body: both are loops for what follows.
        for first in [2, 3] {
            let part = PartialConfig(
                onlyNodes: (first...4).map { GraphSketch.id($0) }, runs: [:], defaultRun: earlier)
            let run = try await bench.started(7, partial: part)
            #expect(try await bench.output(of: run) == "{o: [1, 2]}", "from node \(first) on")
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Read-only starts` {
    @Test func `run what changes nothing`() async throws {
        let bench = try EngineBench([7: line(), 8: conducting(.reading)])
        for flow: Int32 in [7, 8] {
            try await bench.start(flow, isReadOnly: true).expectStarted()
        }
    }

    @Test(arguments: [
        NodeConduct.changing, NodeConduct(readCapability: .interactive, repetition: .always, timeLimit: nil),
    ])
    func `are refused before anything starts`(conduct: NodeConduct) async throws {
        let bench = try EngineBench([7: conducting(conduct)])
        let refusal = try await bench.start(7, isReadOnly: true).expectRefusal()
        guard case .readViolation(let violation) = refusal else {
            throw Surprise(expected: "readViolation", refusal)
        }
        #expect(violation == .node(GraphSketch.id(0), kind: "n", conduct.readCapability))
        #expect(bench.storage.runCount == 0)
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Nodes under way` {
    @Test func `that take too long fail, and the run goes on`() async throws {
        var sketch = GraphSketch()
        var conduct = NodeConduct.pure
        conduct.timeLimit = .milliseconds(1)
        let cancelled = Inbox<Bool>()
        sketch.node("slow", outputs: [OutputPort("out", optional: true)], conduct: conduct) { call in
            call.cancellation.whenCancelled { cancelled.put(true) }
            return .pending
        }
        sketch.constant("x", .u64(1))
        sketch.output("o")
        sketch.connect("x.out -> o.o")
        let bench = try EngineBench([7: sketch])
        let run = try await bench.started(7)
        #expect(try await bench.output(of: run) == "{o: 1}")
        #expect(bench.storage.errors(of: run) == ["the node took longer than 0 seconds"])
        #expect(try await cancelled.next())
    }

    @Test func `that are stopped hear of it`() async throws {
        var sketch = GraphSketch()
        let (working, cancelled) = (Inbox<Bool>(), Inbox<Bool>())
        sketch.node("slow", outputs: []) { call in
            call.cancellation.whenCancelled { cancelled.put(true) }
            working.put(true)
            return .pending
        }
        let bench = try EngineBench([7: sketch])
        let run = try await bench.started(7)
        _ = try await working.next()
        _ = try await bench.ask(
            .control(ControlRequest(.stop, of: run, principals: [.user(EngineBench.owner)])))
        #expect(try await cancelled.next())
        #expect(try await bench.output(of: run) == "{}")
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Secrets in a run` {
    private static let pair: Bytes64 = Bytes64(Array(repeating: 7, count: 64)) ?? { preconditionFailure() }()

    /// Everything that is left of a run and all runs beside it.
    private static func traces(_ storage: MemoryStorage) -> String {
        storage.runIDs.map { run in
            let record = storage.record(of: run)
            return "\(record.map { ValueJSONText.of($0.inputs) } ?? "") "
                + storage.events(of: run).map { ValueJSONText.of($0.content) }.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    @Test func `of the vault reach the node that uses them and nobody else`() async throws {
        var sketch = GraphSketch()
        let seen = Inbox<String>()
        sketch.node(
            "n", inputs: [InputPort("key", types: ["string"], passthrough: true)],
            outputs: [OutputPort("out")],
            vault: ["key": VaultName(provider: "openai", label: "main")]
        ) { call in
            if case .string(let text)? = call.inputs.revealed["key"] { seen.put(text) }
            return .done(.outputs(["out": call.inputs["key"] ?? .null]))
        }
        sketch.output("o")
        sketch.connect("n.out -> o.o")
        let vault = MemoryVault()
        vault.set(VaultName(provider: "openai", label: "main"), of: EngineBench.owner, to: "sesame-7261")
        let bench = try EngineBench([7: sketch]) { $0.vault = vault }
        let run = try await bench.started(7)
        #expect(try await seen.next() == "sesame-7261")
        _ = try await bench.output(of: run)
        let traces = Self.traces(bench.storage)
        #expect(traces.contains("<vault:openai/main>") && !traces.contains("sesame"))
    }

    @Test func `that the owner does not have keep the flow from starting`() async throws {
        var sketch = GraphSketch()
        sketch.node(
            "n", inputs: [InputPort("key")], outputs: [],
            vault: ["key": VaultName(provider: "openai", label: "main")]
        ) { _ in .done(.outputs([:])) }
        let bench = try EngineBench([7: sketch]) { $0.vault = MemoryVault() }
        let problems = try await bench.start(7).expectInvalidFlow()
        #expect(
            problems.description
                == "node \(GraphSketch.id(0)):key references missing vault secret openai/main")
    }

    /// Each form in which 64 bytes are sent.
    private static let forms: [Value] = [
        .b64(pair), .bytes(pair.bytes), .string(Base58.encode(pair.bytes)),
        .array(pair.bytes.map { .u64(UInt64($0)) }), .map(["within": .bytes(pair.bytes)]),
    ]

    @Test(arguments: forms.indices) func `among values are key pairs, wherever they come from`(form: Int)
        async throws
    {
        let form = Self.forms[form]
        var sketch = GraphSketch()
        sketch.input("given")
        sketch.constant("made", .array([form]))
        sketch.output("a")
        sketch.output("b")
        sketch.connect("given.given -> a.a")
        sketch.connect("made.out -> b.b")
        let bench = try EngineBench([7: sketch]) { $0.secretFinder = KeyPairFinder { $0 == Self.pair } }
        let run = try await bench.started(7, inputs: ["given": form])
        let output = try await bench.output(of: run)
        let traces = Self.traces(bench.storage)
        #expect(!traces.contains(Base58.encode(Self.pair.bytes)))
        #expect(!traces.contains(Base64.encode(Self.pair.bytes)))
        #expect(!traces.contains(Self.pair.bytes.map { #"{"U":"\#($0)"}"# }.joined(separator: ",")))
        #expect(output.contains("public_key"))
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Outputs of a flow` {
    /// A loop over `count` elements, straight into two flow outputs of which one is always an array.
    private static func flow(_ count: Int) -> GraphSketch {
        var sketch = GraphSketch()
        sketch.constant("x", .array((0..<count).map { .u64(UInt64($0)) }))
        sketch.foreach("f")
        sketch.output("any")
        sketch.output("all", isAlwaysArray: true)
        sketch.connect("x.out -> f.array")
        sketch.connect("f.element -> any.any")
        sketch.connect("f.element -> all.all")
        return sketch
    }

    /// Spec flow-engine 5.10, nodes 6.17.
    @Test(arguments: [
        (0, "{all: []}"), (1, "{any: 0, all: [0]}"), (2, "{any: [0, 1], all: [0, 1]}"),
    ])
    func `have a shape that depends on the count, unless they are always arrays`(count: Int, output: String)
        throws
    {
        var driver = MachineDriver(try Self.flow(count).graph())
        driver.runToTheEnd()
        #expect(GraphSketch.text(.map(driver.machine.output)) == output)
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A flow that runs others` {
    @Test func `may come to a bounded number of them`() async throws {
        var wide = GraphSketch()
        var flows: [Int32: GraphSketch] = [:]
        for number in 0..<Int32(Limits.flowsPerStartMax) {
            wide.nested("call \(number)", flow: .number(100 + number), inputs: [], outputs: [])
            flows[100 + number] = GraphSketch()
        }
        flows[7] = wide
        let bench = try EngineBench(flows)
        let problems = try await bench.start(7).expectInvalidFlow()
        #expect(problems.description.contains("too many other flows"))
    }
}
