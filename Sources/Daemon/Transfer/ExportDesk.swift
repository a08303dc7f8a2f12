// Exports over HTTP: one after the other on a queue of their own, so that no loop waits for reads or for scrypt.

internal import Dispatch
internal import Identity
internal import Postgres
internal import Primitives
internal import SpaceOperator
internal import Store
internal import Synchronization

/// Makes the exports of users. Any thread; replies come on the desk's queue.
///
/// One is made at a time, each on a connection of its own: about six times `Limits.exportAnswerBytesMax` of memory, and
/// 128 MiB more while a passphrase becomes a key. Waiting exports cost next to nothing, and there are few of them.
final class ExportDesk: DataExporter {
    private let database: String
    private let key: SealingKey
    private let log: Log
    private let isReady: @Sendable () -> Bool
    private let queue = DispatchQueue(label: "flowd.exports", qos: .utility)
    /// Exports that are made or wait.
    private let count = Mutex(0)

    /// - Parameter isReady: whether the database answers; while it does not, exports are refused at once.
    init(database: String, key: SealingKey, isReady: @escaping @Sendable () -> Bool, log: Log) {
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
        let isTaken = count.withLock { count in
            guard count <= Limits.exportsWaitingMax else { return false }
            count += 1
            return true
        }
        guard isTaken else { return reply(.failure(.busy)) }
        queue.async { [self] in
            let result = isReady() ? make(user, passphrase) : .failure(.unavailable)
            count.withLock { $0 -= 1 }
            reply(result)
        }
    }

    private func make(_ user: UserID, _ passphrase: Passphrase?) -> Result<[UInt8], DataExportError> {
        do throws(ExportFailure) {
            let connection: BlockingConnection
            do throws(PostgresError) {
                connection = try BlockingConnection(
                    database, replyMillisecondsMax: Int32(Limits.exportStatementMillisecondsMax))
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
