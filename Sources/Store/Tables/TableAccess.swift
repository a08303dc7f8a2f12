// Who may see and change which rows: the one place where that is decided for tables.

internal import Postgres
internal import Primitives
internal import Tables

/// The rows of a table that a caller may read, as a source of rows with a condition (the policies of spec
/// storage-and-operations 1.2 to 1.7).
struct TableAccess {
    let source: String
    let condition: String

    /// Rows to read.
    ///
    /// A user sees their own flows only, although others may be public, because clients list their flows without a
    /// filter. A caller without an account sees the public flows. Deployments are visible to those who may start them,
    /// runs to their owner and to the users they are shared with.
    ///
    /// - Parameter row: what a row is called.
    init(
        reading table: TableDefinition, as row: String, by caller: TableCaller,
        _ parameters: inout TableParameters
    ) {
        guard !table.isEmpty else {
            source = "(SELECT WHERE false) \(row)"
            condition = "true"
            return
        }
        guard case .user(let user) = caller else {
            source = TableAccess.stored(table, as: row)
            condition =
                switch table.name {
                case .flows: TableAccess.seesFlow(row, caller, &parameters)
                case .flowDeployments: #"\#(row).start_permission = '"Anonymous"'"#
                default: "false"
                }
            return
        }
        let me = parameters.bind(.uuid(user.id), .uuid)
        switch table.name {
        case .flowDeployments:
            source = TableAccess.stored(table, as: row)
            condition =
                #"(\#(row).user_id = \#(me) OR \#(row).start_permission IN ('"Authenticated"', '"Anonymous"'))"#
        case .flowRun:
            source = "(\(TableAccess.runs("r.*", me))) \(row)"
            condition = "true"
        case .nodeRun, .flowRunLogs:
            source =
                "(\(TableAccess.runs("r.id", me))) a JOIN \(table.name.rawValue) \(row) ON \(row).flow_run_id = a.id"
            condition = "true"
        case .pubkeyWhitelists:
            source = TableAccess.stored(table, as: row)
            condition = "\(row).pubkey = (SELECT u.pub_key FROM users u WHERE u.id = \(me))"
        default:
            source = TableAccess.stored(table, as: row)
            condition = "\(row).user_id = \(me)"
        }
    }

    /// All rows of a table, of whomever.
    private static func stored(_ table: TableDefinition, as row: String) -> String {
        switch table.name {
        case .usersPublic:
            """
            (SELECT u.id AS user_id, u.email, u.username, u.pub_key, u.created_at AS updated_at FROM users u) \(row)
            """
        // Quotas have a row only once something is kept.
        case .userQuotas:
            """
            (SELECT u.id AS user_id, COALESCE(q.kvstore_count, 0) AS kvstore_count,
                COALESCE(q.kvstore_count_limit, 100) AS kvstore_count_limit,
                COALESCE(q.kvstore_size, 0) AS kvstore_size,
                COALESCE(q.kvstore_size_limit, 104857600) AS kvstore_size_limit
            FROM users u LEFT JOIN user_quotas q ON q.user_id = u.id) \(row)
            """
        default: "\(table.name.rawValue) \(row)"
        }
    }

    /// The condition that the caller may see a row of `flows`. It decides which flows a UUID can name, and beside which
    /// numbers the UUID is shown.
    static func seesFlow(
        _ row: String, _ caller: TableCaller, _ parameters: inout TableParameters
    ) -> String {
        guard case .user(let user) = caller else { return "\(row).is_public" }
        return "\(row).user_id = \(parameters.bind(.uuid(user.id), .uuid))"
    }

    /// Two branches instead of one condition, so that each has its index.
    private static func runs(_ columns: String, _ me: String) -> String {
        """
        SELECT \(columns) FROM flow_run r WHERE r.user_id = \(me)
        UNION ALL
        SELECT \(columns) FROM flow_run_shared h JOIN flow_run r ON r.id = h.flow_run_id
        WHERE h.user_id = \(me) AND r.user_id <> \(me)
        """
    }

    /// A column as this caller sees it: columns that may hold secrets of the owner are empty for others, and of a network
    /// others see which one it is. Its address may hold a key.
    static func expression(
        _ column: TableColumn, of table: TableDefinition, in row: String, for caller: TableCaller,
        _ parameters: inout TableParameters
    ) -> TableExpression {
        let expression = TableExpression(column, of: table, in: row)
        switch (table.name, column.name) {
        case (.flows, "environment"), (.flowRun, "environment"), (.flowRun, "nodes"), (.flowRun, "edges"):
            return own(expression, in: row, otherwise: "NULL::json", caller, &parameters)
        case (.flows, "current_network"), (.flowDeployments, "solana_network"), (.flowRun, "network"):
            let network = "json_readable(to_json(\(expression.shown)))"
            return own(
                expression, in: row, otherwise: "json_build_object('cluster', \(network) -> 'cluster')",
                caller,
                &parameters)
        case (.flowDeployments, "entrypoint_uuid"), (.flowDeploymentTags, "entrypoint_uuid"):
            return TableExpression(uuid(ofFlow: "\(row).entrypoint", caller, &parameters))
        case (.flowRun, "flow_uuid"):
            return TableExpression(uuid(ofFlow: "\(row).flow_id", caller, &parameters))
        default: return expression
        }
    }

    /// The expression in rows of the caller's own, and another one in others.
    private static func own(
        _ expression: TableExpression, in row: String, otherwise: String, _ caller: TableCaller,
        _ parameters: inout TableParameters
    ) -> TableExpression {
        guard case .user(let user) = caller else { return TableExpression("(\(otherwise))") }
        let me = parameters.bind(.uuid(user.id), .uuid)
        return TableExpression(
            "(CASE WHEN \(row).user_id = \(me) THEN to_json(\(expression.shown)) ELSE \(otherwise) END)")
    }

    private static func uuid(
        ofFlow number: String, _ caller: TableCaller, _ parameters: inout TableParameters
    ) -> String {
        "(SELECT f.uuid FROM flows f WHERE f.id = \(number) AND \(seesFlow("f", caller, &parameters)))"
    }
}
