// What users keep, and how much of it they may keep. It is written by the routes of stores, not here.

extension TableDefinition {
    /// Items of key-value stores.
    static let kvstore = TableDefinition(
        .kvstore, key: ["user_id", "store_name", "key"],
        [
            TableColumn("user_id", .uuid),
            TableColumn("store_name", .text),
            TableColumn("key", .text),
            TableColumn("value", .json),
            TableColumn("last_updated", .time),
        ])

    /// Key-value stores, and how large their items are.
    static let kvstoreMetadata = TableDefinition(
        .kvstoreMetadata, key: ["user_id", "store_name"],
        [
            TableColumn("user_id", .uuid),
            TableColumn("store_name", .text),
            TableColumn("stats_size", .bigint),
        ])

    /// What a user has and may have of it. Credit is 0: nothing is sold here.
    static let userQuotas = TableDefinition(
        .userQuotas, key: ["user_id"],
        [
            TableColumn("user_id", .uuid),
            TableColumn("kvstore_count", .bigint),
            TableColumn("kvstore_count_limit", .bigint),
            TableColumn("kvstore_size", .bigint),
            TableColumn("kvstore_size_limit", .bigint),
            TableColumn("credit", .bigint),
            TableColumn("used_credit", .bigint),
        ])
}
