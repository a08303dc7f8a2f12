// A table as clients know it: its columns, and what clients may do with it. Values, the same for every client.

internal import Wire

/// A table that can be asked over HTTP (spec storage-and-operations 1.2 to 1.7).
public struct TableDefinition: Sendable {
    /// The tables by their names.
    public enum Name: String, Hashable, Sendable, CaseIterable {
        case flows
        case flowDeployments = "flow_deployments"
        case flowDeploymentTags = "flow_deployments_tags"
        case flowRun = "flow_run"
        case nodeRun = "node_run"
        case flowRunLogs = "flow_run_logs"
        case signatureRequests = "signature_requests"
        case wallets
        case apiKeys = "apikeys"
        case flowDeploymentFlows = "flow_deployments_flows"
        case flowDeploymentWallets = "flow_deployments_wallets"
        case flowRunShared = "flow_run_shared"
        case kvstore
        case kvstoreMetadata = "kvstore_metadata"
        case userQuotas = "user_quotas"
        case usersPublic = "users_public"
        case pubkeyWhitelists = "pubkey_whitelists"
        case nodeDefinitions = "node_definitions"
        case flowX402Fees = "flow_x402_fees"
        case flowDeploymentX402Fees = "flow_deployments_x402_fees"
    }

    /// The kinds of changes that a table allows.
    public struct Changes: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        static let insert = Changes(rawValue: 1)
        static let update = Changes(rawValue: 2)
        static let delete = Changes(rawValue: 4)
    }

    public let name: Name
    /// In the order of `*`.
    public let columns: [TableColumn]
    /// The names of the columns that tell its rows apart, and by which they are ordered unless a request says otherwise.
    public let key: [String]
    public let changes: Changes
    /// The sets of columns by which an insert may find that its row is there already. The first set is used if a
    /// request names none.
    public let conflictTargets: [[String]]
    /// Whether rows hold parts of a flow's document, which must be readable.
    public let holdsDocuments: Bool
    /// Nothing is stored: the table has columns and no rows.
    public let isEmpty: Bool
    /// Why nobody may change it, if there is more to say than that.
    let refusal: String?

    init(
        _ name: Name, key: [String], changes: Changes = [], conflictTargets: [[String]] = [],
        holdsDocuments: Bool = false, isEmpty: Bool = false, refusal: String? = nil, _ columns: [TableColumn]
    ) {
        self.name = name
        self.columns = columns
        self.key = key
        self.changes = changes
        self.conflictTargets = conflictTargets
        self.holdsDocuments = holdsDocuments
        self.isEmpty = isEmpty
        self.refusal = refusal
    }

    /// All tables.
    public static let all = [
        flows, flowDeployments, flowDeploymentTags, flowRun, nodeRun, flowRunLogs, signatureRequests, wallets,
        apiKeys, flowDeploymentFlows, flowDeploymentWallets, flowRunShared, kvstore, kvstoreMetadata,
        userQuotas,
        usersPublic, pubkeyWhitelists, nodeDefinitions, flowX402Fees, flowDeploymentX402Fees,
    ]

    /// The table of this name; there is one for each.
    static func named(_ name: Name) -> TableDefinition {
        guard let table = all.first(where: { $0.name == name }) else {
            preconditionFailure("a table has no definition")
        }
        return table
    }

    /// The table of a name in an address. `flows_v2` is what hosted clients call the flows.
    static func find(_ name: String) -> TableDefinition? {
        let name = name == "flows_v2" ? Name.flows.rawValue : name
        return all.first { $0.name.rawValue.utf8.elementsEqual(name.utf8) }
    }

    /// The column of this name.
    func column(_ name: some StringProtocol) -> TableColumn? {
        columns.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    /// The columns of the key.
    public var keyColumns: [TableColumn] { key.compactMap { column($0) } }
}
