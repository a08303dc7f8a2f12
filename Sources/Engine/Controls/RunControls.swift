// Controls that are written down. The server that has the run reads those that arrived at another server. The server
// that has the run next reads those that the first did not live to carry out. Implemented above this target. Every
// method returns at once; the answer comes exactly once, on any thread.

public import Primitives

/// The record of controls.
public protocol RunControls: Sendable {
    /// Writes a control down and tells the server that has the run, if that is another one; true if there is such a run
    /// and it has not ended. It takes the place of one of its topic and another kind; of several of a kind the first one
    /// stays. A NUL in its reason is kept as U+FFFD.
    func record(_ control: RunControl, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void)
    /// The controls of these runs, as far as this server has the runs. Controls that it has seen before are included.
    func controls(
        of runs: [RunID], reply: @escaping @Sendable (Result<[RunControl], StorageError>) -> Void)
}

/// The record of a server that is alone: no run is elsewhere.
public struct NoRunControls: RunControls {
    public init() {}

    /// Writes nothing down and says at once, on the caller's thread, that there is no such run.
    public func record(_ control: RunControl, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void)
    {
        reply(.success(false))
    }

    /// Finds no controls; replies at once, on the caller's thread.
    public func controls(
        of runs: [RunID], reply: @escaping @Sendable (Result<[RunControl], StorageError>) -> Void
    ) {
        reply(.success([]))
    }
}
