// Key-value stores of an export: through the functions that keep the counters right.

internal import Engine
internal import Identity
internal import Postgres
internal import Primitives
internal import Transfer
internal import Values
internal import Wire

extension ImportPass {
    /// Imports the limits of users. The counters are not imported: they count again while the items come in.
    mutating func importQuotas() throws(ImportFailure) {
        for row in rows(.quotas) {
            let user = try owner(of: row).user
            let limits = try reading { () throws(TransferError) in
                (try row.number("kvstore_count_limit"), try row.number("kvstore_size_limit"))
            }
            let isNew = try isThere(
                "INSERT INTO user_quotas (user_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING user_id",
                [.uuid],
                [.uuid(user.id)])
            guard isNew else {
                report.skipped(.quotas, "there already")
                continue
            }
            try ask(
                """
                UPDATE user_quotas SET kvstore_count_limit = coalesce($2, kvstore_count_limit),
                    kvstore_size_limit = coalesce($3, kvstore_size_limit)
                WHERE user_id = $1
                """,
                [.uuid, .bigint, .bigint],
                [
                    .uuid(user.id), limits.0.map { .bigint($0) } ?? .null,
                    limits.1.map { .bigint($0) } ?? .null,
                ])
            report.imported(.quotas)
        }
    }

    mutating func importStores() throws(ImportFailure) {
        for row in rows(.stores) {
            let user = try owner(of: row).user
            let name = try reading { () throws(TransferError) in try row.required("store_name") }
            guard KeyValueRequest.isStoreName(name) else {
                throw .export(row.failure("store_name", "expected a letter, then letters, digits, _ or -"))
            }
            let rows = try ask(
                KeyValueStatements.createStore.sql, KeyValueStatements.createStore.parameters,
                [.uuid(user.id), .text(name)])
            switch try found({ () throws(PostgresError) in try rows[0].text(0) }) {
            case "done": report.imported(.stores)
            case "exists": report.skipped(.stores, "there already")
            default: report.skipped(.stores, "over the user's limit")
            }
        }
    }

    mutating func importItems() throws(ImportFailure) {
        for row in rows(.items) {
            let user = try owner(of: row).user
            let (store, item, content) = try reading { () throws(TransferError) in
                let (store, item) = (try row.required("store_name"), try row.required("key"))
                guard let tree = try row.json("value"), let value = try? ValueJSON.input(tree) else {
                    throw row.failure("value", "expected a value")
                }
                do throws(KeyValueError) {
                    return (
                        store, item,
                        try KeyValueRequest.write(store: store, key: item, value).checkedContent()
                    )
                } catch {
                    throw row.failure(nil, error.description)
                }
            }
            let isKnown = try isThere(
                "SELECT 1 FROM kvstore WHERE user_id = $1 AND store_name = $2 AND key = $3",
                [.uuid, .text, .text],
                [.uuid(user.id), .text(store), .text(item)])
            guard !isKnown else {
                report.skipped(.items, "there already")
                continue
            }
            let rows = try ask(
                KeyValueStatements.write.sql, KeyValueStatements.write.parameters,
                [.uuid(user.id), .text(store), .text(item), .json(content)])
            switch try found({ () throws(PostgresError) in try rows[0].text(0) }) {
            case "done": report.imported(.items)
            case "full": report.skipped(.items, "over the user's limit")
            default: report.skipped(.items, "their store is not there")
            }
        }
    }
}
