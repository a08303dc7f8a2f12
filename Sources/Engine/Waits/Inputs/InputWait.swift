// Executions that wait for a value that somebody posts (spec flow-engine 15).

internal import Primitives
internal import Values

/// Waits for a value under an address that the engine makes.
struct InputWait: Wait {
    private let timeLimit: Duration?
    private let announce: (@Sendable (_ address: String) -> Void)?
    /// Storage has the request.
    private(set) var isRecorded: Bool
    /// What is stored of the key in the address; empty until the wait begins.
    private(set) var keyHash: [UInt8]

    static var needsStoredRun: Bool { true }

    init(_ wish: InputWish) {
        timeLimit = wish.timeLimit
        announce = wish.announce
        isRecorded = false
        keyHash = []
    }

    /// A wait that storage has.
    init(_ stored: InputRequest) {
        timeLimit = nil
        announce = nil
        isRecorded = true
        keyHash = stored.keyHash
    }

    mutating func begin(at place: WaitPlace) -> [WaitOrder] {
        keyHash = place.ports.addresses.keyHash(place.run, place.execution)
        let expiry = timeLimit.map { place.context.clock.now().advanced(by: $0) }
        place.ports.inputs.record(
            InputRequest(run: place.run, execution: place.execution, keyHash: keyHash, expiresAt: expiry)
        ) { place.post(InputNews.recorded($0)) }
        return []
    }

    mutating func take(_ news: any WaitNews, at place: WaitPlace) -> [WaitOrder] {
        switch news as? InputNews {
        case .recorded(.failure(let error))?: return [.end(.failed(error.description))]
        case .recorded(.success)?: return isRecorded ? [] : recorded(at: place)
        case .answered(let answer)?: return isRecorded ? [.end(answer.outcome)] : []
        case .found(let answer)?: return isRecorded ? [.end(answer.storedOutcome)] : []
        case nil: return []
        }
    }

    private mutating func recorded(at place: WaitPlace) -> [WaitOrder] {
        isRecorded = true
        var orders: [WaitOrder] = [.tell(.inputRequested(place.execution, url: place.inputAddress))]
        if let timeLimit { orders.append(.expires(place.context.clock.steady() + timeLimit.nanoseconds)) }
        if let announce, !place.context.pool.submit({ [address = place.inputAddress] in announce(address) }) {
            orders.append(
                .log(
                    RunLogLine(level: .warn, content: "nobody was told the address: the server is busy")))
        }
        return orders
    }

    /// Storage decides whether the time was over before an answer came; without storage it was. The server of an answer
    /// that came first may be another one, or may not have heard from storage yet that the answer counts.
    mutating func expire(at place: WaitPlace) -> [WaitOrder] {
        place.ports.inputs.resolve(keyHash: keyHash, .expired) { result in
            if case .success(nil) = result {
                place.lookAtStorage()
            } else {
                place.post(InputNews.answered(.expired))
            }
        }
        return []
    }

    func cancel(because reason: String?, at place: WaitPlace) {
        guard isRecorded else { return }
        place.ports.inputs.resolve(keyHash: keyHash, .canceled) { _ in }
    }
}

extension WaitPlace {
    var inputAddress: String { ports.addresses.address(run, execution) }
}

/// What a wait for a value is told. Nothing is withdrawn when nobody waits any more: the run has ended, and storage takes no
/// answer for it, or it is another server's, and waits there.
enum InputNews: WaitNews {
    /// Storage has, or has not, written the request down.
    case recorded(Result<Void, StorageError>)
    /// An answer that this server has taken, whole.
    case answered(InputAnswer)
    /// An answer that was read from storage. Hidden parts are missing in it.
    case found(InputAnswer)
}

extension InputAnswer {
    /// What an answer means for the execution.
    var outcome: NodeOutcome {
        switch self {
        case .submitted(let value): .outputs(["value": value])
        case .canceled: .failed("canceled by user")
        case .expired: .failed("timeout")
        }
    }

    /// The same for an answer from storage: the run must not go on with something else than was posted.
    fileprivate var storedOutcome: NodeOutcome {
        holdsSecret ? .failed("the posted value holds a secret, which is not stored") : outcome
    }

    /// Storage has only the visible part of it.
    var holdsSecret: Bool {
        if case .submitted(let value) = self { value.holdsSecret } else { false }
    }
}

extension InputRequest {
    /// News for the execution that has asked.
    func message(_ news: InputNews) -> WaitMessage {
        WaitMessage(run: run, address: .execution(execution), news: news)
    }
}
