// How a route asks a port of storage.

internal import Dialect
internal import Primitives
internal import Wire

extension RouteStep {
    /// Asks a port and goes on with its answer, or says that storage has none.
    ///
    /// - Parameter question: asks and returns at once; its reply comes exactly once, on any thread.
    static func ask<Answer>(
        _ question:
            @escaping @Sendable (_ reply: @escaping @Sendable (Result<Answer, StorageError>) -> Void) -> Void,
        then: @escaping @Sendable (Answer) -> RouteStep
    ) -> RouteStep {
        .ask(
            RouteQuestion { goOn in
                question { answer in
                    switch answer {
                    case .success(let answer): goOn(then(answer))
                    case .failure(let error): goOn(.refuse(.storage(error)))
                    }
                }
            })
    }
}
