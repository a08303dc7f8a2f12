// The wish to run something: what, by which right, for whom, with what. Plain values: dialects make them.

public import Primitives
public import Values

/// Who asks for a run.
public enum Starter: Hashable, Sendable {
    /// A user who has been authenticated.
    case user(UserID)
    /// Somebody who claims this public key and proves nothing: an address, never a user (spec http-and-websocket 7.2).
    case claimant(Bytes32)
}

/// How a deployment is called.
public enum DeploymentName: Hashable, Sendable {
    case id(DeploymentID)
    /// A tag of the flow that was deployed.
    case tag(String, of: FlowID)
}

/// What is to run, and the rule by which it is decided who may run it (spec flow-engine 14.1, 18).
public enum StartWay: Hashable, Sendable {
    /// A flow, by its owner.
    case own(FlowID)
    /// A flow that its owner lets other users start.
    case shared(FlowID)
    /// A flow that its owner lets anybody start.
    case unverified(FlowID)
    /// A frozen copy of flows, by whomever its row admits.
    case deployed(DeploymentName)
}

/// The wish to run something that is stored.
public struct StartRequest: Sendable {
    public let way: StartWay
    public let starter: Starter
    public let inputs: ValueMap
    /// Names that the flow's own environment lacks (spec flow-engine 14.2).
    public let environment: [String: String]
    /// Set if only a part of the flow is to run.
    public let partial: PartialConfig?
    /// Refuse nodes that change anything, before anything runs (spec flow-engine 19). Goes with every way.
    public let isReadOnly: Bool
    /// Give acts out in place of doing them (spec flow-engine 17.6). A deployment can ask for this as well.
    public let collectsActs: Bool
    /// On what terms it is to work outside. A deployment's own terms take their place.
    public let terms: any RunTerms

    public init(
        _ way: StartWay, starter: Starter, inputs: ValueMap = ValueMap(), environment: [String: String] = [:],
        partial: PartialConfig? = nil, isReadOnly: Bool = false, collectsActs: Bool = false,
        terms: any RunTerms = NoTerms()
    ) {
        self.way = way
        self.starter = starter
        self.inputs = inputs
        self.environment = environment
        self.partial = partial
        self.isReadOnly = isReadOnly
        self.collectsActs = collectsActs
        self.terms = terms
    }
}
