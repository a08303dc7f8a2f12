// Who may start what. The live row decides at every start; no decision is ever remembered.

internal import Primitives

extension StartRequest {
    /// Refuses a starter whom the row of the flow does not admit (spec http-and-websocket 2.5, 2.8).
    ///
    /// Whether the starter sees the flow is asked first: numbers of flows can be guessed, and who sees none must not learn
    /// which of them exist. Only then the flow's flags count.
    func check(_ flow: FlowRow) throws(EngineError) {
        guard sees(flow) else { throw .notFound }
        if isReadOnly, !flow.readEnabled { throw .readNotAllowed }
        let isOpen =
            switch way {
            case .own, .deployed: true
            case .shared: flow.startShared
            case .unverified: flow.startUnverified
            }
        guard isOpen else { throw .notAllowed }
    }

    private func sees(_ flow: FlowRow) -> Bool {
        switch (way, starter) {
        case (.own, let starter): starter == .user(flow.owner)
        case (.shared, .user(let user)): user == flow.owner || flow.isPublic
        case (.shared, .claimant): false
        case (.unverified, _): flow.isPublic
        case (.deployed, _): preconditionFailure("a deployment is no flow")
        }
    }

    /// Refuses a starter whom the row of the deployment does not admit, in the same words as if there were none
    /// (seed 002).
    func check(_ deployment: DeploymentRow) throws(EngineError) {
        let isAdmitted =
            switch (deployment.permission, starter) {
            case (.anonymous, _), (.authenticated, .user): true
            case (.owner, .user(let user)): user == deployment.owner
            case (.authenticated, .claimant), (.owner, .claimant): false
            }
        guard isAdmitted else { throw .notFound }
        if isReadOnly, deployment.entry?.readEnabled != true { throw .readNotAllowed }
    }
}
