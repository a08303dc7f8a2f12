// The ordered attempts at a credential. Pure: the same headers at the same time give the same decision.

public import Primitives

/// Decides what a credential proves, as far as that can be told without storage.
///
/// Each attempt ends in a decision, or finds that the credential is of another kind; only then the next attempt
/// follows. So a forged token is refused even if a good key stands beside it (spec http-and-websocket 1.2).
public struct CredentialVerifier: Sendable {
    private let serverSecret: ServerSecret
    private let tokenSecret: Secret

    /// - Parameters:
    ///   - serverSecret: authenticates flow-run tokens.
    ///   - tokenSecret: what signed tokens are signed with.
    public init(serverSecret: ServerSecret, tokenSecret: Secret) {
        self.serverSecret = serverSecret
        self.tokenSecret = tokenSecret
    }

    /// What the headers of a request prove on a route that accepts `shape`, at the wall time `now`.
    public func decide(
        _ headers: CredentialHeaders, accepting shape: CredentialShape, at now: Timestamp
    ) -> CredentialDecision {
        if shape == .none { return .caller(.anonymous) }
        let bare = headers.bareAuthorization ?? ""
        if shape.contains(.signedToken), let decision = signedToken(bare, at: now) { return decision }
        if shape.contains(.apiKey), let decision = CredentialVerifier.apiKey(headers, bare) {
            return decision
        }
        if shape.contains(.publicKey), let key = PublicKey(bare) { return .caller(.starter(key)) }
        if shape.contains(.runToken), let decision = runToken(bare) { return decision }
        return .refused(.missing)
    }

    /// What a token on a WebSocket proves: an API key, a flow-run token, or else a signed token, each with or
    /// without `Bearer ` (spec 3.3).
    public func decide(token: String, at now: Timestamp) -> CredentialDecision {
        let bare = CredentialHeaders.withoutScheme(token)
        return CredentialVerifier.apiKey(bare) ?? runToken(bare) ?? signedToken(bare, at: now)
            ?? .refused(.tokenMalformed)
    }

    private func signedToken(_ text: Substring, at now: Timestamp) -> CredentialDecision? {
        guard let token = SignedToken(text) else { return nil }
        do throws(CredentialError) {
            return .awaitingUser(.signedToken(try token.claims(secret: tokenSecret, at: now)))
        } catch {
            return .refused(error)
        }
    }

    /// The API key that let these headers in on a route that accepts nothing else, once storage has confirmed it.
    public static func apiKey(of headers: CredentialHeaders) -> APIKeyHash? {
        guard case .awaitingUser(.apiKey(let hash))? = apiKey(headers, headers.bareAuthorization ?? "") else {
            return nil
        }
        return hash
    }

    private static func apiKey(_ headers: CredentialHeaders, _ bare: Substring) -> CredentialDecision? {
        apiKey(headers.apiKey ?? "") ?? apiKey(bare)
    }

    private static func apiKey(_ text: some StringProtocol) -> CredentialDecision? {
        guard text.utf8.starts(with: APIKey.prefix.utf8), text.utf8.allSatisfy({ $0 < 128 }) else {
            return nil
        }
        guard let key = APIKey(text) else { return .refused(.apiKeyUnknown) }
        return .awaitingUser(.apiKey(key.hash))
    }

    private func runToken(_ text: Substring) -> CredentialDecision? {
        guard text.utf8.starts(with: RunToken.prefix.utf8) else { return nil }
        guard let run = RunToken.verify(text, secret: serverSecret) else { return .refused(.runTokenForged) }
        return .caller(.run(run))
    }
}
