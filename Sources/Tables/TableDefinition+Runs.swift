// Runs, what their nodes did and said, and what they ask people to sign. Nobody writes these over HTTP.

extension TableDefinition {
    /// Runs (spec storage-and-operations 1.5). The graph of a run is large and the same for all runs of a flow: it is
    /// shown only to clients that ask for it by name, and is not part of `*`; nor is the UUID of the run's flow.
    static let flowRun = TableDefinition(
        .flowRun, key: ["id"],
        [
            TableColumn("id", .uuid),
            TableColumn("user_id", .uuid),
            TableColumn("flow_id", .flow),
            TableColumn("flow_uuid", .uuid, isListed: false),
            TableColumn("deployment_id", .uuid),
            TableColumn("status", .text),
            TableColumn("created_at", .time),
            TableColumn("start_time", .time),
            TableColumn("paused_at", .time),
            TableColumn("end_time", .time),
            TableColumn("inputs", .json),
            TableColumn("output", .json),
            TableColumn("errors", .list),
            TableColumn("not_run", .list),
            TableColumn("origin", .json),
            TableColumn("started_by", .uuid),
            TableColumn("started_key", .text),
            TableColumn("environment", .json),
            TableColumn("network", .json),
            TableColumn("instructions_bundling", .json),
            TableColumn("collect_instructions", .bool),
            TableColumn("partial_config", .json),
            TableColumn("call_depth", .integer),
            TableColumn("parent_run_id", .uuid),
            TableColumn("on_crash", .text),
            TableColumn("signers", .json),
            TableColumn("nodes", .json, isListed: false),
            TableColumn("edges", .json, isListed: false),
        ])

    /// Executions of nodes.
    static let nodeRun = TableDefinition(
        .nodeRun, key: ["flow_run_id", "node_id", "times"],
        [
            TableColumn("user_id", .uuid),
            TableColumn("flow_run_id", .uuid),
            TableColumn("node_id", .uuid),
            TableColumn("times", .integer),
            TableColumn("start_time", .time),
            TableColumn("end_time", .time),
            TableColumn("input", .json),
            TableColumn("output", .json),
            TableColumn("errors", .list),
        ])

    /// Log lines. `log_index` grows within a run. It is the line's place among all events of the run, so it has gaps.
    static let flowRunLogs = TableDefinition(
        .flowRunLogs, key: ["flow_run_id", "log_index"],
        [
            TableColumn("user_id", .uuid),
            TableColumn("flow_run_id", .uuid),
            TableColumn("log_index", .bigint),
            TableColumn("node_id", .uuid),
            TableColumn("times", .integer),
            TableColumn("time", .time),
            TableColumn("log_level", .text),
            TableColumn("content", .text),
            TableColumn("module", .text),
        ])

    /// What users are asked to sign (spec storage-and-operations 1.6).
    static let signatureRequests = TableDefinition(
        .signatureRequests, key: ["id"],
        [
            TableColumn("user_id", .uuid),
            TableColumn("id", .bigint),
            TableColumn("created_at", .time),
            TableColumn("msg", .text),
            TableColumn("pubkey", .text),
            TableColumn("signature", .text),
            TableColumn("flow_run_id", .uuid),
            TableColumn("signatures", .json),
            TableColumn("new_msg", .text),
            TableColumn("node_id", .uuid),
            TableColumn("times", .integer),
            TableColumn("kind", .text),
            TableColumn("status", .text),
            TableColumn("expires_at", .time),
            TableColumn("resolved_at", .time),
        ])

    /// Who else may read a run: what is shared with the caller.
    static let flowRunShared = TableDefinition(
        .flowRunShared, key: ["flow_run_id", "user_id"],
        [TableColumn("flow_run_id", .uuid), TableColumn("user_id", .uuid)])
}
