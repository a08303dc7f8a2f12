// Deployments and copies begin like a start: a flow and all that it can come to are gathered, then written down.

internal import Primitives

extension RunLane {
    /// - Parameter ticket: the preparation is known by it; no run gets this id.
    func gather(_ ticket: RunID, _ flow: FlowID, for purpose: Preparation.Purpose) {
        guard !isDraining, hasRoom else { return refuse(purpose, .busy(retryAfterSeconds: 1)) }
        starts.preparations[ticket] = Preparation(purpose: purpose, entry: flow)
        find(flow, for: ticket)
    }

    /// Somebody has edited one of the flows after it was read, so all are read anew. After
    /// `Limits.gatheringAttemptsMax` attempts a user who edits without a pause is refused as busy.
    func gatherAgain(_ ticket: RunID, _ preparation: Preparation) {
        guard let flow = preparation.entry, preparation.attempt < Limits.gatheringAttemptsMax else {
            return refuse(preparation.purpose, .busy(retryAfterSeconds: 1))
        }
        gather(ticket, flow, for: preparation.purpose)
        starts.preparations[ticket]?.attempt = preparation.attempt + 1
    }
}
