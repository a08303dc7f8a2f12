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
    /// The request does not say that its body is JSON.
    case contentType
    /// There is an unknown field, on one of the few routes that refuse such fields.
    case unknownField(String)
    /// The inputs in the query of a read are not what they must be.
    case inputsQuery(String)

    var description: String {
        switch self {
        case .json(let error): "Json deserialize error: \(error)"
        case .field(let name, let rule): "\(name): \(rule)"
        case .inputsQuery(let reason): "invalid read inputs query payload: \(reason)"
        case .contentType: "Content type error"
        case .unknownField(let name): "unknown field `\(name.prefix(64))`"
        }
    }
}

extension JSONValue {
    /// What a body, or a part of a query, says in JSON.
    init(body: [UInt8]) throws(BodyError) {
        do throws(JSONError) {
            self = try JSONValue.parse(body)
        } catch {
            throw .json(error)
        }
    }
}

extension JSONObject {
    /// The members of a body. An empty body has none, whatever its content type (spec http-and-websocket 2.3).
    init(body: [UInt8]) throws(BodyError) {
        guard !body.isEmpty else {
            self.init()
            return
        }
        try self.init(requiredBody: body)
    }

    /// The members of a body that must be there.
    init(requiredBody body: [UInt8]) throws(BodyError) {
        let tree = try JSONValue(body: body)
        guard let object = tree.object else {
            throw .json(JSONError.unexpected(tree, expected: "an object"))
        }
        self = object
    }

    /// Refuses unknown fields, for the few routes that do so (spec http-and-websocket 2.7).
    func refuseFields(beyond known: [String]) throws(BodyError) {
        guard let entry = entries.first(where: { !known.contains($0.key) }) else { return }
        throw .unknownField(entry.key)
    }
}

/// The body of `/flow/stop` and its like (spec http-and-websocket 2.5).
struct ControlBody {
    let grace: Duration
    let reason: String?

    init(_ body: [UInt8]) throws(BodyError) {
        let members = try JSONObject(body: body)
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
        guard let tree = try JSONObject(body: body)["value"] else {
            throw .field("value", rule: "expected a tagged value")
        }
        do throws(ValueJSONError) {
            value = try ValueJSON.input(tree)
        } catch {
            throw .field("value", rule: error.description)
        }
    }
}
