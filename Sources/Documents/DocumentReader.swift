// Bytes to a document: takes off wrappers, reads the settings, and gathers every mistake on the way.

internal import Chain
public import Engine
internal import Primitives
internal import Wire

extension FlowDocument {
    /// Reads a document in any of its forms: a row of the flows table, the configuration of a run, a document
    /// of the first generation, each also inside of `{"flow": …}` or as the only element of an array.
    ///
    /// - Throws: if there is no document in the bytes at all. Everything else that is wrong is in `problems`.
    public init(_ bytes: [UInt8]) throws(GraphProblems) {
        let tree: JSONValue
        do {
            tree = try JSONValue.parse(bytes)
        } catch {
            throw GraphProblems([GraphProblem("the document is not valid JSON: \(error)")])
        }
        guard case .object(let flow) = FlowDocument.unwrapped(tree) else {
            throw GraphProblems([GraphProblem("the document is not a JSON object")])
        }
        var reader = DocumentReader()
        let settings = reader.settings(of: flow)
        let nodes = reader.nodes(of: flow)
        let edges = reader.edges(of: flow)
        self.init(
            settings: settings, nodes: nodes, edges: edges, brokenNodes: reader.brokenNodes,
            problems: reader.problems)
    }

    private static func unwrapped(_ tree: JSONValue) -> JSONValue {
        if case .array(let rows) = tree, rows.count == 1 { return unwrapped(rows[0]) }
        if tree["nodes"] == nil, let flow = tree["flow"] { return flow }
        return tree
    }
}

/// Reads the parts of a document and keeps a list of what is wrong.
struct DocumentReader {
    private(set) var problems: [GraphProblem] = []
    /// Nodes with an id that could not be read.
    private(set) var brokenNodes: Set<NodeID> = []

    /// Notes something wrong with the document or a node of it.
    mutating func note(_ text: String, node: NodeID? = nil, port: String? = nil) {
        problems.append(GraphProblem(text, node: node, port: port))
    }

    /// Notes that a node cannot be used, so that its edges are not blamed.
    mutating func give(up node: NodeID) { brokenNodes.insert(node) }

    // MARK: Settings

    mutating func settings(of flow: JSONObject) -> FlowSettings {
        var settings = FlowSettings()
        settings.name = flow["name"]?.string ?? ""
        settings.description = flow["description"]?.string ?? ""
        settings.number = flow["id"]?.number?.integer().flatMap { $0 > 0 ? $0 : nil }
        // Runs know a flow by its id; beside an id that is a UUID there may be another one that nobody uses any more.
        settings.uuid = [flow["id"], flow["uuid"]].lazy
            .compactMap { $0?.string.flatMap { UniqueID($0) } }.first { $0 != .zero }
        settings.environment = environment(flow["environment"])
        settings.network = network(flow["current_network"] ?? flow["sol_network"])
        settings.bundling = bundling(flow["instructions_bundling"])
        settings.isPublic = flag("is_public", flow["is_public"] ?? flow["isPublic"])
        settings.startShared = flag("start_shared", flow["start_shared"])
        settings.startUnverified = flag("start_unverified", flow["start_unverified"])
        settings.readEnabled = flag("read_enabled", flow["read_enabled"])
        return settings
    }

    private mutating func environment(_ tree: JSONValue?) -> [String: String] {
        guard let tree, tree != .null else { return [:] }
        guard case .object(let object) = tree else {
            note("environment must be an object of strings")
            return [:]
        }
        var environment: [String: String] = [:]
        for (name, value) in object.entries {
            guard case .string(let text) = value else {
                note("environment \(name.quoted) must be a string")
                continue
            }
            environment[name] = text
        }
        return environment
    }

    private mutating func network(_ tree: JSONValue?) -> FlowNetwork {
        guard let tree, tree != .null else { return .standard }
        let cluster = tree["cluster"] ?? .string(FlowNetwork.standard.cluster)
        guard case .object = tree, case .string(let name) = cluster, FlowNetwork.clusters.contains(name)
        else {
            note("network must have a cluster that is one of \(FlowNetwork.clusters.joined(separator: ", "))")
            return .standard
        }
        return FlowNetwork(url: tree["url"]?.string ?? FlowNetwork.address(of: name), cluster: name)
    }

    private mutating func bundling(_ tree: JSONValue?) -> String {
        switch tree {
        case nil, .null?: return "Off"
        case .string(let text)? where text == "Off" || text == "Automatic": return text
        default:
            note("instructions_bundling must be Off or Automatic")
            return "Off"
        }
    }

    private mutating func flag(_ name: String, _ tree: JSONValue?) -> Bool {
        switch tree {
        case nil, .null?: return false
        case .bool(let value)?: return value
        default:
            note("\(name) must be true or false")
            return false
        }
    }

    // MARK: Lists

    /// The elements of a list of nodes or edges; nil, and a problem, if it is none or too long.
    mutating func list(_ name: String, of flow: JSONObject, isRequired: Bool, countMax: Int) -> [JSONValue]? {
        switch flow[name] {
        case .array(let elements)?:
            guard elements.count <= countMax else {
                note("the document has \(elements.count) \(name), more than \(countMax)")
                return nil
            }
            return elements
        case nil, .null?:
            if isRequired { note("the document has no \(name)") }
            return nil
        default:
            note("\(name) must be an array")
            return nil
        }
    }
}

extension FlowNetwork {
    /// The clusters that a document may name (spec flow-engine 1.2).
    fileprivate static let clusters = ["devnet", "testnet", "mainnet-beta"]

    /// The public address of a cluster, for documents that give none.
    fileprivate static func address(of cluster: String) -> String { "https://api.\(cluster).solana.com" }
}

extension String {
    /// In quotation marks and cut, for problems that name something from the document.
    var quoted: String {
        String(JSONValue.string(self).quoted.dropFirst("string ".count))
    }

    /// As `quoted`, without the marks.
    var quotedContent: String { String(quoted.dropFirst().dropLast()) }
}
