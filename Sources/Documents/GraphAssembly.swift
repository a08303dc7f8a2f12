// The parts of a graph while they are made of a document.

internal import Chain
internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// Turns nodes and edges of a document into those of a graph. A node or edge that cannot be turned is a problem or a
/// warning.
struct GraphAssembly {
    private let document: FlowDocument
    private let registry: NodeRegistry

    private(set) var nodes: [GraphNode] = []
    private(set) var edges: [EdgeDeclaration] = []
    private(set) var problems: [GraphProblem] = []
    /// Things that run, but perhaps not as intended.
    private(set) var warnings: [String] = []

    /// Nodes that have no place in the graph, so that edges from or to them are left out without a word.
    private var leftOut: Set<NodeID>
    private var roles: [NodeID: NodeRole] = [:]

    init(_ document: FlowDocument, registry: NodeRegistry) {
        self.document = document
        self.registry = registry
        leftOut = document.brokenNodes
    }

    // MARK: Nodes

    mutating func configureNodes() {
        nodes.reserveCapacity(document.nodes.count)
        for node in document.nodes {
            if let made = made(of: node) {
                nodes.append(made)
                roles[node.id] = made.role
            } else {
                leftOut.insert(node.id)
            }
        }
    }

    private mutating func made(of node: DocumentNode) -> GraphNode? {
        guard node.runtime != .mock else { return document.settings.usesMocks ? mock(node) : nil }
        guard node.runtime == .native, let kind = registry.kind(meant: node.kindName) else {
            problems.append(
                GraphProblem(
                    "failed to create command: \(node.absence) (node \(node.id))", node: node.id, isLack: true
                ))
            return nil
        }
        guard let config = config(of: node) else { return nil }
        do {
            let made = try kind.configure(
                kind,
                NodeDeclaration(
                    id: node.id, kindName: node.kindName, inputs: node.inputs.map { InputPort($0) },
                    outputs: node.outputs.map { OutputPort($0) }, config: config))
            return withSecrets(of: node, made.withKeyPorts)
        } catch {
            note("failed to create command: \(error) (node \(node.id))", node.id)
            return nil
        }
    }

    /// A mock that stands in for the node that will be there.
    private mutating func mock(_ node: DocumentNode) -> GraphNode? {
        do {
            return try MockNode.node(for: node)
        } catch {
            note("failed to create mock: \(error) (node \(node.id))", node.id, port: MockNode.configName)
            return nil
        }
    }

    private mutating func config(of node: DocumentNode) -> [String: ConfigEntry]? {
        var config: [String: ConfigEntry] = [:]
        config.reserveCapacity(node.config.count)
        var isReadable = true
        for (name, tree) in node.config.entries {
            do {
                let entry = try ValueJSON.taggedOrPlain(tree)
                config[name] = ConfigEntry(entry.value, isTagged: entry.isTagged)
            } catch {
                note(
                    "node \(node.id): its config \(name.quoted) cannot be read: \(error)", node.id, port: name
                )
                isReadable = false
            }
        }
        return isReadable ? config : nil
    }

    /// The node with the names of the secrets that its configuration refers to; nil if a reference is wrong.
    private mutating func withSecrets(of node: DocumentNode, _ made: GraphNode) -> GraphNode? {
        guard node.config.entries.contains(where: { VaultReference.isMeant(by: $0.value) }) else {
            return made
        }
        let inputs = Dictionary(made.inputs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var found: [(input: String, secret: VaultName)] = []
        var isWrong = false
        for (name, tree) in node.config.entries where VaultReference.isMeant(by: tree) {
            guard let input = inputs[name] else { continue }
            do {
                found.append((name, try VaultReference.name(in: tree, for: input, of: node.id)))
            } catch {
                note(error.description, node.id, port: name)
                isWrong = true
            }
        }
        return isWrong ? nil : made.withVaultInputs(found)
    }

    private mutating func note(_ text: String, _ node: NodeID, port: String? = nil) {
        problems.append(GraphProblem(text, node: node, port: port))
    }

    // MARK: Edges

    mutating func joinEdges() {
        let ports = PortNames(document.nodes)
        let mocks = Set(document.nodes.lazy.filter { $0.runtime == .mock }.map(\.id)).intersection(leftOut)
        edges.reserveCapacity(document.edges.count)
        for edge in document.edges {
            if mocks.contains(edge.source) {
                if !leftOut.contains(edge.target) {
                    warnings.append("edge from mock node \(edge.source) to node \(edge.target) left out")
                }
                continue
            }
            guard !leftOut.contains(edge.source), !leftOut.contains(edge.target) else { continue }
            if let declaration = declaration(of: edge, ports) { edges.append(declaration) }
        }
    }

    private mutating func declaration(of edge: DocumentEdge, _ ports: PortNames) -> EdgeDeclaration? {
        let output = ports.output(edge.sourceHandle, of: edge.source)
        let input = ports.input(edge.targetHandle, of: edge.target)
        for (end, handle, node) in [
            (output, edge.sourceHandle, edge.source), (input, edge.targetHandle, edge.target),
        ] {
            switch end {
            case .unknown:
                warnings.append(
                    "edge from node \(edge.source) to node \(edge.target) left out: \(handle.text) is no port"
                )
                return nil
            case .foreign:
                note("edge of node \(node) uses the port \(handle.text) of another node", node)
                return nil
            case .named, .noNode: continue
            }
        }
        return EdgeDeclaration(
            source: edge.source, output: name(output, of: edge.source), target: edge.target,
            input: name(input, of: edge.target))
    }

    /// The nameless port of a flow's input or output is called as the node is.
    private func name(_ end: PortNames.End, of node: NodeID) -> String {
        guard case .named(let name) = end else { return "" }
        switch roles[node] {
        case .flowInput(let label)? where name.isEmpty, .flowOutput(let label)? where name.isEmpty:
            return label
        default: return name
        }
    }

    // MARK: Warnings

    /// Warns about required inputs that nothing feeds, and about outputs of the flow that share a name.
    mutating func warnAboutPorts() {
        var connected: Set<PortName> = []
        for edge in edges { connected.insert(PortName(node: edge.target, name: edge.input)) }
        var flowOutputs: Set<String> = []
        for node in nodes {
            for input in node.inputs
            where input.isRequired && !connected.contains(PortName(node: node.id, name: input.name))
                && node.defaults[input.name] == nil
            {
                warnings.append(
                    "node \(node.id):\(node.kindName) input \(input.name.quoted) is required, "
                        + "but has neither an edge nor a configured value")
            }
            if case .flowOutput(let name) = node.role, !flowOutputs.insert(name).inserted {
                warnings.append(
                    "several flow outputs are called \(name.quoted): the last one in the document counts")
            }
        }
    }

    private struct PortName: Hashable {
        let node: NodeID
        let name: String
    }
}

extension InputPort {
    init(_ port: DocumentPort) {
        self.init(port.name, types: port.types, required: port.isRequired, passthrough: port.isPassthrough)
    }
}

extension OutputPort {
    init(_ port: DocumentPort) {
        self.init(port.name, type: port.types.first ?? "free", optional: port.isOptional)
    }
}
