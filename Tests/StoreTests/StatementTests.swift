import Chain
import Engine
import Foundation
import Identity
import Primitives
import TestKit
import TestTraits
import Testing
import Values

@testable import Postgres
@testable import Store

/// A database with as many rows as a busy server has after some months, made by SQL; and the ids of some of them.
private final class LargeDatabase {
    static let runCount = 100_000
    static let liveCount = 40_000
    /// Runs that a question about many names.
    static let askedCount = 128

    let connectionString: String
    let user: UserID
    let connection: BlockingConnection
    static let here = known(ServerID("00000000-0000-4000-8000-0000000000aa"))
    static let gone = known(ServerID("00000000-0000-4000-8000-0000000000bb"))
    static let node = known(NodeID("00000000-0000-4000-8000-000000000001"))

    init() throws {
        let cluster = try ScratchCluster.shared.get()
        connectionString = try cluster.makeDatabase()
        connection = try Storage.prepare(connectionString, log: .silent)
        user = try Accounts(connection).createUser(known(PublicKey(bytes: [UInt8](repeating: 7, count: 32))))
        try connection.ask(Recovery.makePartitions, 1)
        // Statistics are those that a test makes, at the moment at which it makes them.
        try connection.run(
            script: """
                CREATE FUNCTION pg_temp.quiet() RETURNS void LANGUAGE plpgsql AS $$
                DECLARE t regclass;
                BEGIN
                    FOR t IN SELECT c.oid FROM pg_class c
                        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
                    LOOP EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', t); END LOOP;
                END $$;
                SELECT pg_temp.quiet();
                """)
    }

    /// As if nothing had ever been analysed.
    func forgetStatistics() throws {
        try connection.run(
            script: """
                DELETE FROM pg_statistic WHERE starelid IN
                    (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace);
                UPDATE pg_class SET reltuples = -1, relpages = 0
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i', 'p');
                """)
    }

    /// The id of the run with this number; the earliest ones are alive.
    static func run(_ number: Int) -> String {
        "run_id_floor(date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + \(number) * interval '1 ms')"
    }

    /// Half of the runs that are alive are this server's, half those of one that is gone. Of each two live ones one waits for
    /// a value, and of each ten one for a signature; some are nested.
    func fill() throws {
        let g =
            "run_id_floor(date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + g * interval '1 ms')"
        let live = LargeDatabase.liveCount
        try connection.run(
            script: """
                SET synchronous_commit = off;
                -- The rows refer to each other rightly, so nothing looks each of them up.
                SET session_replication_role = replica;
                INSERT INTO servers (id, name, version) VALUES ('\(LargeDatabase.here)', 'here', '1');
                INSERT INTO flow_snapshots (hash, data)
                    SELECT sha256(g::text::bytea), '{"nodes":[],"edges":[]}' FROM generate_series(1, 1000) g;
                INSERT INTO flows (user_id, name) SELECT '\(user.text)', 'flow ' || g FROM generate_series(1, 1000) g;
                INSERT INTO flow_run (id, user_id, started_by, flow_id, snapshot_hash, status, created_at, end_time,
                    inputs, output, environment, network, instructions_bundling, origin, parent_run_id, server_id)
                SELECT \(g), '\(user.text)', '\(user.text)', 1 + g % 1000, sha256((1 + g % 1000)::text::bytea),
                    CASE WHEN g <= \(live) THEN 'running' ELSE 'finished' END, now(),
                    CASE WHEN g > \(live) THEN now() END, '{"M":{}}',
                    CASE WHEN g > \(live) THEN '{"M":{}}'::json END, '{}',
                    '{"url":"https://example.org","cluster":"devnet"}', '"Off"', '{"Start":{}}',
                    CASE WHEN g % 10 = 0 THEN run_id_floor(date_trunc('day', now() AT TIME ZONE 'UTC')
                        AT TIME ZONE 'UTC' + (g - 1) * interval '1 ms') END,
                    CASE WHEN g <= \(live / 2) THEN '\(LargeDatabase.here)'::uuid
                        WHEN g <= \(live) THEN '\(LargeDatabase.gone)'::uuid END
                FROM generate_series(1, \(LargeDatabase.runCount)) g;
                UPDATE flow_run SET origin = json_build_object('Interflow', json_build_object('flow_run_id',
                    parent_run_id, 'node_id', '\(LargeDatabase.node)', 'times', 0)) WHERE parent_run_id IS NOT NULL;
                INSERT INTO flow_run_events (flow_run_id, seq, time, event, node_id, times, data)
                SELECT \(g), s, now(), CASE WHEN s = 10 AND g > \(live) THEN 'FlowFinish' ELSE 'NodeStart' END,
                    '\(LargeDatabase.node)', s, '{"input":{"M":{}},"output":{"M":{}},"not_run":[]}'
                FROM generate_series(1, \(LargeDatabase.runCount)) g, generate_series(1, 10) s;
                INSERT INTO node_run (flow_run_id, node_id, times, user_id, start_time, end_time, output)
                SELECT \(g), '\(LargeDatabase.node)', 0, '\(user.text)', now(),
                    CASE WHEN g > \(live) THEN now() END, '{"M":{}}'
                FROM generate_series(1, \(LargeDatabase.runCount)) g;
                INSERT INTO api_input_requests (key_hash, flow_run_id, node_id, times, status)
                SELECT sha256(g::text::bytea), \(g), '\(LargeDatabase.node)', 0,
                    CASE WHEN g <= \(live) THEN 'pending' ELSE 'canceled' END
                FROM generate_series(1, \(LargeDatabase.runCount), 2) g;
                INSERT INTO signature_requests (id, user_id, flow_run_id, node_id, times, kind, expires_at, pubkey, msg,
                    status, resolved_at)
                SELECT g, '\(user.text)', \(g), '\(LargeDatabase.node)', 0, 'message', now() + interval '1 day', 'key',
                    'AAAA', CASE WHEN g <= \(live) THEN 'pending' ELSE 'canceled' END,
                    CASE WHEN g > \(live) THEN now() END
                FROM generate_series(1, \(LargeDatabase.runCount), 10) g;
                INSERT INTO run_controls (flow_run_id, topic, kind, grace_milliseconds)
                SELECT \(g), 'end', 'stop', 0 FROM generate_series(1, 2000) g;
                INSERT INTO user_sessions (id, user_id, refresh_hash, expires_at)
                SELECT gen_random_uuid(), '\(user.text)', sha256(g::text::bytea), now() + interval '1 day'
                FROM generate_series(1, 256) g;
                SET session_replication_role = origin;
                """)
    }
}

/// What a statement is asked, and how many rows it may read for that, those of indexes left out.
private struct Sample {
    let bound: BoundStatement
    let rowsMax: Int64

    init<Input, Answer>(_ statement: Statement<Input, Answer>, _ input: Input, rowsMax: Int64 = 60) {
        bound = statement.bound(to: input)
        self.rowsMax = rowsMax
    }
}

/// Every statement that is prepared, on tables that are empty, that have just grown, and that are large, with statistics that are
/// missing, right or those of another day. What is counted is what a statement reads: times depend on the machine.
@Suite(.blocking, .serialized, .timeLimit(.minutes(10))) struct `Every statement of the store` {
    /// The connections that prepare statements.
    private static let places: [(place: StatementPlace, setUp: String)] =
        [(.journal, JournalStatements.setUp)]
        + Question.Channel.allCases.map { (.channel($0), $0.setUp) }

    @Test func `is listed once, by a name of its own`() throws {
        let names = StoreStatements.all.map(\.prepared.name)
        #expect(Set(names).count == names.count)
        // What makes a statement says its name as a literal, apart from the tables of an export.
        let made = try Self.sources().flatMap { source in
            source.text.matches(of: #/Statement<[^{"]*?\(\s*(?:journal: |waiting: )?"([a-z_]+)"/#).map {
                String($0.output.1)
            }
        }
        let listed = names.filter { !$0.hasPrefix("export_") || made.contains($0) }
        #expect(made.sorted() == listed.sorted())
    }

    @Test func `numbers no parameter and reads no cell by itself`() throws {
        let readers = "isNull|bytes|text|bool|smallint|integer|bigint|uuid|uuids|timestamptz"
        let cell = try Regex("\\.(\(readers))\\(\\d")
        // A number behind a dollar sign in a text, unless it is an argument of a closure there.
        let parameter = #/(?:[^(]|[^\\]\()\$[1-9]/#
        for source in try Self.sources() where !source.path.contains("/Schema/") {
            #expect(source.text.firstMatch(of: cell) == nil, "\(source.path)")
            for text in source.text.matches(of: #/"""(?s:.*?)"""|"[^"\n]*"/#) {
                #expect(text.output.firstMatch(of: parameter) == nil, "\(source.path)")
            }
        }
    }

    @Test func `fits the tables and gives what its reader expects`() throws {
        let cluster = try ScratchCluster.shared.get()
        let connectionString = try cluster.makeDatabase()
        _ = try Storage.prepare(connectionString, log: .silent)
        let describer = try StatementDescriber(connectionString)
        for statement in StoreStatements.all {
            let types = try describer.resultTypes(of: statement.prepared)
            // Statements whose rows are only counted may give what they like.
            guard !statement.resultTypes.isEmpty else { continue }
            #expect(types == statement.resultTypes.map(\.oid), "columns of \(statement.prepared.name)")
        }
    }

    private static func sources() throws -> [(path: String, text: String)] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Store").standardized
        let files = known(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map {
            ($0.path, try String(contentsOf: $0, encoding: .utf8))
        }
    }

    /// Asks each statement in a transaction that is taken back, and looks at what the transaction has read.
    private func askAll(_ database: LargeDatabase, isEmpty: Bool = false, _ state: String) throws {
        let samples = Dictionary(
            uniqueKeysWithValues: try samples(database).map { ($0.bound.statement.name, $0) })
        for (place, setUp) in Self.places {
            let connection = try BlockingConnection(database.connectionString)
            try connection.run(script: setUp)
            let statements = StoreStatements.prepared(at: place)
            for statement in statements where !["begin", "commit"].contains(statement.name) {
                guard let sample = samples[statement.name] else {
                    Issue.record("there is no sample of \(statement.name)")
                    continue
                }
                try connection.run(script: "BEGIN")
                do {
                    let before = try rowsRead(connection)
                    _ = try connection.run(sample.bound)
                    let count = try rowsRead(connection) - before
                    #expect(
                        count <= sample.rowsMax,
                        "\(statement.name) at \(place) reads \(count) rows, \(state)")
                } catch {
                    // What it refers to need not be there yet.
                    let isExcused = isEmpty && error.state == .foreignKeyViolation
                    if !isExcused {
                        Issue.record("\(statement.name) at \(place) fails, \(state): \(error)")
                    }
                }
                try connection.run(script: "ROLLBACK")
            }
        }
    }

    /// What a connection has read of tables so far.
    private func rowsRead(_ connection: BlockingConnection) throws(PostgresError) -> Int64 {
        try connection.run(
            """
            SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint
            FROM pg_stat_xact_user_tables
            """)[0].bigint(0)
    }

    @Test func `reads no more than it needs, whatever the tables and their statistics are`() throws {
        let database = try LargeDatabase()
        try askAll(database, isEmpty: true, "on empty tables without statistics")
        // What autovacuum may have seen last.
        try database.connection.run(script: "ANALYZE")
        try database.fill()
        try askAll(database, "on large tables with statistics of empty ones")
        try database.connection.run(script: "ANALYZE flow_run")
        try askAll(database, "on large tables of which one has statistics")
        try database.connection.run(script: "ANALYZE")
        try askAll(database, "on large tables with statistics")
        try database.forgetStatistics()
        try askAll(database, "on large tables without statistics")
    }

    private func samples(_ database: LargeDatabase) throws -> [Sample] {
        let connection = database.connection
        func id(_ number: Int) throws -> RunID {
            RunID(try connection.run("SELECT \(LargeDatabase.run(number))")[0].uuid(0))
        }
        func ids(from first: Int) throws -> [RunID] {
            let rows = try connection.run(
                """
                SELECT \(LargeDatabase.run(0)) WHERE false UNION ALL
                SELECT run_id_floor(date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + g * interval '1 ms')
                FROM generate_series(\(first), \(first + LargeDatabase.askedCount - 1)) g
                """)
            return (0..<rows.count).map { RunID(known(try? rows[$0].uuid(0))) }
        }
        let (user, here, node) = (database.user, LargeDatabase.here, LargeDatabase.node)
        let live = try id(7)
        let lives = try ids(from: 1)
        let ended = try ids(from: 60_000)
        let asked = Int64(LargeDatabase.askedCount)
        let hash = [UInt8](repeating: 1, count: 32)
        let now = Clock.system.now()
        let inputHash = Digest.sha256(Array("7".utf8))
        let hashes = (1...asked).map { Digest.sha256(Array("\($0)".utf8)) }
        let requests = (1...asked).map { known(SignatureRequestID($0)) }
        let request = SignatureRequest(
            id: known(SignatureRequestID(5_000_000)), publicKey: known(Bytes32(hash)), message: [1],
            kind: .message, createdAt: now, timeLimit: .seconds(1))
        let key = known(PublicKey(bytes: [UInt8](repeating: 9, count: 32)))
        let apiKey = APIKey()
        let session = NewSession(id: SessionID(.random()), refreshHash: hash, expiresAt: now)
        let snapshot = FlowSnapshot(hash: hash, document: Array("{}".utf8))
        let object = Array("{}".utf8)
        let lookup = LeftRunLookup(
            runs: lives, server: here, eventsMax: 64, rowsMax: 16, cellBytesMax: 32_768)
        var wallet = WalletDraft()
        wallet.kind = .adapter
        wallet.publicKey = key
        let file = known(FileStatements.File(user, key: "x/x"))
        let event = EventRow(
            time: now, name: "FlowStart", execution: nil, effect: .runIs(.running), data: object)
        let (inserted, changed, nodes) = try projected(database, lives)
        return [
            Sample(CatalogStatements.flowByNumber, (5, nil)),
            Sample(CatalogStatements.flowByUUID, (.random(), nil)),
            Sample(CatalogStatements.run, live),
            Sample(CatalogStatements.outputs, (ended.map { ($0, node) }, user), rowsMax: 3 * asked),
            Sample(CatalogStatements.events, (live, 0, 1_000)),
            Sample(
                InputStatements.record,
                InputRequest(
                    run: live, execution: NodeExecution(node: node, times: 9),
                    keyHash: [UInt8](repeating: 3, count: 32), expiresAt: nil)),
            Sample(InputStatements.awaited, inputHash),
            Sample(InputStatements.resolve, (inputHash, .canceled, here)),
            Sample(InputStatements.answered, hashes, rowsMax: 2 * asked),
            Sample(InputStatements.ofRun, live),
            Sample(
                SignatureStatements.arrange,
                SignatureStatements.Arrangement(
                    waiting: WaitingSignature(
                        run: live, execution: NodeExecution(node: node, times: 9), request: request),
                    parties: SignatureParties(
                        owner: user, startedBy: user, startedKey: nil, deployment: nil, ownerKeyCounts: true),
                    server: here)),
            Sample(SignatureStatements.find, requests[0]),
            Sample(SignatureStatements.resolve, (requests[0], .canceled, here)),
            Sample(SignatureStatements.answered, requests, rowsMax: asked),
            Sample(SignatureStatements.awaited, lives, rowsMax: 3 * asked),
            Sample(SignatureStatements.ofRun, live),
            Sample(SignatureStatements.pending, (user, nil), rowsMax: 400),
            Sample(
                ControlStatements.record, (RunControl(.stop, of: live), here)),
            Sample(ControlStatements.ofRuns, (here, lives), rowsMax: 3 * asked),
            // The sweep of stops reads all of them.
            Sample(ControlStatements.forget, (), rowsMax: 3 * 2_000),
            Sample(UserStatements.byAPIKey, apiKey.hash),
            Sample(UserStatements.bySession, (session.id, user)),
            Sample(UserStatements.byID, user),
            Sample(UserStatements.adopt, KnownUser(user: UserID(.random()), publicKey: key)),
            Sample(
                SessionStatements.logIn,
                (try challenge(at: now), session, signUpIsOpen: true)),
            Sample(SessionStatements.claim, (session, user, apiKey.hash), rowsMax: 600),
            Sample(SessionStatements.renew, (hash, hash, hash, now)),
            Sample(SessionStatements.end, (user, .global, session.id), rowsMax: 600),
            Sample(SessionStatements.profile, user),
            Sample(APIKeyStatements.create, (apiKey, "x", user)),
            Sample(APIKeyStatements.delete, (apiKey.hash, user)),
            Sample(
                WalletStatements.add, WalletStatements.Draft(user: user, draft: wallet, sealedKey: nil)),
            Sample(
                WalletStatements.change,
                WalletStatements.Draft(user: user, id: 1, draft: WalletDraft(), sealedKey: nil)),
            Sample(WalletStatements.ofUsers, [user]),
            Sample(DeploymentStatements.byID, DeploymentID(.random())),
            Sample(DeploymentStatements.byTag, (5, "x")),
            Sample(DeploymentStatements.byTagOfUUID, (.random(), "x")),
            Sample(DeploymentStatements.snapshots, hashes, rowsMax: asked + 10),
            Sample(
                DeploymentStatements.deploy,
                DeploymentDraft(
                    owner: user, entrypoint: 5, terms: ChainTerms(),
                    flows: [DeploymentDraft.Flow(number: 5, version: 1, snapshot: snapshot)])),
            Sample(
                PostgresFlowCopies.copy,
                FlowCopyDraft(
                    owner: user,
                    flows: [
                        FlowCopyDraft.Flow(
                            number: 5, version: 1, uuid: .random(),
                            content: RewrittenFlow(nodes: Array("[]".utf8), edges: Array("[]".utf8)))
                    ])),
            Sample(VaultStatements.find, (user, [known(VaultName("x/x"))])),
            Sample(KeyValueStatements.createStore, (user, "x")),
            Sample(KeyValueStatements.deleteStore, (user, "x")),
            Sample(KeyValueStatements.write, ((user, "x", "x"), object)),
            Sample(KeyValueStatements.read, (user, "x", "x")),
            Sample(KeyValueStatements.deleteItem, (user, "x", "x")),
            Sample(FileStatements.put, (file, "x", [1], true)),
            Sample(FileStatements.content, file),
            Sample(FileStatements.delete, file),
            Sample(FileStatements.summary, file),
            Sample(FileStatements.list, (user, "x", "", 0)),
            Sample(Recovery.heartbeat, (here, "x")),
            Sample(Recovery.leave, here),
            Sample(Recovery.findDead, here),
            // A claim reads the runs that it claims.
            Sample(
                Recovery.claim, (here, [LargeDatabase.gone]), rowsMax: Int64(LargeDatabase.liveCount)),
            Sample(Recovery.inherit, here, rowsMax: Int64(LargeDatabase.liveCount / 2)),
            Sample(Recovery.makePartitions, 7),
            Sample(LeftRunStatements.heads, lookup, rowsMax: 2 * asked),
            Sample(LeftRunStatements.events, lookup, rowsMax: 11 * asked),
            Sample(LeftRunStatements.children, lookup, rowsMax: 4 * asked),
            Sample(LeftRunStatements.inputs, lookup, rowsMax: 3 * asked),
            Sample(LeftRunStatements.signatures, lookup, rowsMax: 3 * asked),
            Sample(LeftRunStatements.controls, lookup, rowsMax: 2 * asked),
            Sample(JournalStatements.insertEvents, [(RunID(.random()), 1, event)]),
            Sample(JournalStatements.insertSnapshots, [snapshot]),
            Sample(JournalStatements.insertRuns, (here, inserted)),
            Sample(JournalStatements.insertReaders, []),
            Sample(JournalStatements.upsertNodes, nodes, rowsMax: 4 * asked),
            Sample(JournalStatements.updateRuns, changed, rowsMax: 3 * asked),
            Sample(JournalStatements.closeNodes, changed, rowsMax: 3 * asked),
            Sample(JournalStatements.clearControls, lives, rowsMax: 2 * asked),
            Sample(JournalStatements.findEvent, (live, 1, now)),
            Sample(JournalStatements.findRun, live),
        ]
    }

    /// A login of somebody new.
    private func challenge(at now: Timestamp) throws -> LoginChallenge {
        let (pair, secret) = (Ed25519KeyPair(), ServerSecret.random())
        let message = LoginChallenge.make(
            for: pair.publicKey, second: now.milliseconds / 1_000, secret: secret)
        let token = message + "." + Base58.encode(pair.sign(Array(message.utf8)))
        return known(LoginChallenge(signed: token, at: now, secret: secret))
    }

    /// One run as the journal writes it, and the ends of others with executions of theirs.
    private func projected(_ database: LargeDatabase, _ runs: [RunID]) throws -> (
        inserted: [ProjectedBatch.Head], changed: [ProjectedBatch.Head], nodes: [ProjectedBatch.Node]
    ) {
        let hash = Digest.sha256(Array("a sample".utf8))
        try database.connection.run(
            "INSERT INTO flow_snapshots (hash, data) VALUES ($1, '{}') ON CONFLICT DO NOTHING", [.bytea],
            [.bytea(hash)])
        let now = Clock.system.now()
        let record = RunRecord(
            id: RunID.make(at: now), owner: database.user, startedBy: database.user, flow: 5,
            snapshot: FlowSnapshot(hash: hash, document: []), inputs: [:], environment: [:],
            terms: ChainTerms(), bundling: "Off", createdAt: now)
        var projection = JournalProjection()
        let inserted = projection.project([JournalRow(.created(record))]).heads
        let execution = NodeExecution(node: LargeDatabase.node, times: 0)
        let rows = runs.flatMap { run in
            [
                RunEvent.Content.nodeFinished(execution),
                .flowFinished(notRun: [], output: [:], status: .finished),
            ].map { content in
                JournalRow(
                    run: run, owner: database.user, event: RunEvent(sequence: 1, time: now, content: content))
            }
        }
        let batch = projection.project(rows)
        return (inserted, batch.heads, batch.nodes)
    }
}
