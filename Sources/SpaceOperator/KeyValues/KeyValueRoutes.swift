// Routes over the key-value stores of users, the same that nodes write.

internal import Dialect
internal import Engine
internal import Identity
internal import Primitives
internal import Values
internal import Wire

/// Spec http-and-websocket 2.9.
struct KeyValueRoutes {
    private let stores: any KeyValueStore
    private let findsKeyPair: @Sendable (Value) -> Bool

    static func all(_ services: SpaceOperatorServices) -> [Route] {
        guard let stores = services.keyValues else { return [] }
        let routes = KeyValueRoutes(stores: stores, findsKeyPair: services.findsKeyPair)
        return [
            routes.route("/kv/create_store", KeyValueBody.createStore, answer: done),
            routes.route("/kv/delete_store", KeyValueBody.deleteStore, answer: done),
            routes.route("/kv/write_item", routes.write) { .json(.ok, member("old_value", $0)) },
            routes.route("/kv/read_item", KeyValueBody.read) { found($0, as: "value") },
            routes.route("/kv/delete_item", KeyValueBody.deleteItem) { found($0, as: "old_value") },
        ]
    }

    private func route(
        _ path: String, _ read: @escaping @Sendable (JSONObject) throws(BodyError) -> KeyValueRequest,
        answer: @escaping @Sendable (Value?) -> HTTPResponse
    ) -> Route {
        Route(.post, path) { request in
            .asUser(.user) { user, request throws(BodyError) in
                let asked = try read(try KeyValueBody.members(of: request))
                return .ask(
                    RouteQuestion { goOn in
                        stores.perform(asked, of: user) { result in
                            switch result {
                            case .success(let value): goOn(.respond(answer(value)))
                            case .failure(let error): goOn(.respond(KeyValueRoutes.refusal(error, of: asked)))
                            }
                        }
                    })
            }
        }
    }

    /// What nodes write has its key pairs hidden already.
    @Sendable private func write(_ members: JSONObject) throws(BodyError) -> KeyValueRequest {
        let request = try KeyValueBody.write(members)
        guard case .write(let store, let key, let value) = request else { return request }
        let parts: [(String, Value)] = [("store", .string(store)), ("key", .string(key)), ("value", value)]
        for (name, part) in parts where findsKeyPair(part) {
            throw .field(name, rule: "a key pair belongs into a wallet or a secret, not into an item")
        }
        return request
    }

    @Sendable private static func done(_ value: Value?) -> HTTPResponse {
        .json(.ok, Array(#"{"success":true}"#.utf8))
    }

    /// An item that must be there.
    private static func found(_ value: Value?, as name: String) -> HTTPResponse {
        guard let value else { return .error(.notFound, "not found") }
        return .json(.ok, member(name, value))
    }

    private static func member(_ name: String, _ value: Value?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(name)
        if let value { writer.raw(ValueJSON.encode(value)) } else { writer.null() }
        writer.endObject()
        return writer.output
    }

    private static func refusal(_ error: KeyValueError, of request: KeyValueRequest) -> HTTPResponse {
        switch (error, request) {
        case (.invalidStoreName, .createStore(let name)) where name.utf8.count > Limits.storeNameBytesMax:
            .error(.badRequest, "max store name length is \(Limits.storeNameBytesMax)")
        case (.invalidStoreName, _):
            .error(.badRequest, "store name must match the regex: '^[a-zA-Z][a-zA-Z0-9_-]*$'")
        case (.storeExists, _): .error(.preconditionFailed, error.description)
        case (.limitExceeded, _): .error(.forbidden, error.description)
        // If the store does not exist, the item does not either.
        case (.storeNotFound, .read), (.storeNotFound, .deleteItem): .error(.notFound, "not found")
        case (.storeNotFound, _): .error(.notFound, error.description)
        case (.invalidKey, _), (.itemTooLarge, _): .error(.badRequest, error.description)
        case (.storage(.failed), _): .error(.internalServerError, error.description)
        case (.storage, _): .unavailable(error.description)
        }
    }
}
