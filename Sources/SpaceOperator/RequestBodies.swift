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

    init(_ body: [UInt8]) throws(BodyError) {
        let members = try members(of: body)
        inputs = try StartBody.inputs(members["inputs"])
        environment = try StartBody.environment(members["environment"])
        if let flag = members["output_instructions"], flag.bool == nil {
            throw .field("output_instructions", rule: "expected a boolean")
        }
        // Running a part of a flow as if it were the whole would be worse than a refusal.
        if let partial = members["partial_config"], partial != .null {
            throw .field("partial_config", rule: "partial runs are not supported by this server")
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
