import Engine
import Primitives
import TestKit
import Testing
import Values

@Suite(.timeLimit(.minutes(5))) struct `A start that is not written down` {
    /// Makes every lane take a turn.
    private func turn(_ bench: EngineBench) async throws {
        for lane in 0..<2 as Range<UInt64> {
            let run = RunID(UniqueID(high: 1, low: lane))
            _ = try await bench.ask(
                .control(ControlRequest(.stop, of: run, principals: [.user(EngineBench.owner)])))
        }
    }

    @Test func `is refused in time, and its run ends as stopped`() async throws {
        let time = MadeClock(at: 1_700_000_000)
        let working = Inbox<NodeCall>()
        var sketch = GraphSketch()
        sketch.node("n", outputs: [OutputPort("out")]) { call in
            working.put(call)
            return .pending
        }
        let bench = try EngineBench([7: sketch], clock: time.clock)
        bench.storage.hold()
        let replies = Inbox<EngineReply>()
        bench.engine.perform(
            .start(StartRequest(.own(.number(7)), starter: .user(EngineBench.owner)))
        ) { replies.put($0) }
        let call = try await working.next()
        time.advance(milliseconds: Int64(Limits.startAnswerMillisecondsMax))
        try await turn(bench)
        try await replies.next().expectBusy()

        bench.storage.release()
        let end = try await bench.storage.next(in: call.run) { content in
            if case .flowFinished(let end) = content { end.status } else { nil }
        }
        #expect(end == .stopped)
        #expect(call.cancellation.isCancelled)
        #expect(
            bench.storage.errors(of: call.run) == ["canceled by user the start was not written down in time"])
    }

    @Test func `is answered as ever if it is written down before`() async throws {
        let time = MadeClock(at: 1_700_000_000)
        let working = Inbox<NodeCall>()
        var sketch = GraphSketch()
        sketch.node("n", outputs: [OutputPort("out")]) { call in
            working.put(call)
            return .pending
        }
        sketch.output("o")
        sketch.connect("n.out -> o.o")
        let bench = try EngineBench([7: sketch], clock: time.clock)
        for _ in 0..<3 {
            let run = try await bench.started(7)
            time.advance(milliseconds: Int64(Limits.startAnswerMillisecondsMax))
            try await turn(bench)
            try await working.next().complete(.outputs(["out": .string("x")]))
            #expect(try await bench.output(of: run) == "{o: x}")
        }
    }
}
