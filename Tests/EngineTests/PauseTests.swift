import Dispatch
import Primitives
import TestKit
import Testing
import Values

@testable import Engine

private let owner = EngineBench.owner
/// The run that is paused, and one around it.
private let this = RunID(UniqueID(high: 3, low: 3))
private let around = RunID(UniqueID(high: 4, low: 4))

extension MachineDriver {
    fileprivate mutating func pause(_ run: RunID = this, reason: String? = nil) {
        apply([.controlled(RunControl(.pause, of: run, reason: reason))])
    }

    fileprivate mutating func resume(_ run: RunID = this) {
        apply([.controlled(RunControl(.resume, of: run))])
    }
}

/// A machine that has begun: `a`, behind it `b`, and what comes of it.
private func begun() throws -> MachineDriver {
    var sketch = GraphSketch()
    sketch.constant("a", .u64(1))
    sketch.join("b", [InputPort("in")])
    sketch.output("o")
    sketch.connect("a.out -> b.in")
    sketch.connect("b.out -> o.o")
    var driver = MachineDriver(try sketch.graph())
    driver.apply([.started])
    return driver
}

@Suite struct `A machine that is paused` {
    @Test func `lets nodes end and starts none before it is resumed`() throws {
        var driver = try begun()
        driver.pause(reason: "a look")
        driver.finishRounds()
        #expect(
            driver.lines == [
                "flow start", "start a#0 {}", "flow paused", "output a#0 {out: 1}", "finish a#0",
            ])
        #expect(!driver.machine.hasEnded)
        guard case .flowPaused(let paused) = driver.events[2].content else {
            throw Surprise(expected: "flowPaused", driver.events[2].content)
        }
        #expect(paused.askedOf == this && paused.reason == "a look")
        driver.resume()
        #expect(driver.lines.suffix(2) == ["flow running", "start b#0 {in: 1}"])
        driver.finishRounds()
        #expect(driver.result?.status == .finished)
        #expect(driver.result.map { GraphSketch.text(.map($0.output)) } == "{o: 1}")
    }

    @Test func `does not end, though nothing is left to do`() throws {
        var sketch = GraphSketch()
        sketch.constant("a", .u64(1))
        var driver = MachineDriver(try sketch.graph())
        driver.apply([.started])
        driver.pause()
        driver.finishRounds()
        #expect(!driver.machine.hasEnded)
        driver.resume()
        #expect(driver.result?.status == .finished)
    }

    @Test func `starts nothing in the batch in which it is paused`() throws {
        var driver = try begun()
        driver.apply([
            .nodeEnded(node: 0, times: 0, .outputs(["out": .u64(1)])),
            .controlled(RunControl(.pause, of: this)),
        ])
        #expect(driver.lines.last == "flow paused")
        driver.apply([
            .controlled(RunControl(.resume, of: this)), .controlled(RunControl(.pause, of: this)),
        ])
        #expect(driver.lines.suffix(2) == ["flow running", "flow paused"])
    }

    @Test(arguments: [false, true]) func `can be stopped`(isGraceful: Bool) throws {
        var driver = try begun()
        driver.pause()
        driver.apply([.stopRequested(reason: "enough", isGraceful: isGraceful)])
        driver.finishRounds()
        #expect(driver.result?.status == .stopped)
        #expect(!driver.lines.contains { $0.hasPrefix("start b") })
        var idle = try begun()
        idle.pause()
        idle.finishRounds()
        idle.apply([.stopRequested(reason: "enough", isGraceful: isGraceful)])
        #expect(idle.result?.status == .stopped, "nothing is at work that a grace would be for")
    }

    @Test func `says each pause and each end of one once, and goes on when none holds`() throws {
        var driver = try begun()
        driver.resume()
        driver.pause()
        driver.pause()
        driver.pause(around)
        driver.finishRounds()
        driver.resume()
        driver.resume()
        #expect(
            driver.lines.filter { $0.hasPrefix("flow") }.dropFirst() == [
                "flow paused", "flow paused", "flow paused",
            ], "the last one tells that a pause is over and another one holds")
        guard case .flowResumed(let first)? = driver.events.last?.content else {
            throw Surprise(expected: "flowResumed", driver.events.last?.content)
        }
        #expect(first.askedOf == this && first.isStillPaused)
        driver.resume(around)
        #expect(driver.lines.suffix(2) == ["flow running", "start b#0 {in: 1}"])
    }

    @Test func `is paused still when it is made from its journal`() throws {
        var driver = try begun()
        driver.pause(around, reason: "a look")
        driver.finishRounds()
        let rebuilt = try RunMachine.rebuilt(
            graph: driver.graph, inputs: ValueMap(), from: driver.events, at: Timestamp(seconds: 1))
        #expect(rebuilt.machine.hasSameState(as: driver.machine))
        #expect(rebuilt.step.events.isEmpty && rebuilt.step.orders.isEmpty)
        driver.machine = rebuilt.machine
        driver.resume(around)
        #expect(driver.lines.last == "start b#0 {in: 1}")
    }
}

/// An engine whose record of controls is kept, as by a database.
private struct Bench {
    let storage: MemoryStorage
    let controls: MemoryRunControls
    let inputs: MemoryInputs
    let engine: EngineBench
    let flows: [Int32: GraphSketch]

    init(_ flows: [Int32: GraphSketch], clock: Clock = .system) throws {
        let storage = MemoryStorage()
        try self.init(flows, storage, MemoryRunControls(storage), MemoryInputs(storage), clock)
    }

    private init(
        _ flows: [Int32: GraphSketch], _ storage: MemoryStorage, _ controls: MemoryRunControls,
        _ inputs: MemoryInputs, _ clock: Clock
    ) throws {
        (self.flows, self.storage, self.controls, self.inputs) = (flows, storage, controls, inputs)
        engine = try EngineBench(flows, storage: storage, inputs: inputs, clock: clock) {
            $0.controls = controls
        }
    }

    /// Another server on the same storage.
    func next() throws -> Bench { try Bench(flows, storage, controls, inputs, .system) }

    func ask(
        _ kind: RunControl.Kind, _ run: RunID, by user: UserID = owner, reason: String? = nil
    ) async throws -> EngineReply {
        try await engine.ask(
            .control(ControlRequest(kind, of: run, principals: [.user(user)], reason: reason)))
    }

    /// The run says so many times that it is paused.
    func isPaused(_ run: RunID, times: Int = 1) async throws {
        try await storage.eventually { count(of: .flowPaused, in: run) >= times ? () : nil }
    }

    func count(of kind: RunEventKind, in run: RunID) -> Int {
        storage.events(of: run).count { $0.content.kind == kind }
    }

    /// The key of the value that a run waits for.
    func key(of run: RunID) async throws -> String {
        let address = try await storage.next(in: run) { content in
            if case .inputRequested(let asked) = content { asked.url } else { nil }
        }
        return String(address.dropFirst("at:".count))
    }

    /// A run that is paused, and of which nothing is at work any more.
    func idleRun() async throws -> RunID {
        let run = try await engine.started(7)
        _ = try await key(of: run)
        try await ask(.pause, run).expectAccepted()
        try await isPaused(run)
        try await answer(run)
        try await hasFinished(1, in: run)
        return run
    }

    func answer(_ run: RunID) async throws {
        try await engine.ask(.answerInput(key: key(of: run), .submitted(.string("yes")))).expectAccepted()
    }

    func hasFinished(_ count: Int, in run: RunID) async throws {
        try await storage.eventually { self.count(of: .nodeFinished, in: run) >= count ? () : nil }
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A run that is paused` {
    @Test func `starts no node until it is resumed`() async throws {
        let bench = try Bench([7: .asking()])
        let run = try await bench.engine.started(7)
        _ = try await bench.key(of: run)
        try await bench.ask(.pause, run, reason: "a look").expectAccepted()
        try await bench.isPaused(run)
        try await bench.answer(run)
        try await bench.hasFinished(1, in: run)
        #expect(bench.count(of: .nodeStarted, in: run) == 1)
        try await bench.ask(.pause, run).expectAccepted()
        try await bench.ask(.resume, run).expectAccepted()
        #expect(try await bench.engine.output(of: run) == "{out: yes}")
        #expect(bench.count(of: .flowPaused, in: run) == 1 && bench.count(of: .flowResumed, in: run) == 1)
        try await bench.ask(.pause, run).expectRefused(.notFound)
    }

    @Test func `is its owner's: others are refused, as are runs that are not there`() async throws {
        let bench = try Bench([7: .asking()])
        let run = try await bench.engine.started(7)
        _ = try await bench.key(of: run)
        for kind in [RunControl.Kind.pause, .resume] {
            try await bench.ask(kind, run, by: EngineBench.stranger).expectRefused(.unauthorized)
            try await bench.ask(kind, RunID(.random())).expectRefused(.notFound)
        }
        let token = ControlRequest(.pause, of: run, principals: [.run(run)])
        try await bench.engine.ask(.control(token)).expectAccepted()
        try await bench.isPaused(run)
    }

    @Test func `is refused to those it is shared with`() throws {
        let reader = UserID(UniqueID(high: 9, low: 9))
        let access = RunAccess(run: this, owner: owner, sharedWith: [reader])
        let kinds = RunControl.Kind.allCases.map { kind in
            ControlRequest(kind, of: this, principals: [.user(reader)]).control(of: access)?.kind
        }
        #expect(kinds == [.stopActs, nil, nil, nil])
    }

    @Test func `stops as any other`() async throws {
        let bench = try Bench([7: .asking()])
        let run = try await bench.engine.started(7)
        _ = try await bench.key(of: run)
        try await bench.ask(.pause, run).expectAccepted()
        try await bench.isPaused(run)
        try await bench.ask(.stop, run, reason: "enough").expectAccepted()
        #expect(try await bench.engine.output(of: run) == "{}")
        #expect(bench.storage.errors(of: run) == ["canceled by user enough"])
        #expect(try bench.storage.end(of: run).status == .stopped)
    }

    @Test func `pauses the runs that its nodes have started, and resumes them`() async throws {
        let bench = try Bench([7: .calling(), 8: .asking()])
        let run = try await bench.engine.started(7)
        let child = try await bench.storage.nextRun(beside: run)
        _ = try await bench.key(of: child)
        try await bench.ask(.pause, run, reason: "both").expectAccepted()
        try await bench.isPaused(child)
        let asked = try await bench.storage.next(in: child) { content in
            if case .flowPaused(let paused) = content { paused } else { nil }
        }
        #expect(asked.askedOf == run && asked.reason == "both")
        try await bench.answer(child)
        try await bench.hasFinished(1, in: child)
        #expect(bench.count(of: .nodeStarted, in: child) == 1)
        try await bench.ask(.resume, run).expectAccepted()
        #expect(try await bench.engine.output(of: run) == "{o: yes}")
    }

    @Test func `pauses a nested run by itself as well`() async throws {
        let bench = try Bench([7: .calling(), 8: .asking()])
        let run = try await bench.engine.started(7)
        let child = try await bench.storage.nextRun(beside: run)
        _ = try await bench.key(of: child)
        try await bench.ask(.pause, child).expectAccepted()
        try await bench.isPaused(child)
        #expect(bench.count(of: .flowPaused, in: run) == 0)
        try await bench.ask(.pause, run).expectAccepted()
        try await bench.isPaused(child, times: 2)
        try await bench.answer(child)
        try await bench.hasFinished(1, in: child)
        try await bench.ask(.resume, run).expectAccepted()
        try await bench.storage.eventually { bench.count(of: .flowResumed, in: child) == 1 ? () : nil }
        #expect(bench.count(of: .nodeStarted, in: child) == 1, "its own pause holds")
        try await bench.ask(.resume, child).expectAccepted()
        #expect(try await bench.engine.output(of: run) == "{o: yes}")
    }

    @Test func `starts its nested runs paused`() async throws {
        let (working, gate) = (Inbox<RunID>(), DispatchSemaphore(value: 0))
        var late = GraphSketch()
        late.nested("late", flow: .number(8), inputs: [], outputs: ["out"]) { call in
            working.put(call.run)
            gate.wait()
        }
        let bench = try Bench([7: late, 8: .asking()])
        let run = try await bench.engine.started(7)
        _ = try await working.next()
        try await bench.ask(.pause, run).expectAccepted()
        try await bench.isPaused(run)
        gate.signal()
        let child = try await bench.storage.nextRun(beside: run)
        try await bench.isPaused(child)
        #expect(bench.count(of: .nodeStarted, in: child) == 0)
        try await bench.ask(.resume, run).expectAccepted()
        try await bench.answer(child)
        _ = try await bench.engine.output(of: child)
    }

    @Test func `keeps the deadlines of what it waits for`() async throws {
        let time = MadeClock(at: 1_700_000_000)
        var sketch = GraphSketch()
        sketch.awaiting("a", timeLimit: .seconds(60))
        sketch.output("out")
        sketch.connect("a.value -> out.out")
        let bench = try Bench([7: sketch], clock: time.clock)
        let run = try await bench.engine.started(7)
        _ = try await bench.key(of: run)
        try await bench.ask(.pause, run).expectAccepted()
        try await bench.isPaused(run)
        time.advance(milliseconds: 61_000)
        // Any message lets the lane look at its clock.
        _ = try await bench.engine.ask(.watch(run, principals: [.user(owner)]))
        try await bench.hasFinished(1, in: run)
        #expect(bench.storage.errors(of: run) == ["timeout"])
        #expect(bench.storage.events(of: run).last?.isEnd == false)
    }

    @Test(arguments: [false, true])
    func `is paused at the next server, which starts nothing first`(isTold: Bool) async throws {
        let bench = try Bench([7: .calling(), 8: .asking()])
        let run = try await bench.engine.started(7)
        let child = try await bench.storage.nextRun(beside: run)
        _ = try await bench.key(of: child)
        if isTold {
            try await bench.ask(.pause, run).expectAccepted()
            try await bench.isPaused(child)
        }
        let drained = Inbox<Bool>()
        bench.engine.engine.drain(within: .seconds(3_600)) { drained.put(true) }
        _ = try await drained.next()
        let next = try bench.next()
        // The pause is written down, and nobody has carried it out.
        if !isTold { try await next.ask(.pause, run).expectAccepted() }
        try await next.answer(child)
        next.engine.engine.resume([
            ClaimedRun(run: child, parent: run), ClaimedRun(run: run, parent: nil),
        ])
        try await next.hasFinished(1, in: child)
        #expect(next.count(of: .nodeStarted, in: child) == 1)
        try await next.isPaused(run)
        #expect(next.count(of: .flowPaused, in: child) == 1 && next.count(of: .flowPaused, in: run) == 1)
        try await next.ask(.resume, run).expectAccepted()
        #expect(try await next.engine.output(of: run) == "{o: yes}")
    }

    @Test func `is left to the next server though nothing of it is at work`() async throws {
        let bench = try Bench([7: .asking()])
        let run = try await bench.idleRun()
        let drained = Inbox<Bool>()
        bench.engine.engine.drain(within: .seconds(3_600)) { drained.put(true) }
        _ = try await drained.next()
        #expect(bench.storage.events(of: run).last?.isEnd == false)
        let next = try bench.next()
        next.engine.engine.resume([ClaimedRun(run: run, parent: nil)])
        try await next.ask(.resume, run).expectAccepted()
        #expect(try await next.engine.output(of: run) == "{out: yes}")
    }

    @Test func `hears what its server has missed, though nothing of it is at work`() async throws {
        let bench = try Bench([7: .asking()])
        let run = try await bench.idleRun()
        try await bench.next().ask(.resume, run).expectAccepted()
        bench.engine.engine.hear(.anythingHappened)
        let output = try await bench.storage.next(in: run) { content in
            if case .flowFinished(let end) = content { end.output } else { nil }
        }
        #expect(GraphSketch.text(.map(output)) == "{out: yes}")
    }

    @Test func `is paused and resumed by servers that do not have it`() async throws {
        let bench = try Bench([7: .asking()])
        let run = try await bench.engine.started(7)
        _ = try await bench.key(of: run)
        let other = try bench.next()
        try await other.ask(.pause, run, by: EngineBench.stranger).expectRefused(.unauthorized)
        try await other.ask(.pause, run, reason: "from afar").expectAccepted()
        bench.engine.engine.hear(.runTouched(run))
        try await bench.isPaused(run)
        try await other.ask(.resume, run).expectAccepted()
        bench.engine.engine.hear(.runTouched(run))
        try await bench.storage.eventually { bench.count(of: .flowResumed, in: run) == 1 ? () : nil }
    }
}
