// What stands for a column in SQL.

internal import Tables

/// A column in SQL, of a row that is called `t`.
struct TableExpression {
    /// What clients see.
    let shown: String
    /// What filters and orders compare: with an index behind it where there is one.
    let compared: String

    init(_ shown: String, compared: String? = nil) {
        self.shown = shown
        self.compared = compared ?? shown
    }

    /// A column that is what its name says, unless it is one of these.
    init(_ column: TableColumn, of table: TableDefinition) {
        let name = column.name
        self =
            switch (table.name, name) {
            // Without a zone, as clients know these two (spec http-and-websocket 1.3, seed 002).
            case (.apiKeys, "created_at"):
                TableExpression("t.created_at AT TIME ZONE 'UTC'", compared: "t.created_at")
            case (.flowDeployments, "created_at"):
                TableExpression("t.created_at", compared: "(t.created_at AT TIME ZONE 'UTC')")
            // Clients ask whether there are errors by whether this is null.
            case (.flowRun, "errors"), (.nodeRun, "errors"): TableExpression("NULLIF(t.errors, '{}')")
            case (.flowRun, "nodes"), (.flowRun, "edges"):
                TableExpression(
                    "(SELECT \(TableExpression.lookedInto("s.data")) -> '\(name)' FROM flow_snapshots s "
                        + "WHERE s.hash = t.snapshot_hash)")
            case (.flowRunLogs, "log_index"): TableExpression("t.seq")
            case (.flows, "parent_flow"):
                TableExpression("(SELECT p.uuid FROM flows p WHERE p.id = t.parent_flow)")
            case (.flows, _) where TableDefinition.editorColumns.contains(column):
                TableExpression("(\(TableExpression.lookedInto("t.editor")) -> '\(name)')")
            default: TableExpression("t.\(name)")
            }
    }

    /// JSON that the database can look into: it stores a NUL in a string, but cannot read it. As in texts, another
    /// character stands for it then.
    static func lookedInto(_ json: String) -> String {
        "replace((\(json))::text, '\\u0000', '\\ufffd')::json"
    }
}
