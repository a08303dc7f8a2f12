// What the engine does with news of other servers on the same database.

internal import Primitives

extension FlowEngine {
    /// Takes news in. Any thread; never blocks. News that comes faster than the lanes can look at it is dropped. That
    /// loses nothing, because the teller says now and then that anything may have happened.
    public func hear(_ news: RemoteNews) {
        switch news {
        case .runTouched(let run): _ = lane(of: run).postUrgent(.elsewhere(.touched(run)))
        case .signatureAsked(let id): findSignature(id)
        case .anythingHappened:
            for lane in lanes { _ = lane.postUrgent(.elsewhere(.anythingHappened)) }
            context.signatureCatchUp.begin()
        }
    }

    /// Storage says whose request it is and which run it belongs to. The news itself is not believed.
    private func findSignature(_ id: SignatureRequestID) {
        let (feeds, lanes) = (context.signatureFeeds, context.lanes)
        context.ports.signatures.find(id) { found in
            guard case .success(let asked?) = found else { return }
            if let user = asked.user { feeds.tell(user, asked.waiting) }
            lanes.post(.elsewhere(.signatureAsked(asked.waiting)), toLaneOf: asked.waiting.run)
        }
    }
}
