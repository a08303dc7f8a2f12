import Primitives
import Synchronization
import TestKit
import Testing
import Values

@testable import Engine

/// A node that lets an hour pass, and says each time that it begins to.
private func waiting(_ begun: Inbox<Bool>) -> GraphSketch {
    var sketch = GraphSketch()
    sketch.constant("x", .string("x"))
    sketch.node("w", inputs: [InputPort("a")], outputs: [OutputPort("out")], conduct: .waiting) { call in
        begun.put(true)
        return .wait(.seconds(3_600), then: .outputs(["out": call.inputs["a"] ?? .null]))
    }
    sketch.output("o")
    sketch.connect("x.out -> w.a")
    sketch.connect("w.out -> o.o")
    return sketch
}

private let minute: Int64 = 60_000

@Suite(.timeLimit(.minutes(5))) struct `A wait` {
    private let made = MadeClock(at: 1_000_000)
    private let begun = Inbox<Bool>()

    /// - Parameter made: the time of this server; that of one which was killed stands still, so that it writes nothing more.
    private func bench(after first: EngineBench? = nil, _ made: MadeClock? = nil) throws -> EngineBench {
        try EngineBench(
            [7: waiting(begun)], storage: first?.storage ?? MemoryStorage(),
            inputs: first?.inputs, clock: (made ?? self.made).clock)
    }

    /// The run sleeps: whatever the clock says from now on, its lane does not look at it by itself.
    private func isAsleep(_ bench: EngineBench) async throws {
        _ = try await begun.next()
        let deadline = ContinuousClock.now + .seconds(60)
        while await bench.engine.waits().allSatisfy({ $0.sleeping == 0 }) {
            guard ContinuousClock.now < deadline else {
                throw Surprise(
                    expected: "an execution that sleeps, within a minute", await bench.engine.waits())
            }
            await Task.yield()
        }
    }

    /// Lets the lane of a run look at the time.
    private func look(_ bench: EngineBench, _ run: RunID) async throws {
        _ = try await bench.ask(.control(ControlRequest(.stop, of: run, principals: [])))
    }

    private func end(_ bench: EngineBench, _ run: RunID) async throws -> String {
        let output = try await bench.storage.next(in: run) { content in
            if case .flowFinished(let end) = content, end.status == .finished { end.output } else { nil }
        }
        return GraphSketch.text(.map(output))
    }

    @Test func `ends when it is due, over any number of servers and whatever its flow says`() async throws {
        let first = try bench()
        let run = try await first.started(7)
        try await isAsleep(first)
        var (server, made) = (first, made)
        for quarter in 1...3 {
            made = MadeClock(at: 1_000_000 + Int64(quarter) * 900)
            server = try bench(after: server, made)
            server.engine.resume([ClaimedRun(run: run, parent: nil)])
            try await isAsleep(server)
        }
        try await look(server, run)
        #expect(server.storage.events(of: run).last?.isEnd == false, "it has a quarter of an hour left")
        // Events of one moment are told apart by nanoseconds, from which a later server counts.
        made.advance(milliseconds: 15 * minute + 1)
        try await look(server, run)
        #expect(try await end(server, run) == "{o: x}")
    }

    @Test func `that is overdue ends at once`() async throws {
        let first = try bench()
        let run = try await first.started(7)
        try await isAsleep(first)
        let second = try bench(after: first, MadeClock(at: 1_000_000 + 600 * 60))
        second.engine.resume([ClaimedRun(run: run, parent: nil)])
        #expect(try await end(second, run) == "{o: x}")
        let starts = second.storage.events(of: run).count { event in
            if case .nodeStarted = event.content { true } else { false }
        }
        #expect(starts == 3, "it is the same execution")
    }

    @Test func `leaves nothing behind where it was stopped`() async throws {
        // More waits than deadlines are kept without a look at them, again and again: memory would grow for a year.
        let bench = try bench()
        for _ in 0..<3 {
            for _ in 0..<2 * Limits.laneDeadlinesKept {
                let run = try await bench.started(7)
                _ = try await begun.next()
                let stop = ControlRequest(.stop, of: run, principals: [.user(EngineBench.owner)])
                try await bench.ask(.control(stop)).expectAccepted()
                // Runs that have just ended are remembered for a moment.
                made.advance(milliseconds: 10)
            }
        }
        let counts = await bench.engine.waits()
        #expect(counts.allSatisfy { $0.deadlines <= 2 * Limits.laneDeadlinesKept })
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Work that must not be done twice` {
    /// A node that changes something.
    private func changing(_ calls: Inbox<NodeCall>) -> GraphSketch {
        var sketch = GraphSketch()
        sketch.node("w", outputs: [OutputPort("out")], conduct: .changing) { call in
            calls.put(call)
            return .done(.outputs(["out": .u64(1)]))
        }
        sketch.output("o")
        sketch.connect("w.out -> o.o")
        return sketch
    }

    @Test func `begins when it is certain that the next server knows of it`() async throws {
        let calls = Inbox<NodeCall>()
        // Time stands still: a start that is not written down in time would be refused.
        let bench = try EngineBench([7: changing(calls)], clock: MadeClock(at: 1_000_000).clock)
        bench.storage.hold()
        let replies = Inbox<EngineReply>()
        let request = StartRequest(.own(.number(7)), starter: .user(EngineBench.owner), inputs: [:])
        bench.engine.perform(.start(request)) { replies.put($0) }
        // A run of the same flow in another engine shows that a start has had its turn.
        for low: UInt64 in 0..<64 {
            _ = try await bench.ask(
                .control(ControlRequest(.stop, of: RunID(UniqueID(high: 0, low: low)), principals: [])))
        }
        #expect(calls.isEmpty, "nothing is durable yet")
        bench.storage.release()
        let run = try await replies.next().expectStarted()
        _ = try await calls.next()
        #expect(try await bench.output(of: run) == "{o: 1}")
    }
}
