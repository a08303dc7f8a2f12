// What an execution can ask the engine for instead of answering. No thread waits meanwhile.

public import Primitives

/// Something that an execution needs from the engine before it can go on.
public enum NodeRequest: Sendable {
    /// A value from outside, posted to an address that the engine makes.
    case input(InputWish)
    /// Somebody's signature. The execution ends with the outputs `signature` and `pubkey`.
    case signature(SignatureWish)
    /// The outcome of another flow of the same owner, started with the execution's inputs.
    case flow(FlowID)
    /// Something that is to be done outside, perhaps together with acts of other nodes.
    case act(ActCall)
}

/// A value that somebody outside is to post (spec flow-engine 15).
public struct InputWish: Sendable {
    /// How long to wait from the moment at which the address exists; nil for ever.
    public let timeLimit: Duration?
    /// Tells somebody about the address. Called once on a worker; must not block it for long.
    public let announce: (@Sendable (_ address: String) -> Void)?

    public init(timeLimit: Duration?, announce: (@Sendable (_ address: String) -> Void)? = nil) {
        self.timeLimit = timeLimit
        self.announce = announce
    }
}
