// Copies of flows on Postgres: one statement, so that all of them are there or none.

public import Engine
internal import Postgres
public import Primitives

/// The copies of all users. Any thread; replies come on the storage loop's thread.
public struct PostgresFlowCopies: FlowCopies, StoragePort {
    static let statements: [any ListedStatement] = [copy]

    let context: PortContext

    /// Copies flows, all of them or none. The environment of somebody else's flow may hold secrets, and so may the address
    /// of its network: they are not copied.
    /// False if one of the flows is not as it is meant to be.
    static let copy = Statement<FlowCopyDraft, Bool>("copy_flows", on: .userContent) { q in
        let copies = Table<FlowCopyDraft.Flow, Void>("copies") { t in
            t.write("number", .integer) { $0.number }
            t.write("meant_version", .bigint) { $0.version }
            t.write("copy_uuid", .uuid) { $0.uuid }
            t.write("copy_nodes", .json) { $0.content.nodes }
            t.write("copy_edges", .json) { $0.content.edges }
        }
        let owner = q.parameter(.user) { $0.owner }
        let count = q.parameter(.bigint) { Int64($0.flows.count) }
        let flows = q.rows(copies, as: "m") { $0.flows }
        return q.exists(
            """
            WITH originals AS MATERIALIZED (
                SELECT f.*, m.copy_uuid, m.copy_nodes, m.copy_edges
                FROM flows f JOIN \(flows.unnested) ON f.id = m.number AND f.version = m.meant_version
                WHERE f.user_id = \(owner) OR f.is_public
                FOR SHARE OF f
            )
            INSERT INTO flows (uuid, user_id, name, description, nodes, edges, environment, current_network,
                instructions_bundling, on_crash, parent_flow, editor)
            SELECT copy_uuid, \(owner), name, description, copy_nodes, copy_edges,
                CASE WHEN user_id = \(owner) THEN environment ELSE '{}' END,
                CASE WHEN user_id = \(owner) THEN current_network ELSE COALESCE((
                    SELECT json_build_object('url', 'https://api.' || n.cluster || '.solana.com', 'cluster', n.cluster)
                    FROM (SELECT json_readable(current_network) ->> 'cluster' AS cluster) n
                    WHERE n.cluster IN ('devnet', 'testnet', 'mainnet-beta')), '{}') END,
                instructions_bundling, on_crash, id, editor
            FROM originals WHERE (SELECT count(*) FROM originals) = \(count)
            RETURNING id
            """)
    }

    /// Writes copies down in one statement, all of them or none; false if an original has another version, is gone,
    /// or may not be seen by the new owner.
    public func store(
        _ draft: FlowCopyDraft, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void
    ) {
        context.desk.ask(PostgresFlowCopies.copy, draft, reply)
    }
}
