import Engine
import Postgres
import Primitives
import Synchronization
import TestTraits
import Testing
import Values

@testable import Store

@Suite(.blocking) struct `What a dead server leaves behind` {
    /// Another start of a server.
    private func start(_ server: ServerID, _ harness: StorageHarness) throws -> Storage {
        try Storage.start(
            connectionString: harness.connectionString, server: server, serverVersion: "test", log: testLog)
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

    private func nest(_ children: [RunID], in parent: RunID, _ harness: StorageHarness, times: Int = 0) throws
    {
        let node = StorageHarness.nodes[1]
        let origin =
            #"{"Interflow":{"flow_run_id":"\#(parent)","node_id":"\#(node)","times":\#(times)}}"#
        for child in children {
            _ = try harness.rows(
                "UPDATE flow_run SET parent_run_id = '\(parent)', origin = '\(origin)' WHERE id = '\(child)'")
        }
    }

    @Test func `is there for the same server when it starts again, and nothing is written for that`() throws {
        let harness = try StorageHarness()
        let (parent, _) = leaveRun(harness)
        let (child, _) = leaveRun(harness)
        let (other, _) = leaveRun(harness)
        var (ended, script) = leaveRun(harness)
        harness.storage.journal.append([
            script.add(.flowFinished(notRun: [], output: [:], status: .finished))
        ])
        #expect(harness.notices.wait { $0.durable(ended) == 7 })
        try nest([child], in: parent, harness)
        let rows = try harness.rows("SELECT xmin, ctid FROM flow_run ORDER BY id")

        let next = try start(StorageHarness.here, harness)
        defer { next.stop() }
        let claims = ClaimBox()
        next.takeUpClaimedRuns { claims.add($0) }
        #expect(
            Set(try claims.first()) == [
                ClaimedRun(run: parent, parent: nil), ClaimedRun(run: child, parent: parent),
                ClaimedRun(run: other, parent: nil),
            ])
        #expect(try harness.rows("SELECT xmin, ctid FROM flow_run ORDER BY id") == rows)
        #expect(try harness.rows("SELECT id FROM servers") == [StorageHarness.here.text])
        #expect(try next.leftRuns([parent, ended, other]).runs.map(\.record.id) == [parent, other])
    }

    @Test func `is read when nothing of it is under way any more`() throws {
        let harness = try StorageHarness()
        defer { harness.storage.stop() }
        // A commit that the disk has not taken yet when the daemon is killed.
        let journal = try BlockingConnection(harness.connectionString)
        try journal.run(
            script: """
                SET application_name = '\(JournalSession.applicationName(of: StorageHarness.there))';
                BEGIN; INSERT INTO server_secrets (name, secret) VALUES ('late', 'x')
                """)
        let next = try harness.startSecond()
        defer { next.stop() }
        #expect(throws: PostgresError.self) { try journal.run(script: "COMMIT") }
        #expect(try harness.rows("SELECT count(*) FROM server_secrets WHERE name = 'late'") == ["0"])
    }

    @Test func `is told when there is nothing, so that nobody waits for more`() throws {
        let harness = try StorageHarness()
        let claims = ClaimBox()
        harness.storage.takeUpClaimedRuns { claims.add($0) }
        #expect(try claims.first().isEmpty)
        harness.storage.stop()
    }

    @Test func `is read with the events, the nested runs and the requests of many runs at once`() throws {
        let harness = try StorageHarness()
        defer { harness.storage.stop() }
        let (parent, script) = leaveRun(harness)
        let (open, _) = leaveRun(harness)
        var (finished, end) = leaveRun(harness)
        var (known, knownEnd) = leaveRun(harness)
        harness.storage.journal.append([
            end.add(.flowFinished(notRun: [], output: ["a": .u64(1)], status: .finished)),
            knownEnd.add(.flowFinished(notRun: [], output: ["a": .u64(2)], status: .finished)),
        ])
        #expect(harness.notices.wait { $0.durable(finished) == 7 && $0.durable(known) == 7 })
        try nest([open, finished], in: parent, harness)
        // This one's execution has ended, and the run knows it.
        let origin =
            #"{"Interflow":{"flow_run_id":"\#(parent)","node_id":"\#(StorageHarness.nodes[0])","times":0}}"#
        _ = try harness.rows(
            "UPDATE flow_run SET parent_run_id = '\(parent)', origin = '\(origin)' WHERE id = '\(known)'")
        let waiting = NodeExecution(node: StorageHarness.nodes[1], times: 0)
        let request = InputRequest(
            run: open, execution: waiting, keyHash: [UInt8](repeating: 9, count: 32), expiresAt: nil)
        try answer { harness.storage.inputs.record(request, reply: $0) }.get()

        let found = try harness.storage.leftRuns([open, parent])
        #expect(found.unreadable.isEmpty && found.runs.map(\.record.id) == [open, parent])
        let left = found.runs[1]
        #expect(left.hasAllEvents && left.hasWholeInputs && !left.isCut)
        #expect(left.events.prefix(5).map { "\($0)" } == script.events.prefix(5).map { "\($0)" })
        #expect(left.events.map(\.sequence) == Array(1...6), "log lines have their place")
        #expect(left.events.map(\.time) == script.events.map(\.time))
        #expect(Set(left.children.map(\.run)) == [open, finished])
        #expect(left.children.first { $0.run == open }?.status == .running)
        let child = left.children.first { $0.run == finished }
        #expect(child?.status == .finished && child?.execution == waiting)
        #expect(child?.output.map { "\($0)" } == "\(["a": .u64(1)] as ValueMap)")
        #expect(found.runs[0].inputs.map(\.request.keyHash) == [request.keyHash])
        #expect(found.runs[0].children.isEmpty && left.inputs.isEmpty)
    }

    @Test func `is read in part where it is long, and alone where it is large`() throws {
        let harness = try StorageHarness()
        defer { harness.storage.stop() }
        var (long, script) = leaveRun(harness)
        harness.storage.journal.append(
            (0..<2 * Limits.leftRunEventsMax).map { _ in
                script.add(.flowLogged(RunLogLine(level: .info, content: "more")))
            })
        let large = RunID.make(at: Clock.system.now())
        let text = Value.string(String(repeating: "x", count: 2 * Limits.leftRunBytesMax))
        harness.storage.journal.append([.created(harness.record(large, inputs: ["text": text]))])
        var (wide, wideScript) = leaveRun(harness)
        let execution = NodeExecution(node: StorageHarness.nodes[2], times: 0)
        harness.storage.journal.append([
            wideScript.add(.nodeStarted(execution, input: ["text": text])),
            wideScript.add(.nodeFinished(execution)),
        ])
        #expect(
            harness.notices.wait {
                $0.durable(long) == 6 + UInt64(2 * Limits.leftRunEventsMax) && $0.durable(large) == 0
                    && $0.durable(wide) == 8
            })
        let found = try harness.storage.leftRuns([long, large, wide]).runs
        #expect(found.map(\.isCut) == [false, true, false])
        #expect(found.map(\.hasAllEvents) == [false, true, false])
        #expect(found[0].events.count == Limits.leftRunEventsMax && found[2].events.count == 6)
        let alone = try #require(try harness.storage.leftRun(large))
        #expect(!alone.isCut && alone.record.inputs["text"] == text)
        let rest = try answer {
            harness.storage.leftRuns.events(of: wide, after: 6, limit: 9, reply: $0)
        }.get()
        #expect(rest.map(\.sequence) == [7, 8])
    }

    @Test func `does not harm other runs where it cannot be read`() throws {
        let harness = try StorageHarness()
        defer { harness.storage.stop() }
        let (damaged, _) = leaveRun(harness)
        let (other, _) = leaveRun(harness)
        let (strange, _) = leaveRun(harness)
        _ = try harness.rows(
            """
            UPDATE flow_run_events SET data = '[]' WHERE flow_run_id = '\(damaged)' AND seq = 3;
            UPDATE flow_run SET environment = '"x"' WHERE id = '\(strange)';
            """)
        let found = try harness.storage.leftRuns([damaged, other, strange])
        #expect(found.runs.map(\.record.id) == [other])
        #expect(Set(found.unreadable) == [damaged, strange])
    }

    @Test func `is fenced off once another server has written on`() throws {
        let harness = try StorageHarness()
        var (run, script) = leaveRun(harness)
        let next = try start(StorageHarness.here, harness)
        defer { next.stop() }
        let claims = ClaimBox()
        next.takeUpClaimedRuns { claims.add($0) }
        #expect(try claims.first().map(\.run) == [run])
        let notices = NoticeBox()
        next.journal.addListener(lane: 0, of: 1) { notices.add($0) }
        var copy = script
        next.journal.append([
            copy.add(.flowFailed(error: "it was cut off")),
            copy.add(
                .flowFinished(
                    notRun: [StorageHarness.nodes[2], StorageHarness.nodes[3]], output: [:], status: .crashed)
            ),
        ])
        #expect(notices.wait { $0.durable(run) == 8 })
        #expect(
            try harness.rows(
                "SELECT status, server_id IS NULL, end_time IS NOT NULL, errors, output, array_length(not_run, 1) FROM flow_run"
            ) == [#"crashed|t|t|{"it was cut off"}|{"M":{}}|2"#])
        // What was at work has ended with it.
        #expect(
            try harness.rows(
                "SELECT count(*), count(end_time), count(*) FILTER (WHERE errors <> '{}') FROM node_run")
                == ["2|2|1"])

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
        let next = try start(StorageHarness.here, harness)
        defer { next.stop() }
        #expect(try answer { next.catalog.run(run, reply: $0) }.get()?.status == .stopped)
        #expect(try events(next, run).count == 7)
    }

    @Test func `a live server of another name keeps its runs, a silent one loses them`() throws {
        let harness = try StorageHarness(server: StorageHarness.there)
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
        func claims(_ storage: Storage) throws -> [RunID] {
            let box = ClaimBox()
            storage.takeUpClaimedRuns { box.add($0) }
            return try box.first().map(\.run)
        }
        let first = try start(StorageHarness.here, harness)
        #expect(try claims(first).isEmpty)
        first.stop()
        // The old server must not give a sign of life in between.
        try connection.run(
            script: """
                CREATE FUNCTION silent() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
                UPDATE servers SET heartbeat_at = now() - interval '16 seconds';
                CREATE TRIGGER silent BEFORE UPDATE ON servers FOR EACH ROW EXECUTE FUNCTION silent();
                """)
        let second = try start(StorageHarness.here, harness)
        #expect(try claims(second) == [run])
        #expect(try second.leftRuns([run]).runs.count == 1)
        #expect(try harness.storage.leftRuns([run]).runs.isEmpty, "nothing is read for who has lost it")
        second.stop()
        harness.storage.stop(withinMilliseconds: 100)
    }

    @Test func `a running server finds what others leave behind, and each run once`() throws {
        let harness = try StorageHarness(server: StorageHarness.there)
        let connection = try BlockingConnection(harness.connectionString)
        let (run, _) = leaveRun(harness)
        var housekeeping = Housekeeping(server: StorageHarness.here, version: "test")
        func sweep() throws -> [ClaimNews] {
            var news: [ClaimNews] = []
            var order = housekeeping.sweep()
            #expect(housekeeping.sweep() == nil, "one search at a time")
            while let next = order {
                switch next {
                case .ask(let statement, let chore, on: _):
                    order = try housekeeping.answered(chore, try connection.run(statement))
                case .tell(let told):
                    news.append(told)
                    order = nil
                }
            }
            return news
        }
        guard case .claimed(let none, isFirst: true)? = try sweep().first, none.isEmpty else {
            Issue.record("the server is alive, and nothing was left")
            return
        }
        // It leaves with a run open.
        harness.storage.stop()
        guard case .claimed(let runs, isFirst: false)? = try sweep().first else {
            Issue.record("its run is there for others")
            return
        }
        #expect(runs == [ClaimedRun(run: run, parent: nil)])
        #expect(try sweep().isEmpty)
        #expect(
            try harness.rows("SELECT count(*) FROM servers WHERE id = '\(StorageHarness.there)'") == ["0"])
    }

    @Test func `stays with a server that has come back before another one claims it`() throws {
        let harness = try StorageHarness(server: StorageHarness.there)
        let connection = try BlockingConnection(harness.connectionString)
        let (run, _) = leaveRun(harness)
        harness.storage.stop()
        let (here, there) = (StorageHarness.here, StorageHarness.there)
        #expect(try connection.ask(Recovery.findDead, here) == [there])
        let back = try start(StorageHarness.there, harness)
        defer { back.stop() }
        #expect(try connection.ask(Recovery.claim, (here, [there])) == [])
        let claims = ClaimBox()
        back.takeUpClaimedRuns { claims.add($0) }
        #expect(try claims.first().map(\.run) == [run])
    }

    @Test func `is not lost with the answer that says whose it is`() throws {
        let harness = try StorageHarness(server: StorageHarness.there)
        let connection = try BlockingConnection(harness.connectionString)
        let (run, _) = leaveRun(harness)
        harness.storage.stop()
        var housekeeping = Housekeeping(server: StorageHarness.here, version: "test")
        guard case .ask? = housekeeping.sweep(),
            case .ask(let inherit, .inherit, on: .upkeep)? = try housekeeping.answered(
                .findDead, connection.run("SELECT 1 WHERE false")),
            case .tell(.claimed(_, isFirst: true))? = try housekeeping.answered(
                .inherit, connection.run(inherit)),
            case .ask(let find, .findDead, on: .upkeep)? = housekeeping.sweep(),
            case .ask(let claim, .claim, on: .upkeep)? = try housekeeping.answered(
                .findDead, connection.run(find))
        else {
            Issue.record("a server finds another one dead after its start")
            return
        }
        #expect(try connection.run(claim).count == 1)
        #expect(housekeeping.failed(.claim) == nil)
        guard case .ask(_, .findDead, on: _)? = housekeeping.sweep(),
            case .ask(let again, .inherit, on: _)? = try housekeeping.answered(
                .findDead, connection.run(find)),
            case .tell(.claimed(let runs, isFirst: false))? = try housekeeping.answered(
                .inherit, connection.run(again))
        else {
            Issue.record("the runs of this server are looked for once more")
            return
        }
        #expect(runs == [ClaimedRun(run: run, parent: nil)])
    }

    @Test func `a search that fails is told only to those who wait for it, and made again`() {
        var housekeeping = Housekeeping(server: StorageHarness.here, version: "test")
        #expect(housekeeping.sweep() != nil)
        guard case .tell(.failed)? = housekeeping.failed(.findDead) else {
            Issue.record("somebody may wait for the first search")
            return
        }
        #expect(housekeeping.sweep() != nil)
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
        let stored = try harness.storage.leftRun(parent)
        #expect(stored?.children.map(\.status) == [.finished, .finished])
        #expect(stored?.children.filter { $0.output == nil }.count == 1)
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
        let next = try start(StorageHarness.here, harness)
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
