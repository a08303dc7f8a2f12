// Reads what one user has for an export, on a connection that may wait.

internal import Engine
public import Identity
public import Postgres
public import Primitives
internal import Transfer

/// Why a user cannot be exported.
public enum ExportFailure: Error, Sendable, CustomStringConvertible {
    case database(PostgresError)
    /// The user has more than may be exported.
    case tooLarge(bytesMax: Int)
    /// There is no such user.
    case userMissing
    /// No key can be made of the passphrase.
    case passphrase(PassphraseError)
    /// A secret of the user does not open under this installation's key.
    case sealed(SealedBoxError)

    public var description: String {
        switch self {
        case .database(let error): "storage: \(error)"
        case .tooLarge(let bytesMax): "an export has at most \(bytesMax) bytes here"
        case .userMissing: "there is no such user"
        case .passphrase(let error): "\(error)"
        case .sealed(let error): "a stored secret cannot be opened: \(error)"
        }
    }
}

/// Reads exports. Not for loops: every call waits for the database, and one with a passphrase works for a while, too.
public struct UserExports {
    private let connection: BlockingConnection
    private let key: SealingKey

    /// - Parameters:
    ///   - connection: to a database whose tables are up to date.
    ///   - key: under which the secrets of this installation are sealed.
    public init(_ connection: BlockingConnection, key: SealingKey) {
        self.connection = connection
        self.key = key
    }

    /// The file of a user's export, as everything was at one moment (spec storage-and-operations 5.6, 8.7). It takes about
    /// six times its size in memory; the size is looked at before anything is read.
    ///
    /// - Parameter passphrase: seals the user's secrets; without one the export has none. No secret is ever in it in
    ///   clear.
    public func file(of user: UserID, passphrase: Passphrase?, bytesMax: Int) throws(ExportFailure) -> [UInt8]
    {
        var secrets: ExportedSecrets?
        var file = ExportFile(user: user)
        do throws(PostgresError) {
            try connection.run(
                script: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL timezone = 'UTC'")
        } catch {
            throw .database(error)
        }
        do throws(ExportFailure) {
            let size = try rows(ExportQuery.size, user)
            guard size.count > 0, try number(size) <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
            for query in ExportQuery.all { file[query.table] = try table(query, of: user) }
            guard file[.users]?.rows.isEmpty == false else { throw .userMissing }
            if passphrase != nil { secrets = try self.secrets(of: user) }
        } catch {
            // The first error matters more than a second one of the same lost connection.
            _ = try? connection.run(script: "ROLLBACK")
            throw error
        }
        do throws(PostgresError) { try connection.run(script: "COMMIT") } catch { throw .database(error) }
        if let passphrase, let secrets {
            do throws(PassphraseError) {
                file[.secrets] = try secrets.seal(of: user, under: passphrase)
            } catch {
                throw .passphrase(error)
            }
        }
        let bytes = file.encoded
        guard bytes.count <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
        return bytes
    }

    private func table(_ query: ExportQuery, of user: UserID) throws(ExportFailure) -> CSVTable {
        let rows = try rows(query.sql, user)
        var table = CSVTable(columns: query.columns)
        do throws(PostgresError) {
            for index in 0..<rows.count {
                var cells: [String?] = []
                for column in query.columns.indices {
                    cells.append(rows[index].isNull(column) ? nil : try rows[index].text(column))
                }
                table.append(cells)
            }
        } catch {
            throw .database(error)
        }
        return table
    }

    private func secrets(of user: UserID) throws(ExportFailure) -> ExportedSecrets {
        var secrets = ExportedSecrets()
        let wallets = try rows(
            "SELECT public_key, sealed_keypair FROM wallets WHERE user_id = $1 AND type = 'HARDCODED' ORDER BY id",
            user)
        let vault = try rows(
            "SELECT provider, label, sealed FROM vault_secrets WHERE user_id = $1 ORDER BY provider, label",
            user)
        do {
            for index in 0..<wallets.count {
                guard let publicKey = PublicKey(try wallets[index].text(0)) else {
                    throw SealedBoxError.damaged
                }
                let seal = WalletSeal(user: user, publicKey: publicKey)
                secrets.keyPairs.append(try seal.open(try wallets[index].bytes(1), under: key))
            }
            for index in 0..<vault.count {
                let name = VaultName(provider: try vault[index].text(0), label: try vault[index].text(1))
                let secret = try name.open(try vault[index].bytes(2), of: user, under: key)
                secrets.vault.append((name.provider, name.label, secret))
            }
        } catch let error as SealedBoxError {
            throw .sealed(error)
        } catch let error as PostgresError {
            throw .database(error)
        } catch {
            throw .database(PostgresError(.unexpectedReply, detail: "\(error)"))
        }
        return secrets
    }

    private func rows(_ sql: String, _ user: UserID) throws(ExportFailure) -> PostgresRows {
        do throws(PostgresError) {
            return try connection.run(sql, [.uuid], [.uuid(user.id)])
        } catch {
            throw .database(error)
        }
    }

    private func number(_ rows: PostgresRows) throws(ExportFailure) -> Int64 {
        do throws(PostgresError) { return try rows[0].bigint(0) } catch { throw .database(error) }
    }
}
