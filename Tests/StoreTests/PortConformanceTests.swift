import Chain
import Engine
import Primitives
import Synchronization
import TestKit
import TestTraits
import Testing
import Values

@testable import Store

/// What every implementation of the engine's ports must do: the one in memory, on which the engine is tested, and
/// the one on Postgres.
///
/// Port: RunJournal. Implementations: PostgresJournal, MemoryStorage.
/// Port: FlowCatalog. Implementations: PostgresCatalog, MemoryStorage.
@Suite(.blocking) struct `The engine's ports` {
    enum Kind: CaseIterable {
        case memory, postgres
    }

    /// One implementation with the user that its runs belong to.
    private final class Ports {
        let journal: any RunJournal
        let catalog: any FlowCatalog
        let memory: MemoryStorage?
        let harness: StorageHarness?
        let user: UserID

        init(_ kind: Kind) throws {
            switch kind {
            case .memory:
                let memory = MemoryStorage()
                (journal, catalog, harness, user) = (memory, memory, nil, UserID(.random()))
                self.memory = memory
            case .postgres:
                let harness = try StorageHarness()
                (journal, catalog) = (harness.storage.journal, harness.storage.catalog)
                (self.harness, memory, user) = (harness, nil, harness.user)
            }
        }

        deinit { harness?.storage.stop() }

        func record(_ run: RunID, owner: UserID? = nil) -> RunRecord {
            RunRecord(
                id: run, owner: owner ?? user, startedBy: nil, flow: nil, snapshot: StorageHarness.snapshot,
                inputs: [:],
                environment: [:], terms: ChainTerms(), bundling: "Off", createdAt: Clock.system.now())
        }

        func events(_ run: RunID, after: UInt64 = 0, limit: Int = 100) throws -> [RunEvent] {
            try answer { catalog.events(of: run, after: after, limit: limit, reply: $0) }.get()
        }
    }

    @Test(arguments: Kind.allCases) func `tell each lane about its own runs, in order`(kind: Kind) throws {
        let ports = try Ports(kind)
        let laneCount = 3
        let boxes = (0..<laneCount).map { _ in NoticeBox() }
        for (lane, box) in boxes.enumerated() {
            ports.journal.addListener(lane: lane, of: laneCount) { box.add($0) }
        }
        let runs = (0..<12).map { _ in RunID.make(at: Clock.system.now()) }
        for run in runs {
            var script = EventScript(run: run, owner: ports.user)
            ports.journal.append([.created(ports.record(run))])
            ports.journal.append([script.add(.flowStarted)])
            ports.journal.append([script.add(.flowFinished(notRun: [], output: [:], status: .finished))])
        }
        for run in runs {
            let box = boxes[run.lane(of: laneCount)]
            #expect(box.wait { $0.durable(run) == 2 })
        }
        for (lane, box) in boxes.enumerated() {
            var told: [RunID: UInt64] = [:]
            for notice in box.all {
                guard case .durable(let run, let sequence) = notice else { continue }
                #expect(run.lane(of: laneCount) == lane)
                #expect(told[run].map { $0 < sequence } ?? true)
                told[run] = sequence
            }
        }
        #expect(ports.journal.pressure == .low)
    }

    @Test(arguments: Kind.allCases) func `give back every event, in pages`(kind: Kind) throws {
        let ports = try Ports(kind)
        let box = NoticeBox()
        ports.journal.addListener(lane: 0, of: 1) { box.add($0) }
        let run = RunID.make(at: Clock.system.now())
        let node = NodeExecution(node: StorageHarness.nodes[0], times: 2)
        var script = EventScript(run: run, owner: ports.user)
        let line = RunLogLine(level: .debug, module: "m", content: "c")
        ports.journal.append([
            .created(ports.record(run)), script.add(.flowLogged(line)), script.add(.flowStarted),
            script.add(.nodeStarted(node, input: everyValue)), script.add(.nodeLogged(node, line)),
            script.add(.nodeOutput(node, output: ["b": .u64(1), "a": .u64(2)])),
            script.add(.nodeFailed(node, error: "e")), script.add(.nodeFinished(node)),
            script.add(.flowFailed(error: "f")),
            script.add(.flowFinished(notRun: StorageHarness.nodes, output: [:], status: .failed)),
        ])
        #expect(box.wait { $0.durable(run) == 9 })
        let all = script.events.map { "\($0)" }
        #expect(try ports.events(run).map { "\($0)" } == all)
        #expect(try ports.events(run, after: 3, limit: 2).map { "\($0)" } == Array(all[3..<5]))
        #expect(try ports.events(run, after: 9).isEmpty)
        #expect(try ports.events(run, after: .max).isEmpty)
        #expect(try ports.events(RunID(.random())).isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func `tell the creation of a run by itself, and refuse a run whose origin is gone, with all of it`(
        kind: Kind
    )
        throws
    {
        let ports = try Ports(kind)
        let box = NoticeBox()
        ports.journal.addListener(lane: 0, of: 1) { box.add($0) }
        let (good, refused) = (RunID.make(at: Clock.system.now()), RunID.make(at: Clock.system.now()))
        ports.journal.append([.created(ports.record(good))])
        #expect(box.wait { $0.durable(good) == 0 })
        // Its owner has been deleted.
        let owner = UserID(.random())
        ports.memory?.refuseRuns(.originGone)
        var script = EventScript(run: refused, owner: owner)
        ports.journal.append([.created(ports.record(refused, owner: owner)), script.add(.flowStarted)])
        #expect(box.wait { $0.refusal(refused) != nil })
        #expect(box.refusal(refused) == .originGone && box.durable(refused) == nil)
        ports.journal.append([script.add(.flowFinished(notRun: [], output: [:], status: .stopped))])
        var others = EventScript(run: good, owner: ports.user)
        ports.journal.append([others.add(.flowStarted)])
        #expect(box.wait { $0.durable(good) == 1 })
        #expect(box.durable(refused) == nil && box.refusal(good) == nil)
        #expect(try ports.events(refused).isEmpty)
        #expect(try answer { ports.catalog.run(refused, reply: $0) }.get() == nil)
    }
}
