// The validated form of a flow: nodes by index, edges by index, loops worked out. Immutable once built.

public import Primitives
public import Values

/// A node of a graph, made from a document by its kind.
public struct GraphNode: Sendable {
    public let id: NodeID
    /// The kind's full name, for error texts.
    public let kindName: String
    public let role: NodeRole
    public let inputs: [InputPort]
    public let outputs: [OutputPort]
    /// Input values from the document's configuration.
    public let defaults: ValueMap
    public let conduct: NodeConduct
    /// A flow output that is an array of all values, however many there are (spec nodes 6.17).
    public let isAlwaysArray: Bool
    /// Set for nodes that act.
    public let actInfo: ActInfo?
    /// The start input that the node gets beside what comes on edges.
    public let startBinding: StartBinding?
    /// The flow that the node runs, for nodes that run one.
    public let nestedFlow: FlowID?
    /// What the node is configured with that is its owner's.
    public let belonging: (any Belonging)?
    /// Inputs whose configured value is a secret of the owner's vault.
    public internal(set) var vaultInputs: [(input: String, secret: VaultName)] = []
    /// Set for nodes whose work may be too little to hand it to a worker.
    public let brief: BriefWork?
    public let work: NodeWork
    /// True for work that may keep a processor for seconds.
    public let isLong: Bool
    /// Set for nodes with ports for secrets.
    public internal(set) var secretPorts: (any SecretPorts)?

    public init(
        id: NodeID, kindName: String, role: NodeRole = .ordinary, inputs: [InputPort], outputs: [OutputPort],
        defaults: ValueMap = ValueMap(), conduct: NodeConduct = .pure, isAlwaysArray: Bool = false,
        actInfo: ActInfo? = nil,
        startBinding: StartBinding? = nil, nestedFlow: FlowID? = nil, belonging: (any Belonging)? = nil,
        brief: BriefWork? = nil, isLong: Bool = false,
        work: @escaping NodeWork
    ) {
        self.id = id
        self.kindName = kindName
        self.role = role
        self.inputs = inputs
        self.outputs = outputs
        self.defaults = defaults
        self.conduct = conduct
        self.isAlwaysArray = isAlwaysArray
        self.actInfo = actInfo
        self.startBinding = startBinding
        self.nestedFlow = nestedFlow
        self.belonging = belonging
        self.brief = brief
        self.isLong = isLong
        self.work = work
    }
}

/// A start input that becomes an input of a node (spec flow-engine 4.4).
public struct StartBinding: Hashable, Sendable {
    /// The name among the run's start inputs.
    public let name: String
    public let input: String

    public init(name: String, input: String) {
        self.name = name
        self.input = input
    }
}

extension GraphNode {
    /// The same node, whose inputs of these names get secrets in place of configured values.
    public func withVaultInputs(_ inputs: [(input: String, secret: VaultName)]) -> GraphNode {
        var node = self
        node.vaultInputs = inputs
        return node
    }

    /// The same node, some of whose ports are for secrets.
    public func withSecretPorts(_ ports: (any SecretPorts)?) -> GraphNode {
        var node = self
        node.secretPorts = ports
        return node
    }
}

/// An edge as a document means it, by names.
public struct EdgeDeclaration: Hashable, Sendable {
    public let source: NodeID
    /// The name of an output, or of a passthrough input, of the source.
    public let output: String
    public let target: NodeID
    public let input: String

    public init(source: NodeID, output: String, target: NodeID, input: String) {
        self.source = source
        self.output = output
        self.target = target
        self.input = input
    }
}

/// Something that is wrong with a document; the text names the rule, the node and the port.
public struct GraphProblem: Hashable, Sendable, CustomStringConvertible {
    /// The node it is about, if it is about one.
    public let node: NodeID?
    /// The port it is about, if it is about one.
    public let port: String?
    public let description: String
    /// Nothing is wrong with the document: this server lacks something that it needs.
    public let isLack: Bool

    public init(_ description: String, node: NodeID? = nil, port: String? = nil, isLack: Bool = false) {
        self.description = description
        self.node = node
        self.port = port
        self.isLack = isLack
    }
}

/// Every reason why a document cannot run, found in one pass; never empty.
public struct GraphProblems: Error, Sendable, CustomStringConvertible {
    public let problems: [GraphProblem]

    public init(_ problems: [GraphProblem]) {
        precondition(!problems.isEmpty, "a refusal needs a reason")
        self.problems = problems
    }

    /// The texts, joined by `; `. If there are very many, the first ones and the number of the others.
    public var description: String {
        var texts = problems.prefix(Limits.problemsShownMax).map(\.description)
        if problems.count > texts.count { texts.append("and \(problems.count - texts.count) more") }
        return texts.joined(separator: "; ")
    }
}

/// A flow that can run: every edge joins an output to an input that exist, and no path leads back.
///
/// Loops are worked out here, once: each node knows the `foreach` nodes around it. Their numbers are
/// topological ranks, so an outer loop always has a smaller number than the loops inside it.
public struct FlowGraph: Sendable {
    /// In document order; the position is the node's index everywhere in the engine.
    public let nodes: [GraphNode]
    /// Texts for the run's log about edges that were left out because they can have no effect.
    public let warnings: [String]

    let edges: [GraphEdge]
    /// Edge indices by target node, in the order of the target's inputs.
    let incoming: [[Int]]
    /// Edge indices by source node, in document order.
    let outgoing: [[Int]]
    /// The ranks of the loops around each node, ascending.
    let scopes: [[Int]]
    /// How each node's elements are brought together; empty for nodes outside of loops.
    let joins: [LoopJoin]
    /// The rank of each node in a topological order.
    let ranks: [Int]
    /// The outputs of an earlier run that nodes of the role `stored` give, by execution.
    let stored: [Int: [ValueMap]]

    /// The secrets that the nodes' configuration names.
    public var vaultNames: Set<VaultName> { Set(nodes.flatMap { $0.vaultInputs.map(\.secret) }) }
    /// The flows that nodes run.
    public var nestedFlows: Set<FlowID> { Set(nodes.compactMap(\.nestedFlow)) }
    /// What nodes are configured with that is their owner's, node by node.
    public var belongings: [any Belonging] { nodes.compactMap(\.belonging) }
    var hasBelongings: Bool { nodes.contains { $0.belonging != nil } }
    /// True if a run must first get something from storage: other flows, secrets or belongings.
    var needsPreparation: Bool {
        nodes.contains { $0.nestedFlow != nil || $0.belonging != nil || !$0.vaultInputs.isEmpty }
    }
}

/// An edge of a graph, resolved to indices.
struct GraphEdge: Sendable {
    let source: Int
    let output: String
    let target: Int
    let input: Int
    let isRequired: Bool
    /// Values that can be read as a public key become one (spec flow-engine 6.4, 24.24).
    let narrowsToPublicKey: Bool
    /// Texts stay texts, whatever they could be read as: the input takes texts as well (spec nodes 6.4).
    let keepsTexts: Bool
    /// The loops whose elements travel here, ascending.
    let scope: [Int]
    /// Each element of an array output travels on its own.
    let spreads: Bool
}
