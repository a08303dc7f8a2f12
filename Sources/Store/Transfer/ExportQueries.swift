// How the tables of an export are asked for: columns as the format names them, each as text.

internal import Transfer

/// One table of an export: the columns in their order, and the rows of user `$1`.
struct ExportQuery {
    let table: ExportTable
    private let cells: [(name: String, expression: String)]
    private let rows: String

    var columns: [String] { cells.map(\.name) }

    var sql: String {
        "SELECT \(cells.map { "(\($0.expression))::text" }.joined(separator: ", ")) FROM \(rows)"
    }

    /// All tables, those that flowd has nothing for with their header only (spec storage-and-operations 5.6).
    static let all = [
        ExportQuery(
            .users, "users WHERE id = $1",
            ["id", "email", "raw_user_meta_data=json_build_object('pubkey', pub_key)", "created_at"]),
        nothing(.identities, ["id", "user_id", "provider"]),
        ExportQuery(
            .allowedKeys, "pubkey_whitelists w JOIN users u ON u.pub_key = w.pubkey WHERE u.id = $1",
            ["pubkey=w.pubkey", "info=w.info"]),
        ExportQuery(.usersPublic, "users WHERE id = $1", ["user_id=id", "pub_key"]),
        ExportQuery(
            .wallets, "wallets WHERE user_id = $1 ORDER BY id",
            [
                "id", "created_at", "type", "adapter", "public_key", "user_id", "description", "name", "icon",
                // Exports of other servers have the key in clear here. Ours has it among the sealed secrets or nowhere.
                "purpose", "keypair=NULL",
            ]),
        ExportQuery(
            .apiKeys, "apikeys WHERE user_id = $1 ORDER BY created_at, key_hash",
            ["key_hash", "user_id", "name", "trimmed_key", "created_at=created_at AT TIME ZONE 'UTC'"]),
        ExportQuery(
            .quotas, "user_quotas WHERE user_id = $1",
            ["user_id", "kvstore_count", "kvstore_count_limit", "kvstore_size", "kvstore_size_limit"]),
        ExportQuery(
            .stores, "kvstore_metadata WHERE user_id = $1 ORDER BY store_name",
            ["user_id", "store_name", "stats_size"]),
        ExportQuery(
            .items, "kvstore WHERE user_id = $1 ORDER BY store_name, key",
            ["user_id", "store_name", "key", "value", "last_updated=last_updated AT TIME ZONE 'UTC'"]),
        ExportQuery(
            .flows, "flows WHERE user_id = $1 ORDER BY id",
            [
                "id", "uuid", "user_id", "name", "description", "nodes", "edges", "environment",
                "current_network",
                "instructions_bundling", flag("is_public"), flag("start_shared"), flag("start_unverified"),
                flag("read_enabled"), "on_crash",
                "parent_flow=SELECT p.uuid FROM flows p WHERE p.id = flows.parent_flow", "editor",
                "created_at=created_at AT TIME ZONE 'UTC'", "updated_at=updated_at AT TIME ZONE 'UTC'",
            ]),
        nothing(
            .nodeDefinitions,
            [
                "id", "version", "name", "type", "ports", "config", "config_schema", "author_handle",
                "user_id",
            ]),
    ]

    /// About how many bytes an export of user `$1` has, secrets included.
    static let size = """
        SELECT (\(["flows", "kvstore", "wallets", "vault_secrets"]
            .map { "(SELECT coalesce(sum(octet_length(t::text)), 0) FROM \($0) t WHERE t.user_id = $1)" }
            .joined(separator: " + ")))::bigint
        """

    /// - Parameter columns: names in the format, with an expression behind `=` where the column has another name here.
    private init(_ table: ExportTable, _ rows: String, _ columns: [String]) {
        self.table = table
        self.rows = rows
        cells = columns.map { column in
            let parts = column.split(separator: "=", maxSplits: 1).map(String.init)
            return (parts[0], parts.count == 2 ? parts[1] : parts[0])
        }
    }

    private static func nothing(_ table: ExportTable, _ columns: [String]) -> ExportQuery {
        ExportQuery(table, "users WHERE id = $1 AND false", columns.map { "\($0)=NULL" })
    }

    private static func flag(_ name: String) -> String { "\(name)=CASE WHEN \(name) THEN 't' ELSE 'f' END" }
}
