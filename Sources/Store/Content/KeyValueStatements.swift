// The statements of the key-value stores. The functions behind them are described in Schema+Stores.

internal import Engine
internal import Postgres
internal import Primitives
internal import Values

/// What is asked about key-value stores. Every answer is an outcome with the item's value before.
enum KeyValueStatements {
    static let all: [any ListedStatement] = [createStore, deleteStore, write, read, deleteItem]

    typealias Outcome = Result<Value?, KeyValueError>
    /// A store of a user.
    typealias Store = (owner: UserID, name: String)
    /// An item in a store of a user.
    typealias Item = (owner: UserID, store: String, key: String)

    static let createStore = Statement<Store, Outcome>("kv_create_store", on: .userContent) { q in
        let owner = q.parameter(.user) { $0.owner }
        let name = q.parameter(.text) { $0.name }
        return outcome("kv_create_store(\(owner), \(name))", old: "NULL::json", &q)
    }

    static let deleteStore = Statement<Store, Outcome>("kv_delete_store", on: .userContent) { q in
        let owner = q.parameter(.user) { $0.owner }
        let name = q.parameter(.text) { $0.name }
        return outcome("kv_delete_store(\(owner), \(name))", old: "NULL::json", &q)
    }

    static let write = Statement<(item: Item, content: [UInt8]), Outcome>(
        "kv_write_item", on: .userContent
    ) { q in
        let owner = q.parameter(.user) { $0.item.owner }
        let store = q.parameter(.text) { $0.item.store }
        let key = q.parameter(.text) { $0.item.key }
        let content = q.parameter(.json) { $0.content }
        return outcome(
            "outcome", old: "old_value", from: "FROM kv_write_item(\(owner), \(store), \(key), \(content))",
            &q)
    }

    static let read = Statement<Item, Outcome>("kv_read_item", on: .userContent) { q in
        let owner = q.parameter(.user) { $0.owner }
        let store = q.parameter(.text) { $0.store }
        let key = q.parameter(.text) { $0.key }
        return outcome(
            """
            CASE WHEN EXISTS (
                    SELECT FROM kvstore_metadata m WHERE m.user_id = \(owner) AND m.store_name = \(store))
                THEN 'done' ELSE 'no store' END
            """,
            old: """
                (SELECT k.value FROM kvstore k
                WHERE k.user_id = \(owner) AND k.store_name = \(store) AND k.key = \(key))
                """, &q)
    }

    static let deleteItem = Statement<Item, Outcome>("kv_delete_item", on: .userContent) { q in
        let owner = q.parameter(.user) { $0.owner }
        let store = q.parameter(.text) { $0.store }
        let key = q.parameter(.text) { $0.key }
        return outcome(
            "outcome", old: "old_value", from: "FROM kv_delete_item(\(owner), \(store), \(key))", &q)
    }

    private static func outcome<Input>(
        _ outcome: String, old: String, from source: String = "", _ q: inout StatementBuilder<Input>
    ) -> StatementBody<Outcome> {
        let outcome = q.column(outcome, .text)
        let old = q.column(old, .optional(.value))
        return q.one("SELECT \(q.columns) \(source)") { row throws(PostgresError) in
            switch try row[outcome] {
            case "done": return .success(try row[old])
            case "exists": return .failure(.storeExists)
            case "no store": return .failure(.storeNotFound)
            case "full": return .failure(.limitExceeded)
            default: throw .unreadable("answer about an item")
            }
        }
    }
}
