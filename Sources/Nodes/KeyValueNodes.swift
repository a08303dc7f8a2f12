// Nodes that keep values in the stores of the flow's owner, whoever started the run (spec nodes 2.6).

internal import Engine
internal import Values

/// The kinds around key-value stores.
enum KeyValueNodes {
    static func kinds(_ services: NodeServices) -> [NodeKind] {
        let stores = services.keyValues
        return [
            createStore(stores), deleteStore(stores), writeItem(stores), readItem(stores), deleteItem(stores),
            KeyValueExplorer.kind(stores),
        ]
    }

    private static func createStore(_ stores: any KeyValueStore) -> NodeKind {
        kind(
            "kv_create_store", "Creates a store.", inputs: [port("store", passthrough: true)],
            conduct: .changing
        ) { call in
            let store: String = try call.inputs.required("store")
            stores.perform(.createStore(store), of: call.context.owner) { result in
                call.end {
                    _ = try result.get()
                    return [:]
                }
            }
        }
    }

    private static func deleteStore(_ stores: any KeyValueStore) -> NodeKind {
        kind(
            "kv_delete_store", "Deletes a store with all its items.",
            inputs: [port("store", passthrough: true)], conduct: .changing
        ) { call in
            let store: String = try call.inputs.required("store")
            stores.perform(.deleteStore(store), of: call.context.owner) { result in
                call.end {
                    _ = try result.get()
                    return [:]
                }
            }
        }
    }

    private static func writeItem(_ stores: any KeyValueStore) -> NodeKind {
        kind(
            "kv_write_item",
            "Writes an item of a store; old_value is what was there before, Null if nothing was.",
            inputs: [
                port("store", passthrough: true), port("key", passthrough: true),
                InputPort("value", passthrough: true),
            ], outputs: [OutputPort("old_value", optional: true)], conduct: .changing
        ) { call in
            let store: String = try call.inputs.required("store")
            let key: String = try call.inputs.required("key")
            let value: Value = try call.inputs.required("value")
            // Storing a value drops the mark that hides it, so secrets are refused.
            guard !value.holdsSecret else { throw NodeFailure.secret }
            stores.perform(.write(store: store, key: key, value), of: call.context.owner) { result in
                call.end { ["old_value": try result.get() ?? .null] }
            }
        }
    }

    /// Without a default that is not Null, a missing item is an error, and so is one in a missing store.
    private static func readItem(_ stores: any KeyValueStore) -> NodeKind {
        kind(
            "kv_read_item", "Reads an item of a store, or takes the default if there is none.",
            inputs: [port("store"), port("key"), InputPort("default", required: false)],
            outputs: [OutputPort("value"), OutputPort("found", type: "bool")], conduct: .reading
        ) { call in
            let store: String = try call.inputs.required("store")
            let key: String = try call.inputs.required("key")
            let substitute: Value? = try call.inputs.optional("default")
            stores.perform(.read(store: store, key: key), of: call.context.owner) { result in
                call.end {
                    if let value = try result.ifStored() { return ["value": value, "found": .bool(true)] }
                    guard let substitute else { throw NodeFailure("not found") }
                    return ["value": substitute, "found": .bool(false)]
                }
            }
        }
    }

    /// Deleting an item that is not there is no error.
    private static func deleteItem(_ stores: any KeyValueStore) -> NodeKind {
        kind(
            "kv_delete_item", "Deletes an item of a store; old_value is what was there, Null if nothing was.",
            inputs: [port("store", passthrough: true), port("key", passthrough: true)],
            outputs: [OutputPort("old_value", optional: true)], conduct: .changing
        ) { call in
            let store: String = try call.inputs.required("store")
            let key: String = try call.inputs.required("key")
            stores.perform(.deleteItem(store: store, key: key), of: call.context.owner) { result in
                call.end { ["old_value": try result.get() ?? .null] }
            }
        }
    }

    private static func port(_ name: String, passthrough: Bool = false) -> InputPort {
        InputPort(name, types: ["string"], passthrough: passthrough)
    }

    private static func kind(
        _ name: String, _ summary: String, inputs: [InputPort], outputs: [OutputPort] = [],
        conduct: NodeConduct, ask: @escaping @Sendable (NodeCall) throws -> Void
    ) -> NodeKind {
        .asking(
            name: "@spo/kvstore.\(name).0.1", aliases: [name], summary: summary, inputs: inputs,
            outputs: outputs, conduct: conduct, ask: ask)
    }
}

extension Result where Success == Value?, Failure == KeyValueError {
    /// The value that was read; nil if the item or its store is not there.
    func ifStored() throws(KeyValueError) -> Value? {
        if case .failure(.storeNotFound) = self { return nil }
        return try get()
    }
}
