// Where frozen copies of flows are kept. Implemented by Store.

public import Primitives

/// A deployment that is to be.
public struct DeploymentDraft: Sendable {
    /// A flow as it was when it was compiled.
    public struct Flow: Sendable {
        public let number: Int32
        public let version: Int64
        public let snapshot: FlowSnapshot

        public init(number: Int32, version: Int64, snapshot: FlowSnapshot) {
            self.number = number
            self.version = version
            self.snapshot = snapshot
        }
    }

    public let owner: UserID
    /// The number of the flow that is to run.
    public let entrypoint: Int32
    /// Those of the flow that is to run.
    public let terms: any RunTerms
    /// The entrypoint and everything that it can come to.
    public let flows: [Flow]
    /// What the flows name of their owner's. Some may be there several times.
    public let belongings: [any Belonging]

    public init(
        owner: UserID, entrypoint: Int32, terms: any RunTerms, flows: [Flow],
        belongings: [any Belonging] = []
    ) {
        self.owner = owner
        self.entrypoint = entrypoint
        self.terms = terms
        self.flows = flows
        self.belongings = belongings
    }
}

/// The deployments of all users.
public protocol DeploymentBook: Sendable {
    /// Writes a deployment down, all of it or nothing. Nil if one of its flows has another version by now, or another
    /// owner, or is gone: all of them must have been so at one moment. Whom the flow that is to run admits at that moment,
    /// the deployment admits at first. Ids are in the order in which deployments were made.
    func deploy(
        _ draft: DeploymentDraft,
        reply: @escaping @Sendable (Result<DeploymentID?, StorageError>) -> Void)
}

/// Nowhere to keep deployments.
struct NoDeploymentBook: DeploymentBook {
    func deploy(
        _ draft: DeploymentDraft,
        reply: @escaping @Sendable (Result<DeploymentID?, StorageError>) -> Void
    ) {
        reply(.failure(.unavailable))
    }
}
