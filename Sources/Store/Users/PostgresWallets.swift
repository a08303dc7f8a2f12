// The wallets of users on Postgres. Kept keys are sealed on their way in and never come out here.

public import Chain
public import Identity
public import Primitives

/// Keeps wallets and reads them. Any thread; replies come on the storage loop's thread and must be posted on from there.
public struct PostgresWallets: WalletBook, WalletCatalog, StoragePort {
    static let statements: [any ListedStatement] = WalletStatements.all

    let context: PortContext

    /// Adds a wallet, `adapter` if the draft has no kind; one of `Limits.walletsPerUserMax` at most. A draft whose
    /// kind and key pair do not go together is refused, on the caller's thread, before the database is asked.
    public func add(
        _ draft: WalletDraft, of user: UserID,
        reply: @escaping @Sendable (Result<WalletOutcome, StorageError>) -> Void
    ) {
        var draft = draft
        draft.kind = draft.kind ?? .adapter
        guard (draft.kind == .kept) == (draft.keyPair != nil) else {
            return reply(.success(draft.kind == .kept ? .keyPairMissing : .keyPairUnwanted))
        }
        context.desk.ask(WalletStatements.add, sealed(draft, of: user), reply)
    }

    /// Changes a wallet of this user; what is nil in the draft stays.
    public func change(
        _ id: Int64, to draft: WalletDraft, of user: UserID,
        reply: @escaping @Sendable (Result<WalletOutcome, StorageError>) -> Void
    ) {
        var sealed = sealed(draft, of: user)
        sealed.id = id
        context.desk.ask(WalletStatements.change, sealed, reply)
    }

    /// Reads the wallets of these users, at the end the keys by which they are known; `Limits.walletsReadMax` rows at
    /// most.
    public func wallets(
        of users: [UserID], reply: @escaping @Sendable (Result<[WalletRow], StorageError>) -> Void
    ) {
        context.desk.ask(WalletStatements.ofUsers, users) {
            $0.compactMap(\.self)
        } _: {
            reply($0)
        }
    }

    private func sealed(_ draft: WalletDraft, of user: UserID) -> WalletStatements.Draft {
        WalletStatements.Draft(
            user: user, draft: draft,
            sealedKey: draft.keyPair.map { WalletSeal.seal($0, of: user, under: context.sealingKey) })
    }
}
