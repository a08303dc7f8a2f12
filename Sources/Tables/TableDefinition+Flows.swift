// Flows, their deployments and the names of these.

extension TableDefinition {
    /// Flows (spec storage-and-operations 1.2).
    ///
    /// Values that only editors look at are kept as they were sent, so that hosted editors find them again. The number
    /// is given out by the server, and again to a user whose deleted flow had it; `version` and the times are kept by the
    /// database.
    static let flows = TableDefinition(
        .flows, key: ["id"], changes: [.insert, .update, .delete], conflictTargets: [["id"], ["uuid"]],
        holdsDocuments: true,
        [
            TableColumn("id", .flow, writing: .again),
            TableColumn("uuid", .uuid, writing: .insert),
            TableColumn("user_id", .uuid),
            TableColumn("name", .text, writing: .always),
            TableColumn("description", .text, writing: .always),
            TableColumn("nodes", .json, writing: .always, rule: .array),
            TableColumn("edges", .json, writing: .always, rule: .array),
            TableColumn("environment", .json, writing: .always, rule: .object),
            TableColumn("current_network", .json, writing: .always, rule: .object),
            TableColumn("instructions_bundling", .json, writing: .always, rule: .word(["Off", "Automatic"])),
            TableColumn("is_public", .bool, writing: .always),
            TableColumn("start_shared", .bool, writing: .always),
            TableColumn("start_unverified", .bool, writing: .always),
            TableColumn("read_enabled", .bool, writing: .always),
            TableColumn("on_crash", .text, writing: .always, rule: .word(["fail", "resume"])),
            TableColumn("parent_flow", .flowUUID, writing: .always, isNullable: true),
            TableColumn("version", .bigint, keeping: .passedOver),
            TableColumn("created_at", .time),
            TableColumn("updated_at", .time, keeping: .passedOver),
        ] + editorColumns)

    /// The columns that hosted editors keep beside a flow's document.
    public static let editorColumns = [
        "slug", "gg_marketplace", "visibility_profile", "viewport", "default_viewport", "guide",
        "backend_endpoint", "current_branch_id", "linked_flows", "lifecycle", "meta_nodes",
    ].map { TableColumn($0, .json, writing: .always, isNullable: true) }

    /// Deployments. `*` means the columns of seed 002 and no others.
    static let flowDeployments = TableDefinition(
        .flowDeployments, key: ["id"], changes: [.update, .delete],
        [
            TableColumn("id", .uuid),
            TableColumn("created_at", .time),
            TableColumn("user_id", .uuid),
            TableColumn("entrypoint", .flow),
            TableColumn("entrypoint_uuid", .uuid, isListed: false),
            TableColumn(
                "start_permission", .json, writing: .update,
                rule: .word(["Owner", "Authenticated", "Anonymous"])),
            TableColumn("output_instructions", .bool, writing: .update),
            TableColumn("action_identity", .text, writing: .update, rule: .publicKey, isNullable: true),
            TableColumn("fees", .json, writing: .update, rule: .fees),
            TableColumn("solana_network", .json, writing: .update, rule: .network),
        ])

    /// Names of deployments. `*` means the columns of seed 002 and no others.
    static let flowDeploymentTags = TableDefinition(
        .flowDeploymentTags, key: ["entrypoint", "tag"], changes: [.insert, .update, .delete],
        conflictTargets: [["entrypoint", "tag"]],
        [
            TableColumn("user_id", .uuid),
            TableColumn("entrypoint", .flow, writing: .insert),
            TableColumn("entrypoint_uuid", .uuid, isListed: false),
            TableColumn("tag", .text, writing: .always, rule: .tag),
            TableColumn("deployment_id", .uuid, writing: .always),
            TableColumn("description", .text, writing: .always, isNullable: true),
        ])

    /// The flows that deployments can come to, as they were then. Documents are large: they come to clients that ask for
    /// them by name.
    static let flowDeploymentFlows = TableDefinition(
        .flowDeploymentFlows, key: ["deployment_id", "flow_id"],
        [
            TableColumn("deployment_id", .uuid),
            TableColumn("flow_id", .flow),
            TableColumn("flow_uuid", .uuid, isListed: false),
            TableColumn("user_id", .uuid),
            TableColumn("data", .json, isListed: false),
        ])

    /// The wallets that a deployment's runs may sign with.
    static let flowDeploymentWallets = TableDefinition(
        .flowDeploymentWallets, key: ["deployment_id", "wallet_id"],
        [
            TableColumn("user_id", .uuid),
            TableColumn("deployment_id", .uuid),
            TableColumn("wallet_id", .bigint),
        ])
}
