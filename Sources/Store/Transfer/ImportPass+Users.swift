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
            let known = try ask(
                "SELECT id, pub_key FROM users WHERE pub_key = $1 FOR NO KEY UPDATE", [.text],
                [.text(publicKey.text)])
            if let user = try found({ () throws(PostgresError) in try UserRows.known(known) }) {
                users[id] = user
                report.skipped(.users, "there already")
                if user.user != id { report.notes.append("user \(id) is \(user.user) here") }
                continue
            }
            let isTaken = try isThere("SELECT 1 FROM users WHERE id = $1", [.uuid], [.uuid(id.id)])
            let user = KnownUser(user: isTaken ? UserID(.random()) : id, publicKey: publicKey)
            try ask(
                """
                INSERT INTO users (id, pub_key, email, created_at)
                SELECT $1, $2, CASE WHEN NOT EXISTS (SELECT FROM users u WHERE u.email = $3) THEN $3 END,
                    coalesce($4, now())
                """,
                [.uuid, .text, .text, .timestamptz],
                [
                    .uuid(user.user.id), .text(publicKey.text), .optionalText(try email(of: row)),
                    time.map { .timestamptz($0) } ?? .null,
                ])
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
                report.skipped(.allowedKeys, "of nobody in this export")
                continue
            }
            let isNew = try isThere(
                "INSERT INTO pubkey_whitelists (pubkey, info) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING pubkey",
                [.text, .text], [.text(publicKey.text), .optionalText(row["info"])])
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
            let known = try ask(
                "SELECT user_id FROM apikeys WHERE key_hash = $1", [.text], [.text(hash.text)])
            if known.count > 0 {
                let isOwn = try found { () throws(PostgresError) in try known[0].uuid(0) == user.id }
                report.skipped(.apiKeys, isOwn ? "there already" : "somebody else's here")
                continue
            }
            let held = try ask("SELECT name FROM apikeys WHERE user_id = $1", [.uuid], [.uuid(user.id)])
            guard held.count < Limits.apiKeysPerUserMax else {
                report.skipped(.apiKeys, "a user has at most \(Limits.apiKeysPerUserMax)")
                continue
            }
            var names: Set<String> = []
            for index in 0..<held.count {
                names.insert(try found { () throws(PostgresError) in try held[index].text(0) })
            }
            // One of these numbers must be free.
            let free =
                (2...held.count + 2).lazy.map { "\(name) (\($0))" }.first { !names.contains($0) } ?? name
            let isTaken = names.contains(name)
            try ask(
                """
                INSERT INTO apikeys (key_hash, user_id, name, trimmed_key, created_at)
                VALUES ($1, $2, $3, $4, coalesce($5, now()))
                """,
                [.text, .uuid, .text, .text, .timestamptz],
                [
                    .text(hash.text), .uuid(user.id), .text(isTaken ? free : name), .text(trimmed),
                    time.map { .timestamptz($0) } ?? .null,
                ])
            report.imported(.apiKeys)
            report.notes.append(
                "API key \(trimmed) lets in user \(user)\(isTaken ? ", under a name with a number" : "")")
        }
    }
}
