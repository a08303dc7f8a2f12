// Users and their credentials on Postgres.

public import Identity
public import Primitives

/// Who stands behind a credential. Any thread; replies come on the storage loop's thread and must be posted on from
/// there.
public struct PostgresUsers: UserBook, StoragePort {
    static let statements: [any ListedStatement] = UserStatements.all

    let context: PortContext

    /// Reads the user behind a proof; nil if there is none or it counts no more. A user of another service, whose
    /// token names no session, is made at the first call.
    public func user(
        provedBy proof: UserProof, reply: @escaping @Sendable (Result<KnownUser?, StorageError>) -> Void
    ) {
        switch proof {
        case .apiKey(let hash):
            context.desk.ask(UserStatements.byAPIKey, hash, reply)
        case .signedToken(let claims):
            if let session = claims.session {
                context.desk.ask(UserStatements.bySession, (session, claims.user), reply)
            } else {
                find(claims, mayAdopt: true, reply)
            }
        }
    }

    /// Finds the user of a token from another service, with which the operator shares a secret. The service vouches
    /// that the user exists. The first call makes a user here, because flows, runs and keys belong to users. A known
    /// user keeps the key that this server knows: a token must not give a user another key.
    private func find(
        _ claims: SignedToken.Claims, mayAdopt: Bool,
        _ reply: @escaping @Sendable (Result<KnownUser?, StorageError>) -> Void
    ) {
        context.desk.ask(UserStatements.byID, claims.user) { answer in
            if case .success(nil) = answer, mayAdopt { return adopt(claims, reply) }
            reply(answer.map { known in known.flatMap { $0.isDisabled ? nil : $0.user } })
        }
    }

    private func adopt(
        _ claims: SignedToken.Claims, _ reply: @escaping @Sendable (Result<KnownUser?, StorageError>) -> Void
    ) {
        let log = context.desk.log
        let wanted = KnownUser(user: claims.user, publicKey: claims.publicKey)
        context.desk.ask(UserStatements.adopt, wanted) { answer in
            // No row: the key is somebody else's, or another request with the same token was faster.
            guard case .success(let user) = answer, let user else {
                if case .failure(let error) = answer { return reply(.failure(error)) }
                return find(claims, mayAdopt: false, reply)
            }
            log.info(
                "accounts", "made a user of another service", LogField("user", user.user),
                LogField("public_key", user.publicKey))
            reply(.success(user))
        }
    }
}
