// Wallets and secrets of an export. Keys are sealed here on their way in, and never part of a report or an error.

internal import Engine
internal import Identity
internal import Postgres
internal import Primitives
internal import Transfer

extension ImportPass {
    /// A wallet with everything that must be known before it is written.
    private struct Draft {
        let row: ExportRow
        let owner: KnownUser
        let number: Int64?
        let publicKey: PublicKey
        let pair: Ed25519KeyPair?
        let saysKept: Bool
    }

    /// If a key has several wallets, the first one is kept. Wallets that the server signs with come first, so that one
    /// of them is kept.
    mutating func importWallets() throws(ImportFailure) {
        var drafts: [Draft] = []
        for row in rows(.wallets) { drafts.append(try draft(row)) }
        try reserve(drafts.compactMap(\.number), of: "wallets")
        for draft in drafts.filter({ $0.pair != nil }) + drafts.filter({ $0.pair == nil }) {
            try importWallet(draft)
        }
        for user in users.values where newUsers.contains(user.user) {
            try ask(
                """
                INSERT INTO wallets (user_id, public_key, name, verified_at) SELECT $1, $2, 'Main wallet', now()
                WHERE NOT EXISTS (SELECT FROM wallets w WHERE w.user_id = $1 AND w.public_key = $2)
                """, [.uuid, .text], [.uuid(user.user.id), .text(user.publicKey.text)])
        }
    }

    private func draft(_ row: ExportRow) throws(ImportFailure) -> Draft {
        let owner = try owner(of: row)
        return try reading { () throws(TransferError) in
            let publicKey = try row.publicKey("public_key")
            guard let type = WalletKind(rawValue: row["type"] ?? WalletKind.adapter.rawValue) else {
                throw row.failure("type", "expected HARDCODED or ADAPTER")
            }
            // Sealed keys belong to the user who exported.
            let isExporters = UserID(try row.uuid("user_id")) == file.user
            let sealed = isExporters ? secrets?.keyPairs.first { $0.publicKey == publicKey } : nil
            return Draft(
                row: row, owner: owner, number: try row.number("id"), publicKey: publicKey,
                pair: try row.keyPair("keypair", of: publicKey) ?? sealed, saysKept: type == .kept)
        }
    }

    private mutating func importWallet(_ draft: Draft) throws(ImportFailure) {
        let user = draft.owner.user
        let box = draft.pair.map { PostgresValue.bytea(WalletSeal.seal($0, of: user, under: key)) }
        let known = try ask(
            "SELECT id, type FROM wallets WHERE user_id = $1 AND public_key = $2", [.uuid, .text],
            [.uuid(user.id), .text(draft.publicKey.text)])
        if known.count > 0 {
            let (id, type) = try found { () throws(PostgresError) in
                (try known[0].bigint(0), try known[0].text(1))
            }
            note(draft.number, is: id)
            guard let box, type == WalletKind.adapter.rawValue else {
                return report.skipped(.wallets, "a wallet of this key is there already")
            }
            try ask(
                "UPDATE wallets SET type = 'HARDCODED', sealed_keypair = $2, verified_at = now() WHERE id = $1",
                [.bigint, .bytea], [.bigint(id), box])
            return report.completed(.wallets)
        }
        let count = try ask("SELECT count(*) FROM wallets WHERE user_id = $1", [.uuid], [.uuid(user.id)])
        guard try found({ () throws(PostgresError) in try count[0].bigint(0) }) < Limits.walletsPerUserMax
        else {
            return report.skipped(.wallets, "a user has at most \(Limits.walletsPerUserMax)")
        }
        let id = try add(draft, box)
        note(draft.number, is: id)
        report.imported(.wallets)
        if draft.saysKept, box == nil {
            report.notes.append(
                "wallet \(id) came without its key: its holder signs, until an import brings the key")
        }
    }

    private func add(_ draft: Draft, _ box: PostgresValue?) throws(ImportFailure) -> Int64 {
        var number = draft.number
        if let old = number {
            let isFree =
                old > 0 && old <= Limits.importedNumberMax
                ? try !isThere("SELECT 1 FROM wallets WHERE id = $1", [.bigint], [.bigint(old)]) : false
            if !isFree { number = nil }
        }
        let (row, textMax) = (draft.row, Limits.walletTextBytesMax)
        let values = try reading { () throws(TransferError) -> [PostgresValue] in
            [
                .text(try row.text("adapter", bytesMax: textMax)),
                .text(try row.text("name", bytesMax: textMax)),
                .text(try row.text("description", bytesMax: textMax)),
                row["icon"] == nil ? .null : .text(try row.text("icon", bytesMax: textMax)),
                row["purpose"] == nil ? .null : .text(try row.text("purpose", bytesMax: textMax)),
                try row.time("created_at").map { .timestamptz($0) } ?? .null,
            ]
        }
        // The user is known to hold the key by which they log in. Nobody here has verified other keys.
        let isSeen = box != nil || draft.publicKey == draft.owner.publicKey
        let made = try ask(
            """
            INSERT INTO wallets (id, user_id, type, public_key, sealed_keypair, verified_at, adapter, name, description,
                icon, purpose, created_at)
            VALUES (coalesce($1, nextval(pg_get_serial_sequence('wallets', 'id'))), $2, $3, $4, $5,
                CASE WHEN $6 THEN now() END, $7, $8, $9, $10, $11, coalesce($12, now()))
            RETURNING id
            """,
            [
                .bigint, .uuid, .text, .text, .bytea, .bool, .text, .text, .text, .text, .text, .timestamptz,
            ],
            [
                number.map { .bigint($0) } ?? .null, .uuid(draft.owner.user.id),
                .text((box == nil ? WalletKind.adapter : .kept).rawValue), .text(draft.publicKey.text),
                box ?? .null,
                .bool(isSeen),
            ] + values)
        return try found { () throws(PostgresError) in try made[0].bigint(0) }
    }

    /// Notes the id of a wallet in the export and its id here.
    private mutating func note(_ old: Int64?, is new: Int64) {
        guard let old, old != new else { return }
        renaming.wallets[old] = new
        report.notes.append("wallet \(old) is \(new) here")
    }

    /// Imports the secrets of the vault, sealed anew for the user that the exporter is here.
    mutating func importVault() throws(ImportFailure) {
        guard file[.secrets] != nil else { return }
        guard let secrets, let user = users[file.user]?.user else {
            return report.skipped(.secrets, "no passphrase was given")
        }
        for (provider, label, secret) in secrets.vault {
            guard let name = VaultName("\(provider)/\(label)"),
                secret.utf8.count <= Limits.vaultSecretBytesMax
            else {
                throw .export(
                    .file(
                        rule: "secrets: a secret has a name and at most \(Limits.vaultSecretBytesMax) bytes"))
            }
            let isNew = try isThere(
                """
                INSERT INTO vault_secrets (user_id, provider, label, sealed) VALUES ($1, $2, $3, $4)
                ON CONFLICT DO NOTHING RETURNING label
                """,
                [.uuid, .text, .text, .bytea],
                [
                    .uuid(user.id), .text(name.provider), .text(name.label),
                    .bytea(name.seal(secret, of: user, under: key)),
                ])
            if isNew { report.imported(.secrets) } else { report.skipped(.secrets, "there already") }
        }
    }
}
