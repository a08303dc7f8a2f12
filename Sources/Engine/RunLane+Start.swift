// From the wish to run a flow to a run: everything that a start must have first, step by step (spec flow-engine 14).

internal import Primitives
internal import Values

/// A start, or a run on its way back, that waits for flows and secrets. Kept by its lane.
struct Preparation {
    enum Purpose {
        case start(StartRequest, EngineReplyHandler)
        /// For what is in `RunLane.resumptions`.
        case resumption
    }

    let purpose: Purpose
    /// Whose flows and secrets count.
    let owner: UserID
    var flows = FlowSet()
    /// Secrets that are named outside of `flows`.
    var vaultNames: Set<VaultName> = []
    /// Flows that have been asked for and are not there yet.
    var missing: Set<FlowID> = []
    /// The part that is to run, once it has been cut out.
    var selection: GraphSelection?
    var hasSecrets = false
}

/// Everything that a run is made of.
struct RunPlan {
    let row: FlowRow
    let flow: CompiledFlow
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
}

extension RunLane {
    func receiveForStart(_ message: LaneMessage) {
        switch message {
        case .flowFound(let run, let id, let result): flowFound(run, id, result)
        case .flowCompiled(let run, let id, let row, let result): flowCompiled(run, id, row, result)
        case .secretsFound(let run, let result): secretsFound(run, result)
        case .outputsFound(let run, let result): outputsFound(run, result)
        case .partSelected(let run, let result): partSelected(run, result)
        default: preconditionFailure("only what starts wait for comes here")
        }
    }

    func start(_ run: RunID, _ request: StartRequest, _ reply: @escaping EngineReplyHandler) {
        guard !isDraining, context.ports.journal.pressure.startsRuns,
            runs.count + preparations.count < Limits.runsPerLaneMax
        else { return reply(.refused(.busy(retryAfterSeconds: 1))) }
        preparations[run] = Preparation(purpose: .start(request, reply), owner: request.starter)
        find(request.flow, for: run)
    }

    /// Gets what a run on its way back may still come to: the flows that its nodes run, and secrets.
    func prepare(_ graph: FlowGraph, owner: UserID, for run: RunID) {
        preparations[run] = Preparation(purpose: .resumption, owner: owner, vaultNames: graph.vaultNames)
        for flow in graph.nestedFlows { find(flow, for: run) }
        proceed(run)
    }

    private func refuse(_ run: RunID, _ error: EngineError) {
        switch preparations.removeValue(forKey: run)?.purpose {
        case .start(_, let reply)?: reply(.refused(error))
        case .resumption?: preparationFailed(run, error)
        case nil: break
        }
    }

    // MARK: Flows

    private func find(_ flow: FlowID, for run: RunID, afresh: Bool = false) {
        guard let preparation = preparations[run] else { return }
        guard preparation.missing.contains(flow) || preparation.flowCount < Limits.flowsPerStartMax else {
            return refuse(
                run, .invalidFlow(GraphProblems([GraphProblem("the flow runs too many other flows")])))
        }
        preparations[run]?.missing.insert(flow)
        let mailbox = mailbox
        let known = afresh ? nil : context.graphs.version(of: flow)
        context.ports.catalog.flow(flow, knownVersion: known) { result in
            mailbox.postReply(.flowFound(run, flow, result))
        }
    }

    private func flowFound(_ run: RunID, _ id: FlowID, _ result: Result<FlowRow?, StorageError>) {
        // Of an attempt that was given up there may still come answers.
        guard let preparation = preparations[run], preparation.missing.contains(id) else { return }
        switch result {
        case .failure(let error): refuse(run, .storage(error))
        case .success(nil): refuse(run, .notFound)
        case .success(let row?):
            // Nested flows must be the owner's as well, whoever starts (spec flow-engine 11.1).
            guard row.owner == preparation.owner else { return refuse(run, .notFound) }
            if let flow = context.graphs.flow(id, version: row.version) {
                add(flow, row, as: id, for: run)
            } else if let document = row.document {
                compile(document, id, row, for: run)
            } else {
                // The compiled flow was evicted while the question was on its way.
                find(id, for: run, afresh: true)
            }
        }
    }

    /// A large document takes a while, so this happens away from the lane.
    private func compile(_ document: [UInt8], _ id: FlowID, _ row: FlowRow, for run: RunID) {
        let context = context
        let mailbox = mailbox
        let isTaken = context.pool.submit {
            let result = Result { () throws(GraphProblems) in try context.ports.compiler.compile(document) }
            if case .success(let flow) = result { context.graphs.keep(flow, id, version: row.version) }
            mailbox.postReply(.flowCompiled(run, id, row, result))
        }
        if !isTaken { refuse(run, .busy(retryAfterSeconds: 1)) }
    }

    private func flowCompiled(
        _ run: RunID, _ id: FlowID, _ row: FlowRow, _ result: Result<CompiledFlow, GraphProblems>
    ) {
        guard preparations[run]?.missing.contains(id) == true else { return }
        switch result {
        case .failure(let problems): refuse(run, .invalidFlow(problems))
        case .success(let flow): add(flow, row, as: id, for: run)
        }
    }

    /// A flow is ready; the flows that its nodes run must be, too.
    private func add(_ flow: CompiledFlow, _ row: FlowRow, as id: FlowID, for run: RunID) {
        guard preparations[run]?.missing.remove(id) != nil else { return }
        preparations[run]?.flows.members[id] = FlowSet.Member(row: row, flow: flow)
        for nested in flow.graph.nestedFlows where preparations[run]?.knows(nested) == false {
            find(nested, for: run)
        }
        proceed(run)
    }

    // MARK: What else a start needs

    private func proceed(_ run: RunID) {
        guard let preparation = preparations[run], preparation.missing.isEmpty else { return }
        guard case .start(let request, let reply) = preparation.purpose else {
            if !preparation.hasSecrets { return findSecrets(for: run) }
            preparations[run] = nil
            return prepared(run, preparation.flows)
        }
        guard let member = preparation.flows.members[request.flow] else { return }
        if request.isReadOnly, let text = member.flow.graph.readViolation(request) {
            return refuse(run, .readViolation(text))
        }
        if let partial = request.partial, preparation.selection == nil {
            return findOutputs(partial, member.flow.graph, for: run)
        }
        if !preparation.hasSecrets { return findSecrets(for: run) }
        preparations[run] = nil
        guard !isDraining else { return reply(.refused(.busy(retryAfterSeconds: 1))) }
        begin(run, preparation.plan(request, member), reply: reply)
    }

    private func findSecrets(for run: RunID) {
        guard let preparation = preparations[run] else { return }
        let names = preparation.flows.vaultNames.union(preparation.vaultNames)
        preparations[run]?.hasSecrets = true
        guard !names.isEmpty else { return proceed(run) }
        let mailbox = mailbox
        context.ports.vault.secrets(Array(names), of: preparation.owner) { result in
            mailbox.postReply(.secretsFound(run, result))
        }
    }

    private func secretsFound(_ run: RunID, _ result: Result<[VaultName: String], StorageError>) {
        guard let preparation = preparations[run] else { return }
        switch result {
        case .failure(let error): refuse(run, .storage(error))
        case .success(let secrets):
            let problems = preparation.flows.problems(without: secrets)
            guard problems.isEmpty else { return refuse(run, .invalidFlow(GraphProblems(problems))) }
            preparations[run]?.flows.secrets = secrets
            proceed(run)
        }
    }

    private func findOutputs(_ partial: PartialConfig, _ graph: FlowGraph, for run: RunID) {
        guard let owner = preparations[run]?.owner else { return }
        let wanted = graph.sources(of: partial).compactMap { node in
            partial.run(of: node).map { (run: $0, node: node) }
        }
        let mailbox = mailbox
        context.ports.catalog.outputs(of: wanted, owner: owner) { result in
            mailbox.postReply(.outputsFound(run, result))
        }
    }

    private func outputsFound(_ run: RunID, _ result: Result<[StoredOutput], StorageError>) {
        guard let preparation = preparations[run], case .start(let request, _) = preparation.purpose,
            let partial = request.partial, let graph = preparation.flows.members[request.flow]?.flow.graph
        else { return }
        switch result {
        case .failure(let error): refuse(run, .storage(error))
        case .success(let found):
            var stored: [NodeID: [ValueMap]] = [:]
            for output in found.sorted(by: { $0.times < $1.times }) {
                stored[output.node, default: []].append(output.outputs)
            }
            let mailbox = mailbox
            let outputs = stored
            let isTaken = context.pool.submit {
                let result = Result { () throws(GraphProblems) in
                    try graph.selecting(partial, stored: outputs)
                }
                mailbox.postReply(.partSelected(run, result))
            }
            if !isTaken { refuse(run, .busy(retryAfterSeconds: 1)) }
        }
    }

    private func partSelected(_ run: RunID, _ result: Result<GraphSelection, GraphProblems>) {
        guard preparations[run] != nil else { return }
        switch result {
        case .failure(let problems): refuse(run, .invalidFlow(problems))
        case .success(let selection):
            preparations[run]?.selection = selection
            proceed(run)
        }
    }

    // MARK: The run

    /// Writes the run down and lets it begin.
    func begin(_ run: RunID, _ plan: RunPlan, reply: EngineReplyHandler?) {
        let now = context.clock.now()
        let inputs = plan.inputs.markingKeyPairs(context.ports.isKeyPair)
        let record = RunRecord(
            id: run, owner: plan.row.owner, startedBy: plan.context.startedBy,
            startedKey: plan.context.startedKey, flow: plan.row.number,
            deployment: plan.context.deployment, snapshot: plan.flow.snapshot, inputs: inputs,
            environment: plan.context.environment,
            network: plan.context.network, bundling: plan.flow.bundling, origin: plan.origin,
            depth: plan.context.depth, collectsInstructions: plan.isCollecting, partial: plan.partial,
            resumesOnCrash: plan.row.resumesOnCrash, sharedWith: plan.sharedWith, createdAt: now)
        self.record(.created(record))
        runs[run] = LiveRun(
            access: RunAccess(run: run, owner: plan.row.owner, sharedWith: plan.sharedWith),
            graph: plan.graph,
            context: plan.context, flows: plan.flows, feed: RunFeed(run: run, tracks: context.ports.tracks),
            parent: plan.parent,
            machine: RunMachine(graph: plan.graph, inputs: inputs, settings: plan.settings),
            isResumable: plan.partial == nil && !inputs.holdsSecret && !plan.isCollecting, startReply: reply)
        for warning in plan.flow.warnings {
            add(.flowLogged(RunLogLine(level: .warn, content: warning)), to: run, at: now)
        }
        for error in plan.errors { add(.flowFailed(error: error), to: run, at: now) }
        add(.started, to: run, at: now)
    }
}

extension Preparation {
    fileprivate var flowCount: Int { flows.members.count + missing.count }

    fileprivate func knows(_ flow: FlowID) -> Bool { flows.members[flow] != nil || missing.contains(flow) }

    fileprivate func plan(_ request: StartRequest, _ member: FlowSet.Member) -> RunPlan {
        // A start fills gaps of the flow's environment, it never replaces (spec flow-engine 14.2).
        let environment = member.flow.environment.merging(request.environment) { own, _ in own }
        return RunPlan(
            row: member.row, flow: member.flow, graph: selection?.graph ?? member.flow.graph,
            context: RunContext(
                owner: member.row.owner, startedBy: request.starter, environment: environment,
                network: member.flow.network, isReadOnly: request.isReadOnly),
            inputs: request.inputs, flows: flows, origin: request.isReadOnly ? .read : .start,
            isCollecting: request.collectsInstructions, partial: request.partial,
            errors: selection?.missing ?? [])
    }
}

extension RunPlan {
    fileprivate var settings: RunSettings {
        RunSettings(flow, secrets: flows.secrets, isCollecting: isCollecting, isReadOnly: context.isReadOnly)
    }
}

extension RunSettings {
    init(_ flow: CompiledFlow, secrets: [VaultName: String], isCollecting: Bool, isReadOnly: Bool) {
        self.init()
        bundles = flow.bundling != "Off"
        collectsInstructions = isCollecting
        self.isReadOnly = isReadOnly
        self.secrets = secrets
    }
}

extension FlowSet {
    fileprivate var vaultNames: Set<VaultName> {
        members.values.reduce(into: []) { $0.formUnion($1.flow.graph.vaultNames) }
    }

    /// A problem for each input whose secret the owner does not have (spec flow-engine 2.4).
    fileprivate func problems(without secrets: [VaultName: String]) -> [GraphProblem] {
        members.values.flatMap { member in
            member.flow.graph.nodes.flatMap { node in
                node.vaultInputs.filter { secrets[$0.secret] == nil }.map { input, secret in
                    GraphProblem(
                        "node \(node.id):\(input) references missing vault secret "
                            + "\(secret.provider)/\(secret.label)", node: node.id, port: input)
                }
            }
        }
    }
}

extension FlowGraph {
    /// Why the graph must not run read-only (spec flow-engine 19.2).
    fileprivate func readViolation(_ request: StartRequest) -> String? {
        if request.collectsInstructions {
            return "read mode violation: read-only flows cannot collect or return instructions"
        }
        for node in nodes {
            let word: String
            switch node.conduct.readCapability {
            case .snapshot: continue
            case .interactive: word = "Interactive"
            case .mutating: word = "Mutating"
            }
            return
                "read mode violation: node \(node.id) (\(node.kindName)) is not allowed in read-only flows: \(word)"
        }
        return nil
    }
}
