// The secrets of an export and their closed form. Values; closing and opening take a third of a second.

public import Identity
public import Primitives

/// The secrets of a user that must not be readable in an export that falls into other hands: kept keys and the vault's
/// secrets.
public struct ExportedSecrets: Sendable {
    /// The key pairs of wallets that the server signs with.
    public var keyPairs: [Ed25519KeyPair] = []
    public var vault: [(provider: String, label: String, secret: String)] = []

    public init() {}

    /// A table of one row: how the key is made of the passphrase, and a sealed box for this user.
    public func seal(of user: UserID, under passphrase: Passphrase) throws(PassphraseError) -> CSVTable {
        let terms = PassphraseTerms()
        let key = try passphrase.key(terms)
        var content = CSVTable(columns: ExportedSecrets.contentColumns)
        for pair in keyPairs {
            content.append([
                "wallet", pair.publicKey.text, nil, Base58.encode(pair.seed.bytes + pair.publicKey.bytes),
            ])
        }
        for entry in vault {
            // A secret may hold U+0000, which no table can hold, so it goes in as Base64.
            content.append(["vault", entry.provider, entry.label, Base64.encode(Array(entry.secret.utf8))])
        }
        let box = SealedBox.seal(Array(content.text.utf8), for: ExportedSecrets.place(user), under: key)
        var table = CSVTable(columns: ExportedSecrets.columns)
        table.append([
            "scrypt", "\(terms.cost)", "\(PassphraseTerms.blockSize)", "\(PassphraseTerms.parallelism)",
            Base64.encode(terms.salt), Base64.encode(box),
        ])
        return table
    }

    /// The secrets of an export.
    public init(of file: ExportFile, under passphrase: Passphrase) throws(TransferError) {
        let rows = ExportRow.all(.secrets, of: file)
        guard let row = rows.first, rows.count == 1, row["kdf"] == "scrypt",
            let cost = row["cost"].flatMap({ UInt64($0) }),
            let blockSize = row["block_size"].flatMap({ UInt64($0) }),
            let parallelism = row["parallelism"].flatMap({ UInt64($0) }),
            let salt = row["salt"].flatMap({ Base64.decode($0) }),
            let box = row["box"].flatMap({ Base64.decode($0) }),
            let terms = PassphraseTerms(
                cost: cost, blockSize: blockSize, parallelism: parallelism, salt: salt)
        else { throw .file(rule: "secrets: expected one box, sealed under a passphrase by flowd") }
        let content: [UInt8]
        do {
            content = try SealedBox.open(
                box, for: ExportedSecrets.place(file.user), under: try passphrase.key(terms))
        } catch SealedBoxError.otherKey {
            throw .file(rule: "secrets: the passphrase is another one")
        } catch SealedBoxError.damaged {
            throw .file(rule: "secrets: the box was changed, or is of another export")
        } catch {
            throw .file(rule: "secrets: \(error)")
        }
        try self.init(content: String(decoding: content, as: UTF8.self), of: file.user)
    }

    private init(content: String, of user: UserID) throws(TransferError) {
        let table = try CSVTable(content, named: ExportTable.secrets.rawValue)
        for row in ExportRow.all(.secrets, of: ExportFile(user: user, tables: ["secrets": table])) {
            switch row["kind"] {
            case "wallet":
                guard let pair = try row.keyPair("secret", of: try row.publicKey("name")) else {
                    throw row.failure("secret", "expected a key pair")
                }
                keyPairs.append(pair)
            case "vault":
                guard
                    let secret = try Base64.decode(row.required("secret")).flatMap({
                        String(validating: $0, as: UTF8.self)
                    })
                else { throw row.failure("secret", "expected UTF-8 in Base64") }
                vault.append((try row.required("name"), try row.required("label"), secret))
            default: throw row.failure("kind", "expected wallet or vault")
            }
        }
    }

    private static let columns = ["kdf", "cost", "block_size", "parallelism", "salt", "box"]
    private static let contentColumns = ["kind", "name", "label", "secret"]

    private static func place(_ user: UserID) -> [UInt8] { Array("export,\(user)".utf8) }
}
