// Tables that clients of hosted servers name and that have no rows here.

extension TableDefinition {
    /// Nodes that users have defined: there are only those that come with the server.
    static let nodeDefinitions = TableDefinition(
        .nodeDefinitions, key: ["id"], isEmpty: true,
        [
            TableColumn("id", .bigint),
            TableColumn("created_at", .time),
            TableColumn("name", .text),
            TableColumn("type", .text),
            TableColumn("status", .text),
            TableColumn("unique_node_id", .text),
            TableColumn("storage_path", .text),
            TableColumn("licenses", .list),
            TableColumn("sources", .json),
            TableColumn("targets", .json),
            TableColumn("data", .json),
            TableColumn("targets_form.json_schema", .json),
            TableColumn("targets_form.ui_schema", .json),
            TableColumn("targets_form.form_data", .json),
            TableColumn("targets_form.extra", .json),
            TableColumn("isPublic", .bool),
            TableColumn("user_id", .uuid),
            TableColumn("version", .integer),
            TableColumn("ports", .json),
            TableColumn("config", .json),
            TableColumn("config_schema", .json),
            TableColumn("author_handle", .text),
            TableColumn("is_published", .bool),
        ])

    /// Fees that a caller would pay before a flow starts. Nobody pays here, so nobody may believe that he has set one.
    static let flowX402Fees = fees(.flowX402Fees, of: TableColumn("flow_id", .flow))
    static let flowDeploymentX402Fees = fees(.flowDeploymentX402Fees, of: TableColumn("deployment_id", .uuid))

    private static func fees(_ name: Name, of payer: TableColumn) -> TableDefinition {
        TableDefinition(
            name, key: ["id"], isEmpty: true,
            refusal: "this server collects no payments, so fees cannot be set",
            [
                TableColumn("id", .bigint),
                TableColumn("user_id", .uuid),
                payer,
                TableColumn("network", .text),
                TableColumn("pay_to", .bigint),
                TableColumn("amount", .bigint),
                TableColumn("enabled", .bool),
            ])
    }
}
