// Carries reads out: from the cache, together with others that want the same, or by a run. Any thread.

public import Engine
internal import Identity
public import Primitives
internal import Synchronization
internal import Values
internal import Wire

/// Runs flows for their outputs and remembers those for a while (spec http-and-websocket 2.8). One for the whole server,
/// so that the same read on two connections is one run.
public final class ReadDesk: Sendable {
    private typealias Reply = @Sendable (Result<ReadAnswer, EngineError>) -> Void

    private struct Waiter: Sendable {
        let reply: Reply
    }

    private static let timeLimit = Duration.seconds(30)

    private let perform: @Sendable (EngineCall, @escaping @Sendable (EngineReply) -> Void) -> Void
    private let clock: Clock
    private let cache = Mutex(ReadCache<Waiter>())

    /// - Parameter perform: asks the engine.
    public init(
        clock: Clock = .system,
        perform: @escaping @Sendable (EngineCall, @escaping @Sendable (EngineReply) -> Void) -> Void
    ) {
        self.perform = perform
        self.clock = clock
    }

    /// Reads. The reply comes exactly once, on any thread; to a reader who has withdrawn, at most once.
    ///
    /// - Parameters:
    ///   - key: nil to run in any case and keep nothing.
    ///   - lifetime: how long the answer is good, whole seconds.
    /// - Returns: the place among those who wait for the same read; nil without one. A run goes on without readers: it
    ///   ends soon, and other readers may come for its output.
    @discardableResult
    func read(
        _ request: StartRequest, key: ReadKey?, lifetime: Duration,
        reply: @escaping @Sendable (Result<ReadAnswer, EngineError>) -> Void
    ) -> PendingCall? {
        guard let key else {
            run(request) { result, _ in reply(result) }
            return nil
        }
        let claim = cache.withLock { $0.claim(key, Waiter(reply: reply), now: clock.steady()) }
        switch claim {
        case .kept(let answer):
            reply(.success(answer))
            return nil
        case .full:
            reply(.failure(.busy(retryAfterSeconds: 1)))
            return nil
        case .joined(let place): return pending(place, key)
        case .first(let place):
            run(request) { [self] result, isWhole in
                let answer = isWhole ? try? result.get() : nil
                let waiters = cache.withLock {
                    $0.finish(key, answer, lifetime: lifetime, now: clock.steady())
                }
                for waiter in waiters { waiter.reply(result) }
            }
            return pending(place, key)
        }
    }

    private func pending(_ place: ReadCache<Waiter>.Place, _ key: ReadKey) -> PendingCall {
        PendingCall { [weak self] in self?.cache.withLock { $0.leave(place, key) } }
    }

    /// A failed run may have an output too. Only the output of a run that did not fail is kept for others.
    private func run(
        _ request: StartRequest,
        _ done: @escaping @Sendable (Result<ReadAnswer, EngineError>, _ isWhole: Bool) -> Void
    ) {
        let clock = clock
        perform(.read(request, within: ReadDesk.timeLimit)) { reply in
            switch reply {
            case .read(let output, let status):
                done(.success(ReadAnswer(output, at: clock.now())), status == .finished)
            case .refused(let error): done(.failure(error), false)
            default: preconditionFailure("the engine answers what it was asked")
            }
        }
    }
}

extension ReadAnswer {
    init(_ output: ValueMap, at time: Timestamp) {
        json = ValueJSON.encode(.map(output))
        // The tag is computed with the names in order, so that the same content has the same tag, whichever node ended
        // first.
        let sorted = ValueJSON.encode(Value.map(output).sortedByName)
        tag = EntityTag(Hexadecimal.encode(Digest.sha256(sorted)))
        computedAt = time
    }
}
