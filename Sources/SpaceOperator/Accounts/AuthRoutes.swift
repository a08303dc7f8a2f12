// Routes that begin sessions: by a wallet's signature, or with an API key.

internal import Dialect
internal import Identity
internal import Primitives
internal import Wire

/// Spec http-and-websocket 1.6, 1.7, 2.4.
struct AuthRoutes {
    private let accounts: AccountServices
    private let anonKey: [UInt8]

    /// - Parameter anonKey: the value that `/info` tells clients to send as `apikey`. It is no secret; it keeps away
    ///   clients that have not read `/info`.
    init(_ accounts: AccountServices, anonKey: String) {
        self.accounts = accounts
        self.anonKey = Array(anonKey.utf8)
    }

    var all: [Route] {
        [
            Route(.post, "/auth/init", handle: challenge),
            Route(.post, "/auth/confirm", handle: logIn),
            Route(.post, "/auth/claim_token", handle: claim),
        ]
    }

    private func challenge(_ request: RouteRequest) -> RouteStep {
        guard isAdmitted(request) else { return .respond(AuthRoutes.keyMissing) }
        return .content(from: .stranger) { request throws(BodyError) in
            let key = try ChallengeBody(request).publicKey
            let second = accounts.challengeSeconds.next(for: key, at: accounts.clock.now())
            let message = LoginChallenge.make(for: key, second: second, secret: accounts.loginSecret)
            return .respond(.json(.ok, JSONWriter.encode(["msg": .string(message)])))
        }
    }

    private func logIn(_ request: RouteRequest) -> RouteStep {
        guard isAdmitted(request) else { return .respond(AuthRoutes.keyMissing) }
        return .content(from: .stranger) { request throws(BodyError) in
            let token = try ConfirmBody(request).token
            guard
                let challenge = LoginChallenge(
                    signed: token, at: accounts.clock.now(), secret: accounts.loginSecret)
            else { return .respond(AuthRoutes.verificationFailed) }
            return begin(challenge)
        }
    }

    private func begin(_ challenge: LoginChallenge) -> RouteStep {
        let (session, token) = accounts.newSession()
        return .ask { [accounts] reply in
            accounts.sessions.logIn(
                challenge, session, signUpIsOpen: accounts.signUpIsOpen, reply: reply)
        } then: { [accounts] (outcome: LoginOutcome) in
            switch outcome {
            case .done(let profile, let isNew):
                let answer: JSONValue = [
                    "session": accounts.grant(profile, session.id, token).session, "new_user": .bool(isNew),
                ]
                return .respond(.json(.ok, answer.encoded))
            case .refused(.challengeUsed): return .respond(AuthRoutes.verificationFailed)
            case .refused(.tooManySignUps):
                return .respond(.tooManyRequests("too many new users in the last hour: try again later"))
            case .refused(.signUpClosed):
                return .respond(
                    .error(
                        .unauthorized,
                        "sign-up is closed: this public key belongs to no user and is not whitelisted"))
            case .refused(.userDisabled): return .respond(.error(.unauthorized, "this user is disabled"))
            }
        }
    }

    private func claim(_ request: RouteRequest) -> RouteStep {
        .authenticated(.apiKeyOnly) { [accounts] caller in
            guard let user = caller.user,
                let key = CredentialVerifier.apiKey(of: CredentialHeaders(request.request))
            else { return .respond(.unauthenticated) }
            let (session, token) = accounts.newSession()
            return .ask { reply in
                accounts.sessions.claim(session, of: user, for: key, reply: reply)
            } then: { (profile: UserProfile?) in
                guard let profile else { return .respond(.unauthenticated) }
                return .respond(.json(.ok, accounts.grant(profile, session.id, token).claim.encoded))
            }
        }
    }

    private func isAdmitted(_ request: RouteRequest) -> Bool {
        Digest.equal(Array((request.request.headers["apikey"] ?? "").utf8), anonKey)
    }

    /// Clients know these two by their words (spec 1.6 and 2.4).
    private static let keyMissing = HTTPResponse.error(.badRequest, "missing apikey")
    private static let verificationFailed = HTTPResponse.error(
        .unauthorized, "signature verification failed")
}

extension HTTPResponse {
    /// Another attempt makes sense in some minutes.
    fileprivate static func tooManyRequests(_ message: String) -> HTTPResponse {
        var response = HTTPResponse.error(.tooManyRequests, message)
        response.headers.add("Retry-After", "600")
        return response
    }
}
