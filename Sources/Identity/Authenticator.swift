// From credential to caller for one web loop. Owned by that loop; asks nobody itself, so it never waits.

public import Primitives

/// The user behind an API key, as storage knows him.
public struct APIKeyOwner: Hashable, Sendable {
    public let user: UserID
    public let publicKey: PublicKey

    public init(user: UserID, publicKey: PublicKey) {
        self.user = user
        self.publicKey = publicKey
    }
}

/// Decides who calls and remembers the owners of API keys for a short while.
///
/// `awaitingOwner` is the one decision that is not final: its holder asks storage for the owner, gives the
/// answer to `found(_:of:)` and goes on with what that returns. Storage being away is no answer and must not
/// be given here. Unknown keys are not remembered, so guessing fills no memory and a new key works at once.
public struct Authenticator {
    private struct Entry {
        let owner: APIKeyOwner
        /// On the steady clock, in nanoseconds.
        let endsAt: Int64
    }

    private let verifier: CredentialVerifier
    private let clock: Clock
    private var owners: [APIKeyHash: Entry] = [:]

    /// An authenticator that remembers nobody yet.
    public init(verifier: CredentialVerifier, clock: Clock) {
        self.verifier = verifier
        self.clock = clock
    }

    /// Who sent a request with these headers, on a route that accepts `shape`.
    public func decide(_ headers: CredentialHeaders, accepting shape: CredentialShape) -> CredentialDecision {
        recall(verifier.decide(headers, accepting: shape, at: clock.now()))
    }

    /// Who sent a token on a WebSocket.
    public func decide(token: String) -> CredentialDecision {
        recall(verifier.decide(token: token, at: clock.now()))
    }

    /// Takes storage's answer to an `awaitingOwner`: the owner, or nil if there is no such key.
    public mutating func found(_ owner: APIKeyOwner?, of hash: APIKeyHash) -> CredentialDecision {
        guard let owner else {
            owners[hash] = nil
            return .refused(.apiKeyUnknown)
        }
        if owners.count >= Limits.apiKeyCacheEntriesMax, owners[hash] == nil { makeRoom() }
        let lifetime = Int64(Limits.apiKeyCacheMillisecondsMax) * 1_000_000
        owners[hash] = Entry(owner: owner, endsAt: clock.steady() + lifetime)
        return .caller(.user(owner.user, owner.publicKey))
    }

    /// Forgets a key that has been deleted, so that on this loop it stops working at once.
    public mutating func forget(_ hash: APIKeyHash) {
        owners[hash] = nil
    }

    private func recall(_ decision: CredentialDecision) -> CredentialDecision {
        guard case .awaitingOwner(let hash) = decision, let entry = owners[hash],
            clock.steady() < entry.endsAt
        else { return decision }
        return .caller(.user(entry.owner.user, entry.owner.publicKey))
    }

    /// Everything old goes. If nothing was old, everything goes: asking again is cheap, and what a full cache
    /// does must not depend on which keys are in use.
    private mutating func makeRoom() {
        let now = clock.steady()
        owners = owners.filter { now < $0.value.endsAt }
        if owners.count >= Limits.apiKeyCacheEntriesMax { owners.removeAll() }
    }
}
