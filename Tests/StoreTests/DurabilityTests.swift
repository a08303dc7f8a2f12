import Engine
import Foundation
import Postgres
import Primitives
import Synchronization
import TestKit
import TestTraits
import Testing
import Values

@testable import Store

@Suite(.serialized, .blocking) struct `The journal under adversity` {
    /// A server that may be killed, and whose commits wait for the disk.
    private static let mortal = Result { try ScratchCluster() }

    private func makeRun(_ harness: StorageHarness, events count: Int = 3) -> (RunID, [JournalEntry]) {
        let run = RunID.make(at: Clock.system.now())
        var script = EventScript(run: run, owner: harness.user)
        var entries: [JournalEntry] = [.created(harness.record(run)), script.add(.flowStarted)]
        for index in 0..<count - 2 {
            let node = NodeExecution(node: StorageHarness.nodes[0], times: Int32(index))
            entries.append(script.add(.nodeOutput(node, output: ["n": .u64(UInt64(index))])))
        }
        entries.append(script.add(.flowFinished(notRun: [], output: [:], status: .finished)))
        return (run, entries)
    }

    /// Runs with a gap in their numbers, twice stored events, or projections that do not fit: none.
    private func faults(_ harness: StorageHarness, events: Int) throws -> [String] {
        try harness.rows(
            """
            SELECT r.id, r.status, count(e.seq), max(e.seq) FROM flow_run r
            LEFT JOIN flow_run_events e ON e.flow_run_id = r.id GROUP BY r.id, r.status
            HAVING r.status <> 'finished' OR count(e.seq) <> \(events) OR max(e.seq) <> \(events)
            """
        ).filter { !$0.isEmpty }
    }

    @Test func `a database that goes away and comes back loses and doubles nothing`() throws {
        let harness = try StorageHarness(cluster: try Self.mortal.get())
        var runs: [RunID] = []
        func append(_ count: Int) {
            for _ in 0..<count {
                let (run, entries) = makeRun(harness)
                runs.append(run)
                harness.storage.journal.append(entries)
            }
        }
        append(20)
        #expect(harness.notices.wait { $0.durable(runs[19]) == 3 })
        #expect(harness.storage.isReady)
        for round in 0..<3 {
            try harness.cluster.stop()
            append(20)
            #expect(harness.notices.wait { _ in harness.storage.journal.pressure == .away })
            #expect(!harness.storage.isReady)
            let refused = try answer {
                harness.storage.catalog.flow(.number(1), knownVersion: nil, reply: $0)
            }
            guard case .failure = refused else {
                Issue.record("a question is answered although the database is away")
                return
            }
            append(20)
            try harness.cluster.start()
            let last = runs[runs.count - 1]
            #expect(harness.notices.wait { $0.durable(last) == 3 })
            #expect(harness.notices.relievedCount == round + 1, "lanes are told when they may go on")
        }
        #expect(try faults(harness, events: 3) == [])
        #expect(try harness.rows("SELECT count(*) FROM flow_run") == ["140"])
        harness.storage.stop()
    }

    @Test func `a database killed under load has everything that was acknowledged`() throws {
        let harness = try StorageHarness(cluster: try Self.mortal.get())
        let storage = harness.storage
        let eventCount = 40
        let runs = Mutex<[RunID]>([])
        let isDone = Mutex(false)
        let ended = DispatchSemaphore(value: 0)
        let feeder = Thread {
            while !isDone.withLock({ $0 }) {
                let (run, entries) = self.makeRun(harness, events: eventCount)
                let earlier = runs.withLock { runs in
                    runs.append(run)
                    return runs.dropLast(50).last
                }
                storage.journal.append(entries)
                // As lanes do: nothing new while storage is away. And no more ahead of it than a few commits hold.
                _ = harness.notices.wait { box in
                    isDone.withLock { $0 }
                        || storage.journal.pressure.startsRuns
                            && (earlier.map { box.durable($0) != nil } ?? true)
                }
            }
            ended.signal()
        }
        feeder.start()
        for _ in 0..<3 {
            let before = runs.withLock { $0.count }
            #expect(
                harness.notices.wait { box in
                    let all = runs.withLock { $0 }
                    return all.count > before + 150 && all.contains { box.durable($0) != nil }
                })
            try harness.cluster.kill()
            let acknowledged = runs.withLock { $0 }.compactMap { run in
                harness.notices.durable(run).map { (run, $0) }
            }
            #expect(acknowledged.count > 0)
            try harness.cluster.start()
            let stored = try harness.rows("SELECT flow_run_id, max(seq) FROM flow_run_events GROUP BY 1")
            var last: [String: UInt64] = [:]
            for row in stored where !row.isEmpty {
                let columns = row.split(separator: "|")
                last[String(columns[0])] = UInt64(columns[1])
            }
            for (run, sequence) in acknowledged where last[run.text] ?? 0 < sequence {
                Issue.record(
                    "\(run) was acknowledged through \(sequence), stored through \(last[run.text] ?? 0)")
            }
        }
        isDone.withLock { $0 = true }
        #expect(ended.wait(timeout: .now() + 60) == .success)
        let all = runs.withLock { $0 }
        #expect(
            harness.notices.wait(seconds: 60) { box in
                all.allSatisfy { box.durable($0) == UInt64(eventCount) }
            })
        #expect(try faults(harness, events: eventCount) == [])
        #expect(try harness.rows("SELECT count(*) FROM flow_run") == ["\(all.count)"])
        harness.storage.stop()
    }

    @Test func `connections that are cut in the middle of commits lose and double nothing`() throws {
        let harness = try StorageHarness()
        var runs: [RunID] = []
        for round in 0..<30 {
            for place in 0..<10 {
                // Some of the round are durable when the others are on their way.
                if place == round % 7, let last = runs.last {
                    #expect(harness.notices.wait { $0.durable(last) == 30 })
                }
                let (run, entries) = makeRun(harness, events: 30)
                runs.append(run)
                harness.storage.journal.append(entries)
            }
            _ = try harness.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'flowd %'"
            )
        }
        #expect(harness.notices.wait { box in runs.allSatisfy { box.durable($0) == 30 } })
        #expect(try faults(harness, events: 30) == [])
        #expect(
            try harness.rows("SELECT count(*), count(DISTINCT (flow_run_id, seq)) FROM flow_run_events") == [
                "9000|9000"
            ])
        harness.storage.stop()
    }

    @Test func `durable is told in order, after the rows can be seen`() throws {
        let harness = try StorageHarness()
        let connection = try BlockingConnection(harness.connectionString)
        let seen = Mutex<[String]>([])
        let checker = Mutex(UnsafeSendable(connection))
        harness.storage.journal.addListener(lane: 0, of: 1) { notices in
            for case .durable(let run, let sequence) in notices {
                let found = checker.withLock { box in
                    try? box.value.run(
                        "SELECT (SELECT count(*) FROM flow_run WHERE id = $1), (SELECT max(seq) FROM flow_run_events WHERE flow_run_id = $1)",
                        [.uuid], [.uuid(run.id)])
                }
                guard let row = found?[0], (try? row.bigint(0)) == 1,
                    sequence == 0 || ((try? row.bigint(1)) ?? 0) >= Int64(sequence)
                else {
                    seen.withLock { $0.append("\(run) \(sequence)") }
                    continue
                }
            }
        }
        var last: RunID?
        for _ in 0..<50 {
            let (run, entries) = makeRun(harness, events: 5)
            for entry in entries { harness.storage.journal.append([entry]) }
            last = run
        }
        #expect(harness.notices.wait { $0.durable(known(last)) == 5 })
        #expect(seen.withLock { $0 } == [])
        var told: [RunID: UInt64] = [:]
        for case .durable(let run, let sequence) in harness.notices.all {
            #expect(told[run].map { $0 < sequence } ?? true)
            told[run] = sequence
        }
        harness.storage.stop()
    }

    @Test func `an entry that the database refuses is replaced, and its neighbours are stored`() throws {
        let harness = try StorageHarness()
        let connection = try BlockingConnection(harness.connectionString)
        try connection.run(
            script: """
                ALTER TABLE flow_run_events ADD CHECK (data::text NOT LIKE '%poison%');
                ALTER TABLE flow_run_events ADD CHECK (node_id <> '\(StorageHarness.nodes[3].text)');
                """)
        let good = (0..<5).map { _ in makeRun(harness) }
        let run = RunID.make(at: Clock.system.now())
        let unknownOwner = RunID.make(at: Clock.system.now())
        var script = EventScript(run: run, owner: harness.user)
        let node = NodeExecution(node: StorageHarness.nodes[0], times: 0)
        let cursed = NodeExecution(node: StorageHarness.nodes[3], times: 0)
        var entries = good[..<3].flatMap { $0.1 }
        entries += [
            .created(harness.record(run)), script.add(.flowStarted),
            script.add(.nodeStarted(node, input: ["a": .string("poison")])),
            script.add(.nodeFinished(cursed)),
            .created(harness.record(unknownOwner, owner: UserID(.random()))),
            .event(
                unknownOwner, owner: harness.user,
                RunEvent(sequence: 1, time: Timestamp(seconds: 1), content: .flowStarted)),
            script.add(.nodeFinished(node)),
            script.add(.flowFinished(notRun: [], output: [:], status: .finished)),
        ]
        entries += good[3...].flatMap { $0.1 }
        harness.storage.journal.append(entries)
        #expect(harness.notices.wait { $0.durable(good[4].0) == 3 })
        for (run, _) in good { #expect(harness.notices.durable(run) == 3) }
        #expect(harness.notices.durable(run) == 5)
        #expect(
            harness.notices.refusal(unknownOwner) == .originGone)
        #expect(try harness.rows("SELECT count(*) FROM flow_run") == ["6"])
        #expect(
            try harness.rows(
                "SELECT count(*) FROM flow_run_events WHERE flow_run_id = '\(unknownOwner.text)'") == ["0"])

        let events = try answer { harness.storage.catalog.events(of: run, after: 0, limit: 99, reply: $0) }
            .get()
        #expect(events.map(\.sequence) == [1, 2, 3, 4, 5])
        #expect(events.map(\.time) == script.events.map(\.time))
        guard case .nodeStarted(let start) = events[1].content,
            case .flowLogged(let note) = events[2].content
        else {
            Issue.record("the substitutes are not what they should be: \(events)")
            return
        }
        #expect(start.execution == node && start.input.keys == ["not stored"])
        #expect(note.line.content == "the database refused to store this NodeFinish event")
        #expect("\(events[3])" == "\(script.events[3])")
        harness.storage.stop()
    }

    @Test func `a database that stands still fills the backlog, and nothing is lost`() throws {
        let harness = try StorageHarness()
        let blocker = try BlockingConnection(harness.connectionString)
        let large = Value.bytes([UInt8](repeating: 1, count: 700_000))
        var runs: [RunID] = []
        func append() {
            let run = RunID.make(at: Clock.system.now())
            var script = EventScript(run: run, owner: harness.user)
            let node = NodeExecution(node: StorageHarness.nodes[0], times: 0)
            runs.append(run)
            harness.storage.journal.append([
                .created(harness.record(run)), script.add(.nodeStarted(node, input: ["large": large])),
            ])
        }
        append()
        #expect(harness.notices.wait { $0.durable(runs[0]) == 1 })
        try blocker.run(script: "BEGIN; LOCK TABLE flow_run_events IN ACCESS EXCLUSIVE MODE")
        #expect(harness.storage.journal.pressure == .low)
        while harness.storage.journal.pressure.startsNodes { append() }
        #expect(harness.storage.journal.pressure == .high)
        #expect(runs.count > 30)
        while harness.storage.journal.pressure == .high { append() }
        #expect(harness.storage.journal.pressure == .full)
        #expect(harness.storage.isReady == false)
        #expect(harness.notices.relievedCount == 0)
        try blocker.run(script: "COMMIT")
        #expect(harness.notices.wait { box in runs.allSatisfy { box.durable($0) == 1 } })
        #expect(harness.notices.wait { _ in harness.storage.journal.pressure == .low })
        #expect(harness.notices.relievedCount > 0)
        #expect(try harness.rows("SELECT count(*) FROM flow_run_events") == ["\(runs.count)"])
        harness.storage.stop()
    }

    @Test func `a stop while the database is away gives up in time`() throws {
        let cluster = try Self.mortal.get()
        let harness = try StorageHarness(cluster: cluster)
        let (first, entries) = makeRun(harness)
        harness.storage.journal.append(entries)
        #expect(harness.notices.wait { $0.durable(first) == 3 })
        try cluster.stop()
        harness.storage.journal.append(makeRun(harness).1)
        let begin = Date()
        harness.storage.stop(withinMilliseconds: 300)
        try cluster.start()
        #expect(Date().timeIntervalSince(begin) < 5)
    }
}

/// A connection that a test hands to one closure, which alone uses it.
private struct UnsafeSendable<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
