// By what a caller is known, and whom to ask whether that still counts.

internal import Dialect
internal import Identity
internal import Primitives

/// The proof of a caller who has been let in.
enum CallerProof: Sendable {
    /// Storage knows the user by it.
    case user(UserProof)
    /// The verifier of the dialect knows the caller by it.
    case own(any OwnCredential)

    /// Finds out who the caller is. The reply comes exactly once, on any thread.
    func verify(
        _ users: any UserBook, at now: Timestamp, reply: @escaping @Sendable (AuthenticationResult) -> Void
    ) {
        switch self {
        case .user(let proof):
            users.user(provedBy: proof) { reply(AuthenticationResult($0, provedBy: proof)) }
        case .own(let credential): credential.verify(at: now, reply: reply)
        }
    }

    /// Finds out whether the caller who was let in by it still counts.
    func confirm(
        _ users: any UserBook, at now: Timestamp, reply: @escaping @Sendable (AuthenticationResult) -> Void
    ) {
        switch self {
        case .user(let proof) where proof.hasExpired(at: now): reply(.refused(.tokenExpired))
        case .user: verify(users, at: now, reply: reply)
        case .own(let credential): credential.confirm(at: now, reply: reply)
        }
    }
}

extension AuthenticationResult {
    /// What storage's answer about a proof means.
    fileprivate init(_ answer: Result<KnownUser?, StorageError>, provedBy proof: UserProof) {
        switch answer {
        case .success(let user?): self = .caller(user.caller)
        case .success(nil): self = .refused(proof.refusal)
        case .failure: self = .unavailable
        }
    }
}
