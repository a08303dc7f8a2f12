// The journal's connection: carries out one transaction at a time. Owned by the storage loop.

internal import Net
internal import Postgres
internal import Primitives

/// Runs the orders of a `JournalTransaction` on a connection. Outside of a transaction the connection is idle
/// and not in pipeline mode.
final class JournalSession {
    enum Event {
        /// Transactions can be sent, for the first time or again after a loss.
        case ready(isBack: Bool)
        /// The transaction has a verdict; if it is a success, with the rows that its statements gave.
        case finished(Result<[PostgresRows], PostgresError>)
        /// The connection is gone, and with it the verdict of the transaction under way; or another attempt has failed.
        case lost(PostgresError, isNew: Bool)
    }

    /// How the database knows the connection: the next start of this server has to find it.
    static func applicationName(of server: ServerID) -> String { "flowd journal \(server)" }

    private let session: DatabaseSession
    private var transaction: JournalTransaction?
    private var copy: CopyStream?
    /// When the transaction under way was begun, and when something of it last moved, in steady nanoseconds.
    private var begunAt: Int64 = 0
    private var movedAt: Int64 = 0

    init(database: DatabaseAddress, server: ServerID) {
        session = DatabaseSession(
            DatabaseSession.Role(
                name: "journal",
                setUp: JournalStatements.setUp
                    + "; SET application_name = '\(JournalSession.applicationName(of: server))'",
                statements: StoreStatements.prepared(at: .journal),
                pipelines: false, token: .journal),
            database: database)
    }

    /// True if a transaction can be begun now.
    var isIdle: Bool { session.connection != nil && transaction == nil }

    /// The session's timer is due, or it begins its life.
    func due(on loop: inout LoopContext) -> Event? { session.due(on: &loop).map(JournalSession.event) }

    /// The database is known to be back.
    func hurry(on loop: inout LoopContext) { session.hurry(on: &loop) }

    /// The descriptor is ready.
    func ready(on loop: inout LoopContext) -> Event? {
        guard let connection = session.connection else {
            return session.advance(on: &loop).map(JournalSession.event)
        }
        movedAt = loop.turnTime
        do {
            try connection.consume()
            return try advance(connection, on: &loop)
        } catch {
            return lose(DatabaseSession.reason(error), on: &loop)
        }
    }

    /// Sends a transaction; `isIdle` must be true.
    func begin(_ work: JournalWork, on loop: inout LoopContext) -> Event? {
        guard let connection = session.connection, transaction == nil else {
            preconditionFailure("a journal transaction was begun while the connection was not idle")
        }
        do {
            var transaction = JournalTransaction(work)
            let orders = transaction.start()
            self.transaction = transaction
            begunAt = loop.turnTime
            movedAt = loop.turnTime
            if let event = try carryOut(orders, connection) { return event }
            return try advance(connection, on: &loop)
        } catch {
            return lose(DatabaseSession.reason(error), on: &loop)
        }
    }

    /// The transaction under way has had no verdict for as long as this.
    func isStill(for milliseconds: Int, at now: Int64) -> Bool {
        transaction != nil && now - begunAt >= Int64(milliseconds) * 1_000_000
    }

    /// Gives the connection up if nothing of the transaction under way has moved for longer than the database may work on
    /// one statement.
    func look(on loop: inout LoopContext) -> Event? {
        let milliseconds = Limits.journalStatementMillisecondsMax + Limits.replyMarginMilliseconds
        guard transaction != nil, loop.turnTime - movedAt >= Int64(milliseconds) * 1_000_000 else {
            return nil
        }
        return lose(PostgresError(.connection, detail: "the server has stopped answering"), on: &loop)
    }

    /// Gives the connection up because of this error; it comes back by itself.
    func lose(_ error: PostgresError, on loop: inout LoopContext) -> Event {
        transaction = nil
        copy = nil
        return JournalSession.event(session.lose(error, on: &loop))
    }

    /// Closes for good.
    func close(on loop: inout LoopContext) { session.close(on: &loop) }

    private static func event(_ event: DatabaseSession.Event) -> Event {
        switch event {
        case .ready(let isBack): .ready(isBack: isBack)
        case .lost(let error, let isNew): .lost(error, isNew: isNew)
        }
    }

    private func advance(_ connection: PostgresConnection, on loop: inout LoopContext) throws -> Event? {
        while transaction != nil {
            guard try sendCopy(connection) else { break }
            let reply = try connection.nextReply()
            if case .pending = reply { break }
            let orders = transaction?.received(reply) ?? []
            if let event = try carryOut(orders, connection) {
                try session.flush(on: &loop)
                return event
            }
        }
        try session.flush(on: &loop)
        return nil
    }

    private func carryOut(_ orders: [JournalTransaction.Order], _ connection: PostgresConnection) throws
        -> Event?
    {
        for order in orders {
            switch order {
            case .sendScript(let script): try connection.send(script: script)
            case .sendCopy(let rows): copy = CopyStream(rows)
            case .enterPipeline: try connection.enterPipeline()
            case .execute(let bound): try connection.sendExecute(bound.statement, bound.values)
            case .sync: try connection.sendSyncPoint()
            case .leavePipeline: try connection.exitPipeline()
            case .finish(let result):
                transaction = nil
                return .finished(result)
            }
        }
        return nil
    }

    /// Sends COPY data as long as the connection takes it. False while some of it waits: the library gives no
    /// further replies before the COPY has ended.
    private func sendCopy(_ connection: PostgresConnection) throws -> Bool {
        while var stream = copy {
            switch stream.next() {
            case .send(let piece):
                if try connection.sendCopy(piece) {
                    copy = stream
                } else {
                    stream.returned(piece)
                    copy = stream
                    return false
                }
            case .end:
                guard try connection.sendCopyEnd() else { return false }
                copy = nil
            }
        }
        return true
    }
}
