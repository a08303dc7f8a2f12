// The port by which an export is taken over. Implemented by the daemon.

public import Identity
public import Primitives

/// Why an export was not taken over.
public enum DataImportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Others wait already.
    case busy
    /// Something is wrong in the export; the text names the place and the rule, and quotes nothing.
    case wrong(String)
    /// The database or the machine cannot do it now.
    case unavailable
    /// The database refused; the detail goes to the log.
    case failed

    public var description: String {
        switch self {
        case .busy: "other exports are being taken over or made"
        case .wrong(let text): "nothing was imported: \(text)"
        case .unavailable: "storage is not available"
        case .failed: "storage refused the request"
        }
    }
}

/// Takes exports over, all of one or nothing.
public protocol DataImporter: Sendable {
    /// The only user who may ask for it: whoever writes an export says who gets in.
    var owner: UserID { get }
    /// The key by which the operator's tools ask for it; nil if there is none.
    var serviceKey: ServiceKey? { get }

    /// Returns at once; the reply comes exactly once, on any thread.
    ///
    /// - Parameters:
    ///   - file: an export as it is.
    ///   - passphrase: opens the secrets of the export; without one they stay out.
    /// - Returns: in the reply, the lines of the report.
    func take(
        _ file: [UInt8], passphrase: Passphrase?,
        reply: @escaping @Sendable (Result<[String], DataImportError>) -> Void)
}
