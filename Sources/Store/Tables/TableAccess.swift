// Who may see and change which rows: the one place where that is decided for tables.

internal import Postgres
internal import Primitives
internal import Tables

/// The rows of a table that a caller may read or change, as a source of rows called `t` with a condition (the policies
/// of spec storage-and-operations 1.2 to 1.7).
struct TableAccess {
    let source: String
    let condition: String

    /// Rows to read.
    ///
    /// A user sees their own flows only, although others may be public, because clients list their flows without a
    /// filter. A caller without an account sees the public flows. Deployments are visible to those who may start them,
    /// runs to their owner and to the users they are shared with.
    init(reading table: TableDefinition, by caller: TableCaller, _ parameters: inout TableParameters) {
        guard case .user(let user) = caller else {
            source = "\(table.name.rawValue) t"
            condition =
                switch table.name {
                case .flows: TableAccess.seesFlow("t", caller, &parameters)
                case .flowDeployments: #"t.start_permission = '"Anonymous"'"#
                default: "false"
                }
            return
        }
        let me = parameters.bind(.uuid(user.id), .uuid)
        switch table.name {
        case .flowDeployments:
            source = "flow_deployments t"
            condition = #"(t.user_id = \#(me) OR t.start_permission IN ('"Authenticated"', '"Anonymous"'))"#
        case .flowRun:
            source = "(\(TableAccess.runs("r.*", me))) t"
            condition = "true"
        case .nodeRun, .flowRunLogs:
            source =
                "(\(TableAccess.runs("r.id", me))) a JOIN \(table.name.rawValue) t ON t.flow_run_id = a.id"
            condition = "true"
        case .flows, .flowDeploymentTags, .signatureRequests, .wallets, .apiKeys:
            source = "\(table.name.rawValue) t"
            condition = "t.user_id = \(me)"
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

    /// A column as this caller sees it: columns that may hold secrets of the owner are empty for others.
    static func expression(
        _ column: TableColumn, of table: TableDefinition, for caller: TableCaller,
        _ parameters: inout TableParameters
    ) -> TableExpression {
        let expression = TableExpression(column, of: table)
        switch (table.name, column.name) {
        case (.flows, "environment"), (.flowRun, "environment"), (.flowRun, "nodes"), (.flowRun, "edges"):
            guard case .user(let user) = caller else { return TableExpression("NULL::json") }
            let me = parameters.bind(.uuid(user.id), .uuid)
            return TableExpression("CASE WHEN t.user_id = \(me) THEN \(expression.shown) END")
        case (.flowDeployments, "entrypoint_uuid"), (.flowDeploymentTags, "entrypoint_uuid"):
            return TableExpression(uuid(ofFlow: "t.entrypoint", caller, &parameters))
        case (.flowRun, "flow_uuid"):
            return TableExpression(uuid(ofFlow: "t.flow_id", caller, &parameters))
        default: return expression
        }
    }

    private static func uuid(
        ofFlow number: String, _ caller: TableCaller, _ parameters: inout TableParameters
    ) -> String {
        "(SELECT f.uuid FROM flows f WHERE f.id = \(number) AND \(seesFlow("f", caller, &parameters)))"
    }
}
