import Engine
import Primitives
import TestKit
import Testing
import Values

extension EngineBench {
    fileprivate func isAsked(_ run: RunID) async throws {
        try await storage.next(in: run) { content in
            if case .inputRequested = content { () } else { nil }
        }
    }
}

/// Writes requests down at once, and says so when it is told to.
private struct LateInputs: InputRequests {
    struct Held: Sendable {
        let request: InputRequest
        let confirm: @Sendable () -> Void
    }

    let memory: MemoryInputs
    let held = Inbox<Held>()

    func record(_ request: InputRequest, reply: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        memory.record(request) { result in held.put(Held(request: request) { reply(result) }) }
    }

    func resolve(
        keyHash: [UInt8], _ answer: InputAnswer,
        reply: @escaping @Sendable (Result<InputRequest?, StorageError>) -> Void
    ) { memory.resolve(keyHash: keyHash, answer, reply: reply) }

    func isAwaited(keyHash: [UInt8], reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void) {
        memory.isAwaited(keyHash: keyHash, reply: reply)
    }

    func answered(
        _ keyHashes: [[UInt8]],
        reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) { memory.answered(keyHashes, reply: reply) }

    func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) { memory.requests(of: run, reply: reply) }
}

@Suite(.timeLimit(.minutes(5))) struct `A server that stops` {
    @Test func `does not withdraw what a run that it leaves has just asked for`() async throws {
        let storage = MemoryStorage()
        let late = LateInputs(memory: MemoryInputs(storage))
        let bench = try EngineBench([7: .asking()], storage: storage) { ports in ports.inputs = late }
        let run = try await bench.started(7)
        let held = try await late.held.next()
        let drained = Inbox<Bool>()
        bench.engine.drain(within: .zero) { drained.put(true) }
        _ = try await drained.next()
        held.confirm()
        // The lane takes this call after the news of the request.
        _ = try await bench.ask(.watch(run, principals: [.user(EngineBench.owner)]))
        let isAwaited = Inbox<Bool>()
        late.isAwaited(keyHash: held.request.keyHash) { isAwaited.put((try? $0.get()) ?? false) }
        #expect(try await isAwaited.next())
    }

    @Test func `lets a run end whose nested run is at work`() async throws {
        let working = Inbox<NodeCall>()
        var slow = GraphSketch()
        slow.node("w", outputs: [OutputPort("out")]) { call in
            working.put(call)
            return .pending
        }
        slow.output("out")
        slow.connect("w.out -> out.out")
        let bench = try EngineBench([7: .calling(), 8: slow])
        let run = try await bench.started(7)
        let call = try await working.next()
        let drained = Inbox<Bool>()
        bench.engine.drain(within: .seconds(3600)) { drained.put(true) }
        call.complete(.outputs(["out": .u64(1)]))
        _ = try await drained.next()
        let end = try bench.storage.end(of: run)
        #expect(end.status == .finished)
        #expect(GraphSketch.text(.map(end.output)) == "{o: 1}")
    }

    @Test func `leaves a run with its nested run if that waits for a value`() async throws {
        let bench = try EngineBench([7: .calling(), 8: .asking()])
        let run = try await bench.started(7)
        let child = try await bench.storage.nextRun(beside: run)
        try await bench.isAsked(child)
        let drained = Inbox<Bool>()
        bench.engine.drain(within: .seconds(3600)) { drained.put(true) }
        _ = try await drained.next()
        #expect(bench.storage.events(of: run).last?.isEnd == false)
        #expect(bench.storage.events(of: child).last?.isEnd == false)
    }

    @Test func `sends those away who wait for the output of a run that it leaves`() async throws {
        let bench = try EngineBench([7: .asking()])
        let run = try await bench.started(7)
        try await bench.isAsked(run)
        let replies = Inbox<EngineReply>()
        bench.engine.perform(.output(run, principals: [.user(EngineBench.owner)])) { replies.put($0) }
        bench.engine.drain(within: .seconds(3600)) {}
        try await replies.next().expectBusy()
    }

    /// A node that is at work until its run is left.
    private func working(_ conduct: NodeConduct) -> (sketch: GraphSketch, calls: Inbox<NodeCall>) {
        let calls = Inbox<NodeCall>()
        var sketch = GraphSketch()
        sketch.node("w", outputs: [OutputPort("out")], conduct: conduct) { call in
            calls.put(call)
            return .pending
        }
        return (sketch, calls)
    }

    /// A node that lets an hour pass beside one that waits for a value.
    private func waitingBesideAsking() -> GraphSketch {
        var sketch = GraphSketch.asking()
        sketch.node("w", conduct: .waiting) { _ in .wait(.seconds(3600), then: .outputs([:])) }
        return sketch
    }

    private func drained(_ bench: EngineBench, within grace: Duration) async throws {
        let drained = Inbox<Bool>()
        bench.engine.drain(within: grace) { drained.put(true) }
        _ = try await drained.next()
    }

    @Test func `leaves a run that may be repeated, once its time is over`() async throws {
        let (sketch, calls) = working(.reading)
        let bench = try EngineBench([7: sketch], resumesOnCrash: true)
        let run = try await bench.started(7)
        let call = try await calls.next()
        try await drained(bench, within: .zero)
        #expect(bench.storage.events(of: run).last?.isEnd == false)
        #expect(call.cancellation.isCancelled, "nobody waits for its work")
    }

    @Test(arguments: [(NodeConduct.reading, false), (NodeConduct.changing, true)])
    func `ends what must not be done again`(conduct: NodeConduct, isAllowed: Bool) async throws {
        let (sketch, calls) = working(conduct)
        let bench = try EngineBench([7: sketch], resumesOnCrash: isAllowed)
        let run = try await bench.started(7)
        _ = try await calls.next()
        try await drained(bench, within: .zero)
        #expect(try bench.storage.end(of: run).status == .stopped)
    }

    @Test func `leaves a run whose value and whose time are waited for, nested as well`() async throws {
        let bench = try EngineBench([7: .calling(), 8: waitingBesideAsking()])
        let run = try await bench.started(7)
        let child = try await bench.storage.nextRun(beside: run)
        try await bench.isAsked(child)
        try await drained(bench, within: .seconds(60))
        #expect(bench.storage.events(of: run).last?.isEnd == false)
        #expect(bench.storage.events(of: child).last?.isEnd == false)
    }

    @Test func `lets a wait end that is due before its time is over`() async throws {
        let made = MadeClock(at: 1_000_000)
        var sketch = GraphSketch()
        let slept = Inbox<Bool>()
        sketch.node("w", outputs: [OutputPort("out")], conduct: .waiting) { _ in
            slept.put(true)
            return .wait(.seconds(6), then: .outputs(["out": .u64(1)]))
        }
        let bench = try EngineBench([7: sketch], clock: made.clock)
        let run = try await bench.started(7)
        _ = try await slept.next()
        let drained = Inbox<Bool>()
        bench.engine.drain(within: .seconds(10)) { drained.put(true) }
        made.advance(milliseconds: 7_000)
        // Each lane looks at the time.
        _ = try await bench.ask(.control(ControlRequest(.stop, of: run, principals: [])))
        _ = try await drained.next()
        #expect(try bench.storage.end(of: run).status == .finished)
    }

    @Test func `ends a run that was told to stop, whatever time it was given`() async throws {
        let bench = try EngineBench([7: .asking()])
        let run = try await bench.started(7)
        try await bench.isAsked(run)
        let graceful = ControlRequest(
            .stop, of: run, principals: [.user(EngineBench.owner)], grace: .seconds(3600), reason: "enough")
        try await bench.ask(.control(graceful)).expectAccepted()
        try await drained(bench, within: .zero)
        #expect(try bench.storage.end(of: run).status == .stopped)
    }
}
