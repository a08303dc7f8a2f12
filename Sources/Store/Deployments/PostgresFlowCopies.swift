// Copies of flows on Postgres: one statement, so that all of them are there or none.

public import Engine
internal import Postgres
public import Primitives

/// The copies of all users. Any thread; replies come on the storage loop's thread.
public struct PostgresFlowCopies: FlowCopies {
    let desk: QuestionDesk

    /// Copies flows. The environment of somebody else's flow may hold secrets, so it is not copied.
    ///
    /// The new owner, then numbers, versions, new UUIDs, nodes and edges of the flows. Gives a row for each copy; none if
    /// one of the flows is not as it is meant to be.
    static let copy = PostgresStatement(
        "copy_flows", [.uuid, .integer.array, .bigint.array, .uuid.array, .json.array, .json.array],
        """
        WITH originals AS MATERIALIZED (
            SELECT f.*, m.copy_uuid, m.copy_nodes, m.copy_edges
            FROM flows f JOIN unnest($2, $3, $4, $5, $6)
                AS m (number, meant_version, copy_uuid, copy_nodes, copy_edges)
                ON f.id = m.number AND f.version = m.meant_version
            WHERE f.user_id = $1 OR f.is_public
            FOR SHARE OF f
        )
        INSERT INTO flows (uuid, user_id, name, description, nodes, edges, environment, current_network,
            instructions_bundling, on_crash, parent_flow, editor)
        SELECT copy_uuid, $1, name, description, copy_nodes, copy_edges,
            CASE WHEN user_id = $1 THEN environment ELSE '{}' END, current_network,
            instructions_bundling, on_crash, id, editor
        FROM originals WHERE (SELECT count(*) FROM originals) = cardinality($2)
        RETURNING id
        """)

    /// Writes copies down in one statement, all of them or none; false if an original has another version, is gone,
    /// or may not be seen by the new owner.
    public func store(
        _ draft: FlowCopyDraft, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void
    ) {
        desk.ask(
            PostgresFlowCopies.copy,
            [
                .uuid(draft.owner.id),
                .array(of: .integer, draft.flows) { .integer($0.number) },
                .array(of: .bigint, draft.flows) { .bigint($0.version) },
                .array(of: .uuid, draft.flows) { .uuid($0.uuid) },
                .array(of: .json, draft.flows) { .json($0.content.nodes) },
                .array(of: .json, draft.flows) { .json($0.content.edges) },
            ], on: .userContent, { rows throws(PostgresError) in rows.count > 0 }, reply)
    }
}
