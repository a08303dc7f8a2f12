// The statements of the key-value stores. The functions behind them are described in Schema+Stores.

internal import Postgres

/// What is asked about key-value stores. Every answer is one row: an outcome, and the item's value before.
enum KeyValueStatements {
    static let all = [createStore, deleteStore, write, read, deleteItem]

    static let createStore = PostgresStatement(
        "kv_create_store", [.uuid, .text], "SELECT kv_create_store($1, $2), NULL::json")

    static let deleteStore = PostgresStatement(
        "kv_delete_store", [.uuid, .text], "SELECT kv_delete_store($1, $2), NULL::json")

    static let write = PostgresStatement(
        "kv_write_item", [.uuid, .text, .text, .json],
        "SELECT outcome, old_value FROM kv_write_item($1, $2, $3, $4)")

    static let read = PostgresStatement(
        "kv_read_item", [.uuid, .text, .text],
        """
        SELECT CASE WHEN EXISTS (SELECT FROM kvstore_metadata m WHERE m.user_id = $1 AND m.store_name = $2)
                THEN 'done' ELSE 'no store' END,
            (SELECT k.value FROM kvstore k WHERE k.user_id = $1 AND k.store_name = $2 AND k.key = $3)
        """)

    static let deleteItem = PostgresStatement(
        "kv_delete_item", [.uuid, .text, .text],
        "SELECT outcome, old_value FROM kv_delete_item($1, $2, $3)")
}
