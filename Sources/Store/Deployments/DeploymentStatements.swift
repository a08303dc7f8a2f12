// The statements about deployments.

internal import Postgres

/// What starts and owners ask about deployments. The live row is read each time.
enum DeploymentStatements {
    static let all = [byID, byTag, byTagOfUUID, snapshots, wallets]

    private static let columns = """
        SELECT d.id, d.user_id, d.entrypoint, d.start_permission #>> '{}', d.output_instructions,
            d.solana_network::json, d.fees::json, d.action_identity, md5(d::text), (
                SELECT json_agg(json_build_object(
                    'number', f.flow_id, 'uuid', f.flow_uuid, 'hash', encode(f.snapshot_hash, 'hex'),
                    'reads', f.read_enabled, 'resumes', f.on_crash = 'resume'))
                FROM flow_deployments_flows f WHERE f.deployment_id = d.id),
            has_hardcoded_wallet(d.user_id, d.action_identity)
        FROM flow_deployments d
        """

    static let byID = PostgresStatement("deployment_by_id", [.uuid], columns + " WHERE d.id = $1")

    static let byTag = PostgresStatement(
        "deployment_by_tag", [.integer, .text],
        columns + """
             JOIN flow_deployments_tags t ON t.deployment_id = d.id WHERE t.entrypoint = $1 AND t.tag = $2
            """)

    /// The flow itself may be gone: its other name is read from the frozen copies. Another user may have given this
    /// name to a flow of their own since then. The name still means the deployments of its first owner, of which the
    /// newest counts.
    static let byTagOfUUID = PostgresStatement(
        "deployment_by_tag_of_uuid", [.uuid, .text],
        columns + """
             JOIN flow_deployments_tags t ON t.deployment_id = d.id
            JOIN flow_deployments_flows e ON e.deployment_id = d.id AND e.flow_id = d.entrypoint
            WHERE e.flow_uuid = $1 AND t.tag = $2 AND d.user_id = (
                SELECT o.user_id FROM flow_deployments_flows o WHERE o.flow_uuid = $1
                ORDER BY o.deployment_id LIMIT 1)
            ORDER BY d.id DESC LIMIT 1
            """)

    static let snapshots = PostgresStatement(
        "snapshots", [.bytea.array], "SELECT hash, data FROM flow_snapshots WHERE hash = ANY ($1)")

    /// The wallets of users, and behind them the key by which each user is known, in case that the user has no wallet.
    static let wallets = PostgresStatement(
        "wallets_of_users", [.uuid.array, .integer],
        """
        SELECT * FROM (
            SELECT w.id, w.user_id, w.public_key, w.type = 'HARDCODED' FROM wallets w WHERE w.user_id = ANY ($1)
            UNION ALL
            SELECT 0, u.id, u.pub_key, false FROM users u WHERE u.id = ANY ($1)
        ) all_wallets
        ORDER BY id = 0, id LIMIT $2
        """)

    /// Owner, entrypoint, network, numbers, versions, hashes and documents of the flows, keys of wallets.
    static let deploy = PostgresStatement(
        "deploy_flows",
        [
            .uuid, .integer, .jsonb, .integer.array, .bigint.array, .bytea.array, .json.array, .text.array,
        ],
        "SELECT deploy_flows($1, $2, $3, $4, $5, $6, $7, $8)")
}
