// What nodes want done outside, together with what other nodes want done (spec flow-engine 17). The engine says which
// acts go together and in which order; an executor does them. What an act is the engine does not know.

public import Primitives
public import Values

/// Which of a node's outputs are known when (spec flow-engine 17.1). Having one makes a node an acting node.
public struct ActInfo: Hashable, Sendable {
    /// Outputs and passthrough inputs that are known before the act is done.
    public let before: [String]
    /// The output that holds the receipt.
    public let receipt: String
    /// Further outputs that are known only afterwards.
    public let after: [String]

    public init(before: [String], receipt: String, after: [String] = []) {
        self.before = before
        self.receipt = receipt
        self.after = after
    }
}

/// What one execution wants done.
public protocol Act: Sendable {
    /// There is nothing to do; the answer is then a success without a receipt.
    var isEmpty: Bool { get }
    /// What the engine says about acts of this kind.
    var words: ActWords { get }
    /// True if this act and the next one can be done as one.
    func fits(_ next: any Act) -> Bool
}

/// The texts of the engine's errors about acts. They become errors of nodes and of runs.
public struct ActWords: Hashable, Sendable {
    /// The run must change nothing.
    public let isReadOnly: String
    /// The node acts and has no `ActInfo`.
    public let hasNoInfo: String
    /// Another node, whose act belongs to the same ones, gave none.
    public let isIncomplete: String
    /// Another act of those that were done as one has failed.
    public let hasFailedWithOthers: String
    /// What the run gives out is one parcel of acts, and this run has made several: so many follows the text.
    public let needsExactlyOne: String

    public init(
        isReadOnly: String, hasNoInfo: String, isIncomplete: String, hasFailedWithOthers: String,
        needsExactlyOne: String
    ) {
        self.isReadOnly = isReadOnly
        self.hasNoInfo = hasNoInfo
        self.isIncomplete = isIncomplete
        self.hasFailedWithOthers = hasFailedWithOthers
        self.needsExactlyOne = needsExactlyOne
    }
}

/// A node's wish to have an act done.
public struct ActCall: Sendable {
    public let act: any Act
    /// Outputs that are known now.
    public let early: ValueMap
    /// Makes the outcome once the act is done; runs on a worker. The receipt is nil if there was nothing to do. Not
    /// called if the act fails.
    public let then: @Sendable (_ receipt: String?) -> NodeOutcome

    public init(
        _ act: any Act, early: ValueMap = ValueMap(),
        then: @escaping @Sendable (_ receipt: String?) -> NodeOutcome
    ) {
        self.act = act
        self.early = early
        self.then = then
    }
}

/// Why acts were not done.
public struct ActFailure: Error, Sendable, CustomStringConvertible {
    public let description: String
    /// Which of the acts failed, if that is known.
    public let act: Int?

    public init(_ description: String, act: Int? = nil) {
        self.description = description
        self.act = act
    }
}

/// Does acts. Every method returns at once and answers exactly once, on any thread.
public protocol ActExecutor: Sendable {
    /// Does some acts as one, and gives the receipt.
    func execute(
        _ acts: [any Act], of run: RunID, in context: RunContext, cancellation: NodeCancellation,
        reply: @escaping @Sendable (Result<String, ActFailure>) -> Void)
    /// Makes of some acts what the run gives out in place of doing them (spec flow-engine 11.5, 17.6). The first entry
    /// tells whether a run has put out the like itself; nothing is added then.
    func build(
        _ acts: [any Act], of run: RunID, in context: RunContext,
        reply: @escaping @Sendable (Result<ValueMap, ActFailure>) -> Void)
}

/// The executor of an engine that does nothing outside: nodes that want an act done fail.
public struct NoActExecutor: ActExecutor {
    private let failure: ActFailure

    /// - Parameter reason: the error of these nodes.
    public init(_ reason: String = "this server does no acts") {
        failure = ActFailure(reason)
    }

    /// Fails at once, on the caller's thread; nothing is done.
    public func execute(
        _ acts: [any Act], of run: RunID, in context: RunContext, cancellation: NodeCancellation,
        reply: @escaping @Sendable (Result<String, ActFailure>) -> Void
    ) {
        reply(.failure(failure))
    }

    /// Fails at once, on the caller's thread; nothing is made.
    public func build(
        _ acts: [any Act], of run: RunID, in context: RunContext,
        reply: @escaping @Sendable (Result<ValueMap, ActFailure>) -> Void
    ) {
        reply(.failure(failure))
    }
}
