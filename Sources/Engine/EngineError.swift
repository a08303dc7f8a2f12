// Why the engine does not do what it was asked. Facts without words: each dialect has its own for them.

public import Primitives

/// Why the engine refused a call.
public enum EngineError: Error, Sendable {
    /// There is no such flow or run, or the caller must not learn that there is.
    case notFound
    /// A flow that another one runs does not exist, or is somebody else's.
    case flowNotFound
    /// The flow is there for the caller to see, and its owner does not let it be started this way.
    case notAllowed
    /// The owner of the flow does not let it be read.
    case readNotAllowed
    /// The run exists and the caller may not do this to it.
    case unauthorized
    /// The run ended without an output.
    case noOutput
    /// The flow cannot run.
    case invalidFlow(GraphProblems)
    /// The copy of a flow needs a belonging of its new owner, who has none.
    case noBelongings
    /// Something that must not happen in a run that may not change anything (spec flow-engine 19.2).
    case readViolation(ReadViolation)
    /// A read did not end in time (spec flow-engine 19.4).
    case readTimeout
    /// So many values may be secrets that checking them all would cost too much.
    case tooManyCandidates
    /// A signature is not what was asked for.
    case signature(SignatureRefusal)
    /// The server cannot take this on now; try again after a while.
    case busy(retryAfterSeconds: Int)
    /// Storage did not answer.
    case storage(StorageError)
}

/// What a run that may not change anything must not do.
public enum ReadViolation: Hashable, Sendable {
    /// It would give acts out.
    case collectsActs
    /// It has a node of a kind that does more than look.
    case node(NodeID, kind: String, ReadCapability)
}
