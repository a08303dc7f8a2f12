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

/// A database that is there and does nothing, or takes nothing.
@Suite(.serialized, .blocking) struct `Storage on a database that stands still` {
    private func append(_ harness: StorageHarness) -> RunID {
        let run = RunID.make(at: Clock.system.now())
        var script = EventScript(run: run, owner: harness.user)
        harness.storage.journal.append([
            .created(harness.record(run)), script.add(.flowStarted),
            script.add(.flowFinished(notRun: [], output: [:], status: .finished)),
        ])
        return run
    }

    /// Asks something that a caller waits for.
    private func ask(_ harness: StorageHarness) -> Reply {
        let reply = Reply()
        harness.storage.catalog.flow(.number(1), knownVersion: nil) { result in
            reply.isUnavailable.withLock { $0 = result.isUnavailable }
        }
        return reply
    }

    @Test func `is unwell, sends callers away and loses nothing`() throws {
        let cluster = try ScratchCluster(settings: ["fsync=off"])
        let harness = try StorageHarness(cluster: cluster)
        let first = append(harness)
        #expect(harness.notices.wait { $0.durable(first) == 2 })
        #expect(harness.storage.isReady)

        try cluster.freeze()
        let asked = ask(harness)
        let second = append(harness)
        #expect(harness.notices.wait { _ in !harness.storage.isReady })
        #expect(harness.notices.wait { _ in harness.storage.journal.pressure == .away })
        // Who asks now is told at once; who has asked before, when his time is over.
        let now = ask(harness)
        for reply in [now, asked] {
            #expect(harness.notices.wait { _ in reply.isUnavailable.withLock { $0 } == true })
        }
        #expect(harness.notices.durable(second) == nil)

        try cluster.thaw()
        #expect(harness.notices.wait { $0.durable(second) == 2 })
        #expect(harness.notices.wait { _ in harness.storage.isReady })
        let late = try answer { harness.storage.catalog.flow(.number(1), knownVersion: nil, reply: $0) }
        #expect(!late.isUnavailable)
        harness.storage.stop()
    }

    @Test func `gives silent connections up and writes down later what waits`() throws {
        let cluster = try ScratchCluster(settings: ["fsync=off"])
        let log = LogLines()
        let harness = try StorageHarness(cluster: cluster, log: log.log)
        // Both connections are there and have been used.
        let first = append(harness)
        #expect(harness.notices.wait { $0.durable(first) == 2 })
        _ = try answer { harness.storage.catalog.flow(.number(1), knownVersion: nil, reply: $0) }
        try cluster.freeze()
        let run = append(harness)
        #expect(harness.notices.wait { _ in log.count(of: "the server has stopped answering") >= 2 })
        try cluster.thaw()
        #expect(harness.notices.wait { $0.durable(run) == 2 })
        #expect(harness.notices.wait { _ in harness.storage.isReady })
        #expect(try harness.rows("SELECT count(*) FROM flow_run") == ["2"])
        harness.storage.stop()
    }

    @Test(arguments: ["53100", "53200", "25006", "57P03"])
    func `whose commits fail is unwell until they succeed`(state: String) throws {
        let harness = try StorageHarness()
        try harness.rows(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '\(state)'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON flow_run_events FOR EACH ROW EXECUTE FUNCTION refuse();
            """)
        let run = append(harness)
        #expect(
            harness.notices.wait { _ in harness.storage.journal.pressure == .away && !harness.storage.isReady
            })
        #expect(harness.storage.standsStill)
        #expect(harness.notices.durable(run) == nil)
        try harness.rows("DROP TRIGGER refuse ON flow_run_events")
        #expect(harness.notices.wait { $0.durable(run) == 2 })
        #expect(harness.notices.wait { _ in harness.storage.isReady })
        #expect(try harness.rows("SELECT count(*) FROM flow_run_events") == ["2"])
        harness.storage.stop()
    }

    @Test func `is well again when all that waited was refused for good`() throws {
        let harness = try StorageHarness()
        let blocker = try BlockingConnection(harness.connectionString)
        try blocker.run(script: "BEGIN; LOCK TABLE flow_run IN ACCESS EXCLUSIVE MODE")
        let run = RunID.make(at: Clock.system.now())
        harness.storage.journal.append([.created(harness.record(run, owner: UserID(.random())))])
        #expect(harness.notices.wait { _ in harness.storage.journal.pressure == .away })
        try blocker.run(script: "COMMIT")
        #expect(harness.notices.wait { $0.refusal(run) == .originGone })
        #expect(harness.notices.wait { _ in harness.storage.journal.pressure == .low })
        harness.storage.stop()
        #expect(!harness.storage.isReady)
    }

    @Test(arguments: ["commands", "reads", "upkeep", "user content", "tables"])
    func `is unwell while a single connection to it is lost, and takes all questions once it is well`(
        role: String
    ) throws {
        let harness = try StorageHarness()
        _ = try answer { harness.storage.catalog.flow(.number(1), knownVersion: nil, reply: $0) }
        #expect(harness.notices.wait { _ in harness.storage.isReady })
        let name = try known(harness.rows("SELECT current_database()").first)
        func besides(_ sql: String) throws {
            _ = try harness.cluster.psql(sql, on: harness.cluster.connectionString())
        }
        try besides("ALTER DATABASE \"\(name)\" ALLOW_CONNECTIONS false")
        try besides(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = '\(name)' AND application_name = 'flowd \(role)'
            """)
        #expect(harness.notices.wait { _ in !harness.storage.isReady })
        try besides("ALTER DATABASE \"\(name)\" ALLOW_CONNECTIONS true")
        #expect(harness.notices.wait { _ in harness.storage.isReady })
        let run = RunID.make(at: Clock.system.now())
        let page = try answer { harness.storage.catalog.events(of: run, after: 0, limit: 9, reply: $0) }
        #expect(!page.isUnavailable)
        harness.storage.stop()
    }

    @Test func `is left without a goodbye when it stops`() throws {
        let cluster = try ScratchCluster(settings: ["fsync=off"])
        let log = LogLines()
        let harness = try StorageHarness(cluster: cluster, log: log.log)
        // With an answer there is a connection.
        _ = try answer { harness.storage.catalog.flow(.number(1), knownVersion: nil, reply: $0) }
        try cluster.freeze()
        // An hour: the stop ends because nothing is answered.
        harness.storage.stop(withinMilliseconds: 3_600_000)
        #expect(log.count(of: "stopped without a goodbye") == 1)
        try cluster.thaw()
    }
}

extension Result where Failure == StorageError {
    fileprivate var isUnavailable: Bool {
        if case .failure(.unavailable) = self { true } else { false }
    }
}

/// What came of a question, once something did.
private final class Reply: Sendable {
    let isUnavailable = Mutex<Bool?>(nil)
}
