// A frozen copy of a flow and all that it can come to: gathered like a start, then written down (seed 002).

internal import Primitives

extension RunLane {
    func deploy(_ ticket: RunID, _ preparation: Preparation) {
        starts.preparations[ticket] = nil
        guard case .deployment(let user, let reply) = preparation.purpose,
            let entry = preparation.entry.flatMap({ preparation.flows[$0] })
        else { return }
        let draft = DeploymentDraft(
            owner: user, entrypoint: entry.number, terms: entry.flow.terms,
            flows: preparation.flows.members.map {
                DeploymentDraft.Flow(number: $0.number, version: $0.version, snapshot: $0.flow.snapshot)
            }, belongings: preparation.belongings)
        let mailbox = mailbox
        context.ports.deployments.deploy(draft) { result in
            switch result {
            case .failure(let error): reply(.refused(.storage(error)))
            case .success(nil): mailbox.postReply(.starting(.gatheredInVain(ticket, preparation)))
            case .success(let id?): reply(.deployed(id))
            }
        }
    }
}
