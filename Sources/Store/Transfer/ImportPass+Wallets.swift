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
        try reserve(drafts.compactMap(\.number), ImportStatements.reserveWallets)
        for draft in drafts.filter({ $0.pair != nil }) + drafts.filter({ $0.pair == nil }) {
            try importWallet(draft)
        }
        for user in users.values where newUsers.contains(user.user) {
            try ask(ImportStatements.addMainWallet, user)
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
        let box = draft.pair.map { WalletSeal.seal($0, of: user, under: key) }
        let known = try ask(
            ImportStatements.walletOfKey, KnownUser(user: user, publicKey: draft.publicKey))
        if let known {
            note(draft.number, is: known.id)
            guard let box, known.kind == .adapter else {
                return report.skipped(.wallets, "a wallet of this key is there already")
            }
            try ask(ImportStatements.keepKey, (known.id, box))
            return report.completed(.wallets)
        }
        guard try ask(ImportStatements.countWallets, user) < Limits.walletsPerUserMax else {
            return report.lost(draft.row, "a user has at most \(Limits.walletsPerUserMax)")
        }
        let id = try add(draft, box)
        note(draft.number, is: id)
        report.imported(.wallets)
        if draft.saysKept, box == nil {
            report.notes.append(
                "wallet \(id) came without its key: its holder signs, until an import brings the key")
        }
    }

    private func add(_ draft: Draft, _ box: [UInt8]?) throws(ImportFailure) -> Int64 {
        var number = draft.number
        if let old = number {
            let isFree =
                old > 0 && old <= Limits.importedNumberMax ? try !ask(ImportStatements.hasWallet, old) : false
            if !isFree { number = nil }
        }
        let (row, textMax) = (draft.row, Limits.walletTextBytesMax)
        let wallet = try reading { () throws(TransferError) in
            NewWallet(
                number: number, owner: draft.owner.user, publicKey: draft.publicKey, sealedKey: box,
                // The user is known to hold the key by which they log in. Nobody here has verified other keys.
                isVerified: box != nil || draft.publicKey == draft.owner.publicKey,
                adapter: try row.text("adapter", bytesMax: textMax),
                name: try row.text("name", bytesMax: textMax),
                description: try row.text("description", bytesMax: textMax),
                icon: row["icon"] == nil ? nil : try row.text("icon", bytesMax: textMax),
                purpose: row["purpose"] == nil ? nil : try row.text("purpose", bytesMax: textMax),
                createdAt: try row.time("created_at"))
        }
        return try ask(ImportStatements.addWallet, wallet)
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
            let isNew = try ask(
                VaultStatements.add, (user, (name, name.seal(secret, of: user, under: key))))
            if isNew { report.imported(.secrets) } else { report.skipped(.secrets, "there already") }
        }
    }
}
