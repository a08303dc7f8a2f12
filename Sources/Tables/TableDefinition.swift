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

    init(
        _ name: Name, key: [String], changes: Changes = [], conflictTargets: [[String]] = [],
        holdsDocuments: Bool = false, _ columns: [TableColumn]
    ) {
        self.name = name
        self.columns = columns
        self.key = key
        self.changes = changes
        self.conflictTargets = conflictTargets
        self.holdsDocuments = holdsDocuments
    }

    /// All tables.
    public static let all = [
        flows, flowDeployments, flowDeploymentTags, flowRun, nodeRun, flowRunLogs, signatureRequests, wallets,
        apiKeys,
    ]

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
