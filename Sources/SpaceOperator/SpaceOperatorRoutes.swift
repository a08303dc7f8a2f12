// All HTTP routes of the Space Operator dialect, by subject, and what they share.

internal import Dialect
internal import Engine
internal import Identity
internal import Primitives
internal import Wire

/// Routes of spec http-and-websocket section 2. On each: first path and query, then the credential, then the content.
enum SpaceOperatorRoutes {
    static func all(_ services: SpaceOperatorServices, _ tracks: SpaceOperatorTracks) -> [Route] {
        ServiceRoutes(services).all + KeyRoutes(services.accounts).all + RunRoutes(services, tracks).all
            + EventRoutes(tracks: tracks).all
            + InputRoutes.all + SignatureRoutes.all + DeploymentRoutes(services, tracks).all + CloneRoutes.all
            + ReadRoutes(services).all
            + KeyValueRoutes.all(services) + FileRoutes.all(services) + TableRoutes.all(services)
            + DataRoutes.all(services) + DataImportRoute.all(services)
            + accounts(services)
    }

    /// Routes about users, on a server that keeps some.
    private static func accounts(_ services: SpaceOperatorServices) -> [Route] {
        guard let accounts = services.accounts else { return [] }
        return AuthRoutes(accounts, anonKey: services.anonKey).all + SessionRoutes(accounts).all
            + WalletRoutes(accounts).all
    }
}

extension RouteStep {
    /// Goes on, or says which rule the request's body breaks.
    static func checked(_ body: () throws(BodyError) -> RouteStep) -> RouteStep {
        do throws(BodyError) {
            return try body()
        } catch {
            return .respond(.error(.badRequest, error.description))
        }
    }

    /// Takes the content of a request and goes on, or says which rule it breaks.
    static func content(
        from sender: BodyAllowance, _ body: @escaping @Sendable (HTTPRequest) throws(BodyError) -> RouteStep
    ) -> RouteStep {
        .content(sender) { request in .checked { () throws(BodyError) in try body(request) } }
    }

    /// Finds out which user calls, takes the content of the request and goes on.
    static func asUser(
        _ shape: CredentialShape,
        withContent body: @escaping @Sendable (UserID, HTTPRequest) throws(BodyError) -> RouteStep
    ) -> RouteStep {
        .asUser(shape) { user in
            .content(from: .known) { request throws(BodyError) in try body(user, request) }
        }
    }

    /// Finds out which user calls and goes on, or says that the user is not known.
    static func asUser(
        _ shape: CredentialShape, _ body: @escaping @Sendable (UserID) throws(BodyError) -> RouteStep
    ) -> RouteStep {
        .authenticated(shape) { caller throws(BodyError) in
            guard let user = caller.user else { return .respond(.unauthenticated) }
            return try body(user)
        }
    }

    /// Finds out who calls and goes on, or says that the caller is not known.
    static func authenticated(
        _ shape: CredentialShape, _ body: @escaping @Sendable (Caller) throws(BodyError) -> RouteStep
    ) -> RouteStep {
        .authenticate(.headers(shape)) { result in
            result.then { caller in .checked { () throws(BodyError) in try body(caller) } }
        }
    }

    /// Gives an answer that may have been waited for, unless the caller is not known any more.
    static func confirmed(_ response: HTTPResponse) -> RouteStep {
        .confirm { result in result.then { _ in .respond(response) } }
    }
}
