// A frozen copy of a flow and all that it can come to: gathered like a start, then written down (seed 002).

internal import Primitives

extension RunLane {
    /// - Parameter ticket: the preparation is known by it; no run gets this id.
    func deploy(_ ticket: RunID, _ flow: FlowID, by user: UserID, _ reply: @escaping EngineReplyHandler) {
        guard !isDraining, hasRoom else { return reply(.refused(.busy(retryAfterSeconds: 1))) }
        preparations[ticket] = Preparation(purpose: .deployment(by: user, reply), entry: flow)
        find(flow, for: ticket)
    }

    func deploy(_ ticket: RunID, _ preparation: Preparation) {
        preparations[ticket] = nil
        guard case .deployment(let user, let reply) = preparation.purpose,
            let entry = preparation.entry.flatMap({ preparation.flows[$0] })
        else { return }
        let draft = DeploymentDraft(
            owner: user, entrypoint: entry.number, network: entry.flow.network,
            flows: preparation.flows.members.map {
                DeploymentDraft.Flow(number: $0.number, version: $0.version, snapshot: $0.flow.snapshot)
            }, wallets: Array(Set(preparation.staticWallets.map(\.key))))
        context.ports.deployments.deploy(draft) { result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            // Somebody edits the flows at this very moment: which of them is meant is for the caller to say.
            case .success(nil): reply(.refused(.busy(retryAfterSeconds: 1)))
            case .success(let id?): reply(.deployed(id))
            }
        }
    }
}
