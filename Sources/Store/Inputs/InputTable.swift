// The table of requests for values.

internal import Engine
internal import Postgres
internal import Primitives
internal import Values

/// The columns of `api_input_requests`.
enum InputTable {
    /// What is known when a value is asked for.
    static let requests = Table<InputRequest, RecordReader<InputRequest>>("api_input_requests") { t in
        let keyHash = t.column("key_hash", .bytea) { $0.keyHash }
        let run = t.column("flow_run_id", .run) { $0.run }
        let node = t.column("node_id", .node) { $0.execution.node }
        let times = t.column("times", .integer) { $0.execution.times }
        let expiresAt = t.column("expires_at", .optional(.timestamptz)) { $0.expiresAt }
        return RecordReader { row throws(PostgresError) in
            InputRequest(
                run: try row[run], execution: NodeExecution(node: try row[node], times: try row[times]),
                keyHash: try row[keyHash], expiresAt: try row[expiresAt])
        }
    }
}

/// Where a request and its answer stand in a row.
struct InputCells: Sendable {
    private let request: RowReader<InputRequest>
    private let status: Cell<String>
    private let value: Cell<Value?>
    private let isHidden: Cell<Bool>

    /// Adds the columns of a request `q` to a statement.
    ///
    /// - Parameter value: the value of the answer, which may be left out if it is large.
    init<Input>(value: String = "q.value", _ q: inout StatementBuilder<Input>) {
        request = q.record(of: InputTable.requests, "q")
        status = q.column("q.status", .text)
        self.value = q.column(value, .optional(.value))
        isHidden = q.column("q.value_hidden", .bool)
    }

    /// Reads a request with its answer.
    func read(_ row: PostgresRows.Row) throws(PostgresError) -> StoredInputRequest {
        StoredInputRequest(
            request: try request(row),
            answer: try InputAnswer.stored(
                try row[status], try row[value], isHidden: try row[isHidden]))
    }

    /// False if the answer has no value, or it was left out.
    func hasValue(_ row: PostgresRows.Row) throws(PostgresError) -> Bool { try row[value] != nil }
}

extension InputAnswer {
    /// The word for it in the column `status`, and the value.
    var stored: (status: String, value: Value?) {
        switch self {
        case .submitted(let value): ("submitted", value)
        case .canceled: ("canceled", nil)
        case .expired: ("expired", nil)
        }
    }

    /// Nil if the request waits.
    fileprivate static func stored(_ status: String, _ value: Value?, isHidden: Bool) throws(PostgresError)
        -> InputAnswer?
    {
        switch (status, value) {
        case ("pending", _): return nil
        case ("canceled", _): return .canceled
        case ("expired", _): return .expired
        case ("submitted", let value?):
            return .submitted(isHidden ? .secret(SecretValue(.null, shownAs: value)) : value)
        default: throw .unreadable("answer to a request for a value")
        }
    }
}
