// What a server that takes a run up finds of its waits.

internal import Primitives

/// A wait as storage has it.
protocol StoredWait: Sendable {
    /// Who waits.
    var execution: NodeExecution { get }
    /// Whether the run may go on.
    var work: OpenWork { get }
    /// The wait, begun.
    func wait(at place: WaitPlace) -> any Wait
    /// What follows: the end, if the answer has come while no server had the run.
    ///
    /// - Parameter hasTold: the journal says what is waited for.
    func resume(at place: WaitPlace, hasTold: Bool) -> [WaitOrder]
    /// The run does not go on.
    func abandon(in context: LaneContext)
}

/// Where the answers to one kind of wait are written down.
protocol WaitRecord: Sendable {
    /// Asks for the answers to those of these waits that are in this record. Returns at once; the reply comes exactly once,
    /// on any thread.
    ///
    /// - Returns: false if none of the waits is in this record, and there is no reply.
    func readAnswers(
        to waits: [any Wait], reply: @escaping @Sendable (Result<[WaitMessage], StorageError>) -> Void
    ) -> Bool
}
