// Executions that wait for a signature (spec flow-engine 16).

internal import Primitives
internal import Values

/// Waits until a kept key or a person has signed.
struct SignatureWait: Wait {
    private enum Stage {
        case wished(SignatureWish)
        /// Storage finds out who signs.
        case arranging(WaitingSignature)
        /// Somebody was asked.
        case asked(WaitingSignature)
    }

    private var stage: Stage

    static var needsStoredRun: Bool { true }

    init(_ wish: SignatureWish) { stage = .wished(wish) }

    /// A wait that storage has.
    init(_ stored: WaitingSignature) { stage = .asked(stored) }

    /// The request that somebody was asked with.
    var asked: WaitingSignature? { if case .asked(let waiting) = stage { waiting } else { nil } }
    var isRecorded: Bool { asked != nil }

    mutating func begin(at place: WaitPlace) -> [WaitOrder] {
        guard case .wished(let wish) = stage else { return [] }
        let waiting = WaitingSignature(
            run: place.run, execution: place.execution,
            request: SignatureRequest(wish, at: place.context.clock.now()))
        stage = .arranging(waiting)
        place.ports.signatures.arrange(waiting, for: SignatureParties(of: wish.publicKey, in: place.basis)) {
            place.post(SignatureNews.arranged(waiting, $0))
        }
        return []
    }

    mutating func take(_ news: any WaitNews, at place: WaitPlace) -> [WaitOrder] {
        switch (stage, news as? SignatureNews) {
        case (.arranging(let waiting), .arranged(_, let result)?): arranged(waiting, result, at: place)
        case (.asked(let waiting), .answered(let id, let answer)?):
            id == waiting.request.id ? [.end(waiting.outcome(answer))] : []
        default: []
        }
    }

    private mutating func arranged(
        _ waiting: WaitingSignature, _ result: Result<SignatureArrangement, StorageError>, at place: WaitPlace
    ) -> [WaitOrder] {
        switch result {
        case .failure(let error):
            // It may have been written down all the same.
            withdraw(waiting, at: place)
            return [.end(.failed(error.description))]
        case .success(.impossible):
            let key = Base58.encode(waiting.request.publicKey.bytes)
            return [.end(.failed("can't sign for pubkey: \(key)"))]
        case .success(.signed(let signature)): return [.end(waiting.outcome(.signed(signature)))]
        case .success(.asked(let user)):
            stage = .asked(waiting)
            if let user { place.context.signatureFeeds.tell(user, waiting) }
            return [.tell(waiting.event), .expires(place.steady(at: waiting.request.expiresAt))]
        }
    }

    /// Storage decides whether the time was over before an answer came; without storage it was. The server of an answer
    /// that came first may be another one, or may not have heard from storage yet that the answer counts.
    mutating func expire(at place: WaitPlace) -> [WaitOrder] {
        guard let id = asked?.request.id else { return [] }
        place.ports.signatures.resolve(id, .expired) { result in
            if case .success(nil) = result {
                place.lookAtStorage()
            } else {
                place.post(SignatureNews.answered(id, .expired))
            }
        }
        return []
    }

    func cancel(because reason: String?, at place: WaitPlace) {
        switch stage {
        case .wished: break
        case .arranging(let waiting), .asked(let waiting): withdraw(waiting, at: place)
        }
    }

    private func withdraw(_ waiting: WaitingSignature, at place: WaitPlace) {
        place.ports.signatures.resolve(waiting.request.id, .canceled) { _ in }
    }
}

/// What a wait for a signature is told. Nothing is withdrawn when nobody waits any more: the run has ended, and storage takes no
/// signature for it, or it is another server's, and waits there.
enum SignatureNews: WaitNews {
    case arranged(WaitingSignature, Result<SignatureArrangement, StorageError>)
    case answered(SignatureRequestID, SignatureAnswer)
}

extension WaitingSignature {
    /// An answer for the execution that waits.
    func message(_ answer: SignatureAnswer) -> WaitMessage {
        WaitMessage(
            run: run, address: .execution(execution), news: SignatureNews.answered(request.id, answer))
    }

    var event: RunEvent.Content { .signatureRequested(execution, request) }

    /// What an answer means for the execution.
    func outcome(_ answer: SignatureAnswer) -> NodeOutcome {
        switch answer {
        case .signed(let signature):
            .outputs(["signature": .b64(signature), "pubkey": .b32(request.publicKey)])
        case .canceled: .failed("canceled")
        case .expired: .failed("timeout")
        }
    }
}

extension SignatureParties {
    /// Who may sign with a key for a run.
    fileprivate init(of key: Bytes32, in run: RunBasis) {
        let context = run.context
        self.init(
            owner: context.owner, startedBy: context.startedBy, startedKey: context.startedKey,
            deployment: context.deployment,
            ownerKeyCounts: context.startedBy == context.owner || run.graph.names(key)
                || run.flows.members.contains { $0.flow.graph.names(key) })
    }
}

extension FlowGraph {
    /// True if one of its belongings is known by this key.
    fileprivate func names(_ key: Bytes32) -> Bool {
        nodes.contains { $0.belonging?.isKnown(by: key) == true }
    }
}
