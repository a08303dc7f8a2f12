// The ports of storage: one list, from which their statements are prepared.

internal import Identity
internal import Net
internal import Postgres
internal import Primitives

/// What ports work with.
struct PortContext: Sendable {
    let desk: QuestionDesk
    /// This server.
    let server: ServerID
    /// Seals the secrets of users.
    let sealingKey: SealingKey
    /// Threads that turn many rows into values.
    let readers: WorkThreads
}

/// One side of storage's face, which asks questions for others.
protocol StoragePort: Sendable {
    /// All that it asks, over the connections that each statement names.
    static var statements: [any ListedStatement] { get }
    init(context: PortContext)
}

extension Storage {
    /// Every port below. A test finds statements that no port lists.
    static let ports: [any StoragePort.Type] = [
        PostgresCatalog.self, PostgresUsers.self, PostgresSessions.self, PostgresAPIKeys.self,
        PostgresWallets.self, PostgresKeyValues.self, PostgresFiles.self, PostgresDeployments.self,
        PostgresFlowCopies.self, PostgresVault.self, PostgresInputs.self, PostgresTables.self,
        PostgresSignatures.self, PostgresRunControls.self, PostgresLeftRuns.self,
    ]

    /// Reads flows, runs and events.
    public var catalog: PostgresCatalog { PostgresCatalog(context: context) }
    /// Says who stands behind a credential.
    public var users: PostgresUsers { PostgresUsers(context: context) }
    /// Keeps the sessions of users.
    public var sessions: PostgresSessions { PostgresSessions(context: context) }
    /// Keeps the API keys of users.
    public var apiKeys: PostgresAPIKeys { PostgresAPIKeys(context: context) }
    /// Keeps the wallets of users and reads them.
    public var wallets: PostgresWallets { PostgresWallets(context: context) }
    /// Keeps the items that nodes write for their owners.
    public var keyValues: PostgresKeyValues { PostgresKeyValues(context: context) }
    /// Keeps the files that nodes write for their owners.
    public var files: PostgresFiles { PostgresFiles(context: context) }
    /// Keeps frozen copies of flows.
    public var deployments: PostgresDeployments { PostgresDeployments(context: context) }
    /// Writes copies of flows.
    public var copies: PostgresFlowCopies { PostgresFlowCopies(context: context) }
    /// Reads the secrets of users.
    public var vault: PostgresVault { PostgresVault(context: context) }
    /// Records which nodes wait for values from outside.
    public var inputs: PostgresInputs { PostgresInputs(context: context) }
    /// What clients read and write of tables.
    public var tables: PostgresTables { PostgresTables(context: context) }
    /// Says who signs, and records who was asked to.
    public var signatures: PostgresSignatures { PostgresSignatures(context: context) }
    /// Takes stops of runs to the servers that have them.
    public var controls: PostgresRunControls { PostgresRunControls(context: context) }
    /// Reads what dead servers have left to this one.
    public var leftRuns: PostgresLeftRuns { PostgresLeftRuns(context: context) }
}
