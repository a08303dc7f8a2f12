// What is asked about wallets.

internal import Chain
internal import Identity
internal import Postgres
internal import Primitives
internal import Values
internal import Wire

/// The statements about wallets. None of them reads a sealed key.
enum WalletStatements {
    static let all: [any ListedStatement] = [add, change, ofUsers]

    /// What a user says of a wallet, with the key that is kept for the user, sealed. What is nil stays.
    struct Draft: Sendable {
        let user: UserID
        /// Nil for a wallet that is to be.
        var id: Int64?
        let draft: WalletDraft
        let sealedKey: [UInt8]?
    }

    static let add = Statement<Draft, WalletOutcome>("wallet_add", on: .commands) { q in
        let user = q.parameter(.user) { $0.user }
        let parts = parameters(&q)
        let walletsMax = q.parameter(.bigint) { _ in Int64(Limits.walletsPerUserMax) }
        return outcome("add_wallet(\(user), \(parts), \(walletsMax))", &q)
    }

    static let change = Statement<Draft, WalletOutcome>("wallet_change", on: .commands) { q in
        let user = q.parameter(.user) { $0.user }
        let id = q.parameter(.optional(.bigint)) { $0.id }
        let parts = parameters(&q)
        return outcome("change_wallet(\(user), \(id), \(parts))", &q)
    }

    /// The wallets of users, and behind them the key by which each user is known, in case that the user has no wallet.
    /// Nil for a row whose key is no public key: it can be nobody's wallet.
    static let ofUsers = Statement<[UserID], [WalletRow?]>("wallets_of_users", on: .commands) { q in
        let users = q.parameter(.array(.user)) { $0 }
        let rowsMax = q.parameter(.integer) { _ in Int32(Limits.walletsReadMax) }
        let id = q.column("id", .bigint)
        let owner = q.column("user_id", .user)
        let key = q.column("public_key", .text)
        let isKept = q.column("is_kept", .bool)
        let sql = """
            SELECT \(q.columns) FROM (
                SELECT w.id, w.user_id, w.public_key, w.type = 'HARDCODED' AS is_kept
                FROM wallets w WHERE w.user_id = ANY (\(users))
                UNION ALL
                SELECT 0, u.id, u.pub_key, false FROM users u WHERE u.id = ANY (\(users))
            ) all_wallets
            ORDER BY id = 0, id LIMIT \(rowsMax)
            """
        return q.all(sql) { row throws(PostgresError) in
            guard let key = Bytes32(base58: .string(try row[key])) else { return nil }
            return WalletRow(id: try row[id], owner: try row[owner], key: key, isKept: try row[isKept])
        }
    }

    /// The parameters that both functions have in common, in their order.
    private static func parameters(_ q: inout StatementBuilder<Draft>) -> String {
        let kind = q.parameter(.optional(.text)) { $0.draft.kind?.rawValue }
        let key = q.parameter(.optional(.publicKey)) { $0.draft.publicKey }
        let box = q.parameter(.optional(.bytea)) { $0.sealedKey }
        let name = q.parameter(.optional(.text)) { $0.draft.name }
        let adapter = q.parameter(.optional(.text)) { $0.draft.adapter }
        let description = q.parameter(.optional(.text)) { $0.draft.description }
        let icon = q.parameter(.optional(.text)) { $0.draft.icon }
        let purpose = q.parameter(.optional(.text)) { $0.draft.purpose }
        return "\(kind), \(key), \(box), \(name), \(adapter), \(description), \(icon), \(purpose)"
    }

    private static func outcome(
        _ function: String, _ q: inout StatementBuilder<Draft>
    ) -> StatementBody<WalletOutcome> {
        let outcome = q.column("outcome", .text)
        let id = q.column("(wallet).id", .bigint)
        let user = q.column("(wallet).user_id", .user)
        let kind = q.column("(wallet).type", .kind)
        let key = q.column("(wallet).public_key", .publicKey)
        let name = q.column("(wallet).name", .text)
        let adapter = q.column("(wallet).adapter", .text)
        let description = q.column("(wallet).description", .text)
        let icon = q.column("(wallet).icon", .optional(.text))
        let purpose = q.column("(wallet).purpose", .optional(.text))
        let createdAt = q.column("(wallet).created_at", .timestamptz)
        return q.one("SELECT \(q.columns) FROM \(function)") { row throws(PostgresError) in
            switch try row[outcome] {
            case "missing": return .missing
            case "exists": return .keyTaken
            case "full": return .tooMany
            case "no key": return .keyPairMissing
            case "no place": return .keyPairUnwanted
            case "done":
                return .done(
                    Wallet(
                        id: try row[id], user: try row[user], kind: try row[kind], publicKey: try row[key],
                        name: try row[name], adapter: try row[adapter], description: try row[description],
                        icon: try row[icon], purpose: try row[purpose], createdAt: try row[createdAt]))
            default: throw .unreadable("outcome of a change of a wallet")
            }
        }
    }
}

extension CellType where Value == WalletKind {
    static var kind: CellType { .word("kind of a wallet") }
}
