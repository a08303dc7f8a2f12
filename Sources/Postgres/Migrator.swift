// Brings the tables to the state that this build expects. Runs once at start, before the loops.

/// One numbered step. Once released it never changes; what must change becomes a further step.
public struct Migration: Sendable {
    /// 1, 2, 3 … without a gap.
    public let number: Int32
    /// A few words for people, kept beside the number.
    public let name: String
    /// Statements separated by semicolons, run in one transaction.
    public let sql: String

    public init(_ number: Int32, _ name: String, _ sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }
}

/// Why the tables cannot be used.
public enum MigrationError: Error, Sendable, CustomStringConvertible {
    /// An applied step reads differently in this build.
    case changed(number: Int32, name: String)
    /// The database holds a step that this build does not know.
    case unknown(number: Int32)
    /// Steps are missing below the last applied one.
    case gap(number: Int32)
    /// The server refused a step; nothing of it remains.
    case refused(number: Int32, PostgresError)
    /// The database failed before or after the steps.
    case database(PostgresError)

    public var description: String {
        switch self {
        case .changed(let number, let name):
            "the database was made with another text of migration \(number) (\(name)) than this build has"
        case .unknown(let number):
            "the database has migration \(number), which this build does not know: it is older than the database"
        case .gap(let number): "the database lacks migration \(number), but has later ones"
        case .refused(let number, let error): "migration \(number) failed: \(error)"
        case .database(let error): "\(error)"
        }
    }
}

/// Applies numbered steps under an advisory lock, so that several processes may start at once
/// (spec storage-and-operations 7.1).
public struct Migrator {
    /// The key of the lock that every process takes before it looks at `schema_migrations`.
    static let lockKey = 7_305_021

    private let steps: [Migration]
    private let digest: ([UInt8]) -> [UInt8]

    /// - Parameters:
    ///   - steps: all steps of this build, in order.
    ///   - digest: SHA-256.
    public init(_ steps: [Migration], digest: @escaping ([UInt8]) -> [UInt8]) {
        for (index, step) in steps.enumerated() {
            precondition(step.number == Int32(index) + 1, "migrations are numbered 1, 2, 3 without a gap")
        }
        self.steps = steps
        self.digest = digest
    }

    /// Applies what is missing; gives the numbers of the steps that it applied. If the stored steps do not fit this
    /// build, it throws before it changes anything.
    public func migrate(_ connection: BlockingConnection) throws(MigrationError) -> [Int32] {
        do {
            try connection.run("SELECT pg_advisory_lock(\(Migrator.lockKey))")
            try connection.run(script: Migrator.table)
        } catch {
            throw .database(error)
        }
        let applied = try verifyApplied(connection)
        var done: [Int32] = []
        for step in steps.dropFirst(applied) {
            try apply(step, connection)
            done.append(step.number)
        }
        do { try connection.run("SELECT pg_advisory_unlock(\(Migrator.lockKey))") } catch {
            throw .database(error)
        }
        return done
    }

    private static let table = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version     integer     PRIMARY KEY,
            name        text        NOT NULL,
            checksum    bytea       NOT NULL,
            applied_at  timestamptz NOT NULL DEFAULT now()
        )
        """

    private func verifyApplied(_ connection: BlockingConnection) throws(MigrationError) -> Int {
        var stored: [(number: Int32, checksum: [UInt8])] = []
        do {
            let rows = try connection.run("SELECT version, checksum FROM schema_migrations ORDER BY version")
            for row in 0..<rows.count {
                stored.append((try rows[row].integer(0), try rows[row].bytes(1)))
            }
        } catch {
            throw .database(error)
        }
        for (index, (number, checksum)) in stored.enumerated() {
            guard index < steps.count else { throw .unknown(number: number) }
            let step = steps[index]
            guard number == step.number else { throw .gap(number: step.number) }
            guard checksum == digest(Array(step.sql.utf8)) else {
                throw .changed(number: number, name: step.name)
            }
        }
        return stored.count
    }

    private func apply(_ step: Migration, _ connection: BlockingConnection) throws(MigrationError) {
        try connection.transaction { () throws(MigrationError) in
            do throws(PostgresError) {
                try connection.run(script: step.sql)
                try connection.run(
                    "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
                    [.integer, .text, .bytea],
                    [.integer(step.number), .text(step.name), .bytea(digest(Array(step.sql.utf8)))])
            } catch {
                throw .refused(number: step.number, error)
            }
        } onDatabaseError: {
            .refused(number: step.number, $0)
        }
    }
}
