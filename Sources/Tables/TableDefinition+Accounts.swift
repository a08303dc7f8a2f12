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
}
