// What it takes to copy flows for another user: documents that refer to the copies, and somewhere to keep them.

public import Primitives

/// What a copied document refers to in place of what the original refers to.
public struct FlowReferences: Sendable {
    public let flows: [FlowID: UniqueID]
    /// What takes the place of belongings; nil if they stay.
    public let belongings: (any BelongingReplacements)?

    public init(flows: [FlowID: UniqueID], belongings: (any BelongingReplacements)?) {
        self.flows = flows
        self.belongings = belongings
    }
}

/// The parts of a document that refer to something, as columns of the flows table.
public struct RewrittenFlow: Sendable {
    public let nodes: [UInt8]
    public let edges: [UInt8]

    public init(nodes: [UInt8], edges: [UInt8]) {
        self.nodes = nodes
        self.edges = edges
    }
}

/// Changes what documents refer to. Pure; called on a worker, as a large document takes a while.
public protocol FlowRewriter: Sendable {
    /// The document with these references in the places where `graph`, which was made of it, has others. References that
    /// are not named stay.
    func rewrite(_ document: [UInt8], _ graph: FlowGraph, _ references: FlowReferences)
        throws(GraphProblems) -> RewrittenFlow
}

/// Copies of flows that are to be.
public struct FlowCopyDraft: Sendable {
    /// A flow as it was when it was read, and its copy.
    public struct Flow: Sendable {
        public let number: Int32
        public let version: Int64
        /// The copy's.
        public let uuid: UniqueID
        public let content: RewrittenFlow

        public init(number: Int32, version: Int64, uuid: UniqueID, content: RewrittenFlow) {
            self.number = number
            self.version = version
            self.uuid = uuid
            self.content = content
        }
    }

    /// The owner of the copies.
    public let owner: UserID
    public let flows: [Flow]

    public init(owner: UserID, flows: [Flow]) {
        self.owner = owner
        self.flows = flows
    }
}

/// Where copies of flows are kept.
public protocol FlowCopies: Sendable {
    /// Writes copies down, all of them or none. They are private, nobody else may start or read them, and otherwise they are
    /// like the originals. False if an original has another version by now, is gone, or may not be seen by the new owner,
    /// or if there is none. Fails if a copy has the UUID of another flow.
    func store(
        _ draft: FlowCopyDraft, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void)
}

/// A server whose flows cannot be copied.
struct NoFlowCopies: FlowRewriter, FlowCopies {
    func rewrite(_ document: [UInt8], _ graph: FlowGraph, _ references: FlowReferences)
        throws(GraphProblems) -> RewrittenFlow
    {
        throw GraphProblems([GraphProblem("this server does not copy flows")])
    }

    func store(
        _ draft: FlowCopyDraft, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void
    ) {
        reply(.failure(.unavailable))
    }
}
