import Engine
import Primitives
import TestKit
import Testing
import Values

private let owner = EngineBench.owner
private let stranger = EngineBench.stranger

private func adding() -> GraphSketch {
    var sketch = GraphSketch()
    sketch.constant("x", .u64(1))
    sketch.output("o")
    sketch.connect("x.out -> o.o")
    return sketch
}

private func waiting() -> GraphSketch {
    var sketch = GraphSketch()
    sketch.node("w", outputs: [OutputPort("out")]) { _ in
        .wait(.seconds(3600), then: .outputs(["out": .u64(1)]))
    }
    return sketch
}

@Suite(.timeLimit(.minutes(5))) struct `The engine` {
    @Test func `runs a flow and gives its output`() async throws {
        let bench = try EngineBench([7: adding()])
        let run = try await bench.started(7)
        let output = try await bench.ask(.output(run, principals: [.user(owner)])).expectOutput()
        #expect(GraphSketch.text(.map(output)) == "{o: 1}")
        #expect(bench.storage.events(of: run).map(\.sequence) == (1...8).map { UInt64($0) })
    }

    @Test func `answers a start only when the run is durable`() async throws {
        // Its time stands still: no start is late.
        let bench = try EngineBench([7: adding()], clock: MadeClock(at: 1_700_000_000).clock)
        bench.storage.hold()
        let replies = Inbox<EngineReply>()
        bench.engine.perform(.start(StartRequest(.own(.number(7)), starter: .user(owner)))) {
            replies.put($0)
        }
        // Another lane-crossing question has its answer first, so the start had every chance.
        let asked = Inbox<EngineReply>()
        for _ in 0..<20 {
            bench.engine.perform(.output(RunID(.random()), principals: [])) { asked.put($0) }
            _ = try await asked.next()
        }
        #expect(replies.isEmpty)
        bench.storage.release()
        try await replies.next().expectStarted()
    }

    @Test(arguments: [
        (JournalRefusal.originGone, EngineError.notFound), (.invalidRecord("why"), .storage(.failed)),
    ])
    func `says why storage takes no record of a run`(
        refusal: JournalRefusal, error: EngineError
    ) async throws {
        let bench = try EngineBench([7: adding()])
        bench.storage.refuseRuns(refusal)
        try await bench.start(7).expectRefused(error)
        #expect(bench.storage.runCount == 0)
    }

    @Test func `knows no flow of somebody else`() async throws {
        let bench = try EngineBench([7: adding()])
        try await bench.ask(.start(StartRequest(.own(.number(7)), starter: .user(stranger))))
            .expectRefused(.notFound)
        #expect(bench.storage.runCount == 0)
    }

    @Test func `gives output and events to readers only`() async throws {
        let bench = try EngineBench([7: adding()])
        let run = try await bench.started(7)
        try await bench.ask(.output(run, principals: [.user(stranger)])).expectRefused(.unauthorized)
        try await bench.ask(.watch(run, principals: [])).expectRefused(.unauthorized)
        try await bench.ask(.watch(RunID(.random()), principals: [.user(owner)])).expectRefused(.notFound)
        try await bench.ask(.output(run, principals: [.run(run)])).expectOutput()
    }

    @Test func `refuses starts while the journal is full, and takes them again`() async throws {
        let bench = try EngineBench([7: adding()])
        bench.storage.setPressure(.full)
        try await bench.start(7).expectBusy()
        bench.storage.setPressure(.low)
        _ = try await bench.started(7)
    }

    @Test func `lets runs go on while storage is away, and ends them when it is back`() async throws {
        // Its time stands still: no start is late.
        let bench = try EngineBench([7: adding()], clock: MadeClock(at: 1_700_000_000).clock)
        let run = try await bench.started(7)
        _ = try await bench.ask(.output(run, principals: [.user(owner)]))
        bench.storage.hold()
        let replies = Inbox<EngineReply>()
        bench.engine.perform(.start(StartRequest(.own(.number(7)), starter: .user(owner)))) {
            replies.put($0)
        }
        // The next question is answered behind the start, so the run has begun.
        let asked = Inbox<EngineReply>()
        for _ in 0..<20 {
            bench.engine.perform(.output(RunID(.random()), principals: [])) { asked.put($0) }
            _ = try await asked.next()
        }
        bench.storage.setPressure(.away)
        try await bench.start(7).expectBusy()
        bench.storage.setPressure(.low)
        bench.storage.release()
        let late = try await replies.next().expectStarted()
        #expect(try await bench.output(of: late) == "{o: 1}")
    }

    @Test func `starts no nodes while the journal is behind, and goes on when it has caught up`() async throws
    {
        let bench = try EngineBench([7: adding()])
        bench.storage.setPressure(.high)
        let run = try await bench.started(7)
        #expect(bench.storage.events(of: run).count == 2)
        bench.storage.setPressure(.low)
        try await bench.ask(.output(run, principals: [.user(owner)])).expectOutput()
    }

    @Test func `stops a run whose node waits for an hour at once`() async throws {
        let bench = try EngineBench([7: waiting()])
        let run = try await bench.started(7)
        try await bench.ask(.control(ControlRequest(.stop, of: run, principals: [.user(stranger)])))
            .expectRefused(.unauthorized)
        try await bench.ask(
            .control(ControlRequest(.stop, of: run, principals: [.user(owner)], reason: "enough"))
        )
        .expectAccepted()
        try await bench.ask(.output(run, principals: [.user(owner)])).expectOutput()
        try await bench.ask(.control(ControlRequest(.stop, of: run, principals: [.user(owner)])))
            .expectRefused(.notFound)
        let errors = bench.storage.events(of: run).compactMap { event in
            if case .nodeFailed(let failure) = event.content {
                failure.error
            } else {
                nil
            }
        }
        #expect(errors == ["canceled by user enough"])
    }

    @Test func `drains: refuses starts, ends what does not end by itself, then says so`() async throws {
        let bench = try EngineBench([7: waiting()])
        let run = try await bench.started(7)
        let drained = Inbox<Bool>()
        bench.engine.drain(within: .milliseconds(10)) { drained.put(true) }
        _ = try await drained.next()
        #expect(bench.storage.events(of: run).last?.isEnd == true)
        try await bench.start(7).expectBusy()
    }

    @Test func `a reader who comes right after a short run has it from memory`() async throws {
        // On this clock the moment does not pass.
        let bench = try EngineBench([7: adding()], clock: Clock(now: Clock.system.now, steady: { 0 }))
        let run = try await bench.started(7)
        _ = try await bench.ask(.output(run, principals: [.user(owner)]))
        let feed = try await bench.ask(.watch(run, principals: [.user(owner)])).expectWatching()
        let pull = feed.pull(after: 0, track: .first, bytesMax: 1000)
        guard case .messages(let messages, _) = pull else { throw Surprise(expected: "messages", pull) }
        #expect(messages.count == 8)
        try await bench.ask(.watch(run, principals: [.user(stranger)])).expectRefused(.unauthorized)
        try await bench.ask(.output(run, principals: [.user(stranger)])).expectRefused(.unauthorized)
    }

    @Test func `a late reader of a long run is sent to storage`() async throws {
        var sketch = GraphSketch()
        sketch.constant("x", .array((0..<100).map { .u64(UInt64($0)) }))
        sketch.foreach("f")
        sketch.join("m", [InputPort("a")])
        sketch.connect("x.out -> f.array")
        sketch.connect("f.element -> m.a")
        let bench = try EngineBench([7: sketch])
        let run = try await bench.started(7)
        _ = try await bench.ask(.output(run, principals: [.user(owner)]))
        let feed = try await bench.ask(.watch(run, principals: [.user(owner)])).expectWatching()
        let pull = feed.pull(after: 0, track: .first, bytesMax: 1000)
        guard case .behind = pull else { throw Surprise(expected: "behind", pull) }
        let events = try await bench.ask(.page(run, after: 300)).expectLastPage()
        #expect(events.map(\.sequence) == (301...308).map { UInt64($0) })
    }
}
