// The users of an export, with the keys by which they log in.

internal import Engine
internal import Identity
internal import Postgres
internal import Primitives
internal import Transfer
internal import Wire

extension ImportPass {
    /// A user is identified by the public key. A user of the export whose key is known here becomes that user, whatever
    /// the id in the export.
    mutating func importUsers() throws(ImportFailure) {
        for row in rows(.users) {
            let (id, publicKey, time) = try reading { () throws(TransferError) in
                (UserID(try row.uuid("id")), try Self.publicKey(of: row), try row.time("created_at"))
            }
            guard users[id] == nil else { throw .export(row.failure("id", "expected an id of its own")) }
            if let user = try ask(ImportStatements.lockUser, publicKey) {
                users[id] = user
                report.skipped(.users, "there already")
                if user.user != id { report.notes.append("user \(id) is \(user.user) here") }
                continue
            }
            let isTaken = try ask(ImportStatements.hasUser, id)
            let user = KnownUser(user: isTaken ? UserID(.random()) : id, publicKey: publicKey)
            try ask(ImportStatements.addUser, (user, email: try email(of: row), createdAt: time))
            users[id] = user
            newUsers.insert(user.user)
            report.imported(.users)
            if isTaken { report.notes.append("user \(id) is \(user.user) here") }
        }
        guard !users.isEmpty else {
            throw .export(.file(rule: "users is missing or empty: there is nobody to import"))
        }
    }

    private static func publicKey(of row: ExportRow) throws(TransferError) -> PublicKey {
        let members = try row.json("raw_user_meta_data")
        guard let key = (members?["pubkey"] ?? members?["pub_key"])?.string.flatMap({ PublicKey($0) }) else {
            throw row.failure("raw_user_meta_data", "expected pubkey, 32 bytes in Base58")
        }
        return key
    }

    private func email(of row: ExportRow) throws(ImportFailure) -> String? {
        let text = try reading { () throws(TransferError) in
            try row.text("email", bytesMax: Limits.walletTextBytesMax)
        }
        return text.isEmpty ? nil : text
    }

    /// Keys that may sign up. Only those of the export's users are taken: an export lets nobody else in.
    mutating func importAllowedKeys() throws(ImportFailure) {
        let own = Set(users.values.map(\.publicKey))
        for row in rows(.allowedKeys) {
            let publicKey = try reading { () throws(TransferError) in try row.publicKey("pubkey") }
            guard own.contains(publicKey) else {
                report.lost(row, "of nobody in this export")
                continue
            }
            let isNew = try ask(ImportStatements.allowKey, (publicKey, info: row["info"]))
            if isNew { report.imported(.allowedKeys) } else { report.skipped(.allowedKeys, "there already") }
        }
    }

    /// Imports the hashes of API keys, so that the keys go on working. A name that the user has given to another key
    /// gets a number.
    mutating func importAPIKeys() throws(ImportFailure) {
        for row in rows(.apiKeys) {
            let user = try owner(of: row).user
            let (hash, name, trimmed, time) = try reading { () throws(TransferError) in
                guard let hash = APIKeyHash(try row.required("key_hash")) else {
                    throw row.failure("key_hash", "expected 32 bytes in Base64")
                }
                let name = try row.text("name", bytesMax: Limits.apiKeyNameBytesMax)
                guard !name.isEmpty else { throw row.failure("name", "expected a text") }
                return (hash, name, try row.text("trimmed_key", bytesMax: 16), try row.time("created_at"))
            }
            if let owner = try ask(APIKeyStatements.owner, hash) {
                if owner == user {
                    report.skipped(.apiKeys, "there already")
                } else {
                    report.lost(row, "somebody else's here")
                }
                continue
            }
            let held = try ask(ImportStatements.keyNames, user)
            guard held.count < Limits.apiKeysPerUserMax else {
                report.lost(row, "a user has at most \(Limits.apiKeysPerUserMax)")
                continue
            }
            let names = Set(held)
            // One of these numbers must be free.
            let free =
                (2...held.count + 2).lazy.map { "\(name) (\($0))" }.first { !names.contains($0) } ?? name
            let isTaken = names.contains(name)
            try ask(
                ImportStatements.addKey,
                ImportStatements.NewKey(
                    hash: hash, user: user, name: isTaken ? free : name, trimmed: trimmed, createdAt: time))
            report.imported(.apiKeys)
            report.notes.append(
                "API key \(trimmed) lets in user \(user)\(isTaken ? ", under a name with a number" : "")")
        }
    }
}
