import Chain
import Engine
import Primitives
import TestKit
import TestTraits
import Testing

@testable import Store

/// What every record of controls must do: the one in memory, on which the engine is tested, and the one on Postgres.
///
/// Port: RunControls. Implementations: PostgresRunControls, MemoryRunControls.
@Suite(.blocking) struct `Controls that are written down` {
    enum Kind: CaseIterable {
        case memory, postgres
    }

    /// One implementation with the storage that its runs are in.
    private final class Bench {
        let journal: any RunJournal
        let controls: any RunControls
        let harness: StorageHarness?
        let user: UserID
        private let box = NoticeBox()

        init(_ kind: Kind) throws {
            switch kind {
            case .memory:
                let memory = MemoryStorage()
                (journal, controls) = (memory, MemoryRunControls(memory))
                (harness, user) = (nil, UserID(.random()))
            case .postgres:
                let harness = try StorageHarness()
                (journal, controls) = (harness.storage.journal, harness.storage.controls)
                (self.harness, user) = (harness, harness.user)
            }
            journal.addListener(lane: 0, of: 1) { [box] in box.add($0) }
        }

        deinit { harness?.storage.stop() }

        /// A run that goes on, and the script of its events.
        func run() -> (RunID, EventScript) {
            let run = RunID.make(at: Clock.system.now())
            var script = EventScript(run: run, owner: user)
            let record = RunRecord(
                id: run, owner: user, startedBy: nil, flow: nil, snapshot: StorageHarness.snapshot,
                inputs: [:],
                environment: [:], terms: ChainTerms(), bundling: "Off", createdAt: Clock.system.now())
            journal.append([.created(record), script.add(.flowStarted)])
            #expect(box.wait { $0.durable(run) == 1 })
            return (run, script)
        }

        func end(_ run: RunID, _ script: inout EventScript) {
            journal.append([script.add(.flowFinished(notRun: [], output: [:], status: .finished))])
            #expect(box.wait { $0.durable(run) == 2 })
        }

        func record(_ run: RunID, _ kind: RunControl.Kind = .stop, reason: String? = nil) throws -> Bool {
            let control = RunControl(kind, of: run, grace: .seconds(2), reason: reason)
            return try answer { controls.record(control, reply: $0) }.get()
        }

        func find(_ runs: RunID...) throws -> Set<RunControl> {
            Set(try answer { controls.controls(of: runs, reply: $0) }.get())
        }
    }

    @Test(arguments: Kind.allCases) func `are found by their runs`(kind: Kind) throws {
        let bench = try Bench(kind)
        let (first, _) = bench.run()
        let (second, _) = bench.run()
        #expect(try bench.find(first, second).isEmpty)
        #expect(try bench.record(first, reason: "enough"))
        #expect(try bench.record(second, .stopActs))
        let ends = RunControl(.stop, of: first, grace: .seconds(2), reason: "enough")
        let signsNoMore = RunControl(.stopActs, of: second, grace: .seconds(2))
        #expect(try bench.find(first, second, RunID(.random())) == [ends, signsNoMore])
        #expect(try bench.find(second) == [signsNoMore])
        #expect(try bench.find().isEmpty)
    }

    @Test(arguments: Kind.allCases) func `of several of a kind the first one stays`(kind: Kind) throws {
        let bench = try Bench(kind)
        let (run, _) = bench.run()
        #expect(try bench.record(run, reason: "first"))
        #expect(try bench.record(run, reason: "second"))
        #expect(try bench.record(run, .stopActs))
        #expect(try Set(bench.find(run).map(\.reason)) == ["first", nil])
    }

    @Test(arguments: Kind.allCases) func `of both kinds of a topic the last one stays`(kind: Kind) throws {
        let bench = try Bench(kind)
        let (run, _) = bench.run()
        for (kind, reason) in [(RunControl.Kind.pause, "1"), (.pause, "2"), (.resume, "3"), (.pause, "4")] {
            #expect(try bench.record(run, kind, reason: reason))
        }
        #expect(try bench.find(run) == [RunControl(.pause, of: run, grace: .seconds(2), reason: "4")])
        #expect(try bench.record(run, .resume))
        #expect(try bench.record(run, .stop))
        #expect(try Set(bench.find(run).map(\.kind)) == [.resume, .stop])
    }

    @Test(arguments: Kind.allCases) func `keep their reasons, but for what no text column holds`(kind: Kind)
        throws
    {
        let bench = try Bench(kind)
        let (run, _) = bench.run()
        #expect(try bench.record(run, reason: "it's\u{0} \"é\" e\u{301}\n"))
        let reasons = try bench.find(run).map { $0.reason.map { Array($0.utf8) } }
        #expect(reasons == [Array("it's\u{FFFD} \"é\" e\u{301}\n".utf8)])
    }

    @Test(arguments: Kind.allCases) func `are for runs that are there and go on`(kind: Kind) throws {
        let bench = try Bench(kind)
        #expect(try !bench.record(RunID(.random())))
        var (ended, script) = bench.run()
        #expect(try bench.record(ended))
        bench.end(ended, &script)
        #expect(try !bench.record(ended))
        #expect(try bench.find(ended).isEmpty, "the run has ended, and nobody has to stop it")
    }
}
