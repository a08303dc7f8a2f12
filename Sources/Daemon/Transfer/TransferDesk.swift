// Exports and imports over HTTP: one after the other on a queue of their own, so that no loop waits for the database or for
// scrypt.

internal import Dispatch
internal import Identity
internal import Postgres
internal import Primitives
internal import SpaceOperator
internal import Store
internal import Synchronization
internal import Transfer

/// Makes the exports of users and takes exports over. Any thread; replies come on the desk's queue.
///
/// One is made at a time, each on a connection of its own: about six times `Limits.exportAnswerBytesMax` of memory, and
/// 128 MiB more while a passphrase becomes a key. Waiting exports cost next to nothing, and there are few of them.
final class TransferDesk: DataExporter, DataImporter {
    let owner: UserID
    let serviceKey: ServiceKey?
    private let database: String
    private let key: SealingKey
    private let log: Log
    private let isReady: @Sendable () -> Bool
    private let queue = DispatchQueue(label: "flowd.transfer", qos: .utility)
    /// Exports that are made or taken over, or wait.
    private let count = Mutex(0)

    /// - Parameters:
    ///   - owner: who may ask for an import, beside those who have the service key.
    ///   - isReady: whether the database answers; while it does not, exports are refused at once.
    init(
        database: String, key: SealingKey, owner: UserID, serviceKey: ServiceKey?,
        isReady: @escaping @Sendable () -> Bool, log: Log
    ) {
        self.owner = owner
        self.serviceKey = serviceKey
        self.database = database
        self.key = key
        self.isReady = isReady
        self.log = log
    }

    func export(
        _ user: UserID, passphrase: Passphrase?,
        reply: @escaping @Sendable (Result<[UInt8], DataExportError>) -> Void
    ) {
        guard isReady() else { return reply(.failure(.unavailable)) }
        let isTaken = enqueue { [self] in
            reply(isReady() ? make(user, passphrase) : .failure(.unavailable))
        }
        if !isTaken { reply(.failure(.busy)) }
    }

    func take(
        _ file: [UInt8], passphrase: Passphrase?,
        reply: @escaping @Sendable (Result<[String], DataImportError>) -> Void
    ) {
        guard isReady() else { return reply(.failure(.unavailable)) }
        let isTaken = enqueue { [self] in
            reply(isReady() ? imported(file, passphrase) : .failure(.unavailable))
        }
        if !isTaken { reply(.failure(.busy)) }
    }

    /// Puts work in line; false if there is no room.
    private func enqueue(_ work: @escaping @Sendable () -> Void) -> Bool {
        let isTaken = count.withLock { count in
            guard count <= Limits.exportsWaitingMax else { return false }
            count += 1
            return true
        }
        guard isTaken else { return false }
        queue.async { [self] in
            work()
            count.withLock { $0 -= 1 }
        }
        return true
    }

    private func connect() throws(PostgresError) -> BlockingConnection {
        try BlockingConnection(
            database, replyMillisecondsMax: Int32(Limits.exportStatementMillisecondsMax))
    }

    private func imported(_ bytes: [UInt8], _ passphrase: Passphrase?) -> Result<[String], DataImportError> {
        do throws(ImportFailure) {
            let (file, secrets) = try TransferDesk.opened(bytes, passphrase)
            let connection: BlockingConnection
            do throws(PostgresError) { connection = try connect() } catch { throw .database(error) }
            let report = try TransferCommands.take(file, secrets, on: connection, key: key)
            log.info("import", "took an export over", LogField("user", file.user))
            let lines = TransferCommands.printable(report.description).split(separator: "\n")
            return .success(lines.map(String.init))
        } catch {
            switch error {
            case .export(let error): return .failure(.wrong(error.description))
            case .database(let error):
                log.warning("import", "not done", LogField("reason", error.debugDescription))
                return .failure([.reconnect, .wait].contains(error.remedy) ? .unavailable : .failed)
            }
        }
    }

    private static func opened(
        _ bytes: [UInt8], _ passphrase: Passphrase?
    ) throws(ImportFailure) -> (ExportFile, ExportedSecrets?) {
        do throws(TransferError) {
            let file = try ExportFile(bytes)
            guard let passphrase, file[.secrets] != nil else { return (file, nil) }
            return (file, try ExportedSecrets(of: file, under: passphrase))
        } catch {
            throw .export(error)
        }
    }

    private func make(_ user: UserID, _ passphrase: Passphrase?) -> Result<[UInt8], DataExportError> {
        do throws(ExportFailure) {
            let connection: BlockingConnection
            do throws(PostgresError) {
                connection = try connect()
            } catch {
                throw .database(error)
            }
            let file = try UserExports(connection, key: key)
                .file(of: user, passphrase: passphrase, bytesMax: Limits.exportAnswerBytesMax)
            log.info(
                "export", "exported a user", LogField("user", user), LogField("bytes", file.count),
                LogField("secrets", passphrase != nil))
            return .success(file)
        } catch {
            return .failure(refusal(error, of: user))
        }
    }

    private func refusal(_ failure: ExportFailure, of user: UserID) -> DataExportError {
        switch failure {
        case .tooLarge(let bytesMax): return .tooLarge(bytesMax: bytesMax)
        case .database(let error):
            log.warning(
                "export", "not made", LogField("user", user), LogField("reason", error.debugDescription))
            return [.reconnect, .wait].contains(error.remedy) ? .unavailable : .failed
        case .userMissing, .passphrase, .sealed:
            log.warning("export", "not made", LogField("user", user), LogField("reason", failure))
            switch failure {
            case .sealed: return .sealed
            case .passphrase: return .unavailable
            default: return .failed
            }
        }
    }
}
