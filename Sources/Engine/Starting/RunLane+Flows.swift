// The flows of a start: found by name, compiled if need be, with all flows that their nodes run (spec flow-engine
// 11.1).

internal import Primitives
internal import Values

extension RunLane {
    func find(_ flow: FlowID, for run: RunID, afresh: Bool = false) {
        guard let preparation = starts.preparations[run] else { return }
        guard preparation.missing.contains(flow) || preparation.flowCount < Limits.flowsPerStartMax else {
            return refuse(
                run, .invalidFlow(GraphProblems([GraphProblem("the flow runs too many other flows")])))
        }
        starts.preparations[run]?.missing.insert(flow)
        if case .resumption = preparation.purpose, !afresh { return findTogether(flow, for: run) }
        let mailbox = mailbox
        // The document comes only to who may see the flow: a large one takes a while, which would tell others that it is there.
        context.ports.catalog.flow(flow, knownVersion: afresh ? nil : FlowRow.noDocument) { result in
            mailbox.postReply(.starting(.flowFound(run, flow, result)))
        }
    }

    /// Thousands of runs that are taken up may need the same flow. Storage is asked once for all of them.
    private func findTogether(_ flow: FlowID, for run: RunID) {
        starts.finding[flow, default: []].append(run)
        guard starts.finding[flow]?.count == 1 else { return }
        let (mailbox, graphs) = (mailbox, context.graphs)
        let (compiler, pool) = (context.ports.compiler, context.pool)
        context.ports.catalog.flow(flow, knownVersion: graphs.version(of: flow)) { result in
            let isCompiling =
                if case .success(let row?) = result, let document = row.document {
                    pool.submit {
                        if let compiled = try? compiler.compile(document) {
                            graphs.keep(compiled, .flow(flow), version: row.version)
                        }
                        mailbox.postReply(.starting(.flowFoundTogether(flow, result)))
                    }
                } else {
                    false
                }
            if !isCompiling { mailbox.postReply(.starting(.flowFoundTogether(flow, result))) }
        }
    }

    func flowFoundTogether(_ flow: FlowID, _ result: Result<FlowRow?, StorageError>) {
        for run in starts.finding.removeValue(forKey: flow) ?? [] { flowFound(run, flow, result) }
    }

    func flowFound(_ run: RunID, _ id: FlowID, _ result: Result<FlowRow?, StorageError>) {
        // Answers to an attempt that was given up may still come.
        guard let preparation = starts.preparations[run], preparation.missing.contains(id) else { return }
        switch result {
        case .failure(let error): refuse(run, .storage(error))
        case .success(let row):
            do throws(EngineError) {
                try take(preparation.check(row, as: id), id, for: run)
            } catch {
                refuse(run, error)
            }
        }
    }

    private func take(_ row: FlowRow, _ id: FlowID, for run: RunID) {
        starts.preparations[run]?.owner = row.owner
        if starts.preparations[run]?.keepsDocuments == true {
            guard let document = row.document else { return find(id, for: run, afresh: true) }
            starts.preparations[run]?.documents[row.number] = document
        }
        if let flow = context.graphs.flow(.flow(id), version: row.version) {
            add(flow, row, as: id, for: run)
        } else if let document = row.document {
            compile(document, id, row, for: run)
        } else {
            find(id, for: run, afresh: true)
        }
    }

    private func compile(_ document: [UInt8], _ id: FlowID, _ row: FlowRow, for run: RunID) {
        let graphs = context.graphs
        compile(document, for: run) { result in
            if case .success(let flow) = result { graphs.keep(flow, .flow(id), version: row.version) }
            return .flowCompiled(run, id, row, result)
        }
    }

    /// A large document takes a while, so this happens away from the lane.
    private func compile(
        _ document: [UInt8], for run: RunID,
        _ answer: @escaping @Sendable (Result<CompiledFlow, GraphProblems>) -> StartMessage
    ) {
        let compiler = context.ports.compiler
        let mailbox = mailbox
        let isTaken = context.pool.submit {
            let result = Result { () throws(GraphProblems) in try compiler.compile(document) }
            mailbox.postReply(.starting(answer(result)))
        }
        if !isTaken { refuse(run, .busy(retryAfterSeconds: 1)) }
    }

    func flowCompiled(
        _ run: RunID, _ id: FlowID, _ row: FlowRow, _ result: Result<CompiledFlow, GraphProblems>
    ) {
        guard starts.preparations[run]?.missing.contains(id) == true else { return }
        switch result {
        case .failure(let problems): refuse(run, .invalidFlow(problems))
        case .success(let flow): add(flow, row, as: id, for: run)
        }
    }

    /// A flow is ready; the flows that its nodes run must be, too.
    private func add(_ flow: CompiledFlow, _ row: FlowRow, as id: FlowID, for run: RunID) {
        guard starts.preparations[run]?.missing.remove(id) != nil else { return }
        starts.preparations[run]?.flows.add(
            FlowSet.Member(
                number: row.number, owner: row.owner, resumesOnCrash: row.resumesOnCrash,
                version: row.version, flow: flow), uuid: row.uuid)
        for nested in flow.graph.nestedFlows where starts.preparations[run]?.knows(nested) == false {
            find(nested, for: run)
        }
        proceed(run)
    }

    // MARK: Frozen flows

    func find(_ deployment: DeploymentName, for run: RunID) {
        starts.preparations[run]?.isAwaitingDeployment = true
        let mailbox = mailbox
        context.ports.catalog.deployment(deployment) {
            mailbox.postReply(.starting(.deploymentFound(run, $0)))
        }
    }

    func deploymentFound(_ run: RunID, _ result: Result<DeploymentRow?, StorageError>) {
        guard let preparation = starts.preparations[run], preparation.isAwaitingDeployment else { return }
        switch result {
        case .failure(let error): refuse(run, .storage(error))
        case .success(nil): refuse(run, .notFound)
        case .success(let row?):
            do throws(EngineError) {
                try preparation.check(row)
                take(row, for: run)
            } catch {
                refuse(run, error)
            }
        }
    }

    private func take(_ row: DeploymentRow, for run: RunID) {
        starts.preparations[run]?.isAwaitingDeployment = false
        starts.preparations[run]?.deployment = row
        starts.preparations[run]?.owner = row.owner
        starts.preparations[run]?.entry = .number(row.entrypoint)
        var missing: Set<[UInt8]> = []
        for frozen in row.flows {
            if let flow = context.graphs.flow(.snapshot(frozen.snapshotHash)) {
                starts.preparations[run]?.add(frozen, flow, of: row.owner)
            } else {
                missing.insert(frozen.snapshotHash)
            }
        }
        guard !missing.isEmpty else { return proceed(run) }
        starts.preparations[run]?.missingCopies = missing
        let mailbox = mailbox
        context.ports.catalog.snapshots(Array(missing)) {
            mailbox.postReply(.starting(.copiesFound(run, $0)))
        }
    }

    func copiesFound(_ run: RunID, _ result: Result<[FlowSnapshot], StorageError>) {
        guard let preparation = starts.preparations[run] else { return }
        switch result {
        case .failure(let error): refuse(run, .storage(error))
        case .success(let snapshots):
            guard preparation.missingCopies.isSubset(of: snapshots.map(\.hash)) else {
                return refuse(run, .storage(.failed))
            }
            let graphs = context.graphs
            for snapshot in snapshots {
                compile(snapshot.document, for: run) { result in
                    if case .success(let flow) = result { graphs.keep(flow, .snapshot(snapshot.hash)) }
                    return .copyCompiled(run, snapshot.hash, result)
                }
            }
        }
    }

    func copyCompiled(_ run: RunID, _ hash: [UInt8], _ result: Result<CompiledFlow, GraphProblems>) {
        guard starts.preparations[run]?.missingCopies.remove(hash) != nil,
            let row = starts.preparations[run]?.deployment
        else { return }
        switch result {
        case .failure(let problems): refuse(run, .invalidFlow(problems))
        case .success(let flow):
            for frozen in row.flows where frozen.snapshotHash == hash {
                starts.preparations[run]?.add(frozen, flow, of: row.owner)
            }
            proceed(run)
        }
    }
}

extension Preparation {
    /// The row that was found, if it is one that this preparation may use.
    fileprivate func check(_ row: FlowRow?, as id: FlowID) throws(EngineError) -> FlowRow {
        guard let owner else {
            // No owner yet: this is the flow that was asked for, not a nested one. The permission to use it is decided
            // here.
            switch purpose {
            case .start(let request, _):
                guard let row else { throw .notFound }
                try request.check(row)
                return row
            case .deployment(let user, _):
                guard let row, row.owner == user else { throw .flowNotFound }
                return row
            case .clone(let user, _):
                guard let row, row.owner == user || row.isPublic else { throw .flowNotFound }
                return row
            case .resumption: preconditionFailure("the owner of a run that comes back is known")
            }
        }
        // Nested flows must be the owner's as well, whoever starts (spec flow-engine 11.1).
        guard let row, row.owner == owner else { throw .flowNotFound }
        // Permission to run a flow is not permission to read it: a flow that is copied must be public itself.
        if case .clone(let user, _) = purpose, user != owner, !row.isPublic { throw .flowNotFound }
        return row
    }

    /// Refuses a deployment that the starter must not start, or that cannot be started as it is.
    fileprivate func check(_ row: DeploymentRow) throws(EngineError) {
        guard case .start(let request, _) = purpose else { return }
        try request.check(row)
        let problems =
            row.problems + (row.entry == nil ? ["the deployment lacks the flow that it is to run"] : [])
        guard problems.isEmpty else {
            throw .invalidFlow(GraphProblems(problems.map { GraphProblem($0) }))
        }
    }

    fileprivate mutating func add(_ frozen: FrozenFlow, _ flow: CompiledFlow, of owner: UserID) {
        flows.add(
            FlowSet.Member(
                number: frozen.number, owner: owner, resumesOnCrash: frozen.resumesOnCrash, version: 0,
                flow: flow), uuid: frozen.uuid)
    }
}
