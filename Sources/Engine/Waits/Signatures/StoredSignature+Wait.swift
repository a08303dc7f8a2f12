// What storage has of waits for signatures, as waits.

internal import Primitives

extension StoredSignature: StoredWait {
    var execution: NodeExecution { waiting.execution }
    var work: OpenWork { .isRecorded }

    func wait(at place: WaitPlace) -> any Wait { SignatureWait(waiting) }

    /// Whoever watches the user has seen the request already, among those that wait.
    func resume(at place: WaitPlace, hasTold: Bool) -> [WaitOrder] {
        if let answer { return [.end(waiting.outcome(answer))] }
        return (hasTold ? [] : [.tell(waiting.event)])
            + [.expires(place.steady(at: waiting.request.expiresAt))]
    }

    func abandon(in context: LaneContext) {
        guard answer == nil else { return }
        context.ports.signatures.resolve(waiting.request.id, .canceled) { _ in }
    }
}

/// The record of requests for signatures, as a record of waits.
struct SignatureWaitRecord: WaitRecord {
    private let signatures: any SignatureRequests

    init(_ signatures: any SignatureRequests) { self.signatures = signatures }

    func readAnswers(
        to waits: [any Wait], reply: @escaping @Sendable (Result<[WaitMessage], StorageError>) -> Void
    ) -> Bool {
        let ids = waits.compactMap { ($0 as? SignatureWait)?.asked?.request.id }
        guard !ids.isEmpty else { return false }
        signatures.answered(ids) { result in
            reply(
                result.map { found in
                    found.compactMap { stored in stored.answer.map { stored.waiting.message($0) } }
                })
        }
        return true
    }
}
