import Primitives
import Synchronization
import TestKit
import Testing
import Values

@testable import Engine

private func asking() -> GraphSketch {
    var sketch = GraphSketch()
    sketch.awaiting("a")
    sketch.output("o")
    sketch.connect("a.value -> o.o")
    return sketch
}

/// A flow that has a nested one to load when it is taken up.
private func askingBesideCall() -> GraphSketch {
    var sketch = asking()
    sketch.input("never")
    sketch.join("j", [InputPort("p"), InputPort("q")])
    sketch.nested("call", flow: .number(8), inputs: ["in"], outputs: [])
    sketch.connect("never.never -> j.p")
    sketch.connect("a.value -> j.q")
    sketch.connect("j.out -> call.in")
    return sketch
}

/// Which question storage does not answer.
private enum Question: CaseIterable, Sendable {
    case runs, events, snapshots, flow
}

/// Storage that fails a few times at one question, or that keeps the first answers back. It gives one event of a run, and the
/// others in pages.
private final class WeakStorage: LeftRuns {
    private struct State {
        var failures: Int
        var isHolding: Bool
        var held: [@Sendable () -> Void] = []
        var askedCount = 0
    }

    private let memory: MemoryLeftRuns
    private let weakness: Question
    private let state: Mutex<State>

    init(_ bench: EngineBench, _ weakness: Question, failures: Int = 0, isHolding: Bool = false) {
        memory = MemoryLeftRuns(
            bench.storage, inputs: bench.inputs, signatures: NoSignatureRequests(), eventsMax: 1)
        self.weakness = weakness
        state = Mutex(State(failures: failures, isHolding: isHolding))
    }

    /// How many runs have been asked for.
    var askedCount: Int { state.withLock { $0.askedCount } }

    func release() {
        let held = state.withLock { state in
            state.isHolding = false
            defer { state.held = [] }
            return state.held
        }
        for answer in held { answer() }
    }

    fileprivate func fails(_ question: Question) -> Bool {
        state.withLock { state in
            guard question == weakness, state.failures > 0 else { return false }
            state.failures -= 1
            return true
        }
    }

    func runs(_ ids: [RunID], reply: @escaping @Sendable (Result<FoundRuns, StorageError>) -> Void) {
        let isHeld = state.withLock { state in
            state.askedCount += ids.count
            if state.isHolding { state.held.append { [memory] in memory.runs(ids, reply: reply) } }
            return state.isHolding
        }
        guard !isHeld else { return }
        if fails(.runs) { return reply(.failure(.overloaded)) }
        memory.runs(ids, reply: reply)
    }

    func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void
    ) {
        if fails(.events) { return reply(.failure(.unavailable)) }
        memory.events(of: id, after: after, limit: limit, reply: reply)
    }

    func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void
    ) {
        if fails(.snapshots) { return reply(.failure(.unavailable)) }
        memory.snapshots(hashes, reply: reply)
    }
}

/// A catalogue that fails when its storage does.
private struct WeakCatalog: FlowCatalog {
    let weak: WeakStorage
    let storage: MemoryStorage

    func flow(
        _ id: FlowID, knownVersion: Int64?,
        reply: @escaping @Sendable (Result<FlowRow?, StorageError>) -> Void
    ) {
        if weak.fails(.flow) { return reply(.failure(.unavailable)) }
        storage.flow(id, knownVersion: knownVersion, reply: reply)
    }

    func deployment(
        _ name: DeploymentName, reply: @escaping @Sendable (Result<DeploymentRow?, StorageError>) -> Void
    ) { storage.deployment(name, reply: reply) }

    func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void
    ) { storage.snapshots(hashes, reply: reply) }

    func run(_ id: RunID, reply: @escaping @Sendable (Result<RunSummary?, StorageError>) -> Void) {
        storage.run(id, reply: reply)
    }

    func outputs(
        of nodes: [(run: RunID, node: NodeID)], owner: UserID,
        reply: @escaping @Sendable (Result<[StoredOutput], StorageError>) -> Void
    ) { storage.outputs(of: nodes, owner: owner, reply: reply) }

    func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void
    ) { storage.events(of: id, after: after, limit: limit, reply: reply) }
}

extension EngineBench {
    fileprivate static var flows: [Int32: GraphSketch] { [7: askingBesideCall(), 8: asking()] }

    /// The key under which a run waits.
    fileprivate func key(of run: RunID) async throws -> String {
        try await storage.next(in: run) { content in
            if case .inputRequested(let asked) = content {
                String(asked.url.dropFirst("at:".count))
            } else {
                nil
            }
        }
    }

    /// An engine that follows this one, on storage that is not what it should be.
    fileprivate func successor(_ weak: WeakStorage, awaitsClaim: Bool = false) throws -> EngineBench {
        try EngineBench(
            EngineBench.flows, storage: storage, inputs: inputs, hasOwnLeftRuns: true,
            awaitsClaim: awaitsClaim
        ) { ports in
            ports.catalog = WeakCatalog(weak: weak, storage: storage)
            ports.leftRuns = weak
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Runs that are taken up` {
    @Test(arguments: Question.allCases)
    fileprivate func `are tried again when storage fails`(question: Question) async throws {
        let first = try EngineBench(EngineBench.flows)
        let run = try await first.started(7)
        let key = try await first.key(of: run)
        let second = try first.successor(WeakStorage(first, question, failures: 2))
        second.engine.resume([ClaimedRun(run: run, parent: nil)])
        try await second.ask(.answerInput(key: key, .submitted(.string("yes")))).expectAccepted()
        // What follows in the run waits for somebody else; its first output is enough to see that it goes on.
        try await first.storage.next(in: run) { content in
            if case .nodeFinished(let end) = content, end.execution.node == GraphSketch.id(0) {
                ()
            } else {
                nil
            }
        }
    }

    /// A look at all runs of the server finds them again.
    @Test func `are not taken up once more`() async throws {
        let first = try EngineBench(EngineBench.flows)
        let run = try await first.started(7)
        let other = try await first.started(7)
        for run in [run, other] { _ = try await first.key(of: run) }
        let weak = WeakStorage(first, .runs)
        let second = try first.successor(weak)
        for runs in [[run], [run, other]] {
            second.engine.resume(runs.map { ClaimedRun(run: $0, parent: nil) })
            for run in runs {
                let mine: [Principal] = [.user(EngineBench.owner)]
                try await second.ask(.watch(run, principals: mine)).expectWatching()
            }
        }
        #expect(weak.askedCount == 2)
    }

    @Test func `refuse callers when storage does not say what they are`() async throws {
        let first = try EngineBench(EngineBench.flows)
        let run = try await first.started(7)
        _ = try await first.key(of: run)
        let second = try first.successor(WeakStorage(first, .runs, failures: .max))
        second.engine.resume([ClaimedRun(run: run, parent: nil)])
        try await second.ask(.output(run, principals: [.user(EngineBench.owner)]))
            .expectRefused(.storage(.overloaded))
    }

    @Test func `keep no place for callers who have gone`() async throws {
        let first = try EngineBench(EngineBench.flows)
        let run = try await first.started(7)
        _ = try await first.key(of: run)
        let weak = WeakStorage(first, .runs, isHolding: true)
        let second = try first.successor(weak)
        second.engine.resume([ClaimedRun(run: run, parent: nil)])
        let mine: [Principal] = [.user(EngineBench.owner)]
        for _ in 0..<5_000 {
            let call = second.engine.perform(.output(run, principals: mine)) { _ in
                Issue.record("the caller has gone")
            }
            try #require(call).withdraw()
        }
        let replies = Inbox<EngineReply>()
        second.engine.perform(.output(run, principals: mine)) { replies.put($0) }
        second.engine.perform(.control(ControlRequest(.stop, of: run, principals: mine))) { replies.put($0) }
        weak.release()
        try await replies.next().expectAccepted()
        try await replies.next().expectOutput()
    }

    @Test func `are asked for a few at a time, and left when the server stops`() async throws {
        let first = try EngineBench(EngineBench.flows)
        var runs: [RunID] = []
        let count = 2 * (2 * Limits.leftRunsReadsMax * Limits.leftRunsReadMax)
        for _ in 0..<count { runs.append(try await first.started(8)) }
        for run in runs { _ = try await first.key(of: run) }
        let weak = WeakStorage(first, .runs, isHolding: true)
        let second = try first.successor(weak)
        second.engine.resume(runs.map { ClaimedRun(run: $0, parent: nil) })
        // Each lane has seen what came before this.
        for low: UInt64 in 0...1 {
            _ = try await second.ask(
                .control(ControlRequest(.stop, of: RunID(UniqueID(high: 0, low: low)), principals: [])))
        }
        #expect(weak.askedCount == 2 * Limits.leftRunsReadsMax * Limits.leftRunsReadMax)
        let drained = Inbox<Bool>()
        second.engine.drain(within: .seconds(3600)) { drained.put(true) }
        weak.release()
        _ = try await drained.next()
        #expect(runs.allSatisfy { first.storage.events(of: $0).last?.isEnd == false })
    }

    @Test func `are read in smaller pieces while somebody calls`() {
        var line = Resumptions()
        for number in 1...1_000 {
            let run = RunID(UniqueID(high: 0, low: UInt64(number)))
            line[run] = Resumption(.waits)
            line.enqueue(run)
        }
        #expect(line.nextBatch(at: 0).count == Limits.leftRunsReadMax)
        line.called(at: 0)
        #expect(line.nextBatch(at: 1).isEmpty, "one read is under way")
        line.readEnded()
        #expect(line.nextBatch(at: 1).count == Limits.crowdedLeftRunsReadMax)
        #expect(line.nextBatch(at: 1).isEmpty)
        let later = Int64(Limits.crowdedMilliseconds) * 1_000_000
        #expect(line.nextBatch(at: later).count == Limits.leftRunsReadMax)
    }

    @Test func `end when their journal is too long, behind its last event`() async throws {
        let first = try EngineBench(EngineBench.flows)
        let run = try await first.started(7)
        _ = try await first.key(of: run)
        let events = first.storage.events(of: run)
        let last = try #require(events.last)
        let line = RunLogLine(level: .info, content: "again")
        let count = UInt64(Limits.resumedEventsMax + 2 * Limits.replayPageEventsMax)
        first.storage.append(
            (1...count).map { number in
                .event(
                    run, owner: EngineBench.owner,
                    RunEvent(sequence: last.sequence + number, time: last.time, content: .flowLogged(line)))
            })
        let second = try EngineBench(EngineBench.flows, storage: first.storage, inputs: first.inputs)
        second.engine.resume([ClaimedRun(run: run, parent: nil)])
        #expect(try await second.output(of: run) == "{}")
        let tail = second.storage.events(of: run).suffix(2)
        #expect(tail.map(\.sequence) == [last.sequence + count + 1, last.sequence + count + 2])
        let end = try second.storage.end(of: run)
        #expect(end.status == .crashed)
        #expect(end.notRun.count == 3, "nodes that had started are known")
    }

    @Test func `are waited for before it is known which they are, and only then`() async throws {
        let first = try EngineBench(EngineBench.flows)
        let run = try await first.started(8)
        let key = try await first.key(of: run)
        let second = try first.successor(WeakStorage(first, .runs), awaitsClaim: true)
        let mine: [Principal] = [.user(EngineBench.owner)]
        let replies = Inbox<EngineReply>()
        second.engine.perform(.output(run, principals: mine)) { replies.put($0) }
        let strange = Inbox<EngineReply>()
        let nobody = RunID(UniqueID(high: 0, low: 9))
        second.engine.perform(.output(nobody, principals: mine)) { strange.put($0) }
        // Starts do not wait for it.
        try await second.start(8).expectStarted()
        #expect(replies.isEmpty && strange.isEmpty)
        second.engine.resume([ClaimedRun(run: run, parent: nil)], isFirst: true)
        try await strange.next().expectRefused(.notFound)
        try await second.ask(.answerInput(key: key, .submitted(.string("yes")))).expectAccepted()
        let output = try await replies.next().expectOutput()
        #expect(GraphSketch.text(.map(output)) == "{o: yes}")
    }

    @Test func `are not waited for when storage cannot say which they are`() async throws {
        let second = try EngineBench(EngineBench.flows, awaitsClaim: true)
        let replies = Inbox<EngineReply>()
        let run = RunID(UniqueID(high: 0, low: 9))
        second.engine.perform(.output(run, principals: [.user(EngineBench.owner)])) { replies.put($0) }
        second.engine.claimFailed()
        try await replies.next().expectRefused(.storage(.unavailable))
    }
}
