// Who signs, and the record of those who were asked, on Postgres.

public import Engine
internal import Identity
internal import Postgres
public import Primitives
internal import Values

/// The keys that are kept for users, and the requests of all runs. Any thread; replies come on the storage loop's thread,
/// where kept keys are opened, used once and let go.
public struct PostgresSignatures: SignatureRequests, StoragePort {
    static let statements: [any ListedStatement] = SignatureStatements.all

    let context: PortContext

    /// Finds out who signs, in one statement: signs with a kept key, or writes the request down. Waits as long as the
    /// database needs.
    public func arrange(
        _ waiting: WaitingSignature, for parties: SignatureParties,
        reply: @escaping @Sendable (Result<SignatureArrangement, StorageError>) -> Void
    ) {
        let (request, key) = (waiting.request, context.sealingKey)
        let arrangement = SignatureStatements.Arrangement(
            waiting: waiting, parties: parties, server: context.server)
        context.desk.ask(SignatureStatements.arrange, arrangement, isPatient: true) {
            signer throws(PostgresError) in
            guard let signer else { return .impossible }
            guard let box = signer.sealedKey, let user = signer.user else { return .asked(signer.user) }
            return .signed(try PostgresSignatures.sign(request, box, of: user, under: key))
        } _: {
            reply($0)
        }
    }

    /// Reads a request with who was asked; nil unless it waits, is within its time, and its run has not ended.
    public func find(
        _ id: SignatureRequestID,
        reply: @escaping @Sendable (Result<AskedSignature?, StorageError>) -> Void
    ) {
        context.desk.ask(SignatureStatements.find, id, reply)
    }

    /// Reads those of these requests that have an answer.
    public func answered(
        _ ids: [SignatureRequestID],
        reply: @escaping @Sendable (Result<[StoredSignature], StorageError>) -> Void
    ) {
        context.desk.ask(SignatureStatements.answered, ids, reply)
    }

    /// Reads which of these runs have ended or are gone, and of the others the oldest request that waits, if one
    /// does.
    public func awaited(
        in runs: [RunID], reply: @escaping @Sendable (Result<[AwaitedSignature], StorageError>) -> Void
    ) {
        context.desk.ask(SignatureStatements.awaited, runs, reply)
    }

    /// Answers the request of this name if it waits, and notifies the server that has the run, if that is another
    /// one. Gives the request that was answered; nil if none was.
    public func resolve(
        _ id: SignatureRequestID, _ answer: SignatureAnswer,
        reply: @escaping @Sendable (Result<WaitingSignature?, StorageError>) -> Void
    ) {
        var isPatient = true
        if case .signed = answer { isPatient = false }
        context.desk.ask(
            SignatureStatements.resolve, (id, answer, context.server), isPatient: isPatient, reply)
    }

    /// Reads all requests of a run with their answers, oldest first.
    public func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredSignature], StorageError>) -> Void
    ) {
        context.desk.ask(SignatureStatements.ofRun, run, reply)
    }

    /// Reads the next requests that wait for this user, `Limits.signaturePageMax` rows at most; rows stop behind
    /// `Limits.signaturePageBytesMax` bytes of messages.
    public func pending(
        of user: UserID, after last: SignatureRequest?,
        reply: @escaping @Sendable (Result<[WaitingSignature], StorageError>) -> Void
    ) {
        context.desk.ask(SignatureStatements.pending, (user, last), reply)
    }

    /// Signs with a kept key, which goes no further than this.
    private static func sign(
        _ request: SignatureRequest, _ box: [UInt8], of user: UserID, under key: SealingKey
    ) throws(PostgresError) -> Bytes64 {
        guard let publicKey = PublicKey(bytes: request.publicKey.bytes) else {
            throw .unreadable("key of a request for a signature")
        }
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
}
