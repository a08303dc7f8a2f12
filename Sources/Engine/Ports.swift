// What the engine needs from storage and from readers of documents. Implemented above this target: by Store on
// Postgres, by TestKit in memory. Every method returns at once; answers come through the given closures, on
// a thread of the implementation's choice, and must be posted to their owner from there.

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

/// What is written down of a run before anything of it is acknowledged.
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
    public let network: FlowNetwork
    /// `Off` or `Automatic`.
    public let bundling: String
    public let origin: RunOrigin
    /// 1 for a run that nobody's node started, one more for each level below.
    public let depth: Int32
    /// The transaction is given out in place of being sent.
    public let collectsInstructions: Bool
    public let fees: [FlowFee]
    public let action: FlowAction?
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
        environment: [String: String], network: FlowNetwork, bundling: String, origin: RunOrigin = .start,
        depth: Int32 = 1, collectsInstructions: Bool = false, fees: [FlowFee] = [], action: FlowAction? = nil,
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
        self.network = network
        self.bundling = bundling
        self.origin = origin
        self.depth = depth
        self.collectsInstructions = collectsInstructions
        self.fees = fees
        self.action = action
        self.partial = partial
        self.resumesOnCrash = resumesOnCrash
        self.sharedWith = sharedWith
        self.createdAt = createdAt
    }
}

/// The chain a flow talks to: stored and handed on, never contacted by the engine itself.
public struct FlowNetwork: Hashable, Sendable {
    public let url: String
    /// `devnet`, `testnet` or `mainnet-beta`.
    public let cluster: String

    public init(url: String, cluster: String) {
        self.url = url
        self.cluster = cluster
    }

    /// What a flow without a network gets (spec flow-engine 1.2).
    public static let standard = FlowNetwork(url: "https://api.devnet.solana.com", cluster: "devnet")
}

/// Something to write down, in order within its run.
public enum JournalEntry: Sendable {
    /// The run exists. Always the first entry of a run; durable means that sequence 0 is reported.
    case created(RunRecord)
    /// The next event of a run that has been created. `owner` is the run's.
    case event(RunID, owner: UserID, RunEvent)
}

/// How the journal stands (see `Limits.journalBacklogBytes…`).
public enum JournalPressure: Sendable {
    /// Everything may go on.
    case low
    /// Storage is away and little waits for it: start no runs; those that are there go on.
    case away
    /// Above the high mark and not yet below the low mark again: start no further nodes.
    case high
    /// Above the limit: start neither.
    case full

    /// New runs may begin.
    public var startsRuns: Bool { self == .low || self == .high }
    /// Nodes of runs may begin.
    public var startsNodes: Bool { self == .low || self == .away }
}

/// What the journal tells a lane.
public enum JournalNotice: Sendable {
    /// All entries of this run up to this sequence survive a crash; 0 means the run's creation.
    case durable(RunID, through: UInt64)
    /// Storage takes nothing of the run, now and later; it must not go on.
    case refused(RunID, JournalRefusal)
    /// Something that could not begin may begin now.
    case relieved
}

/// Why storage takes nothing of a run.
public enum JournalRefusal: Hashable, Sendable, CustomStringConvertible {
    /// What the run was to be made from was deleted while it began: its flow, its deployment or its owner.
    case originGone
    /// Another process took this one for dead and has the run now.
    case takenOver
    /// The run's record breaks a rule of storage; the words are for the log.
    case invalidRecord(String)

    public var description: String {
        switch self {
        case .originGone: "what the run was made from has been deleted"
        case .takenOver: "another process has ended this run"
        case .invalidRecord(let reason): reason
        }
    }
}

/// The append-only record of runs.
///
/// Entries of one run come from one lane and keep their order. Nothing is dropped: while storage is away the
/// backlog grows to its bound and `pressure` says so.
public protocol RunJournal: Sendable {
    /// Hands entries over. Never blocks, never refuses; callers watch `pressure`.
    func append(_ entries: [JournalEntry])
    /// How full the backlog is now. Cheap; may be asked before every start.
    var pressure: JournalPressure { get }
    /// Tells `lane` about runs that hash to it. Called once per lane before the first append.
    func addListener(lane: Int, of laneCount: Int, _ listener: @escaping @Sendable ([JournalNotice]) -> Void)
}

extension RunID {
    /// Which of `count` lanes owns this run. The random half decides, so runs of one millisecond spread.
    public func lane(of count: Int) -> Int { Int(id.low % UInt64(count)) }
}

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

/// A wallet of a user, without anything secret.
public struct WalletRow: Sendable {
    public let id: Int64
    public let owner: UserID
    public let key: Bytes32
    /// The server keeps the key and signs with it; else its holder signs.
    public let isKept: Bool

    public init(id: Int64, owner: UserID, key: Bytes32, isKept: Bool) {
        self.id = id
        self.owner = owner
        self.key = key
        self.isKept = isKept
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

/// Reads of flows, deployments, wallets, runs and their events.
public protocol FlowCatalog: Sendable {
    /// The flow of this name, or nil. With `knownVersion` the document is left out when it is still current.
    func flow(
        _ id: FlowID, knownVersion: Int64?,
        reply: @escaping @Sendable (Result<FlowRow?, StorageError>) -> Void)
    /// The deployment of this name with its live columns, or nil.
    func deployment(
        _ name: DeploymentName, reply: @escaping @Sendable (Result<DeploymentRow?, StorageError>) -> Void)
    /// The frozen documents of these hashes; those that are not there are left out.
    func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void)
    /// The wallets of these users, each one's in the order in which he got them.
    func wallets(
        of users: [UserID], reply: @escaping @Sendable (Result<[WalletRow], StorageError>) -> Void)
    /// The stored run of this id, or nil.
    func run(_ id: RunID, reply: @escaping @Sendable (Result<RunSummary?, StorageError>) -> Void)
    /// The outputs of some nodes in some runs of one owner, by node and times; runs of others count as empty.
    func outputs(
        of nodes: [(run: RunID, node: NodeID)], owner: UserID,
        reply: @escaping @Sendable (Result<[StoredOutput], StorageError>) -> Void)
    /// Stored events of a run with a sequence above `after`, in order, log lines included, at most `limit`.
    func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void)
}

/// A flow that is ready to run, made from a stored document.
public struct CompiledFlow: Sendable {
    public let graph: FlowGraph
    /// What was tolerated while reading the document; said as `FlowLog` lines at every start.
    public let warnings: [String]
    public let snapshot: FlowSnapshot
    public let environment: [String: String]
    public let network: FlowNetwork
    public let bundling: String

    public init(
        graph: FlowGraph, warnings: [String], snapshot: FlowSnapshot, environment: [String: String],
        network: FlowNetwork, bundling: String
    ) {
        self.graph = graph
        self.warnings = warnings
        self.snapshot = snapshot
        self.environment = environment
        self.network = network
        self.bundling = bundling
    }
}

/// Turns stored documents into graphs. Pure; called on a worker, as a large document takes a while.
public protocol FlowCompiler: Sendable {
    /// The flow of a document, or every problem that keeps it from running.
    func compile(_ document: [UInt8]) throws(GraphProblems) -> CompiledFlow
    /// The nodes of a document that need not be able to run, as far as they can be read.
    func nodes(of document: [UInt8]) -> [NodeID]
}
