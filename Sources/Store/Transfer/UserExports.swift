// Reads what one user has for an export, on a connection that may wait.

internal import Chain
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
    /// - Parameters:
    ///   - passphrase: seals the user's secrets; without one the export has none. No secret is ever in it in clear, unless
    ///     the user has written it into a flow or an item.
    ///   - note: gets a sentence for each place where a key pair stands like that. The file has a table of them.
    public func file(
        of user: UserID, passphrase: Passphrase?, bytesMax: Int, note: (String) -> Void = { _ in }
    ) throws(ExportFailure) -> [UInt8] {
        var secrets: ExportedSecrets?
        var file = ExportFile(user: user)
        do throws(PostgresError) {
            try connection.run(
                script: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL timezone = 'UTC'")
        } catch {
            throw .database(error)
        }
        do throws(ExportFailure) {
            guard try ask(ExportStatements.size, user) <= bytesMax else {
                throw .tooLarge(bytesMax: bytesMax)
            }
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
        let places = KeyPairFinder.ed25519.places(in: file)
        if !places.isEmpty {
            var notes = CSVTable(columns: KeyPairPlace.columns)
            for place in places {
                notes.append(place.cells)
                note(place.sentence)
            }
            file[.notes] = notes
        }
        let bytes = file.encoded
        guard bytes.count <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
        return bytes
    }

    private func table(_ query: ExportQuery, of user: UserID) throws(ExportFailure) -> CSVTable {
        var table = CSVTable(columns: query.columns)
        for row in try ask(query.statement, user) { table.append(query.cells(of: row)) }
        return table
    }

    private func secrets(of user: UserID) throws(ExportFailure) -> ExportedSecrets {
        var secrets = ExportedSecrets()
        let kept = try ask(ExportStatements.keptKeys, user)
        let vault = try ask(VaultStatements.ofUser, user)
        do throws(SealedBoxError) {
            for (publicKey, box) in kept {
                let seal = WalletSeal(user: user, publicKey: publicKey)
                secrets.keyPairs.append(try seal.open(box, under: key))
            }
            for (name, box) in vault {
                let secret = try name.open(box, of: user, under: key)
                secrets.vault.append((name.provider, name.label, secret))
            }
        } catch {
            throw .sealed(error)
        }
        return secrets
    }

    private func ask<Answer>(_ statement: Statement<UserID, Answer>, _ user: UserID) throws(ExportFailure)
        -> Answer
    {
        do throws(PostgresError) {
            return try connection.ask(statement, user)
        } catch {
            throw .database(error)
        }
    }
}
