// Why a question to storage has no answer. A value, the same for everything that is kept.

/// Why storage could not answer.
public enum StorageError: Error, Sendable, CustomStringConvertible {
    /// The database cannot be reached now.
    case unavailable
    /// Too many questions are waiting.
    case overloaded
    /// The database refused the question; the detail goes to the log, not to clients.
    case failed

    public var description: String {
        switch self {
        case .unavailable: "storage is not available"
        case .overloaded: "storage is overloaded"
        case .failed: "storage refused the request"
        }
    }
}
