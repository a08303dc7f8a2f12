// The wallets of users on Postgres. Kept keys are sealed on their way in and never come out here.

public import Identity
internal import Postgres
public import Primitives

/// What is asked about wallets. No statement here reads a sealed key.
enum WalletStatements {
    static let all = [add, change]

    private static let columns = """
        outcome, (wallet).id, (wallet).user_id, (wallet).type, (wallet).public_key, (wallet).name,
        (wallet).adapter, (wallet).description, (wallet).icon, (wallet).purpose, (wallet).created_at
        """
    private static let texts: [PostgresType] = [.text, .text, .text, .text, .text]

    /// User, kind, public key, sealed key, then name, adapter, description, icon and purpose, wallets at most.
    static let add = PostgresStatement(
        "wallet_add", [.uuid, .text, .text, .bytea] + texts + [.bigint],
        "SELECT \(columns) FROM add_wallet($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")

    /// User, wallet, then as above; what is null stays.
    static let change = PostgresStatement(
        "wallet_change", [.uuid, .bigint, .text, .text, .bytea] + texts,
        "SELECT \(columns) FROM change_wallet($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
}

/// Keeps wallets. Any thread; replies come on the storage loop's thread and must be posted on from there.
public struct PostgresWallets: WalletBook {
    let desk: QuestionDesk
    let key: SealingKey

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
        desk.ask(
            WalletStatements.add,
            [.uuid(user.id)] + values(draft, of: user) + [.bigint(Int64(Limits.walletsPerUserMax))],
            PostgresWallets.outcome, reply)
    }

    /// Changes a wallet of this user; what is nil in the draft stays.
    public func change(
        _ id: Int64, to draft: WalletDraft, of user: UserID,
        reply: @escaping @Sendable (Result<WalletOutcome, StorageError>) -> Void
    ) {
        desk.ask(
            WalletStatements.change, [.uuid(user.id), .bigint(id)] + values(draft, of: user),
            PostgresWallets.outcome, reply)
    }

    private func values(_ draft: WalletDraft, of user: UserID) -> [PostgresValue] {
        let box = draft.keyPair.map { WalletSeal.seal($0, of: user, under: key) }
        let texts = [draft.name, draft.adapter, draft.description, draft.icon, draft.purpose]
        return [text(draft.kind?.rawValue), text(draft.publicKey?.text), box.map { .bytea($0) } ?? .null]
            + texts.map(text)
    }

    private func text(_ text: String?) -> PostgresValue { text.map { .text($0) } ?? .null }

    private static func outcome(_ rows: PostgresRows) throws(PostgresError) -> WalletOutcome {
        guard rows.count > 0 else { throw unreadable }
        switch try rows[0].text(0) {
        case "missing": return .missing
        case "exists": return .keyTaken
        case "full": return .tooMany
        case "no key": return .keyPairMissing
        case "no place": return .keyPairUnwanted
        case "done": return .done(try wallet(rows[0]))
        default: throw unreadable
        }
    }

    private static func wallet(_ row: PostgresRows.Row) throws(PostgresError) -> Wallet {
        guard let kind = WalletKind(rawValue: try row.text(3)), let key = PublicKey(try row.text(4)) else {
            throw unreadable
        }
        return Wallet(
            id: try row.bigint(1), user: UserID(try row.uuid(2)), kind: kind, publicKey: key,
            name: try row.text(5), adapter: try row.text(6), description: try row.text(7),
            icon: row.isNull(8) ? nil : try row.text(8), purpose: row.isNull(9) ? nil : try row.text(9),
            createdAt: try row.timestamptz(10))
    }

    private static let unreadable = PostgresError(.unexpectedReply, detail: "a wallet cannot be read")
}
