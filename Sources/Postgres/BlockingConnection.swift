// A connection for work that may wait: migrations and recovery at start, commands of the command line, tests.
// Never on a loop or a lane.

internal import Primitives

/// Statement by statement, each answered before the next. Not Sendable; every call blocks its thread.
public final class BlockingConnection {
    private let connection: PostgresConnection
    private let replyMillisecondsMax: Int32

    /// Connects.
    ///
    /// - Parameters:
    ///   - connectMillisecondsMax: how long the lookup of the hosts may take, and then the connecting.
    ///   - replyMillisecondsMax: how long one statement may take; the connection is of no use after it.
    public init(
        _ connectionString: String, applicationName: String = "flowd",
        connectMillisecondsMax: Int32 = 10_000, replyMillisecondsMax: Int32 = 600_000
    ) throws(PostgresError) {
        self.replyMillisecondsMax = replyMillisecondsMax
        let overrides = try ConnectionTarget(connectionString)
            .settings(withinMilliseconds: connectMillisecondsMax)
        connection = try PostgresConnection(
            connectionString, overrides: overrides, applicationName: applicationName)
        var progress = PostgresConnection.ConnectProgress.awaitingWrite
        let deadline = BlockingConnection.deadline(after: connectMillisecondsMax)
        while progress != .connected {
            try BlockingConnection.wait(
                connection, reading: progress == .awaitingRead, writing: progress == .awaitingWrite,
                until: deadline)
            progress = try connection.advanceConnecting()
        }
    }

    /// The server's version: 150004 for 15.4.
    public var serverVersion: Int32 { connection.serverVersion }

    /// Runs statements without parameters, separated by semicolons; gives the rows of the last one.
    @discardableResult
    public func run(script: String) throws(PostgresError) -> PostgresRows {
        try connection.send(script: script)
        return try outcome()
    }

    /// Runs one statement with parameters and gives its rows.
    @discardableResult
    public func run(
        _ sql: String, _ parameters: [PostgresType] = [], _ values: [PostgresValue] = []
    ) throws(PostgresError) -> PostgresRows {
        try connection.sendExecute(PostgresStatement(once: sql, parameters), values)
        return try outcome()
    }

    /// Runs a statement that loops prepare, once.
    @discardableResult
    public func run(_ statement: PostgresStatement, _ values: [PostgresValue]) throws(PostgresError)
        -> PostgresRows
    {
        try run(statement.sql, statement.parameters, values)
    }

    /// Blocks the calling thread for a while, between two attempts to connect.
    public static func pause(milliseconds: Int32) { PostgresConnection.pause(milliseconds: milliseconds) }

    /// Runs `body` in a transaction: committed if it returns, rolled back if it throws.
    public func transaction<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result, onDatabaseError wrap: (PostgresError) -> Failure
    ) throws(Failure) -> Result {
        do { try run(script: "BEGIN") } catch { throw wrap(error) }
        let result: Result
        do {
            result = try body()
        } catch {
            // The error of the body matters more than a second one of the same lost connection.
            _ = try? run(script: "ROLLBACK")
            throw error
        }
        do { try run(script: "COMMIT") } catch { throw wrap(error) }
        return result
    }

    private func outcome() throws(PostgresError) -> PostgresRows {
        var rows = PostgresRows.none
        var refusal: PostgresError?
        let deadline = BlockingConnection.deadline(after: replyMillisecondsMax)
        while true {
            let isFlushed = try connection.flush()
            switch try connection.nextReply() {
            case .pending:
                try BlockingConnection.wait(
                    connection, reading: true, writing: !isFlushed, until: deadline)
                try connection.consume()
            case .rows(let last, _): rows = last
            case .refused(let error): refusal = error
            case .end:
                if let refusal { throw refusal }
                return rows
            case .copyInvited, .skipped, .synced:
                throw PostgresError(.unexpectedReply, detail: "a plain statement was expected")
            }
        }
    }

    private static func deadline(after milliseconds: Int32) -> Int64 {
        Clock.system.steady() + Int64(milliseconds) * 1_000_000
    }

    private static func wait(
        _ connection: PostgresConnection, reading: Bool, writing: Bool, until deadline: Int64
    ) throws(PostgresError) {
        let rest = (deadline - Clock.system.steady()) / 1_000_000
        guard rest > 0,
            connection.wait(reading: reading, writing: writing, milliseconds: Int32(clamping: rest))
        else { throw PostgresError(.connection, detail: "the server does not answer") }
    }
}
