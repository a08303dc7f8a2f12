// Who signs what nodes want signed, and the record of those who were asked, which survives a restart. Implemented above
// this target. Every method returns at once; the answer comes exactly once, on any thread.

public import Primitives
public import Values

/// For whom a run runs: these may be asked, and the keys that are kept for them may sign.
public struct SignatureParties: Sendable {
    /// The owner of the flow.
    public let owner: UserID
    /// The user who started the run, if it was a user.
    public let startedBy: UserID?
    /// The key that an anonymous starter has claimed, Base58. It may be asked and never loads a kept key.
    public let startedKey: String?
    /// Set if the run runs a deployment. Then only those of the owner's kept keys count that are listed for the
    /// deployment. A start by the owner is an exception: it is the same as a start of the flow (seed 002).
    public let deployment: DeploymentID?
    /// True if the owner's kept keys count for a run without a deployment: the owner has started the run, or the flow
    /// names the key. Otherwise everybody who may start the flow could have anything signed.
    public let ownerKeyCounts: Bool

    public init(
        owner: UserID, startedBy: UserID?, startedKey: String?, deployment: DeploymentID?,
        ownerKeyCounts: Bool
    ) {
        self.owner = owner
        self.startedBy = startedBy
        self.startedKey = startedKey
        self.deployment = deployment
        self.ownerKeyCounts = ownerKeyCounts
    }
}

/// How a signature comes about.
public enum SignatureArrangement: Sendable {
    /// A kept key has signed. Nothing was written down.
    case signed(Bytes64)
    /// The request is written down for this user, or, without one, for the holder of the run's token.
    case asked(UserID?)
    /// None of the parties has the key.
    case impossible
}

/// Who signs, and the record of requests.
public protocol SignatureRequests: Sendable {
    /// Finds out who signs, in this order: a kept key, a key whose holder has proved to hold it, a key that was only
    /// written down, the key that an anonymous starter claims (spec flow-engine 16.1). Within each
    /// of these the owner comes before the starting user. A kept key signs at once, otherwise the request is written
    /// down. The run is durable already; a request of a run that is not there, one whose name a stored request has, and a
    /// second one of an execution fail.
    func arrange(
        _ waiting: WaitingSignature, for parties: SignatureParties,
        reply: @escaping @Sendable (Result<SignatureArrangement, StorageError>) -> Void)
    /// The request of this name while it waits: nil if it has an answer, if its time is over, or if its run has ended.
    func find(
        _ id: SignatureRequestID,
        reply: @escaping @Sendable (Result<AskedSignature?, StorageError>) -> Void)
    /// Answers a request, once: gives the request that this call has answered, or nil if none of this name waits. A
    /// signature that comes after the request's time, or after the end of its run, finds no request; the other answers
    /// are taken then, too.
    func resolve(
        _ id: SignatureRequestID, _ answer: SignatureAnswer,
        reply: @escaping @Sendable (Result<WaitingSignature?, StorageError>) -> Void)
    /// Those of these requests that have an answer.
    func answered(
        _ ids: [SignatureRequestID],
        reply: @escaping @Sendable (Result<[StoredSignature], StorageError>) -> Void)
    /// Those of these runs that have ended or are not there, and those that wait for a signature, with the oldest request
    /// of each. In any order; no run comes twice unless it is named twice.
    func awaited(
        in runs: [RunID], reply: @escaping @Sendable (Result<[AwaitedSignature], StorageError>) -> Void)
    /// All requests of a run, oldest first.
    func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredSignature], StorageError>) -> Void)
    /// The next requests that wait for a user, oldest first and those of one moment by their ids: at most
    /// `Limits.signaturePageMax`, and at least one if there is one. Which wait, `find` says.
    ///
    /// - Parameter last: go on behind this one; nil to begin.
    func pending(
        of user: UserID, after last: SignatureRequest?,
        reply: @escaping @Sendable (Result<[WaitingSignature], StorageError>) -> Void)
}

/// The record of a server that keeps none: nobody can sign.
public struct NoSignatureRequests: SignatureRequests {
    public init() {}

    /// Says at once, on the caller's thread, that nobody can sign.
    public func arrange(
        _ waiting: WaitingSignature, for parties: SignatureParties,
        reply: @escaping @Sendable (Result<SignatureArrangement, StorageError>) -> Void
    ) {
        reply(.success(.impossible))
    }

    /// Finds no request; replies at once, on the caller's thread.
    public func find(
        _ id: SignatureRequestID,
        reply: @escaping @Sendable (Result<AskedSignature?, StorageError>) -> Void
    ) {
        reply(.success(nil))
    }

    /// Finds no answers; replies at once, on the caller's thread.
    public func answered(
        _ ids: [SignatureRequestID],
        reply: @escaping @Sendable (Result<[StoredSignature], StorageError>) -> Void
    ) {
        reply(.success([]))
    }

    /// Finds nothing awaited; replies at once, on the caller's thread.
    public func awaited(
        in runs: [RunID], reply: @escaping @Sendable (Result<[AwaitedSignature], StorageError>) -> Void
    ) {
        reply(.success([]))
    }

    /// Finds no request; replies at once, on the caller's thread.
    public func resolve(
        _ id: SignatureRequestID, _ answer: SignatureAnswer,
        reply: @escaping @Sendable (Result<WaitingSignature?, StorageError>) -> Void
    ) {
        reply(.success(nil))
    }

    /// Finds no requests; replies at once, on the caller's thread.
    public func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredSignature], StorageError>) -> Void
    ) {
        reply(.success([]))
    }

    /// Finds no requests; replies at once, on the caller's thread.
    public func pending(
        of user: UserID, after last: SignatureRequest?,
        reply: @escaping @Sendable (Result<[WaitingSignature], StorageError>) -> Void
    ) {
        reply(.success([]))
    }
}
