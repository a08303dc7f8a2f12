// The port on which a user's export is made. Implemented by the daemon.

public import Identity
public import Primitives

/// Why there is no export.
public enum DataExportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Others wait already.
    case busy
    /// The user has more than fits into an answer.
    case tooLarge(bytesMax: Int)
    /// A stored secret does not open, so the export would lack it.
    case sealed
    /// The database or the machine cannot do it now.
    case unavailable
    /// The database refused; the detail goes to the log.
    case failed

    public var description: String {
        switch self {
        case .busy: "other exports are being made"
        case .tooLarge(let bytesMax):
            "an export has at most \(bytesMax) bytes here; flowd export writes a larger one to a file"
        case .sealed: "a stored secret cannot be opened"
        case .unavailable: "storage is not available"
        case .failed: "storage refused the request"
        }
    }
}

/// Makes exports. Returns at once; the reply comes exactly once, on any thread.
public protocol DataExporter: Sendable {
    /// The file of everything that a user may take along.
    ///
    /// - Parameter passphrase: seals the user's secrets; without one the file has none.
    func export(
        _ user: UserID, passphrase: Passphrase?,
        reply: @escaping @Sendable (Result<[UInt8], DataExportError>) -> Void)
}
