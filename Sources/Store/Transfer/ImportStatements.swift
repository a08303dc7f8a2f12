// The statements that only imports ask. All others are shared with what the import is beside of.

internal import Engine
internal import Identity
internal import Postgres
internal import Primitives

/// A wallet that is to be.
struct NewWallet: Sendable {
    /// Nil for the next free one.
    let number: Int64?
    let owner: UserID
    let publicKey: PublicKey
    /// Nil for a wallet whose holder signs.
    let sealedKey: [UInt8]?
    let isVerified: Bool
    let adapter: String
    let name: String
    let description: String
    let icon: String?
    let purpose: String?
    /// Nil for this moment.
    let createdAt: Timestamp?
}

/// What an import asks inside of its transaction.
enum ImportStatements {
    static let all: [any ListedStatement] = [
        lockUser, hasUser, addUser, allowKey, addQuotas, setLimits, keyNames, addKey, walletOfKey, hasWallet,
        countWallets, addWallet, addMainWallet, keepKey, reserveWallets, hasItem,
    ]

    // MARK: Users

    /// The user of a key, whose row stays as it is until the import has ended.
    static let lockUser = Statement<PublicKey, KnownUser?>(waiting: "import_lock_user") { q in
        let key = q.parameter(.publicKey) { $0 }
        let user = UserStatements.known(of: "u", &q)
        return q.first("SELECT \(q.columns) FROM users u WHERE u.pub_key = \(key) FOR NO KEY UPDATE", user)
    }

    static let hasUser = Statement<UserID, Bool>(waiting: "import_has_user") { q in
        let id = q.parameter(.user) { $0 }
        return q.exists("SELECT 1 FROM users WHERE id = \(id)")
    }

    /// A user who is to be; without a time, of this moment.
    typealias NewUser = (user: KnownUser, email: String?, createdAt: Timestamp?)

    /// Adds a user, without the address if another user has it.
    static let addUser = Statement<NewUser, Void>(waiting: "import_add_user") { q in
        let id = q.parameter(.user) { $0.user.user }
        let key = q.parameter(.publicKey) { $0.user.publicKey }
        let email = q.parameter(.optional(.text)) { $0.email }
        let time = q.parameter(.optional(.timestamptz)) { $0.createdAt }
        return q.effect(
            """
            INSERT INTO users (id, pub_key, email, created_at)
            SELECT \(id), \(key),
                CASE WHEN NOT EXISTS (SELECT FROM users u WHERE u.email = \(email)) THEN \(email) END,
                coalesce(\(time), now())
            """)
    }

    /// Lets the holder of a key sign up. False if the key is listed already.
    static let allowKey = Statement<(key: PublicKey, info: String?), Bool>(waiting: "import_allow_key") { q in
        let key = q.parameter(.publicKey) { $0.key }
        let info = q.parameter(.optional(.text)) { $0.info }
        return q.exists(
            """
            INSERT INTO pubkey_whitelists (pubkey, info) VALUES (\(key), \(info)) ON CONFLICT DO NOTHING
            RETURNING pubkey
            """)
    }

    // MARK: Stores

    /// Adds the quotas of a user. False if they are there.
    static let addQuotas = Statement<UserID, Bool>(waiting: "import_add_quotas") { q in
        let user = q.parameter(.user) { $0 }
        return q.exists(
            "INSERT INTO user_quotas (user_id) VALUES (\(user)) ON CONFLICT DO NOTHING RETURNING user_id")
    }

    /// Sets the limits of a user; what is nil stays.
    static let setLimits = Statement<(user: UserID, count: Int64?, size: Int64?), Void>(
        waiting: "import_set_limits"
    ) { q in
        let user = q.parameter(.user) { $0.user }
        let count = q.parameter(.optional(.bigint)) { $0.count }
        let size = q.parameter(.optional(.bigint)) { $0.size }
        return q.effect(
            """
            UPDATE user_quotas SET kvstore_count_limit = coalesce(\(count), kvstore_count_limit),
                kvstore_size_limit = coalesce(\(size), kvstore_size_limit)
            WHERE user_id = \(user)
            """)
    }

    static let hasItem = Statement<KeyValueStatements.Item, Bool>(waiting: "import_has_item") { q in
        let owner = q.parameter(.user) { $0.owner }
        let store = q.parameter(.text) { $0.store }
        let key = q.parameter(.text) { $0.key }
        return q.exists(
            "SELECT 1 FROM kvstore WHERE user_id = \(owner) AND store_name = \(store) AND key = \(key)")
    }

    // MARK: API keys

    /// The names of a user's keys.
    static let keyNames = Statement<UserID, [String]>(waiting: "import_key_names") { q in
        let user = q.parameter(.user) { $0 }
        let name = q.column("name", .text)
        return q.all("SELECT \(q.columns) FROM apikeys WHERE user_id = \(user)", name)
    }

    /// A key that is to be.
    struct NewKey: Sendable {
        let hash: APIKeyHash
        let user: UserID
        let name: String
        let trimmed: String
        /// Nil for this moment.
        let createdAt: Timestamp?
    }

    static let addKey = Statement<NewKey, Void>(waiting: "import_add_key") { q in
        let keys = Table<NewKey, Void>("apikeys") { t in
            t.write("key_hash", .keyHash) { $0.hash }
            t.write("user_id", .user) { $0.user }
            t.write("name", .text) { $0.name }
            t.write("trimmed_key", .text) { $0.trimmed }
            t.write("created_at", .optional(.timestamptz), stored: { "coalesce(\($0), now())" }) {
                $0.createdAt
            }
        }
        let key = q.values(of: keys) { $0 }
        return q.effect("INSERT INTO apikeys (\(key.names)) VALUES (\(key.stored))")
    }

    // MARK: Wallets

    /// The wallet that a user has of a key.
    static let walletOfKey = Statement<KnownUser, (id: Int64, kind: WalletKind)?>(
        waiting: "import_wallet_of_key"
    ) { q in
        let user = q.parameter(.user) { $0.user }
        let key = q.parameter(.publicKey) { $0.publicKey }
        let id = q.column("id", .bigint)
        let kind = q.column("type", .kind)
        return q.first(
            "SELECT \(q.columns) FROM wallets WHERE user_id = \(user) AND public_key = \(key)"
        ) { row throws(PostgresError) in (try row[id], try row[kind]) }
    }

    static let hasWallet = Statement<Int64, Bool>(waiting: "import_has_wallet") { q in
        let id = q.parameter(.bigint) { $0 }
        return q.exists("SELECT 1 FROM wallets WHERE id = \(id)")
    }

    static let countWallets = Statement<UserID, Int64>(waiting: "import_count_wallets") { q in
        let user = q.parameter(.user) { $0 }
        let count = q.column("count(*)", .bigint)
        return q.one("SELECT \(q.columns) FROM wallets WHERE user_id = \(user)", count)
    }

    /// Gives the number.
    static let addWallet = Statement<NewWallet, Int64>(waiting: "import_add_wallet") { q in
        let wallets = Table<NewWallet, Void>("wallets") { t in
            t.write(
                "id", .optional(.bigint),
                stored: { "coalesce(\($0), nextval(pg_get_serial_sequence('wallets', 'id')))" }
            ) { $0.number }
            t.write("user_id", .user) { $0.owner }
            t.write("type", .kind) { $0.sealedKey == nil ? .adapter : .kept }
            t.write("public_key", .publicKey) { $0.publicKey }
            t.write("sealed_keypair", .optional(.bytea)) { $0.sealedKey }
            t.write("verified_at", .bool, stored: { "CASE WHEN \($0) THEN now() END" }) { $0.isVerified }
            t.write("adapter", .text) { $0.adapter }
            t.write("name", .text) { $0.name }
            t.write("description", .text) { $0.description }
            t.write("icon", .optional(.text)) { $0.icon }
            t.write("purpose", .optional(.text)) { $0.purpose }
            t.write("created_at", .optional(.timestamptz), stored: { "coalesce(\($0), now())" }) {
                $0.createdAt
            }
        }
        let wallet = q.values(of: wallets) { $0 }
        let id = q.column("id", .bigint)
        return q.one(
            "INSERT INTO wallets (\(wallet.names)) VALUES (\(wallet.stored)) RETURNING \(q.columns)"
        ) { row throws(PostgresError) in try row[id] }
    }

    /// The wallet of the key by which a user logs in, unless it is there.
    static let addMainWallet = Statement<KnownUser, Void>(waiting: "import_add_main_wallet") { q in
        let user = q.parameter(.user) { $0.user }
        let key = q.parameter(.publicKey) { $0.publicKey }
        return q.effect(
            """
            INSERT INTO wallets (user_id, public_key, name, verified_at)
            SELECT \(user), \(key), 'Main wallet', now()
            WHERE NOT EXISTS (SELECT FROM wallets w WHERE w.user_id = \(user) AND w.public_key = \(key))
            """)
    }

    /// From here on the server signs for a wallet.
    static let keepKey = Statement<(id: Int64, sealedKey: [UInt8]), Void>(waiting: "import_keep_key") { q in
        let id = q.parameter(.bigint) { $0.id }
        let sealedKey = q.parameter(.bytea) { $0.sealedKey }
        return q.effect(
            """
            UPDATE wallets SET type = 'HARDCODED', sealed_keypair = \(sealedKey), verified_at = now()
            WHERE id = \(id)
            """)
    }

    /// Makes numbers that are handed out later begin behind this one.
    static let reserveWallets = Statement<Int64, Void>(waiting: "import_reserve_wallets") { q in
        let number = q.parameter(.bigint) { $0 }
        return q.effect(
            """
            SELECT setval(pg_get_serial_sequence('wallets', 'id'), \(number))
            FROM wallets_id_seq WHERE last_value <= \(number)
            """)
    }
}
