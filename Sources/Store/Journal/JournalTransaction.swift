// One transaction of the journal connection, from its first statement to its verdict. Pure: the session sends
// what it orders and tells it what came back.

internal import Postgres

/// What goes into one transaction.
struct JournalWork {
    /// Rows that are copied into a table.
    struct Copy {
        let statement: String
        let rows: CopyRows
    }

    /// Sent first.
    var copies: [Copy] = []
    /// Prepared statements, sent together behind them.
    var statements: [BoundStatement] = []
}

extension JournalWork.Copy {
    /// These records as rows of their table.
    init<Record>(_ table: Table<Record, Void>, _ records: [Record]) {
        statement = table.copyStatement
        rows = table.copyRows(records)
    }
}

/// COPY and pipeline mode exclude each other in libpq, so a transaction is at most three round trips: the COPY
/// statements, their data, and everything else as one pipeline that ends with the commit. The form was chosen by
/// measurement (decision 0001).
struct JournalTransaction {
    /// What the session does next, in order.
    enum Order {
        case sendScript(String)
        case sendCopy(CopyRows)
        case enterPipeline
        case execute(BoundStatement)
        case sync
        case leavePipeline
        /// The transaction is over. A success has the rows that the statements gave, in their order.
        case finish(Result<[PostgresRows], PostgresError>)
    }

    private enum State {
        case copying(next: Int)
        case pipelining
        case rollingBack
        case finished
    }

    private let work: JournalWork
    private var state = State.finished
    private var failure: PostgresError?
    private var rows: [PostgresRows] = []

    init(_ work: JournalWork) { self.work = work }

    /// The first orders.
    mutating func start() -> [Order] {
        guard !work.copies.isEmpty else { return pipeline(beginning: true) }
        state = .copying(next: 0)
        let copies = work.copies.map(\.statement).joined(separator: ";")
        // A lone script is one implicit transaction; with statements to follow it must stay open.
        return [.sendScript(work.statements.isEmpty ? copies : "BEGIN;" + copies)]
    }

    /// What follows from a reply.
    mutating func received(_ reply: PostgresConnection.Reply) -> [Order] {
        switch (state, reply) {
        case (_, .pending):
            return []
        case (.copying(let next), .copyInvited) where next < work.copies.count:
            state = .copying(next: next + 1)
            return [.sendCopy(work.copies[next].rows)]
        case (.copying, .rows), (.pipelining, .end), (.pipelining, .skipped), (.rollingBack, .rows),
            (.rollingBack, .refused):
            return []
        case (.copying, .refused(let error)), (.pipelining, .refused(let error)):
            failure = failure ?? error
            return []
        case (.copying, .end):
            if failure != nil { return work.statements.isEmpty ? finish() : rollBack() }
            return work.statements.isEmpty ? finish() : pipeline(beginning: false)
        case (.pipelining, .rows(let rows, _)):
            self.rows.append(rows)
            return []
        case (.pipelining, .synced):
            return [.leavePipeline] + (failure == nil ? finish() : rollBack())
        case (.rollingBack, .end):
            return finish()
        case (.finished, _), (.copying, _), (.pipelining, _), (.rollingBack, _):
            failure = PostgresError(.connection, detail: "a reply of the journal connection has no question")
            return finish()
        }
    }

    private mutating func pipeline(beginning: Bool) -> [Order] {
        state = .pipelining
        var orders = [Order.enterPipeline]
        if beginning { orders.append(.execute(JournalStatements.begin.bound(to: ()))) }
        for statement in work.statements { orders.append(.execute(statement)) }
        orders.append(.execute(JournalStatements.commit.bound(to: ())))
        orders.append(.sync)
        return orders
    }

    private mutating func rollBack() -> [Order] {
        state = .rollingBack
        return [.sendScript("ROLLBACK")]
    }

    private mutating func finish() -> [Order] {
        state = .finished
        if let failure { return [.finish(.failure(failure))] }
        // The first and the last rows of a pipeline are those of BEGIN and COMMIT, which have none.
        return [.finish(.success(rows))]
    }
}
