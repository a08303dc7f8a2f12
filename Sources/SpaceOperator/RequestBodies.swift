// The JSON bodies of the Space Operator routes, read and checked.

internal import Engine
internal import Primitives
internal import Values
internal import Wire

/// What is wrong with a body; names the field and the rule.
enum BodyError: Error, CustomStringConvertible {
    case json(JSONError)
    /// A field is not what it must be.
    case field(String, rule: String)

    var description: String {
        switch self {
        case .json(let error): "Json deserialize error: \(error)"
        case .field(let name, let rule): "\(name): \(rule)"
        }
    }
}

/// The members of a body. An empty body has none, whatever its content type (spec http-and-websocket 2.3).
private func members(of body: [UInt8]) throws(BodyError) -> JSONObject {
    guard !body.isEmpty else { return JSONObject() }
    do throws(JSONError) {
        let tree = try JSONValue.parse(body)
        guard let object = tree.object else { throw JSONError.unexpected(tree, expected: "an object") }
        return object
    } catch {
        throw .json(error)
    }
}

/// The body of `/flow/start` (spec http-and-websocket 2.5).
struct StartBody {
    let inputs: ValueMap
    let environment: [String: String]
    let partial: PartialConfig?
    let collectsInstructions: Bool

    init(_ body: [UInt8]) throws(BodyError) {
        let members = try members(of: body)
        inputs = try StartBody.inputs(members["inputs"])
        environment = try StartBody.environment(members["environment"])
        partial = try StartBody.partial(members["partial_config"])
        switch members["output_instructions"] {
        case nil, .null?: collectsInstructions = false
        case .bool(let flag)?: collectsInstructions = flag
        default: throw .field("output_instructions", rule: "expected a boolean")
        }
    }

    private static func inputs(_ tree: JSONValue?) throws(BodyError) -> ValueMap {
        guard let tree else { return ValueMap() }
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

/// The body of `/flow/stop` (spec http-and-websocket 2.5).
struct StopBody {
    let grace: Duration
    let reason: String?

    init(_ body: [UInt8]) throws(BodyError) {
        let members = try members(of: body)
        switch members["timeout_millies"] {
        case nil: grace = .zero
        case let tree?:
            guard let milliseconds = tree.number?.integer(UInt32.self) else {
                throw .field("timeout_millies", rule: "expected an integer from 0 to \(UInt32.max)")
            }
            grace = .milliseconds(Int64(milliseconds))
        }
        switch members["reason"] {
        case nil, .null?: reason = nil
        case let tree?:
            guard let text = tree.string else { throw .field("reason", rule: "expected a string or null") }
            reason = text
        }
    }
}

/// The body of `/flow/submit` (spec flow-engine 15.3).
struct SubmitBody {
    let value: Value

    init(_ body: [UInt8]) throws(BodyError) {
        guard let tree = try members(of: body)["value"] else {
            throw .field("value", rule: "expected a tagged value")
        }
        do throws(ValueJSONError) {
            value = try ValueJSON.input(tree)
        } catch {
            throw .field("value", rule: error.description)
        }
    }
}
