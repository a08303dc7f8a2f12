// From the wish to run something to a run: everything that a start must have first, step by step (spec flow-engine
// 14). There is one way for flows and deployments, whoever starts them.

internal import Primitives
internal import Values

extension RunLane {
    func receive(_ message: StartMessage) {
        switch message {
        case .flowFound(let run, let id, let result): flowFound(run, id, result)
        case .flowFoundTogether(let flow, let result): flowFoundTogether(flow, result)
        case .flowCompiled(let run, let id, let row, let result): flowCompiled(run, id, row, result)
        case .deploymentFound(let run, let result): deploymentFound(run, result)
        case .copiesFound(let run, let result): copiesFound(run, result)
        case .copyCompiled(let run, let hash, let result): copyCompiled(run, hash, result)
        case .secretsFound(let run, let result): secretsFound(run, result)
        case .belongingsSettled(let run, let result): belongingsSettled(run, result)
        case .replacementsFound(let ticket, let result): replacementsFound(ticket, result)
        case .gatheredInVain(let ticket, let preparation): gatherAgain(ticket, preparation)
        case .inputsMarked(let run, let result): inputsMarked(run, result)
        case .outputsFound(let run, let result): outputsFound(run, result)
        case .partSelected(let run, let result): partSelected(run, result)
        case .readAnswered(let run, let limit, let reply): readAnswered(run, within: limit, reply)
        }
    }

    func start(_ run: RunID, _ request: StartRequest, _ reply: @escaping EngineReplyHandler) {
        guard !isDraining, context.ports.journal.pressure.startsRuns, hasRoom else {
            return reply(.refused(.busy(retryAfterSeconds: 1)))
        }
        var preparation = Preparation(purpose: .start(request, reply), starter: request.starter)
        switch request.way {
        case .own(let flow), .shared(let flow), .unverified(let flow):
            preparation.entry = flow
            starts.preparations[run] = preparation
            find(flow, for: run)
        case .deployed(let name):
            starts.preparations[run] = preparation
            find(name, for: run)
        }
    }

    /// Gets what a run that is taken up may still need: the flows that its nodes run, secrets and belongings.
    func prepare(_ graph: FlowGraph, _ record: RunRecord) {
        guard graph.needsPreparation else { return prepared(record.id, FlowSet(), record.terms) }
        var preparation = Preparation(
            purpose: .resumption(on: record.terms), owner: record.owner, starter: record.starter)
        preparation.graph = graph
        starts.preparations[record.id] = preparation
        if let deployment = record.deployment, !graph.nestedFlows.isEmpty {
            find(.id(deployment), for: record.id)
        } else {
            for flow in graph.nestedFlows { find(flow, for: record.id) }
        }
        proceed(record.id)
    }

    /// Something is on its way to becoming a run.
    var hasStartsUnderWay: Bool { !starts.preparations.isEmpty }

    /// There may be one more run on this lane.
    var hasRoom: Bool { runs.count + starts.preparations.count < Limits.runsPerLaneMax }

    func refuse(_ run: RunID, _ error: EngineError) {
        guard let purpose = starts.preparations.removeValue(forKey: run)?.purpose else { return }
        if case .resumption = purpose { return preparationFailed(run, error) }
        refuse(purpose, error)
    }

    /// Answers who waits for it.
    func refuse(_ purpose: Preparation.Purpose, _ error: EngineError) {
        switch purpose {
        case .start(_, let reply), .deployment(_, let reply), .clone(_, let reply): reply(.refused(error))
        case .resumption: break
        }
    }

    /// Goes on when nothing is missing any more.
    func proceed(_ run: RunID) {
        guard let preparation = starts.preparations[run], preparation.isComplete else { return }
        switch preparation.purpose {
        case .deployment: deploy(run, preparation)
        case .clone: clone(run, preparation)
        case .resumption(let stored):
            if !preparation.hasSecrets { return findSecrets(for: run) }
            guard let terms = preparation.terms else { return settleBelongings(of: run, on: stored) }
            starts.preparations[run] = nil
            prepared(run, preparation.flows, terms)
        case .start(let request, let reply):
            guard let member = preparation.entry.flatMap({ preparation.flows[$0] }) else { return }
            if request.isReadOnly, let violation = preparation.readViolation(of: member.flow.graph) {
                return refuse(run, .readViolation(violation))
            }
            if let partial = request.partial, preparation.selection == nil {
                return findOutputs(partial, member.flow.graph, for: run)
            }
            guard let given = preparation.given else { return markInputs(of: request, for: run) }
            if !preparation.hasSecrets { return findSecrets(for: run) }
            guard let terms = preparation.terms else {
                return settleBelongings(of: run, on: preparation.terms(request, member))
            }
            starts.preparations[run] = nil
            guard !isDraining else { return reply(.refused(.busy(retryAfterSeconds: 1))) }
            begin(run, preparation.plan(request, member, given, on: terms), reply: reply)
        }
    }

    // MARK: Inputs

    /// Hides secrets. A worker does so if there is much to go through, now that the start is permitted.
    private func markInputs(of request: StartRequest, for run: RunID) {
        let (finder, mailbox) = (context.ports.secretFinder, mailbox)
        let (inputs, environment) = (request.inputs, request.environment)
        @Sendable func marked() -> Result<MarkedInputs, TooManyCandidates> {
            Result { () throws(TooManyCandidates) in
                MarkedInputs(
                    values: try finder.marking(fromOutside: inputs),
                    environment: try finder.concealing(fromOutside: environment))
            }
        }
        let texts = ValueMap(environment.map { ($0.key, .string($0.value)) })
        guard !finder.isQuick(inputs) || !finder.isQuick(texts) else { return inputsMarked(run, marked()) }
        let isTaken = context.pool.submit { mailbox.postReply(.starting(.inputsMarked(run, marked()))) }
        if !isTaken { refuse(run, .busy(retryAfterSeconds: 1)) }
    }

    private func inputsMarked(_ run: RunID, _ result: Result<MarkedInputs, TooManyCandidates>) {
        guard starts.preparations[run] != nil else { return }
        switch result {
        case .failure: refuse(run, .tooManyCandidates)
        case .success(let given):
            starts.preparations[run]?.given = given
            proceed(run)
        }
    }

    // MARK: Secrets

    private func findSecrets(for run: RunID) {
        guard let preparation = starts.preparations[run], let owner = preparation.owner else { return }
        let names = preparation.vaultNames
        starts.preparations[run]?.hasSecrets = true
        guard !names.isEmpty else { return proceed(run) }
        let mailbox = mailbox
        context.ports.vault.secrets(Array(names), of: owner) { result in
            mailbox.postReply(.starting(.secretsFound(run, result)))
        }
    }

    private func secretsFound(_ run: RunID, _ result: Result<[VaultName: String], StorageError>) {
        guard let preparation = starts.preparations[run] else { return }
        switch result {
        case .failure(let error): refuse(run, .storage(error))
        case .success(let secrets):
            let problems = preparation.flows.problems(without: secrets)
            guard problems.isEmpty else { return refuse(run, .invalidFlow(GraphProblems(problems))) }
            starts.preparations[run]?.flows.secrets = secrets
            proceed(run)
        }
    }

    // MARK: Belongings

    /// The nodes work with the starter's belongings if the starter is somebody else than the owner. Otherwise nobody is
    /// asked.
    private func settleBelongings(of run: RunID, on terms: any RunTerms) {
        guard let preparation = starts.preparations[run], let owner = preparation.owner else { return }
        guard let starter = preparation.starter, starter != .user(owner), preparation.hasBelongings else {
            starts.preparations[run]?.terms = terms
            return proceed(run)
        }
        let mailbox = mailbox
        context.ports.belongings.settle(preparation.belongings, of: owner, for: starter, on: terms) {
            mailbox.postReply(.starting(.belongingsSettled(run, $0)))
        }
    }

    private func belongingsSettled(_ run: RunID, _ result: Result<any RunTerms, StorageError>) {
        guard starts.preparations[run] != nil else { return }
        switch result {
        case .failure(let error): refuse(run, .storage(error))
        case .success(let terms):
            starts.preparations[run]?.terms = terms
            proceed(run)
        }
    }

    // MARK: The run

    /// Writes the run down and lets it begin.
    func begin(_ run: RunID, _ plan: RunPlan, reply: EngineReplyHandler?) {
        let now = context.clock.now()
        let inputs = plan.inputs
        let access = RunAccess(run: run, owner: plan.member.owner, sharedWith: plan.sharedWith)
        record(.created(RunRecord(run, plan, inputs: inputs, at: now)))
        runs[run] = LiveRun(
            basis: RunBasis(
                access: access, graph: plan.graph, context: plan.context, flows: plan.flows,
                feed: RunFeed(run: run, tracks: context.ports.tracks), parent: plan.parent),
            machine: RunMachine(graph: plan.graph, inputs: inputs, settings: plan.settings),
            continuity: RunContinuity(
                plan.graph, isPartial: plan.partial != nil, collectsActs: plan.isCollecting,
                hasWholeInputs: !inputs.holdsSecret, allowsRepetition: plan.member.resumesOnCrash),
            startReply: reply)
        for warning in plan.member.flow.warnings {
            add(.flowLogged(RunLogLine(level: .warn, content: warning)), to: run, at: now)
        }
        for error in plan.errors { add(.flowFailed(error: error), to: run, at: now) }
        add(.started, to: run, at: now)
        if reply != nil { awaitConfirmation(of: run) }
    }

    // MARK: Starts that are not written down in time

    private func awaitConfirmation(of run: RunID) {
        let limit = Duration.milliseconds(Limits.startAnswerMillisecondsMax)
        let isFirst = starts.unconfirmed.isEmpty
        starts.unconfirmed.append(
            UnconfirmedStart(
                run: run,
                due: context.clock.steady() + Int64(Limits.startAnswerMillisecondsMax) * 1_000_000))
        if isFirst { schedule(.looksAtStarts, after: limit) }
    }

    /// Refuses callers whose start was not written down in time. They may start it again, so this run must not go on:
    /// it ends as stopped. The end is written down together with the beginning once storage takes something again.
    func lookAtStarts() {
        let now = context.clock.steady()
        while let start = starts.unconfirmed.head {
            if let live = runs[start.run], !live.isDurable, let reply = live.startReply {
                guard start.due <= now else {
                    return schedule(.looksAtStarts, after: .nanoseconds(start.due - now))
                }
                runs[start.run]?.startReply = nil
                reply(.refused(.busy(retryAfterSeconds: 1)))
                carryOut(
                    RunControl(.stop, of: start.run, reason: "the start was not written down in time"),
                    on: start.run)
            }
            starts.unconfirmed.popFirst()
        }
    }
}

/// A start that is not written down yet, or was a moment ago.
struct UnconfirmedStart: Sendable {
    let run: RunID
    /// In steady nanoseconds.
    let due: Int64
}

extension RunRecord {
    fileprivate init(_ run: RunID, _ plan: RunPlan, inputs: ValueMap, at now: Timestamp) {
        let context = plan.context
        self.init(
            id: run, owner: plan.member.owner, startedBy: context.startedBy, startedKey: context.startedKey,
            flow: plan.member.number, deployment: context.deployment, snapshot: plan.member.flow.snapshot,
            inputs: inputs, environment: context.environment, terms: context.terms,
            bundling: plan.member.flow.bundling, origin: plan.origin, depth: context.depth,
            collectsActs: plan.isCollecting,
            partial: plan.partial, resumesOnCrash: plan.member.resumesOnCrash, sharedWith: plan.sharedWith,
            createdAt: now)
    }

    /// Who started it, as far as that is known.
    fileprivate var starter: Starter? {
        if let startedBy { return .user(startedBy) }
        return startedKey.flatMap { Base58.decode($0) }.flatMap { Bytes32($0) }.map { .claimant($0) }
    }
}

extension Preparation {
    /// Why the graph must not run read-only (spec flow-engine 19.2).
    fileprivate func readViolation(of graph: FlowGraph) -> ReadViolation? {
        if collectsActs { return .collectsActs }
        for node in graph.nodes where node.conduct.readCapability != .snapshot {
            return .node(node.id, kind: node.kindName, node.conduct.readCapability)
        }
        return nil
    }
}
