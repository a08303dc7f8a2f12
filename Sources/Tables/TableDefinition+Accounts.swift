// Wallets and API keys. No column shows a secret key, or anything from which a key could be found.

extension TableDefinition {
    /// Wallets (spec storage-and-operations 1.7). Only wallets whose holder signs can be written here: kept keys go
    /// through `/wallets/upsert`, which seals them.
    static let wallets = TableDefinition(
        .wallets, key: ["id"], changes: [.insert, .update, .delete],
        [
            TableColumn("id", .bigint),
            TableColumn("created_at", .time),
            TableColumn("type", .text, writing: .insert, rule: .word(["ADAPTER"])),
            TableColumn("adapter", .text, writing: .always),
            TableColumn("public_key", .text, writing: .insert, rule: .publicKey),
            TableColumn("user_id", .uuid),
            TableColumn("description", .text, writing: .always),
            TableColumn("name", .text, writing: .always),
            TableColumn("icon", .text, writing: .always, isNullable: true),
            TableColumn("purpose", .text, writing: .always, isNullable: true),
            TableColumn("verified_at", .time),
            TableColumn("encrypted_keypair", .json, isNullable: true, keeping: .empty),
        ])

    /// API keys. The hash is shown because `/apikey/delete` takes it; it tells nothing about a key of 32 random bytes.
    static let apiKeys = TableDefinition(
        .apiKeys, key: ["key_hash"],
        [
            TableColumn("key_hash", .text),
            TableColumn("user_id", .uuid),
            TableColumn("name", .text),
            TableColumn("trimmed_key", .text),
            TableColumn("created_at", .time),
            TableColumn("expires_at", .time),
            TableColumn("last_used_at", .time),
        ])

    /// Who uses this server, as far as users see it: themselves. What a profile page keeps elsewhere is null.
    static let usersPublic = TableDefinition(
        .usersPublic, key: ["user_id"],
        [
            TableColumn("user_id", .uuid),
            TableColumn("email", .text),
            TableColumn("username", .text),
            TableColumn("pub_key", .text),
            TableColumn("description", .text),
            TableColumn("status", .text),
            TableColumn("updated_at", .time),
            TableColumn("avatar", .json),
            TableColumn("flow_skills", .json),
            TableColumn("node_skills", .json),
            TableColumn("tasks_skills", .json),
        ])

    /// Keys that may sign up: the caller's own, if it is one of them.
    static let pubkeyWhitelists = TableDefinition(
        .pubkeyWhitelists, key: ["pubkey"], [TableColumn("pubkey", .text), TableColumn("info", .text)])
}
