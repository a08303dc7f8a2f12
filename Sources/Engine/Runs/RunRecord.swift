// A run as it is written down when it starts.

public import Primitives
public import Values

/// A frozen copy of a flow that a run was started from, stored once per content.
public struct FlowSnapshot: Sendable {
    /// SHA-256 of `document`, 32 bytes.
    public let hash: [UInt8]
    /// Canonical JSON.
    public let document: [UInt8]

    public init(hash: [UInt8], document: [UInt8]) {
        self.hash = hash
        self.document = document
    }
}

/// How a run came to be (spec flow-engine 1.2).
public enum RunOrigin: Sendable {
    case start
    case startShared(by: UserID)
    case read
    /// A node of another run started it.
    case nested(in: RunID, NodeExecution)
}

/// What is written down of a run before its start is acknowledged.
public struct RunRecord: Sendable {
    public let id: RunID
    /// The owner of the flow.
    public let owner: UserID
    /// Who asked, when a user.
    public let startedBy: UserID?
    /// The public key that an anonymous caller claimed; proves nothing.
    public let startedKey: String?
    /// The flow's integer id.
    public let flow: Int32?
    public let deployment: DeploymentID?
    public let snapshot: FlowSnapshot
    public let inputs: ValueMap
    public let environment: [String: String]
    public let terms: any RunTerms
    /// `Off` or `Automatic`.
    public let bundling: String
    public let origin: RunOrigin
    /// 1 for a run that nobody's node started, one more for each level below.
    public let depth: Int32
    /// Acts are given out in place of being done.
    public let collectsActs: Bool
    /// Only a part of the flow runs.
    public let partial: PartialConfig?
    /// The flow's author allows that nodes which a crash has interrupted run again.
    public let resumesOnCrash: Bool
    /// Further users who may read the run.
    public let sharedWith: [UserID]
    public let createdAt: Timestamp

    public init(
        id: RunID, owner: UserID, startedBy: UserID?, startedKey: String? = nil, flow: Int32?,
        deployment: DeploymentID? = nil, snapshot: FlowSnapshot, inputs: ValueMap,
        environment: [String: String], terms: any RunTerms, bundling: String, origin: RunOrigin = .start,
        depth: Int32 = 1, collectsActs: Bool = false,
        partial: PartialConfig? = nil,
        resumesOnCrash: Bool = false, sharedWith: [UserID] = [], createdAt: Timestamp
    ) {
        self.id = id
        self.owner = owner
        self.startedBy = startedBy
        self.startedKey = startedKey
        self.flow = flow
        self.deployment = deployment
        self.snapshot = snapshot
        self.inputs = inputs
        self.environment = environment
        self.terms = terms
        self.bundling = bundling
        self.origin = origin
        self.depth = depth
        self.collectsActs = collectsActs
        self.partial = partial
        self.resumesOnCrash = resumesOnCrash
        self.sharedWith = sharedWith
        self.createdAt = createdAt
    }
}
