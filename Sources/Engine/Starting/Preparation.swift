// What a start gathers before its run exists, and what the run is then made of. Values of one lane.

internal import Primitives
internal import Values

/// Something that waits for flows, secrets and belongings. Kept by its lane under the id that the run has or would have.
struct Preparation: Sendable {
    enum Purpose: Sendable {
        case start(StartRequest, EngineReplyHandler)
        /// Makes a frozen copy, for this user, of a flow and all flows that it can come to.
        case deployment(by: UserID, EngineReplyHandler)
        /// Copies flows for this user.
        case clone(by: UserID, EngineReplyHandler)
        /// Takes up a run that is in `RunLane.resumptions`, and that was written down with these terms.
        case resumption(on: any RunTerms)
    }

    let purpose: Purpose
    /// How often the preparation was begun: more than once only for deployments and copies, when a flow was edited
    /// meanwhile.
    var attempt = 1
    /// The owner, whose flows, secrets and belongings count. Known once the flow or deployment that is to run has been
    /// found.
    var owner: UserID?
    /// Who started the run; nil if that is no longer known or does not matter.
    let starter: Starter?
    /// The flow that is to run, by its name among `flows`.
    var entry: FlowID?
    /// The deployment that is to run, once it is found.
    var deployment: DeploymentRow?
    var flows = FlowSet()
    /// The documents of the flows, by number; kept for copies only.
    var documents: [Int32: [UInt8]] = [:]
    /// The graph of a run that is taken up. The flow that it was made of may have changed since.
    var graph: FlowGraph?
    /// Flows that have been asked for and are not there yet.
    var missing: Set<FlowID> = []
    /// Frozen documents that have been asked for and are not compiled yet, by hash.
    var missingCopies: Set<[UInt8]> = []
    var isAwaitingDeployment = false
    /// The part that is to run, once it has been cut out.
    var selection: GraphSelection?
    /// What a start gives its run, once the secrets in it are hidden.
    var given: MarkedInputs?
    var hasSecrets = false
    /// The terms of the run, once it is known which belongings its nodes work with.
    var terms: (any RunTerms)?

    init(purpose: Purpose, owner: UserID? = nil, starter: Starter? = nil, entry: FlowID? = nil) {
        self.purpose = purpose
        self.owner = owner
        self.starter = starter
        self.entry = entry
    }
}

extension Preparation {
    var isComplete: Bool { missing.isEmpty && missingCopies.isEmpty && !isAwaitingDeployment }

    /// True if the documents themselves are needed, not only the compiled flows.
    var keepsDocuments: Bool { if case .clone = purpose { true } else { false } }

    var flowCount: Int { flows.members.count + missing.count }

    func knows(_ flow: FlowID) -> Bool { flows[flow] != nil || missing.contains(flow) }

    var vaultNames: Set<VaultName> { flows.vaultNames.union(graph?.vaultNames ?? []) }

    var hasBelongings: Bool {
        graph?.hasBelongings == true || flows.members.contains { $0.flow.graph.hasBelongings }
    }

    /// What the owner's flows name of theirs.
    var belongings: [any Belonging] {
        flows.members.reduce(into: graph?.belongings ?? []) { $0 += $1.flow.graph.belongings }
    }

    var collectsActs: Bool {
        guard case .start(let request, _) = purpose else { return false }
        return request.collectsActs || deployment?.collectsActs == true
    }

    /// The terms of the run as long as its nodes work with the owner's belongings.
    func terms(_ request: StartRequest, _ member: FlowSet.Member) -> any RunTerms {
        member.flow.terms.started(deployment: deployment?.terms, asked: request.terms)
    }

    func plan(
        _ request: StartRequest, _ member: FlowSet.Member, _ given: MarkedInputs, on terms: any RunTerms
    ) -> RunPlan {
        // A start fills gaps of the flow's environment, it never replaces (spec flow-engine 14.2).
        let environment = member.flow.environment.merging(given.environment) { own, _ in own }
        var context = RunContext(
            owner: member.owner, deployment: deployment?.id, environment: environment,
            terms: terms, isReadOnly: request.isReadOnly)
        var sharedWith: [UserID] = []
        var origin = request.isReadOnly ? RunOrigin.read : .start
        switch request.starter {
        case .claimant(let key): context.startedKey = Base58.encode(key.bytes)
        case .user(let user):
            context.startedBy = user
            guard user != member.owner else { break }
            sharedWith = [user]
            if !request.isReadOnly { origin = .startShared(by: user) }
        }
        return RunPlan(
            member: member, graph: selection?.graph ?? member.flow.graph, context: context,
            inputs: given.values, flows: flows, sharedWith: sharedWith, origin: origin,
            isCollecting: collectsActs, partial: request.partial, errors: selection?.missing ?? [])
    }
}

/// Everything that a run is made of.
struct RunPlan {
    let member: FlowSet.Member
    /// The flow's graph, or the part of it that is to run.
    let graph: FlowGraph
    let context: RunContext
    let inputs: ValueMap
    let flows: FlowSet
    var sharedWith: [UserID] = []
    var origin = RunOrigin.start
    var parent: ParentLink?
    var isCollecting = false
    var partial: PartialConfig?
    /// Why nothing can run.
    var errors: [String] = []

    var settings: RunSettings {
        RunSettings(
            member.flow, secrets: flows.secrets, isCollecting: isCollecting, isReadOnly: context.isReadOnly)
    }
}

extension RunSettings {
    init(_ flow: CompiledFlow, secrets: [VaultName: String], isCollecting: Bool, isReadOnly: Bool) {
        self.init()
        bundles = flow.bundling != "Off"
        collectsActs = isCollecting
        self.isReadOnly = isReadOnly
        self.secrets = secrets
    }
}
