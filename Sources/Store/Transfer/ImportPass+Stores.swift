// Key-value stores of an export: through the functions that keep the counters right.

internal import Chain
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
            guard try ask(ImportStatements.addQuotas, user) else {
                report.skipped(.quotas, "there already")
                continue
            }
            try ask(ImportStatements.setLimits, (user, limits.0, limits.1))
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
            switch try ask(KeyValueStatements.createStore, (user, name)) {
            case .success: report.imported(.stores)
            case .failure(.storeExists): report.skipped(.stores, "there already")
            case .failure: report.lost(row, "over the user's limit")
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
            let text = String(decoding: content, as: UTF8.self)
            guard ![item, text].contains(where: { KeyPairFinder.ed25519.findsKeyPair(inCell: $0) }) else {
                report.lost(row, "a key pair belongs into a wallet or a secret")
                continue
            }
            let key = (owner: user, store: store, key: item)
            let isKnown = try ask(ImportStatements.hasItem, key)
            guard !isKnown else {
                report.skipped(.items, "there already")
                continue
            }
            switch try ask(KeyValueStatements.write, (key, content)) {
            case .success: report.imported(.items)
            case .failure(.limitExceeded): report.lost(row, "over the user's limit")
            case .failure: report.lost(row, "the store is not there")
            }
        }
    }
}
