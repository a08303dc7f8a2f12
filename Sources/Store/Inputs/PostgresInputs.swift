// The record of awaited values on Postgres.

public import Engine
public import Primitives

/// The record of all runs. Any thread; replies come on the storage loop's thread.
public struct PostgresInputs: InputRequests, StoragePort {
    static let statements: [any ListedStatement] = InputStatements.all

    let context: PortContext

    /// Writes a request down; one with the same key that is stored already stays as it is. Waits as long as the
    /// database needs.
    public func record(
        _ request: InputRequest, reply: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        context.desk.ask(InputStatements.record, request, isPatient: true, reply)
    }

    /// Answers the request of this key if it waits, and notifies the server that has the run, if that is another one.
    /// Gives the request that was answered; nil if none was.
    public func resolve(
        keyHash: [UInt8], _ answer: InputAnswer,
        reply: @escaping @Sendable (Result<InputRequest?, StorageError>) -> Void
    ) {
        var isPatient = true
        if case .submitted = answer { isPatient = false }
        context.desk.ask(
            InputStatements.resolve, (keyHash, answer, context.server), isPatient: isPatient, reply)
    }

    /// Reads all requests of a run with their answers, oldest first.
    public func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) {
        context.desk.ask(InputStatements.ofRun, run, reply)
    }

    /// Asks whether a request of this key waits.
    public func isAwaited(
        keyHash: [UInt8], reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void
    ) {
        // Strangers may ask this as often as they like, so it goes over another connection than the questions that
        // starts wait for.
        context.desk.ask(InputStatements.awaited, keyHash, reply)
    }

    /// Reads those of these requests that have an answer.
    public func answered(
        _ keyHashes: [[UInt8]],
        reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) {
        context.desk.ask(InputStatements.answered, keyHashes, reply)
    }
}
