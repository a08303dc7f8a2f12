// How the tables of an export are asked for: columns as the format names them, each as text.

internal import Identity
internal import Postgres
internal import Primitives
internal import Transfer
internal import Wire

/// One table of an export: the columns in their order, and the rows of a user.
struct ExportQuery: Sendable {
    let table: ExportTable
    let columns: [String]
    let statement: Statement<UserID, [[String?]]>
    /// The columns that are made of the last one of the statement, the object of what only editors look at.
    let editorColumns: [EditorColumn]

    /// All tables, those that flowd has nothing for with their header only (spec storage-and-operations 5.6).
    static let all = [
        ExportQuery(
            .users, { "users WHERE id = \($0)" },
            [
                "instance_id='00000000-0000-0000-0000-000000000000'", "id", "aud='authenticated'",
                "role='authenticated'", "email", "encrypted_password=''", "email_confirmed_at=created_at",
                "invited_at=NULL", "confirmation_token=''", "confirmation_sent_at=NULL", "recovery_token=''",
                "recovery_sent_at=NULL", "email_change_token_new=''", "email_change=''",
                "email_change_sent_at=NULL", "last_sign_in_at=NULL",
                #"raw_app_meta_data='{"provider":"email","providers":["email"]}'"#,
                "raw_user_meta_data=json_build_object('pubkey', pub_key)", "is_super_admin=NULL",
                "created_at", "updated_at=created_at", "phone=NULL", "phone_confirmed_at=NULL",
                "phone_change=''", "phone_change_token=''", "phone_change_sent_at=NULL",
                "email_change_token_current=''", "email_change_confirm_status=0", "banned_until=NULL",
                "reauthentication_token=''", "reauthentication_sent_at=NULL", "is_sso_user='f'",
                "deleted_at=NULL", "is_anonymous='f'",
            ]),
        nothing(
            .identities,
            [
                "provider_id", "user_id", "identity_data", "provider", "last_sign_in_at", "created_at",
                "updated_at", "id",
            ]),
        ExportQuery(
            .allowedKeys, { "pubkey_whitelists w JOIN users u ON u.pub_key = w.pubkey WHERE u.id = \($0)" },
            ["pubkey=w.pubkey", "info=w.info"]),
        ExportQuery(.usersPublic, { "users WHERE id = \($0)" }, ["user_id=id", "pub_key"]),
        ExportQuery(
            .wallets, { "wallets WHERE user_id = \($0) ORDER BY id" },
            [
                "id", "created_at", "type", "adapter", "public_key", "user_id", "description", "name", "icon",
                // Exports of other servers have the key in clear here. Ours has it among the sealed secrets or nowhere.
                "purpose", "keypair=NULL",
            ]),
        ExportQuery(
            .apiKeys, { "apikeys WHERE user_id = \($0) ORDER BY created_at, key_hash" },
            ["key_hash", "user_id", "name", "trimmed_key", "created_at=created_at AT TIME ZONE 'UTC'"]),
        ExportQuery(
            .quotas, { "user_quotas WHERE user_id = \($0)" },
            [
                "user_id", "kvstore_count", "kvstore_count_limit", "kvstore_size", "kvstore_size_limit",
                "credit=0", "used_credit=0",
            ]),
        ExportQuery(
            .stores, { "kvstore_metadata WHERE user_id = \($0) ORDER BY store_name" },
            ["user_id", "store_name", "stats_size"]),
        ExportQuery(
            .items, { "kvstore WHERE user_id = \($0) ORDER BY store_name, key" },
            ["user_id", "store_name", "key", "value", "last_updated=last_updated AT TIME ZONE 'UTC'"]),
        ExportQuery(
            .ownFlows, { "flows WHERE user_id = \($0) ORDER BY id" }, ["uuid", "on_crash", "editor"],
            editorColumns: EditorColumn.others),
        ExportQuery(
            .flows, { "flows WHERE user_id = \($0) ORDER BY id" },
            [
                "id", "uuid", "user_id", "name", "description", "nodes", "edges", "environment",
                "current_network",
                "instructions_bundling", flag("is_public"), flag("start_shared"), flag("start_unverified"),
                flag("read_enabled"),
                "parent_flow=SELECT p.uuid FROM flows p WHERE p.id = flows.parent_flow",
                "created_at=created_at AT TIME ZONE 'UTC'", "updated_at=updated_at AT TIME ZONE 'UTC'",
                "editor",
            ], editorColumns: EditorColumn.hosted),
        nothing(
            .nodeDefinitions,
            [
                "id", "version", "name", "type", "ports", "config", "config_schema", "author_handle",
                "user_id",
            ]),
    ]

    /// - Parameters:
    ///   - rows: the rows of a user, made of the parameter that is the user.
    ///   - columns: names in the format, with an expression behind `=` where the column has another name here.
    ///   - editorColumns: what the last column is taken apart into.
    private init(
        _ table: ExportTable, _ rows: (String) -> String, _ columns: [String],
        editorColumns: [EditorColumn] = []
    ) {
        let cells = columns.map { column in
            let parts = column.split(separator: "=", maxSplits: 1).map(String.init)
            return (name: parts[0], expression: parts.count == 2 ? parts[1] : parts[0])
        }
        self.table = table
        self.columns = cells.dropLast(editorColumns.isEmpty ? 0 : 1).map(\.name) + editorColumns.map(\.name)
        self.editorColumns = editorColumns
        statement = Statement(waiting: "export_\(table.rawValue)") { q in
            let user = q.parameter(.user) { $0 }
            var found: [Cell<String?>] = []
            for cell in cells { found.append(q.column("(\(cell.expression))::text", .optional(.text))) }
            let cells = found
            return q.all("SELECT \(q.columns) FROM \(rows(user))") { row throws(PostgresError) in
                var texts: [String?] = []
                for cell in cells { texts.append(try row[cell]) }
                return texts
            }
        }
    }

    /// The cells of a row as the export has them.
    func cells(of row: [String?]) -> [String?] {
        guard !editorColumns.isEmpty, let last = row.last else { return row }
        let editor = last.flatMap { try? JSONValue.parse($0).object } ?? JSONObject()
        return row.dropLast() + editorColumns.map { $0.cell(of: editor[$0.name]) }
    }

    private static func nothing(_ table: ExportTable, _ columns: [String]) -> ExportQuery {
        ExportQuery(table, { "users WHERE id = \($0) AND false" }, columns.map { "\($0)=NULL" })
    }

    private static func flag(_ name: String) -> String { "\(name)=CASE WHEN \(name) THEN 't' ELSE 'f' END" }
}

/// What an export asks beside its tables.
enum ExportStatements {
    static let all: [any ListedStatement] = [size, keptKeys] + ExportQuery.all.map(\.statement)

    /// About how many bytes an export of a user has, secrets included.
    static let size = Statement<UserID, Int64>(waiting: "export_size") { q in
        let user = q.parameter(.user) { $0 }
        let tables = ["flows", "kvstore", "wallets", "vault_secrets"].map { table in
            "(SELECT coalesce(sum(octet_length(t::text)), 0) FROM \(table) t WHERE t.user_id = \(user))"
        }
        let size = q.column("(\(tables.joined(separator: " + ")))::bigint", .bigint)
        return q.one("SELECT \(q.columns)", size)
    }

    /// The kept keys of a user, sealed.
    static let keptKeys = Statement<UserID, [(publicKey: PublicKey, box: [UInt8])]>(
        waiting: "export_kept_keys"
    ) { q in
        let user = q.parameter(.user) { $0 }
        let publicKey = q.column("public_key", .publicKey)
        let box = q.column("sealed_keypair", .bytea)
        return q.all(
            "SELECT \(q.columns) FROM wallets WHERE user_id = \(user) AND type = 'HARDCODED' ORDER BY id"
        ) { row throws(PostgresError) in (try row[publicKey], try row[box]) }
    }
}
