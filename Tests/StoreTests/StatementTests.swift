import Engine
import Foundation
import Identity
import Postgres
import Primitives
import TestKit
import TestTraits
import Testing

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
    static let here = "00000000-0000-4000-8000-0000000000aa"
    static let gone = "00000000-0000-4000-8000-0000000000bb"
    static let node = "00000000-0000-4000-8000-000000000001"

    init() throws {
        let cluster = try ScratchCluster.shared.get()
        connectionString = try cluster.makeDatabase()
        connection = try Storage.prepare(connectionString, log: .silent)
        user = try Accounts(connection).createUser(known(PublicKey(bytes: [UInt8](repeating: 7, count: 32))))
        try connection.run(Recovery.makePartitions, [.integer(1)])
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
                INSERT INTO run_stops (flow_run_id, ends_run, grace_milliseconds)
                SELECT \(g), true, 0 FROM generate_series(1, 2000) g;
                INSERT INTO user_sessions (id, user_id, refresh_hash, expires_at)
                SELECT gen_random_uuid(), '\(user.text)', sha256(g::text::bytea), now() + interval '1 day'
                FROM generate_series(1, 256) g;
                """)
    }
}

/// What a statement is asked, and how many rows it may read for that, those of indexes left out.
private struct Sample {
    let values: [PostgresValue]
    var rowsMax = 60
}

/// Every statement that is prepared, on tables that are empty, that have just grown, and that are large, with statistics that are
/// missing, right or those of another day. What is counted is what a statement reads: times depend on the machine.
@Suite(.blocking, .serialized, .timeLimit(.minutes(10))) struct `Every statement of the store` {
    private static let channels: [(name: String, setUp: String, statements: [PostgresStatement])] = {
        let setUp = CommandSession.setUp(statementMillisecondsMax: 30_000, plansAnew: false)
        return [
            ("commands", setUp, StoreStatements.commands), ("reads", setUp, StoreStatements.reads),
            ("upkeep", setUp, StoreStatements.upkeep), ("user content", setUp, StoreStatements.userContent),
            ("journal", JournalStatements.setUp, JournalStatements.all),
        ]
    }()

    /// Asks each statement in a transaction that is taken back, and looks at what the transaction has read.
    private func askAll(_ database: LargeDatabase, isEmpty: Bool = false, _ state: String) throws {
        let samples = try self.samples(database)
        for (channel, setUp, statements) in Self.channels {
            let connection = try BlockingConnection(database.connectionString)
            try connection.run(script: setUp)
            for statement in statements where !["begin", "commit"].contains(statement.name) {
                guard let sample = samples[statement.name] else {
                    Issue.record("there is no sample of \(statement.name)")
                    continue
                }
                try connection.run(script: "BEGIN")
                do {
                    let before = try rowsRead(connection)
                    try connection.run(statement, sample.values)
                    let count = try rowsRead(connection) - before
                    #expect(
                        count <= sample.rowsMax,
                        "\(statement.name) on \(channel) reads \(count) rows, \(state)")
                } catch {
                    // What it refers to need not be there yet.
                    let isExcused = isEmpty && error.state == .foreignKeyViolation
                    if !isExcused {
                        Issue.record("\(statement.name) on \(channel) fails, \(state): \(error)")
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

    private func samples(_ database: LargeDatabase) throws -> [String: Sample] {
        let connection = database.connection
        func id(_ number: Int) throws -> UniqueID {
            try connection.run("SELECT \(LargeDatabase.run(number))")[0].uuid(0)
        }
        func ids(from first: Int) throws -> PostgresValue {
            let rows = try connection.run(
                """
                SELECT \(LargeDatabase.run(0)) WHERE false UNION ALL
                SELECT run_id_floor(date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + g * interval '1 ms')
                FROM generate_series(\(first), \(first + LargeDatabase.askedCount - 1)) g
                """)
            return .array(of: .uuid, Array(0..<rows.count)) { .uuid(known(try? rows[$0].uuid(0))) }
        }
        let user = PostgresValue.uuid(database.user.id)
        let here = PostgresValue.uuid(known(UniqueID(LargeDatabase.here)))
        let gone = PostgresValue.uuid(known(UniqueID(LargeDatabase.gone)))
        let node = PostgresValue.uuid(known(UniqueID(LargeDatabase.node)))
        let live = PostgresValue.uuid(try id(7))
        let lives = try ids(from: 1)
        let ended = try ids(from: 60_000)
        let asked = LargeDatabase.askedCount
        let random = PostgresValue.uuid(.random())
        let hash = PostgresValue.bytea([UInt8](repeating: 1, count: 32))
        let text = PostgresValue.text("x")
        let now = PostgresValue.timestamptz(Clock.system.now())
        let object = PostgresValue.json(Array("{}".utf8))
        let size = PostgresValue.integer(32_768)
        func one(_ value: PostgresValue, _ type: PostgresType) -> PostgresValue {
            .array(of: type, [value]) { $0 }
        }
        let hashes = PostgresValue.array(of: .bytea, Array(1...asked)) {
            .bytea(Digest.sha256(Array("\($0)".utf8)))
        }
        let numbers = PostgresValue.array(of: .bigint, Array(1...asked)) { .bigint(Int64($0)) }
        let nulls: [PostgresValue] = Array(repeating: .null, count: 5)
        return [
            // Commands.
            "flow_by_number": Sample(values: [.integer(5), .null]),
            "flow_by_uuid": Sample(values: [random, .null]),
            "run": Sample(values: [live]),
            "input_record": Sample(
                values: [.bytea([UInt8](repeating: 3, count: 32)), live, node, .integer(9), .null]),
            "input_awaited": Sample(values: [.bytea(Digest.sha256(Array("7".utf8)))]),
            "input_resolve": Sample(
                values: [
                    .bytea(Digest.sha256(Array("7".utf8))), .text("canceled"), .null, .bool(false), here,
                ]),
            "signature_arrange": Sample(
                values: [
                    text, user, user, .null, .null, .bool(true), .bigint(5_000_000), live, node, .integer(9),
                    .text("message"), now, now, .text("AAAA"), here,
                ]),
            "signature_find": Sample(values: [.bigint(1)]),
            "signature_resolve": Sample(values: [.bigint(1), .text("canceled"), .null, here]),
            "stop_record": Sample(values: [live, .bool(true), .integer(0), .null, here]),
            "heartbeat": Sample(values: [here, text]),
            "leave": Sample(values: [here]),
            "user_by_api_key": Sample(values: [text]),
            "user_by_session": Sample(values: [random, user]),
            "user_by_id": Sample(values: [user]),
            "user_adopt": Sample(values: [random, .text(String(repeating: "k", count: 40))]),
            "session_log_in": Sample(
                values: [
                    .text(String(repeating: "n", count: 40)), .text("n@example.org"), .bool(true),
                    .bigint(100),
                    random, hash, now, .bigint(1), .integer(256),
                ]),
            "session_claim": Sample(values: [user, text, random, hash, now, .integer(256)], rowsMax: 600),
            "session_renew": Sample(values: [hash, hash, hash, now, .integer(10)]),
            "session_end": Sample(values: [user, .text("global"), random], rowsMax: 600),
            "user_profile": Sample(values: [user]),
            "api_key_create": Sample(values: [user, text, text, text, .bigint(100)]),
            "api_key_delete": Sample(values: [text, user]),
            "wallet_add": Sample(
                values: [user, .text("ADAPTER"), .text(String(repeating: "w", count: 40)), .null]
                    + nulls + [.bigint(1_000)]),
            "wallet_change": Sample(values: [user, .bigint(1), .null, .null, .null] + nulls),
            "deployment_by_id": Sample(values: [random]),
            "deployment_by_tag": Sample(values: [.integer(5), text]),
            "deployment_by_tag_of_uuid": Sample(values: [random, text]),
            "snapshots": Sample(values: [hashes], rowsMax: asked + 10),
            "wallets_of_users": Sample(values: [one(user, .uuid), .integer(10_000)]),
            "vault_secrets": Sample(values: [user, one(text, .text), one(text, .text)]),
            // Reads.
            "outputs": Sample(
                values: [ended, .array(of: .uuid, Array(0..<asked)) { _ in node }, user, .bigint(1_000_000)],
                rowsMax: 3 * asked),
            "events": Sample(values: [live, .bigint(0), .integer(1_000), .bigint(4_000_000)]),
            "inputs_answered": Sample(values: [hashes], rowsMax: 2 * asked),
            "inputs_of_run": Sample(values: [live]),
            "signatures_answered": Sample(values: [numbers], rowsMax: asked),
            "signatures_awaited": Sample(values: [lives], rowsMax: 3 * asked),
            "signatures_of_run": Sample(values: [live]),
            "signatures_pending": Sample(
                values: [
                    user, .timestamptz(Timestamp(seconds: 0)), .bigint(0), .integer(100), .bigint(262_144),
                ], rowsMax: 400),
            "stops_of_runs": Sample(values: [here, lives], rowsMax: 3 * asked),
            // Upkeep. A claim reads the runs that it claims, and the sweep of stops all stops.
            "find_dead": Sample(values: [here]),
            "claim_runs": Sample(
                values: [here, one(gone, .uuid)], rowsMax: LargeDatabase.liveCount),
            "inherit_runs": Sample(values: [here], rowsMax: LargeDatabase.liveCount / 2),
            "make_partitions": Sample(values: [.integer(7)]),
            "stops_forget": Sample(values: [], rowsMax: 3 * 2_000),
            "left_runs": Sample(values: [lives, here, size], rowsMax: 2 * asked),
            "left_events": Sample(
                values: [lives, .integer(65), .bigint(32_768)], rowsMax: 11 * asked),
            "left_children": Sample(values: [lives, .integer(17), size], rowsMax: 4 * asked),
            "left_inputs": Sample(values: [lives, .integer(17), size], rowsMax: 3 * asked),
            "left_signatures": Sample(values: [lives, .integer(17)], rowsMax: 3 * asked),
            // User content.
            "kv_create_store": Sample(values: [user, text]),
            "kv_delete_store": Sample(values: [user, text]),
            "kv_write_item": Sample(values: [user, text, text, object]),
            "kv_read_item": Sample(values: [user, text, text]),
            "kv_delete_item": Sample(values: [user, text, text]),
            "file_put": Sample(values: [user, text, text, text, .bytea([1]), .bool(true)]),
            "file_content": Sample(values: [user, text, text]),
            "file_delete": Sample(values: [user, text, text]),
            "file_summary": Sample(values: [user, text, text]),
            "file_list": Sample(values: [user, text, .text(""), .integer(100)]),
            "deploy_flows": Sample(
                values: [
                    user, .integer(5), .jsonb(Array(#"{"url":"https://e.org","cluster":"devnet"}"#.utf8)),
                    one(.integer(5), .integer), one(.bigint(1), .bigint), one(hash, .bytea),
                    one(object, .json), .array(of: .text, [String]()) { .text($0) },
                ]),
            "copy_flows": Sample(
                values: [
                    user, one(.integer(5), .integer), one(.bigint(1), .bigint), one(random, .uuid),
                    one(.json(Array("[]".utf8)), .json), one(.json(Array("[]".utf8)), .json),
                ]),
            // The journal.
            "insert_events": Sample(
                values: [
                    one(random, .uuid), one(.bigint(1), .bigint), one(now, .timestamptz),
                    one(.smallint(0), .smallint),
                    one(text, .text), one(.null, .uuid), one(.null, .integer), one(object, .json),
                ]),
            "insert_snapshots": Sample(values: [one(hash, .bytea), one(object, .json)]),
            "insert_runs": Sample(values: try insertion(database)),
            "insert_readers": Sample(
                values: [
                    .array(of: .uuid, [UniqueID]()) { .uuid($0) },
                    .array(of: .uuid, [UniqueID]()) { .uuid($0) },
                ]),
            "upsert_nodes": Sample(
                values: [
                    lives, .array(of: .uuid, Array(0..<asked)) { _ in node },
                    .array(of: .integer, Array(0..<asked)) { _ in .integer(0) },
                    .array(of: .uuid, Array(0..<asked)) { _ in user },
                    .array(of: .timestamptz, Array(0..<asked)) { _ in now },
                    .array(of: .timestamptz, Array(0..<asked)) { _ in now },
                    .array(of: .json, Array(0..<asked)) { _ in .null },
                    .array(of: .json, Array(0..<asked)) { _ in .null },
                    .array(of: .text, Array(0..<asked)) { _ in .text("{}") },
                ], rowsMax: 4 * asked),
            "update_runs": Sample(
                values: [
                    lives, .array(of: .text, Array(0..<asked)) { _ in .text("finished") },
                    .array(of: .timestamptz, Array(0..<asked)) { _ in .null },
                    .array(of: .timestamptz, Array(0..<asked)) { _ in now },
                    .array(of: .json, Array(0..<asked)) { _ in .null },
                    .array(of: .text, Array(0..<asked)) { _ in .text("{}") },
                    .array(of: .text, Array(0..<asked)) { _ in .null },
                ], rowsMax: 3 * asked),
            "close_nodes": Sample(
                values: [
                    lives, .array(of: .timestamptz, Array(0..<asked)) { _ in now },
                    .array(of: .text, Array(0..<asked)) { _ in text },
                ], rowsMax: 3 * asked),
            "clear_stops": Sample(values: [lives], rowsMax: 2 * asked),
            "find_event": Sample(values: [live, .bigint(1), now, .smallint(0)]),
            "find_run": Sample(values: [live]),
        ]
    }

    /// One run as the journal writes it.
    private func insertion(_ database: LargeDatabase) throws -> [PostgresValue] {
        let run = RunID.make(at: Clock.system.now())
        let hash = Digest.sha256(Array("a sample".utf8))
        try database.connection.run(
            "INSERT INTO flow_snapshots (hash, data) VALUES ($1, '{}') ON CONFLICT DO NOTHING", [.bytea],
            [.bytea(hash)])
        let record = RunRecord(
            id: run, owner: database.user, startedBy: database.user, flow: 5,
            snapshot: FlowSnapshot(hash: hash, document: []), inputs: [:], environment: [:],
            network: .standard, bundling: "Off", createdAt: Clock.system.now())
        var projection = JournalProjection()
        let batch = projection.project([JournalRow(.created(record))])
        let work = batch.work(of: ServerID(known(UniqueID(LargeDatabase.here))), snapshots: [])
        return known(work.statements.first { $0.statement.name == "insert_runs" }).values
    }
}
