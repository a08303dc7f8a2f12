// The tables on Postgres: a statement for each request, and its rows as JSON.

internal import Postgres
internal import Primitives
public import Tables
internal import Wire

/// The tables of all users. Any thread; replies come on the storage loop's thread.
public struct PostgresTables: TableStore, StoragePort {
    static let statements: [any ListedStatement] = []

    let context: PortContext

    /// Carries a request out by one statement that is made for it, over the connection of tables. A request without
    /// rows to write is answered at once, on the caller's thread.
    public func perform(
        _ request: TableRequest, reply: @escaping @Sendable (Result<TableReply, TableError>) -> Void
    ) {
        if let answer = request.immediateReply { return reply(.success(answer)) }
        let (statement, cells) = TableSQL.make(request)
        let log = context.desk.log
        context.desk.ask(composed: statement) { result in
            switch result {
            case .failure(let error): reply(.failure(TableError(error)))
            case .success(let rows):
                do throws(PostgresError) {
                    reply(.success(try cells.read(rows)))
                } catch {
                    log.error(
                        "storage", "rows of a table cannot be read",
                        LogField("reason", error.debugDescription))
                    reply(.failure(.failed))
                }
            }
        }
    }
}

extension TableError {
    /// Something that is this server's fault.
    static let failed = TableError(.internalServerError, "XX000", "the request could not be carried out")

    /// What a client is told of the database's refusal: its state and a sentence of ours. The database's own sentence
    /// would quote rows.
    init(_ error: PostgresError) {
        guard let state = error.state else {
            self = error.kind == .unexpectedReply ? .failed : .unavailable(error.description)
            return
        }
        switch state {
        case .uniqueViolation:
            self.init(.conflict, state.code, "duplicate key value violates unique constraint")
        case .foreignKeyViolation:
            self.init(.conflict, state.code, "a row that this one names is not there, or not the caller's")
        case .limitExceeded:
            self.init(.badRequest, state.code, "a user may not have so many rows of this table")
        case .walletMissing:
            self.init(
                .badRequest, "23514",
                "column action_identity must be the public key of a hard-coded wallet of the deployment's owner"
            )
        case .queryCanceled:
            self.init(
                .serviceUnavailable, state.code, "canceling statement due to statement timeout",
                hint: "filter by the id of a run, of a flow or of a deployment")
        default:
            switch state.errorClass {
            case "22": self.init(.badRequest, state.code, "a value cannot be read as what its column holds")
            case "23": self.init(.badRequest, state.code, "a value violates a constraint of its table")
            case "21": self.init(.badRequest, state.code, "a row stands twice in the body")
            case "54":
                self.init(
                    .badRequest, state.code, "the request is too large for the database",
                    hint: "name fewer columns, or limit the rows of embedded tables")
            case "40", "53", "55", "57", "08": self = .unavailable("the database is busy: try again")
            default: self = .failed
            }
        }
    }
}
