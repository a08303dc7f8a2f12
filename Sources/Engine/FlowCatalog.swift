// The port to stored flows and runs.

public import Primitives
public import Values

/// A stored flow as a start needs it: the live permission columns, and the document unless the asker has it.
public struct FlowRow: Sendable {
    public let number: Int32
    public let uuid: UniqueID
    public let owner: UserID
    public let isPublic: Bool
    public let startShared: Bool
    public let startUnverified: Bool
    public let readEnabled: Bool
    /// Nodes that a crash has interrupted may run again.
    public let resumesOnCrash: Bool
    /// Grows with every change of the document.
    public let version: Int64
    /// The stored columns as one JSON document (V2 row form); nil when the asker's known version is current.
    public let document: [UInt8]?

    public init(
        number: Int32, uuid: UniqueID, owner: UserID, isPublic: Bool, startShared: Bool,
        startUnverified: Bool, readEnabled: Bool, resumesOnCrash: Bool = false, version: Int64,
        document: [UInt8]?
    ) {
        self.number = number
        self.uuid = uuid
        self.owner = owner
        self.isPublic = isPublic
        self.startShared = startShared
        self.startUnverified = startUnverified
        self.readEnabled = readEnabled
        self.resumesOnCrash = resumesOnCrash
        self.version = version
        self.document = document
    }
}

/// What is known of a stored run.
public struct RunSummary: Sendable {
    public let id: RunID
    public let owner: UserID
    public let sharedWith: [UserID]
    public let status: RunStatus
    /// The run's output once it has ended; nil if it has none.
    public let output: ValueMap?

    public init(id: RunID, owner: UserID, sharedWith: [UserID], status: RunStatus, output: ValueMap?) {
        self.id = id
        self.owner = owner
        self.sharedWith = sharedWith
        self.status = status
        self.output = output
    }
}

/// What a node put out in one execution of an earlier run.
public struct StoredOutput: Sendable {
    public let node: NodeID
    public let times: Int32
    public let outputs: ValueMap

    public init(node: NodeID, times: Int32, outputs: ValueMap) {
        self.node = node
        self.times = times
        self.outputs = outputs
    }
}

extension FlowRow {
    /// In place of a known version: no document is wanted, whichever version it has.
    public static let noDocument: Int64 = -1
}

/// Reads of flows, deployments, runs and their events. Values come as they may be seen: storage has no secrets of runs.
public protocol FlowCatalog: Sendable {
    /// The flow of this name, or nil. With `knownVersion` the document is left out when it is still current, and with
    /// `FlowRow.noDocument` in any case; the other columns are read each time.
    func flow(
        _ id: FlowID, knownVersion: Int64?,
        reply: @escaping @Sendable (Result<FlowRow?, StorageError>) -> Void)
    /// The deployment of this name with its live columns, or nil. The newest one of a flow has the tag `latest`, also when
    /// the flow is gone. The UUID of a flow means the deployments of the owner who has deployed it first.
    func deployment(
        _ name: DeploymentName, reply: @escaping @Sendable (Result<DeploymentRow?, StorageError>) -> Void)
    /// The frozen documents of these hashes, of deployments and of runs, in any order and none twice; those that are not
    /// there are left out.
    func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void)
    /// The stored run of this id, or nil.
    func run(_ id: RunID, reply: @escaping @Sendable (Result<RunSummary?, StorageError>) -> Void)
    /// The outputs of some nodes in some runs of one owner, by node and times; runs of others count as empty. If an execution
    /// has put out several times, what came last counts for each port.
    func outputs(
        of nodes: [(run: RunID, node: NodeID)], owner: UserID,
        reply: @escaping @Sendable (Result<[StoredOutput], StorageError>) -> Void)
    /// Stored events of a run with a sequence above `after`, in order, log lines included, at most `limit`: at least one if
    /// there is one. Outputs that were hidden are secrets that nobody knows.
    func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void)
}
