// A deployment as a start needs it: its live columns, and which frozen flows it holds.

public import Primitives

/// Who may start a deployment (seed 002).
public enum StartPermission: String, Sendable {
    case owner = "Owner"
    case authenticated = "Authenticated"
    case anonymous = "Anonymous"
}

/// A flow as it was when it was deployed.
public struct FrozenFlow: Sendable {
    public let number: Int32
    public let uuid: UniqueID
    /// Names the document: `FlowSnapshot.hash`.
    public let snapshotHash: [UInt8]
    public let readEnabled: Bool
    /// Nodes that a crash has interrupted may run again.
    public let resumesOnCrash: Bool

    public init(
        number: Int32, uuid: UniqueID, snapshotHash: [UInt8], readEnabled: Bool, resumesOnCrash: Bool
    ) {
        self.number = number
        self.uuid = uuid
        self.snapshotHash = snapshotHash
        self.readEnabled = readEnabled
        self.resumesOnCrash = resumesOnCrash
    }
}

/// A stored deployment. Its owner may change most columns at any time.
public struct DeploymentRow: Sendable {
    public let id: DeploymentID
    public let owner: UserID
    /// The number of the flow that runs.
    public let entrypoint: Int32
    public let permission: StartPermission
    public let collectsActs: Bool
    /// They take the place of the flow's and of most that the starter asks for.
    public let terms: any RunTerms
    /// Why the row cannot be used as it is: columns with values that are not valid there.
    public let problems: [String]
    /// A text that changes with every change of the row.
    public let revision: String
    /// All flows that it can come to.
    public let flows: [FrozenFlow]

    public init(
        id: DeploymentID, owner: UserID, entrypoint: Int32, permission: StartPermission,
        collectsActs: Bool = false, terms: any RunTerms, problems: [String] = [], revision: String,
        flows: [FrozenFlow]
    ) {
        self.id = id
        self.owner = owner
        self.entrypoint = entrypoint
        self.permission = permission
        self.collectsActs = collectsActs
        self.terms = terms
        self.problems = problems
        self.revision = revision
        self.flows = flows
    }

    /// The flow that runs.
    var entry: FrozenFlow? { flows.first { $0.number == entrypoint } }
}
