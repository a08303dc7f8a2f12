// Routes on which sessions are renewed and ended, as Supabase's clients ask for it at the address that `/info` names.

internal import Dialect
internal import Identity
internal import Primitives
internal import Wire

/// The part of Supabase's authentication service that a client with a session needs (spec http-and-websocket 5.5). Errors
/// have `error`, as everywhere here, and the `error_code` by which those clients tell them apart.
struct SessionRoutes {
    private let accounts: AccountServices

    init(_ accounts: AccountServices) { self.accounts = accounts }

    var all: [Route] {
        [
            Route(.post, "/auth/v1/token", handle: renew),
            Route(.get, "/auth/v1/user", handle: user),
            Route(.post, "/auth/v1/logout", handle: logOut),
        ]
    }

    private func renew(_ request: RouteRequest) -> RouteStep {
        guard request.request.target.query("grant_type") == "refresh_token" else {
            return .respond(
                .authError(
                    .badRequest, "unsupported_grant_type", "grant_type: only refresh_token is supported here")
            )
        }
        return .content(.stranger) { request in renew(request) }
    }

    private func renew(_ request: HTTPRequest) -> RouteStep {
        let text: String
        do throws(BodyError) {
            text = try RefreshBody(request).token
        } catch {
            return .respond(.authError(.badRequest, "validation_failed", error.description))
        }
        guard let old = RefreshToken(text) else { return .respond(SessionRoutes.unknownToken) }
        let fresh = old.successor(under: accounts.refreshSecret)
        return .ask { [accounts] reply in
            accounts.sessions.renew(
                old.hash, of: old.familyHash, to: fresh.hash, expiresAt: accounts.sessionEnd, reply: reply)
        } then: { [accounts] (renewed: RenewedSession?) in
            guard let renewed else { return .respond(SessionRoutes.unknownToken) }
            return .respond(
                .json(.ok, accounts.grant(renewed.profile, renewed.id, fresh).session.encoded))
        }
    }

    private func user(_ request: RouteRequest) -> RouteStep {
        authenticated { [accounts] user in
            .ask { reply in
                accounts.sessions.profile(of: user, reply: reply)
            } then: { (profile: UserProfile?) in
                guard let profile else { return .respond(SessionRoutes.badToken) }
                return .respond(.json(.ok, profile.json.encoded))
            }
        }
    }

    private func logOut(_ request: RouteRequest) -> RouteStep {
        guard let scope = SessionScope(rawValue: request.request.target.query("scope") ?? "global") else {
            return .respond(
                .authError(.badRequest, "validation_failed", "scope: expected global, local or others"))
        }
        return authenticated { [accounts] user in
            let session = accounts.session(of: request.request)
            return .ask { reply in
                accounts.sessions.end(scope, of: user, session: session, reply: reply)
            } then: { (_: Void) in
                .respond(HTTPResponse(.noContent))
            }
        }
    }

    private func authenticated(_ body: @escaping @Sendable (UserID) -> RouteStep) -> RouteStep {
        .authenticate(.headers(.signedTokenOnly)) { result in
            switch result {
            case .caller(let caller): caller.user.map(body) ?? .respond(SessionRoutes.badToken)
            case .refused: .respond(SessionRoutes.badToken)
            case .unavailable: .refuse(.storage(.unavailable))
            }
        }
    }

    private static let unknownToken = HTTPResponse.authError(
        .badRequest, "refresh_token_not_found", "the refresh token belongs to no open session")
    private static let badToken = HTTPResponse.authError(.unauthorized, "bad_jwt", "unauthenticated")
}

extension AccountServices {
    /// The session of the token that a request was let in by; nil for a token of another service.
    fileprivate func session(of request: HTTPRequest) -> SessionID? {
        guard
            let token = request.headers["authorization"]
                .flatMap({ SignedToken(CredentialHeaders.withoutScheme($0)) })
        else { return nil }
        return (try? token.claims(secret: tokenSecret, at: clock.now()))?.session
    }
}

extension HTTPResponse {
    fileprivate static func authError(_ status: HTTPStatus, _ code: String, _ message: String) -> HTTPResponse
    {
        .json(status, JSONWriter.encode(["error": .string(message), "error_code": .string(code)]))
    }
}
