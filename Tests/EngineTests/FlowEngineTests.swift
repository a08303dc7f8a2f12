import Engine
import Primitives
import TestKit
import Testing
import Values

private let owner = UserID(UniqueID(high: 1, low: 1))
private let stranger = UserID(UniqueID(high: 2, low: 2))

/// A track whose messages are short and tell the sequence.
private struct PlainTrack: EventTrack {
    func encode(_ events: ArraySlice<RunEvent>, of run: RunID) -> [[UInt8]] {
        events.map { Array("\($0.sequence)".utf8) }
    }
    var tail: [UInt8]? { nil }
}

/// An engine on memory with one flow, number 7.
private struct Bench {
    let storage = MemoryStorage()
    let engine: FlowEngine
    let replies = Inbox<EngineReply>()

    init(_ sketch: GraphSketch, clock: Clock = .system) throws {
        let graph = try sketch.graph()
        storage.add(
            FlowRow(
                number: 7, uuid: UniqueID(high: 7, low: 7), owner: owner, isPublic: false, startShared: false,
                startUnverified: false, readEnabled: false, version: 1, document: Array("flow".utf8)))
        engine = FlowEngine(
            laneCount: 2, workers: 2,
            ports: EnginePorts(
                catalog: storage, journal: storage, compiler: SketchCompiler(["flow": graph]),
                tracks: TrackTable([PlainTrack()]), clock: clock, log: .silent))
    }

    func ask(_ call: EngineCall) async -> EngineReply {
        engine.perform(call) { [replies] in replies.put($0) }
        return await replies.next()
    }

    func start(_ starter: UserID = owner) async -> EngineReply {
        await ask(.start(StartRequest(flow: .number(7), starter: starter, inputs: ValueMap())))
    }

    func started() async throws -> RunID {
        guard case .started(let run) = await start() else { throw Failure() }
        return run
    }
}

private struct Failure: Error {}

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

@Suite struct `The engine` {
    @Test func `runs a flow and gives its output`() async throws {
        let bench = try Bench(adding())
        let run = try await bench.started()
        guard case .output(let output) = await bench.ask(.output(run, principals: [.user(owner)])) else {
            throw Failure()
        }
        #expect(GraphSketch.text(.map(output)) == "{o: 1}")
        #expect(bench.storage.events(of: run).map(\.sequence) == (1...8).map { UInt64($0) })
    }

    @Test func `answers a start only when the run is durable`() async throws {
        let bench = try Bench(adding())
        bench.storage.hold()
        bench.engine.perform(.start(StartRequest(flow: .number(7), starter: owner, inputs: ValueMap()))) {
            [replies = bench.replies] in replies.put($0)
        }
        // Another lane-crossing question has its answer first, so the start had every chance.
        let asked = Inbox<EngineReply>()
        for _ in 0..<20 {
            bench.engine.perform(.output(RunID(.random()), principals: [])) { asked.put($0) }
            _ = await asked.next()
        }
        #expect(bench.replies.isEmpty)
        bench.storage.release()
        guard case .started = await bench.replies.next() else { throw Failure() }
    }

    @Test func `knows no flow of somebody else`() async throws {
        let bench = try Bench(adding())
        guard case .refused(.notFound) = await bench.start(stranger) else { throw Failure() }
        #expect(bench.storage.runCount == 0)
    }

    @Test func `gives output and events to readers only`() async throws {
        let bench = try Bench(adding())
        let run = try await bench.started()
        guard case .refused(.unauthorized) = await bench.ask(.output(run, principals: [.user(stranger)]))
        else {
            throw Failure()
        }
        guard case .refused(.unauthorized) = await bench.ask(.watch(run, principals: [])) else {
            throw Failure()
        }
        guard case .refused(.notFound) = await bench.ask(.watch(RunID(.random()), principals: [.user(owner)]))
        else {
            throw Failure()
        }
        guard case .output = await bench.ask(.output(run, principals: [.run(run)])) else { throw Failure() }
    }

    @Test func `refuses starts while the journal is full, and takes them again`() async throws {
        let bench = try Bench(adding())
        bench.storage.setPressure(.full)
        guard case .refused(.busy) = await bench.start() else { throw Failure() }
        bench.storage.setPressure(.low)
        _ = try await bench.started()
    }

    @Test func `lets runs go on while storage is away, and ends them when it is back`() async throws {
        let bench = try Bench(adding())
        let run = try await bench.started()
        _ = await bench.ask(.output(run, principals: [.user(owner)]))
        bench.storage.hold()
        bench.engine.perform(.start(StartRequest(flow: .number(7), starter: owner, inputs: ValueMap()))) {
            [replies = bench.replies] in replies.put($0)
        }
        // The next question is answered behind the start, so the run has begun.
        let asked = Inbox<EngineReply>()
        for _ in 0..<20 {
            bench.engine.perform(.output(RunID(.random()), principals: [])) { asked.put($0) }
            _ = await asked.next()
        }
        bench.storage.setPressure(.away)
        guard case .refused(.busy) = await bench.start() else { throw Failure() }
        bench.storage.setPressure(.low)
        bench.storage.release()
        guard case .started = await bench.replies.next() else { throw Failure() }
    }

    @Test func `starts no nodes while the journal is behind, and goes on when it has caught up`() async throws
    {
        let bench = try Bench(adding())
        bench.storage.setPressure(.high)
        let run = try await bench.started()
        #expect(bench.storage.events(of: run).count == 2)
        bench.storage.setPressure(.low)
        guard case .output = await bench.ask(.output(run, principals: [.user(owner)])) else {
            throw Failure()
        }
    }

    @Test func `stops a run whose node waits for an hour at once`() async throws {
        let bench = try Bench(waiting())
        let run = try await bench.started()
        guard
            case .refused(.unauthorized) = await bench.ask(
                .stop(StopRequest(run: run, principals: [.user(stranger)])))
        else { throw Failure() }
        guard
            case .stopping = await bench.ask(
                .stop(StopRequest(run: run, principals: [.user(owner)], reason: "enough")))
        else { throw Failure() }
        guard case .output = await bench.ask(.output(run, principals: [.user(owner)])) else {
            throw Failure()
        }
        guard
            case .refused(.notFound) = await bench.ask(
                .stop(StopRequest(run: run, principals: [.user(owner)])))
        else {
            throw Failure()
        }
        let errors = bench.storage.events(of: run).compactMap { event in
            if case .nodeFailed(_, let error, false) = event.content { error } else { nil }
        }
        #expect(errors == ["canceled by user enough"])
    }

    @Test func `drains: refuses starts, ends what does not end by itself, then says so`() async throws {
        let bench = try Bench(waiting())
        let run = try await bench.started()
        let drained = Inbox<Bool>()
        bench.engine.drain(within: .milliseconds(10)) { drained.put(true) }
        _ = await drained.next()
        #expect(bench.storage.events(of: run).last?.isEnd == true)
        guard case .refused(.busy) = await bench.start() else { throw Failure() }
    }

    @Test func `a reader who comes right after a short run has it from memory`() async throws {
        // On this clock the moment does not pass.
        let bench = try Bench(adding(), clock: Clock(now: Clock.system.now, steady: { 0 }))
        let run = try await bench.started()
        _ = await bench.ask(.output(run, principals: [.user(owner)]))
        guard case .watching(let feed) = await bench.ask(.watch(run, principals: [.user(owner)])) else {
            throw Failure()
        }
        guard case .messages(let messages, _) = feed.pull(after: 0, track: TrackID(index: 0), bytesMax: 1000)
        else {
            throw Failure()
        }
        #expect(messages.count == 8)
        guard case .refused(.unauthorized) = await bench.ask(.watch(run, principals: [.user(stranger)]))
        else {
            throw Failure()
        }
        guard case .refused(.unauthorized) = await bench.ask(.output(run, principals: [.user(stranger)]))
        else {
            throw Failure()
        }
    }

    @Test func `a late reader of a long run is sent to storage`() async throws {
        var sketch = GraphSketch()
        sketch.constant("x", .array((0..<100).map { .u64(UInt64($0)) }))
        sketch.foreach("f")
        sketch.join("m", [InputPort("a")])
        sketch.connect("x.out -> f.array")
        sketch.connect("f.element -> m.a")
        let bench = try Bench(sketch)
        let run = try await bench.started()
        _ = await bench.ask(.output(run, principals: [.user(owner)]))
        guard case .watching(let feed) = await bench.ask(.watch(run, principals: [.user(owner)])) else {
            throw Failure()
        }
        guard case .behind = feed.pull(after: 0, track: TrackID(index: 0), bytesMax: 1000) else {
            throw Failure()
        }
        guard case .page(let events, true) = await bench.ask(.page(run, after: 300)) else { throw Failure() }
        #expect(events.map(\.sequence) == (301...308).map { UInt64($0) })
    }
}
