import Identity
import Primitives
import Synchronization
import Testing

@Suite struct `An authenticator` {
    /// A steady clock that moves when told to.
    final class Time: Sendable {
        let nanoseconds = Atomic<Int64>(0)
        func advance(milliseconds: Int64) { nanoseconds.add(milliseconds * 1_000_000, ordering: .relaxed) }
        var clock: Clock {
            Clock(
                now: { Timestamp(seconds: 1_775_044_800) },
                steady: { self.nanoseconds.load(ordering: .relaxed) })
        }
    }

    let time = Time()
    let key = APIKey()
    let owner: APIKeyOwner
    let verifier = CredentialVerifier(serverSecret: .random(), tokenSecret: nil)

    init() throws {
        owner = APIKeyOwner(user: UserID(.random()), publicKey: try #require(PublicKey(bytes: Array(0..<32))))
    }

    var known: CredentialDecision { .caller(.user(owner.user, owner.publicKey)) }
    var headers: CredentialHeaders { CredentialHeaders(apiKey: key.text) }

    @Test func `asks once, then remembers the owner for five seconds`() {
        var authenticator = Authenticator(verifier: verifier, clock: time.clock)
        #expect(authenticator.decide(headers, accepting: .user) == .awaitingOwner(of: key.hash))
        #expect(authenticator.found(owner, of: key.hash) == known)
        #expect(authenticator.decide(headers, accepting: .user) == known)
        #expect(authenticator.decide(token: key.text) == known)
        time.advance(milliseconds: 4_999)
        #expect(authenticator.decide(headers, accepting: .user) == known)
        time.advance(milliseconds: 1)
        #expect(authenticator.decide(headers, accepting: .user) == .awaitingOwner(of: key.hash))
    }

    @Test func `a cached key still opens only what its route accepts`() {
        var authenticator = Authenticator(verifier: verifier, clock: time.clock)
        _ = authenticator.found(owner, of: key.hash)
        #expect(authenticator.decide(headers, accepting: .signedToken) == .refused(.missing))
    }

    @Test func `remembers no unknown key and forgets a deleted one`() {
        var authenticator = Authenticator(verifier: verifier, clock: time.clock)
        #expect(authenticator.found(nil, of: key.hash) == .refused(.apiKeyUnknown))
        #expect(authenticator.decide(headers, accepting: .user) == .awaitingOwner(of: key.hash))
        _ = authenticator.found(owner, of: key.hash)
        #expect(authenticator.found(nil, of: key.hash) == .refused(.apiKeyUnknown))
        #expect(authenticator.decide(headers, accepting: .user) == .awaitingOwner(of: key.hash))
        _ = authenticator.found(owner, of: key.hash)
        authenticator.forget(key.hash)
        #expect(authenticator.decide(headers, accepting: .user) == .awaitingOwner(of: key.hash))
    }

    @Test func `what needs no storage is decided at once`() {
        let authenticator = Authenticator(verifier: verifier, clock: time.clock)
        #expect(authenticator.decide(CredentialHeaders(), accepting: .none) == .caller(.anonymous))
        #expect(authenticator.decide(CredentialHeaders(), accepting: .user) == .refused(.missing))
    }

    @Test func `a full cache drops what is old, else everything`() throws {
        var authenticator = Authenticator(verifier: verifier, clock: time.clock)
        let hashes = try (0...Limits.apiKeyCacheEntriesMax).map { index in
            let digest = Digest.sha256(Array("\(index)".utf8))
            return try #require(APIKeyHash(Base64.encode(digest, alphabet: .url)))
        }
        for hash in hashes.prefix(10) { _ = authenticator.found(owner, of: hash) }
        time.advance(milliseconds: 3_000)
        _ = authenticator.found(owner, of: key.hash)
        for hash in hashes[10..<Limits.apiKeyCacheEntriesMax - 1] { _ = authenticator.found(owner, of: hash) }
        time.advance(milliseconds: 2_000)
        _ = authenticator.found(owner, of: hashes[Limits.apiKeyCacheEntriesMax])
        #expect(authenticator.decide(headers, accepting: .user) == known)

        for hash in hashes { _ = authenticator.found(owner, of: hash) }
        #expect(authenticator.decide(headers, accepting: .user) == .awaitingOwner(of: key.hash))
    }
}
