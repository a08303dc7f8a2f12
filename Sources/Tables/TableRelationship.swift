// How tables refer to each other. Values, the same for every client.

/// Columns of one table that name a row of another, or of the same table.
public struct TableRelationship: Hashable, Sendable {
    /// The table with the columns.
    public let table: TableDefinition.Name
    public let columns: [String]
    /// The table whose row they name.
    public let target: TableDefinition.Name
    /// The columns of the target that they are equal to.
    public let keys: [String]

    private init(
        _ table: TableDefinition.Name, _ columns: [String], _ target: TableDefinition.Name,
        _ keys: [String] = ["id"]
    ) {
        self.table = table
        self.columns = columns
        self.target = target
        self.keys = keys
    }

    /// All relationships (spec storage-and-operations 1.2 to 1.7).
    static let all = [
        TableRelationship(.flows, ["parent_flow"], .flows),
        TableRelationship(.flowDeployments, ["entrypoint"], .flows),
        TableRelationship(.flowDeploymentTags, ["entrypoint"], .flows),
        TableRelationship(.flowDeploymentTags, ["deployment_id"], .flowDeployments),
        TableRelationship(.flowDeploymentFlows, ["deployment_id"], .flowDeployments),
        TableRelationship(.flowDeploymentFlows, ["flow_id"], .flows),
        TableRelationship(.flowDeploymentWallets, ["deployment_id"], .flowDeployments),
        TableRelationship(.flowDeploymentWallets, ["wallet_id"], .wallets),
        TableRelationship(.flowRun, ["flow_id"], .flows),
        TableRelationship(.flowRun, ["deployment_id"], .flowDeployments),
        TableRelationship(.flowRun, ["parent_run_id"], .flowRun),
        TableRelationship(.flowRunShared, ["flow_run_id"], .flowRun),
        TableRelationship(.nodeRun, ["flow_run_id"], .flowRun),
        TableRelationship(.flowRunLogs, ["flow_run_id"], .flowRun),
        TableRelationship(
            .flowRunLogs, ["flow_run_id", "node_id", "times"], .nodeRun, ["flow_run_id", "node_id", "times"]),
        TableRelationship(.signatureRequests, ["flow_run_id"], .flowRun),
        TableRelationship(.kvstoreMetadata, ["user_id"], .userQuotas, ["user_id"]),
        TableRelationship(
            .kvstore, ["user_id", "store_name"], .kvstoreMetadata, ["user_id", "store_name"]),
    ]

    /// The name that the database gives to such a foreign key.
    private var constraint: String { "\(table.rawValue)_\(columns.joined(separator: "_"))_fkey" }

    /// Finds the relationship along which a table is embedded in another.
    ///
    /// - Parameters:
    ///   - name: the embedded table, or the column of the other one that names a row of it.
    ///   - hint: a column or a foreign key, if the table alone does not tell.
    /// - Returns: the relationship, and whether many rows are embedded in one or one row in each.
    static func find(
        _ name: String, hint: String?, in outer: TableDefinition
    ) throws(TableError) -> (relationship: TableRelationship, isMany: Bool) {
        if let column = all.first(where: { $0.table == outer.name && $0.columns == [name] }) {
            return (column, false)
        }
        guard let inner = TableDefinition.find(name)?.name else { throw .unknownRelationship(outer, name) }
        var found: [(relationship: TableRelationship, isMany: Bool)] = []
        for relationship in all where hint.map(relationship.answers) ?? true {
            let (table, target) = (relationship.table, relationship.target)
            if table == inner, target == outer.name { found.append((relationship, true)) }
            // In a table that refers to itself, a hint means the rows that refer.
            if table == outer.name, target == inner, table != target || hint == nil {
                found.append((relationship, false))
            }
        }
        guard let first = found.first else { throw .unknownRelationship(outer, name) }
        guard found.count == 1 else {
            throw .manyRelationships(outer, name, found.map(\.relationship.columns))
        }
        return first
    }

    private func answers(_ hint: String) -> Bool { columns.contains(hint) || constraint == hint }
}
