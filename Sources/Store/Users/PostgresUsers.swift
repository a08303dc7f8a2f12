// Users and their credentials on Postgres.

public import Identity
internal import Postgres
public import Primitives

/// Who stands behind a credential. Any thread; replies come on the storage loop's thread and must be posted on from
/// there.
public struct PostgresUsers: UserBook {
    let desk: QuestionDesk

    /// Reads the user behind a proof; nil if there is none or it counts no more. A user of another service, whose
    /// token names no session, is made at the first call.
    public func user(
        provedBy proof: UserProof, reply: @escaping @Sendable (Result<KnownUser?, StorageError>) -> Void
    ) {
        switch proof {
        case .apiKey(let hash):
            desk.ask(UserStatements.byAPIKey, [.text(hash.text)], UserRows.known, reply)
        case .signedToken(let claims):
            if let session = claims.session {
                desk.ask(
                    UserStatements.bySession, [.uuid(session.id), .uuid(claims.user.id)], UserRows.known,
                    reply)
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
        desk.ask(UserStatements.byID, [.uuid(claims.user.id)]) { rows throws(PostgresError) in
            guard rows.count > 0 else { return (user: KnownUser?.none, isKnown: false) }
            return (user: try rows[0].bool(2) ? nil : try UserRows.known(rows[0]), isKnown: true)
        } _: { answer in
            if case .success((_, isKnown: false)) = answer, mayAdopt { return adopt(claims, reply) }
            reply(answer.map(\.user))
        }
    }

    private func adopt(
        _ claims: SignedToken.Claims, _ reply: @escaping @Sendable (Result<KnownUser?, StorageError>) -> Void
    ) {
        let log = desk.log
        desk.ask(
            UserStatements.adopt, [.uuid(claims.user.id), .text(claims.publicKey.text)], UserRows.known
        ) { answer in
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
