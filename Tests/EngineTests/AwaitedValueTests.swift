import Engine
import Primitives
import TestKit
import Testing
import Values

private func asking(timeLimit: Duration? = nil) -> GraphSketch {
    var sketch = GraphSketch()
    sketch.constant("x", .string("before"))
    sketch.awaiting("a", timeLimit: timeLimit)
    sketch.join("j", [InputPort("p"), InputPort("q")])
    sketch.output("o")
    sketch.connect("x.out -> j.p")
    sketch.connect("a.value -> j.q")
    sketch.connect("j.out -> o.o")
    return sketch
}

/// A record whose requests are all answered at once, by somebody who does not tell the engine.
private struct AnsweredElsewhere: InputRequests {
    let memory: MemoryInputs

    func record(_ request: InputRequest, reply: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        let unexpiring = InputRequest(
            run: request.run, execution: request.execution, keyHash: request.keyHash, expiresAt: nil)
        memory.record(unexpiring) { result in
            memory.resolve(keyHash: request.keyHash, .submitted(.string("unheard"))) { _ in reply(result) }
        }
    }

    func resolve(
        keyHash: [UInt8], _ answer: InputAnswer,
        reply: @escaping @Sendable (Result<InputRequest?, StorageError>) -> Void
    ) {
        memory.resolve(keyHash: keyHash, answer, reply: reply)
    }

    func isAwaited(keyHash: [UInt8], reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void) {
        memory.isAwaited(keyHash: keyHash, reply: reply)
    }

    func answered(
        _ keyHashes: [[UInt8]],
        reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) {
        memory.answered(keyHashes, reply: reply)
    }

    func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) {
        memory.requests(of: run, reply: reply)
    }
}

extension EngineBench {
    /// The key in the address that a run waits under.
    fileprivate func key(of run: RunID) async throws -> String {
        let url = try await storage.next(in: run) { content in
            if case .inputRequested(let asked) = content { asked.url } else { nil }
        }
        #expect(url.hasPrefix("at:"))
        return String(url.dropFirst("at:".count))
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Values that runs wait for` {
    @Test func `come from outside, once`() async throws {
        let bench = try EngineBench([7: asking()])
        let run = try await bench.started(7)
        let key = try await bench.key(of: run)
        try await bench.ask(.answerInput(key: key, .submitted(.string("yes")))).expectAccepted()
        #expect(try await bench.output(of: run) == "{o: before+yes}")
        try await bench.ask(.answerInput(key: key, .submitted(.null))).expectRefused(.notFound)
        try await bench.ask(.answerInput(key: "guessed", .canceled)).expectRefused(.notFound)
    }

    @Test func `can be refused`() async throws {
        let bench = try EngineBench([7: asking()])
        let run = try await bench.started(7)
        _ = try await bench.ask(.answerInput(key: try await bench.key(of: run), .canceled))
        #expect(try await bench.output(of: run) == "{}")
        #expect(bench.storage.errors(of: run) == ["canceled by user"])
    }

    @Test func `may come too late`() async throws {
        let bench = try EngineBench([7: asking(timeLimit: .milliseconds(1))])
        let run = try await bench.started(7)
        #expect(try await bench.output(of: run) == "{}")
        #expect(bench.storage.errors(of: run) == ["timeout"])
        let key = try await bench.key(of: run)
        try await bench.ask(.answerInput(key: key, .submitted(.null))).expectRefused(.notFound)
    }

    @Test func `are found at the latest when the time is over, if nobody told the run`() async throws {
        let storage = MemoryStorage()
        let bench = try EngineBench([7: asking(timeLimit: .milliseconds(1))], storage: storage) { ports in
            ports.inputs = AnsweredElsewhere(memory: MemoryInputs(storage))
        }
        let run = try await bench.started(7)
        #expect(try await bench.output(of: run) == "{o: before+unheard}")
    }

    @Test func `end a run that is taken up if they were hidden when they were stored`() async throws {
        let first = try EngineBench([7: asking()])
        let run = try await first.started(7)
        let key = try await first.key(of: run)
        let secret = Value.secret(SecretValue(.null, shownAs: .string("seen")))
        first.inputs.resolve(keyHash: Array(key.utf8), .submitted(secret)) { _ in }
        let second = try EngineBench([7: asking()], storage: first.storage, inputs: first.inputs)
        second.engine.resume([ClaimedRun(run: run, parent: nil)])
        #expect(try await second.settledOutput(of: run) == "{}")
        #expect(try second.storage.end(of: run).status == .crashed)
    }

    @Test func `are not waited for any more when the run is stopped`() async throws {
        let bench = try EngineBench([7: asking()])
        let run = try await bench.started(7)
        let key = try await bench.key(of: run)
        _ = try await bench.ask(
            .control(ControlRequest(.stop, of: run, principals: [.user(EngineBench.owner)])))
        _ = try await bench.output(of: run)
        try await bench.ask(.answerInput(key: key, .submitted(.null))).expectRefused(.notFound)
    }

    @Test func `are still waited for after a restart`() async throws {
        let first = try EngineBench([7: asking()])
        let run = try await first.started(7)
        let key = try await first.key(of: run)
        let drained = Inbox<Bool>()
        // Waiting runs do not hold a stop up and are not ended by it.
        first.engine.drain(within: .seconds(3600)) { drained.put(true) }
        _ = try await drained.next()
        let sequence = first.storage.events(of: run).last?.sequence
        #expect(first.storage.events(of: run).last?.isEnd == false)

        let second = try EngineBench([7: asking()], storage: first.storage, inputs: first.inputs)
        second.engine.resume([ClaimedRun(run: run, parent: nil)])
        try await second.ask(.answerInput(key: key, .submitted(.string("late")))).expectAccepted()
        #expect(try await second.settledOutput(of: run) == "{o: before+late}")
        #expect(second.storage.events(of: run)[Int(sequence ?? 0)].sequence == (sequence ?? 0) + 1)
        let starts = second.storage.events(of: run).count { event in
            if case .nodeStarted = event.content { true } else { false }
        }
        #expect(starts == 4)
    }

    @Test func `that came while no server was there are found by the next one`() async throws {
        let first = try EngineBench([7: asking()])
        let run = try await first.started(7)
        let key = try await first.key(of: run)
        // The first engine is as good as dead: nothing that it would do is waited for.
        first.inputs.resolve(keyHash: Array(key.utf8), .submitted(.string("meanwhile"))) { _ in }
        let second = try EngineBench([7: asking()], storage: first.storage, inputs: first.inputs)
        second.engine.resume([ClaimedRun(run: run, parent: nil)])
        #expect(try await second.settledOutput(of: run) == "{o: before+meanwhile}")
    }

    @Test func `of nested runs survive with the runs around them`() async throws {
        var outer = GraphSketch()
        outer.nested("call", flow: .number(8), inputs: [], outputs: ["o"])
        outer.output("r")
        outer.connect("call.o -> r.r")
        let first = try EngineBench([7: outer, 8: asking()])
        let run = try await first.started(7)
        let child = try await first.storage.nextRun(beside: run)
        let key = try await first.key(of: child)
        let second = try EngineBench([7: outer, 8: asking()], storage: first.storage, inputs: first.inputs)
        second.engine.resume([ClaimedRun(run: run, parent: nil), ClaimedRun(run: child, parent: run)])
        try await second.ask(.answerInput(key: key, .submitted(.string("deep")))).expectAccepted()
        #expect(try await second.settledOutput(of: run) == "{r: before+deep}")
    }

    @Test func `do not save a run in which other work was cut off`() async throws {
        var sketch = asking()
        sketch.node("work", outputs: []) { _ in .pending }
        let first = try EngineBench([7: sketch])
        let run = try await first.started(7)
        let key = try await first.key(of: run)
        let second = try EngineBench([7: sketch], storage: first.storage, inputs: first.inputs)
        second.engine.resume([ClaimedRun(run: run, parent: nil)])
        #expect(try await second.settledOutput(of: run) == "{}")
        let end = try second.storage.end(of: run)
        #expect(end.status == .crashed && end.notRun.count == 2)
        try await second.ask(.answerInput(key: key, .submitted(.null))).expectRefused(.notFound)
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Runs whose author allows repetition` {
    /// Starts the flow, leaves it when its node is at work, and has another engine take it up, where the node answers
    /// with its input.
    private static func resumed(
        _ conduct: NodeConduct, resumesOnCrash: Bool
    ) async throws -> (bench: EngineBench, run: RunID) {
        var sketches: [GraphSketch] = []
        for answers in [false, true] {
            var sketch = GraphSketch()
            sketch.constant("x", .string("x"))
            sketch.node("n", inputs: [InputPort("a")], outputs: [OutputPort("out")], conduct: conduct) {
                call in
                answers ? .done(.outputs(["out": call.inputs["a"] ?? .null])) : .pending
            }
            sketch.output("o")
            sketch.connect("x.out -> n.a")
            sketch.connect("n.out -> o.o")
            sketches.append(sketch)
        }
        let first = try EngineBench([7: sketches[0]], resumesOnCrash: resumesOnCrash)
        let run = try await first.started(7)
        _ = try await first.storage.next(in: run) { content in
            if case .nodeStarted(let start) = content, start.execution.node == GraphSketch.id(1) {
                true
            } else {
                nil
            }
        }
        let second = try EngineBench([7: sketches[1]], storage: first.storage, inputs: first.inputs)
        second.engine.resume([ClaimedRun(run: run, parent: nil)])
        return (second, run)
    }

    @Test func `do again what may be done again`() async throws {
        let (bench, run) = try await Self.resumed(.reading, resumesOnCrash: true)
        #expect(try await bench.settledOutput(of: run) == "{o: x}")
        let starts = bench.storage.events(of: run).count { event in
            if case .nodeStarted(let start) = event.content {
                start.execution.node == GraphSketch.id(1)
            } else {
                false
            }
        }
        #expect(starts == 1, "it is the same execution")
        #expect(bench.storage.events(of: run).map(\.sequence) == (1...UInt64(11)).map { $0 })
    }

    @Test(arguments: [(NodeConduct.changing, true), (NodeConduct.reading, false)])
    func `do nothing again that must not be`(conduct: NodeConduct, isAllowed: Bool) async throws {
        let (bench, run) = try await Self.resumed(conduct, resumesOnCrash: isAllowed)
        #expect(try await bench.settledOutput(of: run) == "{}")
        #expect(try bench.storage.end(of: run).status == .crashed)
    }
}

extension EngineBench {
    /// The output once the journal has the run's end: a run that is being taken up is not known for a moment.
    fileprivate func settledOutput(of run: RunID) async throws -> String {
        GraphSketch.text(
            .map(
                try await storage.next(in: run) { content in
                    if case .flowFinished(let end) = content { end.output } else { nil }
                }))
    }
}
