// What stands for a column in SQL.

internal import Tables

/// A column of a row in SQL.
struct TableExpression {
    /// What clients see.
    let shown: String
    /// What filters and orders compare: with an index behind it where there is one.
    let compared: String
    /// The number of the flow that the column names, if it names one.
    let number: String
    /// The UUID of the flow that the column names, if it stands in the same row.
    let uuid: String?

    init(_ shown: String, compared: String? = nil, number: String? = nil, uuid: String? = nil) {
        self.shown = shown
        self.compared = compared ?? shown
        self.number = number ?? self.compared
        self.uuid = uuid
    }

    /// A column that is what its name says, unless it is one of these.
    ///
    /// - Parameter row: what the row is called.
    init(_ column: TableColumn, of table: TableDefinition, in row: String) {
        let name = column.name
        guard !table.isEmpty else {
            self.init("NULL::\(TableExpression.type(column.type))")
            return
        }
        self =
            switch (table.name, name) {
            // Without a zone, as clients know these two (spec http-and-websocket 1.3, seed 002).
            case (.apiKeys, "created_at"):
                TableExpression("\(row).created_at AT TIME ZONE 'UTC'", compared: "\(row).created_at")
            case (.flowDeployments, "created_at"):
                TableExpression("\(row).created_at", compared: "(\(row).created_at AT TIME ZONE 'UTC')")
            // Clients ask whether there are errors by whether this is null.
            case (.flowRun, "errors"), (.nodeRun, "errors"): TableExpression("NULLIF(\(row).errors, '{}')")
            case (.flowRun, "nodes"), (.flowRun, "edges"):
                TableExpression(
                    "(SELECT json_readable(s.data) -> '\(name)' FROM flow_snapshots s "
                        + "WHERE s.hash = \(row).snapshot_hash)")
            case (.flowDeploymentFlows, "data"):
                TableExpression("(SELECT s.data FROM flow_snapshots s WHERE s.hash = \(row).snapshot_hash)")
            case (.flowRunLogs, "log_index"): TableExpression("\(row).seq")
            case (.flows, "id"): TableExpression("\(row).id", uuid: "\(row).uuid")
            case (.flows, "parent_flow"):
                TableExpression(
                    "(SELECT p.uuid FROM flows p WHERE p.id = \(row).parent_flow)",
                    number: "\(row).parent_flow")
            case (.flows, _) where TableDefinition.editorColumns.contains(column):
                TableExpression("json_member(\(row).editor, '\(name)')")
            // No client gets anything from which a key could be found.
            case (.wallets, "encrypted_keypair"): TableExpression("NULL::json")
            case (.userQuotas, "credit"), (.userQuotas, "used_credit"): TableExpression("0::bigint")
            case (.usersPublic, "status"): TableExpression("'available'::text")
            case (.usersPublic, "description"): TableExpression("NULL::text")
            case (.usersPublic, "avatar"), (.usersPublic, "flow_skills"), (.usersPublic, "node_skills"),
                (.usersPublic, "tasks_skills"):
                TableExpression("NULL::json")
            default: TableExpression("\(row).\(name)")
            }
    }

    private static func type(_ type: TableColumnType) -> String {
        switch type {
        case .integer, .flow: "integer"
        case .bigint: "bigint"
        case .bool: "boolean"
        case .text: "text"
        case .uuid, .flowUUID: "uuid"
        case .time: "timestamptz"
        case .json: "json"
        case .list: "text[]"
        }
    }
}
