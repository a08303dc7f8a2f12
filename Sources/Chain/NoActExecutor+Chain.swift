// The executor of a server that sends nothing to a chain.

public import Engine
public import Primitives
public import Values

/// Sends no transactions and builds none: nodes that ask for one fail.
public struct NoTransactionExecutor: ActExecutor {
    private static let failure = ActFailure("this server does not send transactions")

    public init() {}

    /// Fails at once, on the caller's thread; nothing is sent.
    public func execute(
        _ acts: [any Act], of run: RunID, in context: RunContext, cancellation: NodeCancellation,
        reply: @escaping @Sendable (Result<String, ActFailure>) -> Void
    ) {
        reply(.failure(NoTransactionExecutor.failure))
    }

    /// Fails at once, on the caller's thread; nothing is built.
    public func build(
        _ acts: [any Act], of run: RunID, in context: RunContext,
        reply: @escaping @Sendable (Result<ValueMap, ActFailure>) -> Void
    ) {
        reply(.failure(NoTransactionExecutor.failure))
    }
}
