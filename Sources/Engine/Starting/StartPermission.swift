// Who may start what. The live row decides at every start; no decision is ever remembered.

internal import Primitives

extension StartRequest {
    /// Refuses a starter whom the row of the flow does not admit (spec http-and-websocket 2.5, 2.8).
    ///
    /// A read of a flow that does not allow reads is refused before ownership is looked at, so everybody gets the same
    /// answer.
    func check(_ flow: FlowRow) throws(EngineError) {
        if isReadOnly, !flow.readEnabled { throw .readNotAllowed }
        let isOwner = starter == .user(flow.owner)
        switch way {
        case .own:
            guard isOwner else { throw .notFound }
        case .shared:
            guard isOwner || flow.isPublic, case .user = starter else { throw .notFound }
            guard flow.startShared else { throw .notAllowed }
        case .unverified:
            guard flow.isPublic else { throw .notFound }
            guard flow.startUnverified else { throw .notAllowed }
        case .deployed:
            preconditionFailure("a deployment is no flow")
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
