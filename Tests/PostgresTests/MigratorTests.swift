import Primitives
import TestKit
import TestTraits
import Testing

@testable import Postgres

@Suite(.blocking) struct `Migrations` {
    /// Not SHA-256, which is above this target: any function of the text shows a change.
    private func digest(_ bytes: [UInt8]) -> [UInt8] { bytes }

    private func connect() throws -> BlockingConnection {
        try BlockingConnection(ScratchCluster.shared.get().makeDatabase())
    }

    private let first = Migration(1, "first", "CREATE TABLE a (id integer); INSERT INTO a VALUES (1)")
    private let second = Migration(2, "second", "ALTER TABLE a ADD COLUMN b text")

    @Test func `steps run once, in order, and later ones on top`() throws {
        let connection = try connect()
        #expect(try Migrator([first], digest: digest).migrate(connection) == [1])
        #expect(try Migrator([first], digest: digest).migrate(connection) == [])
        #expect(try Migrator([first, second], digest: digest).migrate(connection) == [2])
        #expect(try connection.run("SELECT id, b FROM a").count == 1)
    }

    @Test func `a changed step is refused before anything is done`() throws {
        let connection = try connect()
        _ = try Migrator([first], digest: digest).migrate(connection)
        let changed = Migration(1, "first", "CREATE TABLE a (id bigint)")
        let error = #expect(throws: MigrationError.self) {
            try Migrator([changed, second], digest: digest).migrate(connection)
        }
        #expect(
            error?.description
                == "the database was made with another text of migration 1 (first) than this build has")
        #expect(try connection.run("SELECT 1 FROM schema_migrations").count == 1)
    }

    @Test func `an older build refuses a newer database`() throws {
        let connection = try connect()
        _ = try Migrator([first, second], digest: digest).migrate(connection)
        let error = #expect(throws: MigrationError.self) {
            try Migrator([first], digest: digest).migrate(connection)
        }
        guard case .unknown(number: 2) = error else {
            Issue.record("another error than expected")
            return
        }
    }

    @Test func `a step that fails leaves nothing behind`() throws {
        let connection = try connect()
        let broken = Migration(2, "broken", "CREATE TABLE c (id integer); SELECT 1/0")
        let error = #expect(throws: MigrationError.self) {
            try Migrator([first, broken], digest: digest).migrate(connection)
        }
        guard case .refused(number: 2, let reason) = error else {
            Issue.record("another error than expected")
            return
        }
        #expect(reason.state == SQLState("22012"))
        #expect(try connection.run("SELECT to_regclass('c') IS NULL")[0].bool(0))
        #expect(try Migrator([first, second], digest: digest).migrate(connection) == [2])
    }

    @Test func `two processes at once apply each step once`() async throws {
        let database = try ScratchCluster.shared.get().makeDatabase()
        let steps = [first, second]
        let applied = try await withThrowingTaskGroup(of: [Int32].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try Migrator(steps, digest: { $0 }).migrate(try BlockingConnection(database))
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.sorted() == [1, 2])
    }
}

@Suite(.blocking) struct `A connection that waits` {
    private func connect() throws -> BlockingConnection {
        try BlockingConnection(ScratchCluster.shared.get().makeDatabase())
    }

    @Test func `gives a statement up that goes on talking and does not end`() throws {
        let connection = try BlockingConnection(
            ScratchCluster.shared.get().makeDatabase(), replyMillisecondsMax: 300)
        let error = #expect(throws: PostgresError.self) {
            try connection.run(
                script: """
                    SET client_min_messages = notice;
                    DO $$ BEGIN LOOP RAISE NOTICE 'x'; PERFORM pg_sleep(0.01); END LOOP; END $$
                    """)
        }
        #expect(error?.kind == .connection)
    }

    @Test func `parameters and cells go both ways unchanged`() throws {
        let connection = try connect()
        let id = UniqueID.random()
        let time = Timestamp(nanoseconds: 1_700_000_000_123_456_000)
        let row = try connection.run(
            "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL::text",
            [.bool, .smallint, .integer, .bigint, .text, .bytea, .json, .uuid, .timestamptz, .uuid.array],
            [
                .bool(false), .smallint(.min), .integer(.min), .bigint(.min), .text("é\u{0}"),
                .bytea([0, 255]),
                .json(Array(#"{"a":"\u0000"}"#.utf8)), .uuid(id), .timestamptz(time),
                .array(PostgresArray(of: .uuid, [.uuid(id), .uuid(.zero)])),
            ])[0]
        #expect(try row.bool(0) == false)
        #expect(try row.smallint(1) == .min)
        #expect(try row.integer(2) == .min)
        #expect(try row.bigint(3) == .min)
        #expect(try row.text(4) == "é\u{FFFD}")
        #expect(try row.bytes(5) == [0, 255])
        #expect(try row.text(6) == #"{"a":"\u0000"}"#)
        #expect(try row.uuid(7) == id)
        #expect(try row.timestamptz(8) == time)
        #expect(try row.uuids(9) == [id, .zero])
        #expect(row.isNull(10))
    }

    @Test func `a refused statement says why and harms no other`() throws {
        let connection = try connect()
        let error = #expect(throws: PostgresError.self) {
            try connection.run("SELECT * FROM nothing_of_this_name")
        }
        #expect(error?.state == SQLState("42P01"))
        #expect(try connection.run("SELECT 1").count == 1)
    }

    @Test func `an error names what it is about and quotes no row`() throws {
        let connection = try connect()
        try connection.run(script: "CREATE TABLE t (a text CONSTRAINT short CHECK (length(a) < 3))")
        let error = #expect(throws: PostgresError.self) {
            try connection.run("INSERT INTO t VALUES ($1)", [.text], [.text("secret")])
        }
        let detail = try #require(error?.detail)
        #expect(detail.contains("table t, constraint short"))
        #expect(!detail.contains("secret"))
    }

    @Test func `no server is an error, at once`() {
        let error = #expect(throws: PostgresError.self) {
            try BlockingConnection("host=/nowhere dbname=none user=nobody")
        }
        #expect(error?.remedy == .reconnect)
    }
}
