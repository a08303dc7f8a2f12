import Engine
import Postgres
import Primitives
import Synchronization
import TestTraits
import Testing
import Values

@testable import Store

@Suite(.blocking) struct `What a dead server leaves behind` {
    private func restart(_ harness: StorageHarness, name: String = "here") throws -> Storage {
        try Storage.start(
            connectionString: harness.connectionString, instanceName: name, serverVersion: "test",
            log: testLog)
    }

    private func events(_ storage: Storage, _ run: RunID) throws -> [RunEvent] {
        try answer { storage.catalog.events(of: run, after: 0, limit: 100, reply: $0) }.get()
    }

    /// A run with one node that ended, one that is open, and two that never started.
    private func leaveRun(_ harness: StorageHarness) -> (run: RunID, script: EventScript) {
        let run = RunID.make(at: Clock.system.now())
        var script = EventScript(run: run, owner: harness.user)
        let done = NodeExecution(node: StorageHarness.nodes[0], times: 0)
        let open = NodeExecution(node: StorageHarness.nodes[1], times: 0)
        harness.storage.journal.append([
            .created(harness.record(run)), script.add(.flowStarted),
            script.add(.nodeStarted(done, input: [:])),
            script.add(.nodeOutput(done, output: [:])), script.add(.nodeFinished(done)),
            script.add(.nodeStarted(open, input: [:])),
            script.add(.flowLogged(RunLogLine(level: .info, content: "last words"))),
        ])
        #expect(harness.notices.wait { $0.durable(run) == 6 })
        return (run, script)
    }

    /// What a sweep claims and how many runs it ends.
    private func sweep(
        _ housekeeping: Housekeeping, _ connection: BlockingConnection
    ) throws -> (claimed: [ClaimedRun], ended: Int) {
        var order: Housekeeping.Order? = housekeeping.sweep()
        var (claimed, ended) = ([ClaimedRun](), 0)
        while true {
            switch order {
            case .ask(let statement, let values, let chore):
                order = try housekeeping.answered(chore, try connection.run(statement, values))
            case .handOver(let runs, let statement, let values, let chore):
                claimed += runs
                order = .ask(statement, values, chore)
            case .note(let count):
                ended += count
                return (claimed, ended)
            case nil: return (claimed, ended)
            }
        }
    }

    @Test func `runs that may go on are claimed with those around them, and not ended`() throws {
        let harness = try StorageHarness()
        let (waiting, _) = leaveRun(harness)
        let (parent, _) = leaveRun(harness)
        let (sibling, _) = leaveRun(harness)
        let (other, _) = leaveRun(harness)
        let (allowed, _) = leaveRun(harness)
        let origin =
            #"{"Interflow":{"flow_run_id":"\#(parent)","node_id":"\#(StorageHarness.nodes[1])","times":0}}"#
        _ = try harness.rows(
            """
            UPDATE flow_run SET parent_run_id = '\(parent)', origin = '\(origin)' WHERE id IN ('\(waiting)', '\(sibling)');
            UPDATE flow_run SET on_crash = 'resume' WHERE id = '\(allowed)';
            """)
        let request = InputRequest(
            run: waiting, execution: NodeExecution(node: StorageHarness.nodes[1], times: 0),
            keyHash: [UInt8](repeating: 9, count: 32), expiresAt: nil)
        try answer { harness.storage.inputs.record(request, reply: $0) }.get()

        let next = try restart(harness)
        defer { next.stop() }
        let box = ClaimBox()
        next.takeUpClaimedRuns { box.add($0) }
        #expect(Set(box.runs.map(\.run)) == [waiting, parent, sibling, allowed])
        #expect(box.runs.first { $0.run == waiting }?.parent == parent)
        #expect(box.runs.first { $0.run == parent }?.parent == nil)
        #expect(
            try harness.rows("SELECT id FROM flow_run WHERE status = 'crashed'") == [other.text])
        #expect(
            try harness.rows("SELECT count(*) FROM flow_run WHERE server_id = '\(next.server)'") == ["4"])
        // The first server is fenced off from what is not its own any more.
        let stored = try answer { next.catalog.openRun(waiting, reply: $0) }.get()
        #expect(stored?.record.id == waiting && stored?.hasWholeInputs == true)
        let open = try answer { next.catalog.openRun(parent, reply: $0) }.get()
        #expect(open?.children.map(\.run) == [sibling, waiting])
        #expect(open?.children.allSatisfy { $0.status == .running && $0.output == nil } == true)
    }

    @Test func `its runs are ended at the next start on the same folder, and it is fenced off`() throws {
        let harness = try StorageHarness()
        var (run, script) = leaveRun(harness)
        let next = try restart(harness)
        defer { next.stop() }

        let events = try events(next, run)
        #expect(events.prefix(6).map { "\($0)" } == script.events.map { "\($0)" })
        #expect(events.map(\.sequence) == Array(1...8))
        #expect("\(events[6].content)" == "\(RunEvent.Content.flowFailed(error: Recovery.reason))")
        guard case .flowFinished(let notRun, let output, .crashed) = events[7].content else {
            Issue.record("the last event is the end of the run")
            return
        }
        #expect(notRun == [StorageHarness.nodes[2], StorageHarness.nodes[3]])
        #expect(output.isEmpty)
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(
            try harness.rows(
                "SELECT status, server_id IS NULL, end_time IS NOT NULL, errors, output, array_length(not_run, 1) FROM flow_run"
            ) == [#"crashed|t|t|{"the server stopped while this run was in progress"}|{"M":{}}|2"#])
        #expect(
            try harness.rows(
                "SELECT count(*), count(end_time), count(*) FILTER (WHERE errors <> '{}') FROM node_run")
                == ["2|2|1"])
        #expect(try answer { next.catalog.run(run, reply: $0) }.get()?.status == .crashed)

        // The old server was only stalled: what it writes now must not count.
        harness.storage.journal.append([script.add(.flowStarted), script.add(.flowStarted)])
        #expect(harness.notices.wait { $0.refusal(run) != nil })
        #expect(harness.notices.refusal(run) == .takenOver)
        let another = RunID.make(at: Clock.system.now())
        harness.storage.journal.append([script.add(.flowStarted), .created(harness.record(another))])
        #expect(harness.notices.wait { $0.durable(another) == 0 })
        harness.storage.stop()
        #expect(try self.events(next, run).count == 8)
    }

    @Test func `a run that ended is left alone, and a clean stop leaves nothing`() throws {
        let harness = try StorageHarness()
        var (run, script) = leaveRun(harness)
        harness.storage.journal.append([script.add(.flowFinished(notRun: [], output: [:], status: .stopped))])
        harness.storage.stop()
        #expect(harness.notices.durable(run) == 7, "a stop waits for what was appended")
        #expect(try harness.rows("SELECT count(*) FROM servers") == ["0"])
        let next = try restart(harness)
        defer { next.stop() }
        #expect(try answer { next.catalog.run(run, reply: $0) }.get()?.status == .stopped)
        #expect(try events(next, run).count == 7)
    }

    @Test func `a live server of another name keeps its runs, a silent one loses them`() throws {
        let harness = try StorageHarness(instanceName: "there")
        // The server of the tests has just started, which would spare everybody.
        let connection = try BlockingConnection(harness.connectionString)
        try connection.run(
            script: """
                CREATE FUNCTION public.pg_postmaster_start_time() RETURNS timestamptz LANGUAGE sql
                    AS $$ SELECT now() - interval '1 hour' $$;
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database());
                END $$;
                """)
        let (run, _) = leaveRun(harness)
        let first = try restart(harness)
        #expect(try answer { first.catalog.run(run, reply: $0) }.get()?.status == .running)
        first.stop()
        // The old server must not give a sign of life in between.
        try connection.run(
            script: """
                CREATE FUNCTION silent() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
                UPDATE servers SET heartbeat_at = now() - interval '16 seconds';
                CREATE TRIGGER silent BEFORE UPDATE ON servers FOR EACH ROW EXECUTE FUNCTION silent();
                """)
        let second = try restart(harness)
        #expect(try answer { second.catalog.run(run, reply: $0) }.get()?.status == .crashed)
        second.stop()
        harness.storage.stop(withinMilliseconds: 100)
    }

    @Test func `a running server finds what another leaves behind`() throws {
        let harness = try StorageHarness(instanceName: "there")
        let connection = try BlockingConnection(harness.connectionString)
        let (run, _) = leaveRun(harness)
        let housekeeping = Housekeeping(server: ServerID(.random()), name: "here", version: "test")
        // It leaves with a run open, and takes its row along.
        harness.storage.stop()
        let (claimed, ended) = try sweep(housekeeping, connection)
        #expect(ended == 1 && claimed.isEmpty)
        #expect(try harness.rows("SELECT id, status FROM flow_run") == ["\(run.text)|crashed"])
    }

    @Test func `what may go on is not ended if its server dies between a claim and the next step`() throws {
        let harness = try StorageHarness(instanceName: "there")
        let connection = try BlockingConnection(harness.connectionString)
        let (waiting, _) = leaveRun(harness)
        let (other, _) = leaveRun(harness)
        let request = InputRequest(
            run: waiting, execution: NodeExecution(node: StorageHarness.nodes[1], times: 0),
            keyHash: [UInt8](repeating: 9, count: 32), expiresAt: nil)
        try answer { harness.storage.inputs.record(request, reply: $0) }.get()
        // Somebody has refused a value, and the run had no time to say so.
        _ = try answer { harness.storage.inputs.resolve(keyHash: request.keyHash, .canceled, reply: $0) }
            .get()
        let housekeeping = Housekeeping(server: ServerID(.random()), name: "here", version: "test")
        guard case .ask(let claim, let values, .claim) = housekeeping.sweep() else {
            Issue.record("a sweep begins with a claim")
            return
        }
        #expect(try connection.run(claim, values).count == 0, "the server is alive")
        harness.storage.stop()
        let limit = PostgresValue.integer(Int32(Limits.sweepRunsMax))
        let lost = try LostRun.all(
            try connection.run(Recovery.findLost, [.uuid(housekeeping.server.id), .null, limit]))
        #expect(lost.map(\.id) == [other])
        #expect(try sweep(housekeeping, connection).claimed.map(\.run) == [waiting])
    }

    @Test func `the output of a nested run is not taken for whole if something in it was hidden`() throws {
        let harness = try StorageHarness()
        let (parent, _) = leaveRun(harness)
        let outputs: [ValueMap] = [["a": .u64(1)], ["a": .vaultSecret("psst", provider: "p", label: "l")]]
        let execution = NodeExecution(node: StorageHarness.nodes[1], times: 0)
        for output in outputs {
            var (child, script) = leaveRun(harness)
            harness.storage.journal.append([
                script.add(.flowFinished(notRun: [], output: output, status: .finished))
            ])
            #expect(harness.notices.wait { $0.durable(child) == 7 })
            let origin =
                #"{"Interflow":{"flow_run_id":"\#(parent)","node_id":"\#(execution.node)","times":0}}"#
            _ = try harness.rows(
                "UPDATE flow_run SET parent_run_id = '\(parent)', origin = '\(origin)' WHERE id = '\(child)'")
        }
        let stored = try answer { harness.storage.catalog.openRun(parent, reply: $0) }.get()
        #expect(stored?.children.map(\.status) == [.finished, .finished])
        #expect(stored?.children.map { $0.output == nil } == [true, false])
        harness.storage.stop()
    }

    @Test func `secrets and partitions are made once and stay`() throws {
        let harness = try StorageHarness()
        let secret = harness.storage.secret(.runToken).secret.bytes
        #expect(secret.count == 32)
        let days = try harness.rows(
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'flow_run_events'::regclass")
        #expect(days == ["\(Limits.partitionDaysAhead + 1)"])
        harness.storage.stop()
        let next = try restart(harness)
        #expect(next.secret(.runToken).secret.bytes == secret)
        #expect(
            try harness.rows("SELECT count(*) FROM pg_inherits WHERE inhparent = 'flow_run_events'::regclass")
                == days)
        let run = RunID.make(at: Clock.system.now())
        next.journal.append([.created(harness.record(run))])
        next.stop()
        #expect(try harness.rows("SELECT count(*) FROM flow_run") == ["1"])
    }
}

/// Gathers claimed runs.
private final class ClaimBox: Sendable {
    private let claimed = Mutex<[ClaimedRun]>([])

    var runs: [ClaimedRun] { claimed.withLock { $0 } }
    func add(_ runs: [ClaimedRun]) { claimed.withLock { $0 += runs } }
}
