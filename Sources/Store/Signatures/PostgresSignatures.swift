// Who signs, and the record of those who were asked, on Postgres.

public import Engine
internal import Identity
internal import Postgres
public import Primitives
internal import Values

/// The keys that are kept for users, and the requests of all runs. Any thread; replies come on the storage loop's thread,
/// where kept keys are opened, used once and let go.
public struct PostgresSignatures: SignatureRequests {
    let desk: QuestionDesk
    let key: SealingKey
    let server: ServerID

    /// Finds out who signs, in one statement: signs with a kept key, or writes the request down. Waits as long as the
    /// database needs.
    public func arrange(
        _ waiting: WaitingSignature, for parties: SignatureParties,
        reply: @escaping @Sendable (Result<SignatureArrangement, StorageError>) -> Void
    ) {
        let request = waiting.request
        let key = key
        desk.ask(
            SignatureStatements.arrange,
            [
                .text(Base58.encode(request.publicKey.bytes)), .uuid(parties.owner.id),
                parties.startedBy.map { .uuid($0.id) } ?? .null,
                parties.startedKey.map { .text($0) } ?? .null,
                parties.deployment.map { .uuid($0.id) } ?? .null, .bool(parties.ownerKeyCounts),
                .bigint(request.id.number), .uuid(waiting.run.id), .uuid(waiting.execution.node.id),
                .integer(waiting.execution.times), .text(request.kind.rawValue),
                .timestamptz(request.createdAt), .timestamptz(request.expiresAt),
                .text(Base64.encode(request.message)), .uuid(server.id),
            ], isPatient: true
        ) { rows throws(PostgresError) in
            guard rows.count > 0 else { return .impossible }
            let user = rows[0].isNull(0) ? nil : UserID(try rows[0].uuid(0))
            guard !rows[0].isNull(1), let user else { return .asked(user) }
            return .signed(try SignatureRows.sign(request, try rows[0].bytes(1), of: user, under: key))
        } _: {
            reply($0)
        }
    }

    /// Reads a request with who was asked; nil unless it waits, is within its time, and its run has not ended.
    public func find(
        _ id: SignatureRequestID,
        reply: @escaping @Sendable (Result<AskedSignature?, StorageError>) -> Void
    ) {
        desk.ask(SignatureStatements.find, [.bigint(id.number)], SignatureRows.asked, reply)
    }

    /// Reads those of these requests that have an answer.
    public func answered(
        _ ids: [SignatureRequestID],
        reply: @escaping @Sendable (Result<[StoredSignature], StorageError>) -> Void
    ) {
        desk.ask(
            SignatureStatements.answered, [.array(of: .bigint, ids) { .bigint($0.number) }], on: .reads,
            SignatureRows.stored, reply)
    }

    /// Reads which of these runs have ended or are gone, and of the others the oldest request that waits, if one
    /// does.
    public func awaited(
        in runs: [RunID], reply: @escaping @Sendable (Result<[AwaitedSignature], StorageError>) -> Void
    ) {
        desk.ask(
            SignatureStatements.awaited, [.array(of: .uuid, runs) { .uuid($0.id) }], on: .reads,
            SignatureRows.awaited, reply)
    }

    /// Answers the request of this name if it waits, and notifies the server that has the run, if that is another
    /// one. Gives the request that was answered; nil if none was.
    public func resolve(
        _ id: SignatureRequestID, _ answer: SignatureAnswer,
        reply: @escaping @Sendable (Result<WaitingSignature?, StorageError>) -> Void
    ) {
        let (status, signature): (String, PostgresValue) =
            switch answer {
            case .signed(let signature): ("signed", .text(Base58.encode(signature.bytes)))
            case .canceled: ("canceled", .null)
            case .expired: ("expired", .null)
            }
        desk.ask(
            SignatureStatements.resolve,
            [.bigint(id.number), .text(status), signature, .uuid(server.id)], isPatient: status != "signed",
            SignatureRows.first, reply)
    }

    /// Reads all requests of a run with their answers, oldest first.
    public func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredSignature], StorageError>) -> Void
    ) {
        desk.ask(
            SignatureStatements.ofRun, [.uuid(run.id)], on: .reads, SignatureRows.stored, reply)
    }

    /// Reads the next requests that wait for this user, `Limits.signaturePageMax` rows at most; rows stop behind
    /// `Limits.signaturePageBytesMax` bytes of messages.
    public func pending(
        of user: UserID, after last: SignatureRequest?,
        reply: @escaping @Sendable (Result<[WaitingSignature], StorageError>) -> Void
    ) {
        desk.ask(
            SignatureStatements.pending,
            [
                .uuid(user.id), .timestamptz(last?.createdAt ?? Timestamp(seconds: 0)),
                .bigint(last?.id.number ?? 0), .integer(Int32(Limits.signaturePageMax)),
                .bigint(Int64(Limits.signaturePageBytesMax)),
            ], on: .reads, SignatureRows.waiting, reply)
    }
}

/// Rows of the statements as values.
enum SignatureRows {
    static func first(_ rows: PostgresRows) throws(PostgresError) -> WaitingSignature? {
        rows.count > 0 ? try waiting(rows[0]) : nil
    }

    static func asked(_ rows: PostgresRows) throws(PostgresError) -> AskedSignature? {
        guard rows.count > 0 else { return nil }
        return AskedSignature(
            waiting: try waiting(rows[0]), user: rows[0].isNull(9) ? nil : UserID(try rows[0].uuid(9)))
    }

    static func awaited(_ rows: PostgresRows) throws(PostgresError) -> [AwaitedSignature] {
        var all: [AwaitedSignature] = []
        for index in 0..<rows.count {
            let row = rows[index]
            all.append(try row.bool(10) ? .ended(RunID(try row.uuid(9))) : .asked(try waiting(row)))
        }
        return all
    }

    static func waiting(_ rows: PostgresRows) throws(PostgresError) -> [WaitingSignature] {
        var all: [WaitingSignature] = []
        for index in 0..<rows.count { all.append(try waiting(rows[index])) }
        return all
    }

    static func stored(_ rows: PostgresRows) throws(PostgresError) -> [StoredSignature] {
        var all: [StoredSignature] = []
        for index in 0..<rows.count { all.append(try stored(rows[index])) }
        return all
    }

    static func stored(_ row: PostgresRows.Row) throws(PostgresError) -> StoredSignature {
        StoredSignature(waiting: try waiting(row), answer: try answer(row))
    }

    private static func waiting(_ row: PostgresRows.Row) throws(PostgresError) -> WaitingSignature {
        let (made, end) = (try row.timestamptz(7).milliseconds, try row.timestamptz(8).milliseconds)
        let (limit, overflow) = end.subtractingReportingOverflow(made)
        guard !overflow,
            let request = SignatureRequest(
                storedID: try row.bigint(3), publicKey: try row.text(4), message: try row.text(5),
                kind: try row.text(6), milliseconds: made, timeLimitMilliseconds: limit)
        else { throw unreadable }
        return WaitingSignature(
            run: RunID(try row.uuid(0)),
            execution: NodeExecution(node: NodeID(try row.uuid(1)), times: try row.integer(2)),
            request: request)
    }

    private static func answer(_ row: PostgresRows.Row) throws(PostgresError) -> SignatureAnswer? {
        switch try row.text(9) {
        case "pending": return nil
        case "canceled": return .canceled
        case "expired": return .expired
        case "signed":
            guard let signature = Base58.decode(try row.text(10)).flatMap({ Bytes64($0) }) else {
                throw unreadable
            }
            return .signed(signature)
        default: throw unreadable
        }
    }

    /// Signs with a kept key, which goes no further than this.
    static func sign(
        _ request: SignatureRequest, _ box: [UInt8], of user: UserID, under key: SealingKey
    ) throws(PostgresError) -> Bytes64 {
        guard let publicKey = PublicKey(bytes: request.publicKey.bytes) else { throw unreadable }
        do throws(SealedBoxError) {
            let pair = try WalletSeal(user: user, publicKey: publicKey).open(box, under: key)
            guard let signature = Bytes64(pair.sign(request.message)) else {
                preconditionFailure("an Ed25519 signature has 64 bytes")
            }
            return signature
        } catch {
            throw PostgresError(.unexpectedReply, detail: "a kept key stays closed: \(error)")
        }
    }

    private static let unreadable = PostgresError(
        .unexpectedReply, detail: "a stored request for a signature cannot be read")
}
