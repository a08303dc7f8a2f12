// What storage has of waits for values, as waits.

internal import Primitives

extension StoredInputRequest: StoredWait {
    var execution: NodeExecution { request.execution }
    var work: OpenWork { answer?.holdsSecret == true ? .hasHiddenAnswer : .isRecorded }

    func wait(at place: WaitPlace) -> any Wait { InputWait(request) }

    func resume(at place: WaitPlace, hasTold: Bool) -> [WaitOrder] {
        if let answer { return [.end(answer.outcome)] }
        var orders: [WaitOrder] = []
        if !hasTold { orders.append(.tell(.inputRequested(execution, url: place.inputAddress))) }
        if let expiry = request.expiresAt { orders.append(.expires(place.steady(at: expiry))) }
        return orders
    }

    func abandon(in context: LaneContext) {
        guard answer == nil else { return }
        context.ports.inputs.resolve(keyHash: request.keyHash, .canceled) { _ in }
    }
}

/// The record of requests for values, as a record of waits.
struct InputWaitRecord: WaitRecord {
    private let inputs: any InputRequests

    init(_ inputs: any InputRequests) { self.inputs = inputs }

    func readAnswers(
        to waits: [any Wait], reply: @escaping @Sendable (Result<[WaitMessage], StorageError>) -> Void
    ) -> Bool {
        let keyHashes = waits.compactMap { ($0 as? InputWait)?.keyHash }
        guard !keyHashes.isEmpty else { return false }
        inputs.answered(keyHashes) { result in
            reply(
                result.map { found in
                    found.compactMap { stored in
                        stored.answer.map { stored.request.message(.found($0)) }
                    }
                })
        }
        return true
    }
}
