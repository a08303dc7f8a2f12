// For whom and on what terms a run runs: plain values that go with the run and with the runs nested
// in it.

public import Primitives

/// What the nodes of a run may know about the run.
public struct RunContext: Sendable {
    /// The owner of the flow. Stores, files and secrets are the owner's, whoever started the run.
    public var owner: UserID
    /// The user who started the run, if it was a user.
    public var startedBy: UserID?
    /// The public key, Base58, that an anonymous starter has claimed. It is an address and proves nothing.
    public var startedKey: String?
    /// The deployment that the run runs, if it is not the flow itself.
    public var deployment: DeploymentID?
    public var environment: [String: String]
    /// On what terms it works outside.
    public var terms: any RunTerms
    /// The run must not change anything anywhere (spec flow-engine 19, nodes 0.4.12).
    public var isReadOnly: Bool
    /// 1 for a run that nobody's node started, one more for each level below (spec flow-engine 11.3).
    public var depth: Int32

    public init(
        owner: UserID = UserID(.zero), startedBy: UserID? = nil, startedKey: String? = nil,
        deployment: DeploymentID? = nil, environment: [String: String] = [:],
        terms: any RunTerms = NoTerms(), isReadOnly: Bool = false, depth: Int32 = 1
    ) {
        self.owner = owner
        self.startedBy = startedBy
        self.startedKey = startedKey
        self.deployment = deployment
        self.environment = environment
        self.terms = terms
        self.isReadOnly = isReadOnly
        self.depth = depth
    }
}
