// A flow as somebody wrote it down, in any of the three forms: the one shape that the other code works on.

public import Chain
public import Engine
public import Primitives
internal import Wire

/// A document that has been read (spec flow-engine 1).
///
/// Reading finds everything that can be found without knowing the kinds of nodes; `FlowDocumentCompiler`
/// finds the rest. A document with problems holds what could be read.
public struct FlowDocument: Sendable {
    /// The settings of the document, without its nodes.
    public let settings: FlowSettings
    /// In the document's order, nodes of type `mock` included.
    let nodes: [DocumentNode]
    /// In the document's order.
    let edges: [DocumentEdge]
    /// Nodes that are there but could not be read.
    let brokenNodes: Set<NodeID>
    /// Everything that keeps the document from being a flow.
    public let problems: [GraphProblem]

    init(
        settings: FlowSettings, nodes: [DocumentNode], edges: [DocumentEdge], brokenNodes: Set<NodeID>,
        problems: [GraphProblem]
    ) {
        self.settings = settings
        self.nodes = nodes
        self.edges = edges
        self.brokenNodes = brokenNodes
        self.problems = problems
    }
}

/// The run-relevant settings of a flow, and what it is called (spec flow-engine 1.1, 1.8).
public struct FlowSettings: Hashable, Sendable {
    /// Empty if the document has none.
    public var name = ""
    /// Empty if the document has none.
    public var description = ""
    /// The integer id, if the document has one.
    public var number: Int32?
    /// The UUID, if the document has one other than zero.
    public var uuid: UniqueID?
    /// Strings that nodes can read.
    public var environment: [String: String] = [:]
    public var network = FlowNetwork.standard
    /// `Off` or `Automatic`.
    public var bundling = "Off"
    public var isPublic = false
    public var startShared = false
    public var startUnverified = false
    public var readEnabled = false

    /// The settings of a document that has none.
    public init() {}
}

/// A node of a document.
struct DocumentNode: Sendable {
    /// What runs the node.
    enum Runtime: String, CaseIterable, Sendable {
        case native, mock, deno, bun
        case wasm = "WASM"

        /// Reads the name in either case (spec nodes 6.54).
        init?(word: String) {
            guard let found = Runtime.allCases.first(where: { $0.rawValue.lowercased() == word.lowercased() })
            else { return nil }
            self = found
        }
    }

    let id: NodeID
    let runtime: Runtime
    /// The name of its kind as the document spells it.
    let kindName: String
    let inputs: [DocumentPort]
    let outputs: [DocumentPort]
    /// Configured values, tagged or plain; of equal names the last one counts.
    let config: JSONObject
    /// Members of the node and of its data that only editors look at.
    let layout: [JSONObject.Entry]
    let dataLayout: [JSONObject.Entry]
}

/// A port of a node, input or output.
struct DocumentPort: Sendable {
    let id: UniqueID
    let name: String
    /// The type bounds of an input, the one type of an output.
    let types: [String]
    let isRequired: Bool
    let isPassthrough: Bool
    let isOptional: Bool
    let tooltip: String?
}

/// An edge of a document, by the ids of ports.
struct DocumentEdge: Sendable {
    let source: NodeID
    let sourceHandle: UniqueID
    /// The handle was written as that of a passthrough input.
    let isPassthrough: Bool
    let target: NodeID
    let targetHandle: UniqueID
}
