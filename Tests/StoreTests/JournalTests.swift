import Engine
import Foundation
import Primitives
import TestTraits
import Testing
import Values

@testable import Store

/// A run's events in order, with times that use every nanosecond.
struct EventScript {
    let run: RunID
    let owner: UserID
    private(set) var events: [RunEvent] = []
    private var time = Timestamp(nanoseconds: 1_700_000_000_123_456_789)

    init(run: RunID, owner: UserID) {
        self.run = run
        self.owner = owner
    }

    @discardableResult
    mutating func add(_ content: RunEvent.Content) -> JournalEntry {
        time = Timestamp(nanoseconds: time.nanoseconds + 1_001)
        let event = RunEvent(sequence: UInt64(events.count + 1), time: time, content: content)
        events.append(event)
        return .event(run, owner: owner, event)
    }
}

/// A value of each kind, with what is hard about it.
let everyValue: ValueMap = [
    "null": .null, "text": .string("a\u{0}b \u{1F600} \"\\"), "": .bool(true), "u": .u64(.max),
    "i": .i64(.min), "f": .f64(-0.0), "nan": .f64(.nan),
    "d": .decimal(known(Decimal96(mantissa: 100, scale: 2))),
    "i128": .i128(.min), "u128": .u128(.max),
    "b32": .b32(known(Bytes32([UInt8](repeating: 9, count: 32)))),
    "b64": .b64(known(Bytes64([UInt8](repeating: 0, count: 64)))), "by": .bytes([0, 1, 255]),
    "a": .array([.null, .array([]), .map(["z": .u64(1), "a": .u64(2)])]), "m": .map([:]),
]

@Suite(.blocking) struct `The journal on Postgres` {
    @Test func `stores a flow's content again when somebody has deleted it`() throws {
        let harness = try StorageHarness()
        defer { harness.storage.stop() }
        for _ in 0..<2 {
            let run = RunID.make(at: Clock.system.now())
            harness.storage.journal.append([.created(harness.record(run))])
            #expect(harness.notices.wait { $0.durable(run) != nil || $0.refusal(run) != nil })
            #expect(try harness.rows("SELECT id FROM flow_run") == [run.text])
            #expect(try harness.rows("SELECT count(*) FROM flow_snapshots") == ["1"])
            try harness.rows("DELETE FROM flow_run; DELETE FROM flow_snapshots")
        }
    }

    @Test func `a run is paused since the first of the pauses that hold, over batches too`() throws {
        let harness = try StorageHarness()
        defer { harness.storage.stop() }
        let run = RunID.make(at: Clock.system.now())
        var script = EventScript(run: run, owner: harness.user)
        func write(_ entries: [JournalEntry]) throws -> String? {
            harness.storage.journal.append(entries)
            let last = UInt64(script.events.count)
            #expect(harness.notices.wait { $0.durable(run) == last })
            return try harness.rows("SELECT status, paused_at FROM flow_run").first
        }
        let pause = RunEvent.Content.flowPaused(askedOf: run, reason: nil)
        let end = RunEvent.Content.flowResumed(askedOf: run, reason: nil, isStillPaused: false)
        #expect(try write([.created(harness.record(run)), script.add(.flowStarted)]) == "running|")
        let first = try write([script.add(pause)])
        #expect(first?.hasPrefix("paused|20") == true)
        #expect(try write([script.add(.flowPaused(askedOf: RunID(.random()), reason: nil))]) == first)
        #expect(try write([script.add(.flowLogged(RunLogLine(level: .info, content: "still")))]) == first)
        let later = try write([script.add(end), script.add(pause)])
        #expect(later?.hasPrefix("paused|20") == true && later != first)
        #expect(try write([script.add(end)]) == "running|")
        _ = try write([script.add(pause)])
        #expect(
            try write([script.add(.flowFinished(notRun: [], output: [:], status: .stopped))]) == "stopped|")
    }

    @Test func `a run's events come back as they were`() throws {
        let harness = try StorageHarness()
        defer { harness.storage.stop() }
        let run = RunID.make(at: Clock.system.now())
        let node = NodeExecution(node: StorageHarness.nodes[0], times: 3)
        var script = EventScript(run: run, owner: harness.user)
        script.add(.flowLogged(RunLogLine(level: .warn, content: "before the start")))
        script.add(.flowStarted)
        script.add(.nodeStarted(node, input: everyValue))
        script.add(
            .nodeLogged(node, RunLogLine(level: .trace, module: "a::b", content: "line\nwith \u{0} NUL")))
        script.add(.nodeOutput(node, output: everyValue))
        script.add(.nodeFailed(node, error: "it \u{0} failed"))
        script.add(.nodeFailed(node, error: "so this failed"))
        script.add(.nodeFinished(node))
        script.add(.flowFailed(error: "the run failed"))
        script.add(.flowFinished(notRun: [StorageHarness.nodes[1]], output: everyValue, status: .failed))
        harness.storage.journal.append(
            [.created(harness.record(run))] + script.events.map { .event(run, owner: harness.user, $0) })
        #expect(harness.notices.wait { $0.durable(run) == 10 })

        let stored = try answer { harness.storage.catalog.events(of: run, after: 0, limit: 100, reply: $0) }
            .get()
        #expect(stored.map { "\($0)" } == script.events.map { "\($0)" })
        #expect(stored.map(\.time) == script.events.map(\.time))
    }
}
