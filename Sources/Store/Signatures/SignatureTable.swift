// The table of requests for signatures.

internal import Engine
internal import Postgres
internal import Primitives
internal import Values

/// The columns of `signature_requests`.
enum SignatureTable {
    /// What is known when a signature is asked for. The user who is asked is found by the statement.
    static let requests = Table<WaitingSignature, RecordReader<WaitingSignature>>("signature_requests") { t in
        let id = t.column("id", .bigint) { $0.request.id.number }
        let run = t.column("flow_run_id", .run) { $0.run }
        let node = t.column("node_id", .node) { $0.execution.node }
        let times = t.column("times", .integer) { $0.execution.times }
        let kind = t.column("kind", .text) { $0.request.kind.rawValue }
        let createdAt = t.column("created_at", .timestamptz) { $0.request.createdAt }
        let expiresAt = t.column("expires_at", .timestamptz) { $0.request.expiresAt }
        let publicKey = t.column("pubkey", .text) { Base58.encode($0.request.publicKey.bytes) }
        let message = t.column("msg", .text) { Base64.encode($0.request.message) }
        return RecordReader { row throws(PostgresError) in
            let (made, end) = (try row[createdAt].milliseconds, try row[expiresAt].milliseconds)
            let (limit, overflow) = end.subtractingReportingOverflow(made)
            guard !overflow,
                let request = SignatureRequest(
                    storedID: try row[id], publicKey: try row[publicKey], message: try row[message],
                    kind: try row[kind], milliseconds: made, timeLimitMilliseconds: limit)
            else { throw .unreadable("request for a signature") }
            return WaitingSignature(
                run: try row[run], execution: NodeExecution(node: try row[node], times: try row[times]),
                request: request)
        }
    }

    /// Adds the columns of a request `q` with its answer to a statement.
    static func answered<Input>(_ q: inout StatementBuilder<Input>) -> RowReader<StoredSignature> {
        let request = q.record(of: requests, "q")
        let status = q.column("q.status", .text)
        let signature = q.column("q.signature", .optional(.text))
        return { row throws(PostgresError) in
            StoredSignature(
                waiting: try request(row),
                answer: try SignatureAnswer.stored(try row[status], try row[signature]))
        }
    }
}

extension SignatureAnswer {
    /// The word for it in the column `status`, and the signature in Base58.
    var stored: (status: String, signature: String?) {
        switch self {
        case .signed(let signature): ("signed", Base58.encode(signature.bytes))
        case .canceled: ("canceled", nil)
        case .expired: ("expired", nil)
        }
    }

    /// Nil if the request waits.
    fileprivate static func stored(_ status: String, _ signature: String?) throws(PostgresError)
        -> SignatureAnswer?
    {
        switch (status, signature.flatMap { Base58.decode($0) }.flatMap { Bytes64($0) }) {
        case ("pending", _): return nil
        case ("canceled", _): return .canceled
        case ("expired", _): return .expired
        case ("signed", let signature?): return .signed(signature)
        default: throw .unreadable("answer to a request for a signature")
        }
    }
}
