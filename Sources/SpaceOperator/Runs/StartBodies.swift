// The bodies of requests that start runs, read and checked.

internal import Chain
internal import Engine
internal import Primitives
internal import Values
internal import Wire

extension JSONObject {
    /// Values for the flow's inputs, tagged or plain.
    var inputs: ValueMap {
        get throws(BodyError) {
            guard let tree = self["inputs"] else { return ValueMap() }
            guard let object = tree.object else { throw .field("inputs", rule: "expected an object") }
            var inputs = ValueMap()
            for entry in object.entries {
                do throws(ValueJSONError) {
                    inputs[entry.key] = try ValueJSON.input(entry.value)
                } catch {
                    throw .field("inputs.\(entry.key.prefix(64))", rule: error.description)
                }
            }
            return inputs
        }
    }

    /// Whether the transaction is to be given out in place of being sent.
    var collectsInstructions: Bool {
        get throws(BodyError) {
            switch self["output_instructions"] {
            case nil, .null?: false
            case .bool(let flag)?: flag
            default: throw .field("output_instructions", rule: "expected a boolean")
            }
        }
    }

    /// A public key as Base58, if there is one.
    fileprivate func publicKey(_ name: String, in place: String = "") throws(BodyError) -> Bytes32? {
        switch self[name] {
        case nil, .null?: return nil
        case let tree?:
            guard let key = Bytes32(base58: tree) else {
                throw .field(place + name, rule: "expected a public key")
            }
            return key
        }
    }
}

/// The body of `/flow/start` (spec http-and-websocket 2.5).
struct StartBody {
    let inputs: ValueMap
    let environment: [String: String]
    let partial: PartialConfig?
    let collectsInstructions: Bool

    init(_ body: [UInt8]) throws(BodyError) {
        let members = try JSONObject(body: body)
        inputs = try members.inputs
        environment = try StartBody.environment(members["environment"])
        partial = try StartBody.partial(members["partial_config"])
        collectsInstructions = try members.collectsInstructions
    }

    /// Spec flow-engine 12.1.
    private static func partial(_ tree: JSONValue?) throws(BodyError) -> PartialConfig? {
        guard let tree, tree != .null else { return nil }
        guard let nodes = tree["only_nodes"]?.array else {
            throw .field("partial_config.only_nodes", rule: "expected an array of node ids")
        }
        let only = nodes.compactMap { $0.string.flatMap { NodeID($0) } }
        guard only.count == nodes.count else {
            throw .field("partial_config.only_nodes", rule: "expected UUIDs")
        }
        guard !only.isEmpty else {
            throw .field("partial_config.only_nodes", rule: "expected at least one node")
        }
        let values = tree["values_config"]
        var runs: [NodeID: RunID] = [:]
        for entry in values?["nodes"]?.object?.entries ?? [] {
            guard let node = NodeID(entry.key), let run = entry.value.string.flatMap({ RunID($0) }) else {
                throw .field("partial_config.values_config.nodes", rule: "expected UUIDs of nodes and runs")
            }
            runs[node] = run
        }
        var defaultRun: RunID?
        if let tree = values?["default_run_id"], tree != .null {
            guard let run = tree.string.flatMap({ RunID($0) }) else {
                throw .field("partial_config.values_config.default_run_id", rule: "expected a UUID or null")
            }
            defaultRun = run
        }
        return PartialConfig(onlyNodes: only, runs: runs, defaultRun: defaultRun)
    }

    private static func environment(_ tree: JSONValue?) throws(BodyError) -> [String: String] {
        guard let tree else { return [:] }
        guard let object = tree.object else { throw .field("environment", rule: "expected an object") }
        var environment: [String: String] = [:]
        for entry in object.entries {
            guard let text = entry.value.string else {
                throw .field("environment.\(entry.key.prefix(64))", rule: "expected a string")
            }
            environment[entry.key] = text
        }
        return environment
    }
}

/// The body of `/flow/start_shared` (spec http-and-websocket 2.5).
struct SharedStartBody {
    let inputs: ValueMap
    let collectsInstructions: Bool

    init(_ body: [UInt8]) throws(BodyError) {
        let members = try JSONObject(body: body)
        inputs = try members.inputs
        collectsInstructions = try members.collectsInstructions
    }
}

/// The body of `/flow/start_unverified` (spec http-and-websocket 2.5).
struct UnverifiedStartBody {
    let inputs: ValueMap
    let collectsInstructions: Bool
    let fees: [FlowFee]
    let actionIdentity: Bytes32?
    let actionSigner: Bytes32?

    init(_ body: [UInt8]) throws(BodyError) {
        let members = try JSONObject(body: body)
        inputs = try members.inputs
        collectsInstructions = try members.collectsInstructions
        fees = try UnverifiedStartBody.fees(members["fees"])
        let identity = try members.publicKey("action_identity")
        switch members["action_config"] {
        case nil, .null?: (actionIdentity, actionSigner) = (identity, nil)
        case .object(let config)?:
            guard let signer = try config.publicKey("action_signer", in: "action_config."),
                let ownIdentity = try config.publicKey("action_identity", in: "action_config.")
            else { throw .field("action_config", rule: "expected action_signer and action_identity") }
            (actionIdentity, actionSigner) = (ownIdentity, signer)
        default: throw .field("action_config", rule: "expected an object or null")
        }
    }

    private static func fees(_ tree: JSONValue?) throws(BodyError) -> [FlowFee] {
        guard let tree else { return [] }
        let rule = "expected pairs of a public key and an amount"
        guard let pairs = tree.array else { throw .field("fees", rule: rule) }
        guard pairs.count <= Limits.feesPerRunMax else {
            throw .field("fees", rule: "expected at most \(Limits.feesPerRunMax) pairs")
        }
        var fees: [FlowFee] = []
        for (index, pair) in pairs.enumerated() {
            guard let parts = pair.array, parts.count == 2, let receiver = Bytes32(base58: parts[0]),
                let lamports = parts[1].number?.integer(UInt64.self)
            else { throw .field("fees[\(index)]", rule: rule) }
            fees.append(FlowFee(receiver: receiver, lamports: lamports))
        }
        return fees
    }
}

/// The body of `/deployment/start`, which refuses fields that it does not know (spec http-and-websocket 2.7).
struct DeploymentStartBody {
    let inputs: ValueMap
    let actionSigner: Bytes32?
    let collectsInstructions: Bool

    init(_ body: [UInt8]) throws(BodyError) {
        let members = try JSONObject(body: body)
        try members.refuseFields(beyond: ["inputs", "action_signer", "output_instructions"])
        inputs = members["inputs"] == .null ? ValueMap() : try members.inputs
        collectsInstructions = try members.collectsInstructions
        actionSigner = try DeploymentStartBody.signer(members["action_signer"])
    }

    /// Base58 of a key or a key pair, the bytes of one, or an object with a public key.
    private static func signer(_ tree: JSONValue?) throws(BodyError) -> Bytes32? {
        guard let tree, tree != .null else { return nil }
        guard let value = try? ValueJSON.input(tree), let key = try? value.readPublicKey() else {
            throw .field("action_signer", rule: "expected a public key")
        }
        return key
    }
}

extension Bytes32 {
    /// The key of a Base58 text; nil for anything else.
    fileprivate init?(base58 tree: JSONValue) {
        guard let text = tree.string, let bytes = Base58.decode(text) else { return nil }
        self.init(bytes)
    }
}
