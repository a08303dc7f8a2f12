// The bodies of the key-value routes, read and checked.

internal import Engine
internal import Values
internal import Wire

/// Each route needs a JSON object with certain texts (spec http-and-websocket 2.9).
enum KeyValueBody {
    /// The members of a body, which must say that it is JSON and be an object.
    static func members(of request: HTTPRequest) throws(BodyError) -> JSONObject {
        guard request.declaresJSON else {
            throw .field("Content-Type", rule: "expected application/json")
        }
        return try JSONObject(requiredBody: request.body)
    }

    static func createStore(_ members: JSONObject) throws(BodyError) -> KeyValueRequest {
        .createStore(try text("store", members))
    }

    static func deleteStore(_ members: JSONObject) throws(BodyError) -> KeyValueRequest {
        .deleteStore(try text("store", members))
    }

    static func write(_ members: JSONObject) throws(BodyError) -> KeyValueRequest {
        let (store, key) = (try text("store", members), try text("key", members))
        guard let tree = members["value"] else { throw .field("value", rule: "expected a tagged value") }
        do throws(ValueJSONError) {
            return .write(store: store, key: key, try ValueJSON.input(tree))
        } catch {
            throw .field("value", rule: error.description)
        }
    }

    static func read(_ members: JSONObject) throws(BodyError) -> KeyValueRequest {
        .read(store: try text("store", members), key: try text("key", members))
    }

    static func deleteItem(_ members: JSONObject) throws(BodyError) -> KeyValueRequest {
        .deleteItem(store: try text("store", members), key: try text("key", members))
    }

    private static func text(_ name: String, _ members: JSONObject) throws(BodyError) -> String {
        guard let text = members[name]?.string else { throw .field(name, rule: "expected a string") }
        return text
    }
}
