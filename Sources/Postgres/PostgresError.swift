// The errors between this process and the database, and the remedies. Pure values.

internal import Primitives

/// The five characters by which Postgres names an error (manual, appendix A).
public struct SQLState: Hashable, Sendable, CustomStringConvertible {
    /// Five upper-case letters and digits.
    public let code: String

    /// The state of these five characters; anything else becomes `XX000`, an internal error.
    public init(_ code: String) {
        let valid = code.utf8.count == 5 && code.utf8.allSatisfy { $0 > 0x2F && $0 < 0x5B }
        self.code = valid ? code : "XX000"
    }

    /// The first two characters, which name the kind of error.
    public var errorClass: String { String(code.prefix(2)) }

    public var description: String { code }

    /// A row with this key is already there.
    public static let uniqueViolation = SQLState("23505")
    /// The row that a foreign key names is not there.
    public static let foreignKeyViolation = SQLState("23503")
    /// The statement took too long, or somebody cancelled it.
    public static let queryCanceled = SQLState("57014")
    /// A function of ours refuses what would be too much.
    public static let limitExceeded = SQLState("53400")
    /// A function of ours looks for a user's wallet that is not there.
    public static let walletMissing = SQLState("FW001")
    /// Another session holds the lock that was waited for.
    public static let lockNotAvailable = SQLState("55P03")
    /// A table of this name is already there.
    public static let duplicateTable = SQLState("42P07")
}

/// A failure of the database or of the way to it.
///
/// `description` may be shown to anyone: it names the kind of error and nothing that was sent or stored.
/// `debugDescription` holds the server's own words and is for the log.
public struct PostgresError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// What happened.
    public enum Kind: Hashable, Sendable {
        /// The connection could not be made, or is gone.
        case connection
        /// The server refused a statement.
        case refused(SQLState)
        /// The statement was skipped because an earlier one of its group was refused.
        case skipped
        /// The reply is not what the statement asked for.
        case unexpectedReply
    }

    /// What helps against an error.
    public enum Remedy: Hashable, Sendable {
        /// A new connection; the statement may be sent again there.
        case reconnect
        /// The same statement, later: the server is short of something or was interrupted.
        case wait
        /// Other data: these rows will be refused again.
        case changeData
        /// Nothing that this process can do by itself.
        case none
    }

    /// What happened.
    public let kind: Kind
    /// The words of the server or of the client library, for the log only.
    public let detail: String

    /// An error of this kind; `detail` goes to the log only.
    public init(_ kind: Kind, detail: String) {
        self.kind = kind
        self.detail = detail
    }

    /// The state that the server gave, if it was the server.
    public var state: SQLState? {
        if case .refused(let state) = kind { state } else { nil }
    }

    /// What helps against it. Classes are those of the manual's appendix A.
    public var remedy: Remedy {
        switch kind {
        case .connection: return .reconnect
        case .skipped: return .wait
        case .unexpectedReply: return .none
        case .refused(.queryCanceled): return .wait
        case .refused(.limitExceeded), .refused(.walletMissing): return .changeData
        case .refused(let state):
            switch state.errorClass {
            // Connection exception, operator intervention (shutdown, crash of another session).
            case "08", "57": return .reconnect
            // Rollback (deadlock, serialization), short of resources, object in use, system error.
            case "40", "53", "55", "58": return .wait
            // A standby that was taken for the primary: the next connection may find the right one.
            case "25": return .reconnect
            // Data exception, integrity violation, check option, value beyond a limit of the server.
            case "21", "22", "23", "44", "54": return .changeData
            // Raised by a trigger or a function.
            case "P0": return .changeData
            default: return .none
            }
        }
    }

    public var description: String {
        switch kind {
        case .connection: "the database cannot be reached"
        case .refused(let state): "the database refused a statement with state \(state)"
        case .skipped: "the database skipped a statement after a refused one"
        case .unexpectedReply: "the database replied with something else than was asked for"
        }
    }

    public var debugDescription: String { detail.isEmpty ? description : "\(description): \(detail)" }
}
