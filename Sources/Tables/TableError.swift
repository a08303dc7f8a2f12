// Refusals in the shape that clients of such tables know: `{"code","message","details","hint"}`. Values.

public import Wire

/// Why a request to a table is refused. Texts name the rule and the column, but never what was sent, except preferences
/// that are not understood.
public struct TableError: Error, Hashable, Sendable, CustomStringConvertible {
    public let status: HTTPStatus
    /// Five characters of the database's own errors, or `PGRST` and three digits: clients compare them.
    public let code: String
    public let message: String
    public let details: String?
    public let hint: String?

    public init(
        _ status: HTTPStatus, _ code: String, _ message: String, details: String? = nil, hint: String? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.hint = hint
    }

    public var description: String { "\(code): \(message)" }

    /// The answer to the client.
    public var response: HTTPResponse {
        var response = HTTPResponse.json(
            status,
            JSONWriter.encode([
                "code": .string(code), "message": .string(message),
                "details": details.map { .string($0) } ?? .null, "hint": hint.map { .string($0) } ?? .null,
            ]))
        if status == .serviceUnavailable { response.headers.add("Retry-After", "1") }
        return response
    }
}

extension TableError {
    // MARK: The request

    static func query(_ message: String, hint: String? = nil) -> TableError {
        TableError(.badRequest, "PGRST100", message, hint: hint)
    }

    static func operand(_ message: String) -> TableError { TableError(.badRequest, "42883", message) }

    static func body(_ message: String) -> TableError { TableError(.badRequest, "PGRST102", message) }

    static let unknownTable = TableError(
        .notFound, "PGRST205", "there is no such table",
        hint: TableDefinition.all.map(\.name.rawValue).joined(separator: ", "))

    static func unknownColumn(_ table: TableDefinition) -> TableError {
        TableError(
            .badRequest, "42703", "table \(table.name.rawValue) has no such column",
            hint: table.columns.map(\.name).joined(separator: ", "))
    }

    static func invalidText(_ type: TableColumnType) -> TableError {
        TableError(.badRequest, "22P02", "invalid input syntax for type \(type.word)")
    }

    /// The refusal of preferences that are not understood, for a strict client.
    static func preferences(_ texts: [String]) -> TableError {
        TableError(
            .badRequest, "PGRST122", "Invalid preferences given with handling=strict",
            details: "Invalid preferences: " + texts.joined(separator: ", "))
    }

    static let mediaType = TableError(.unsupportedMediaType, "PGRST107", "bodies are JSON")

    static let range = TableError(.rangeNotSatisfiable, "PGRST103", "Requested range not satisfiable")

    // MARK: Rights

    /// The one answer for every credential that is not accepted.
    public static let unauthenticated = TableError(.unauthorized, "PGRST301", "unauthenticated")

    static func changesDenied(_ table: TableDefinition, anonymous: Bool) -> TableError {
        TableError(
            anonymous ? .unauthorized : .forbidden, "42501",
            "permission denied for table \(table.name.rawValue)")
    }

    static func columnDenied(_ column: String, of table: TableDefinition) -> TableError {
        TableError(
            .forbidden, "42501", "column \(column) of table \(table.name.rawValue) cannot be written",
            hint: table.columns.filter { !$0.writing.isEmpty }.map(\.name).joined(separator: ", "))
    }

    /// The refusal of a row that is, or would become, another user's.
    public static func rowDenied(_ table: TableDefinition) -> TableError {
        TableError(
            .forbidden, "42501", "new row violates row-level security policy for table \(table.name.rawValue)"
        )
    }

    /// The refusal of a flow that does not exist, or is another user's. The caller does not learn which.
    static func unknownFlow(_ columns: [TableColumn]) -> TableError {
        TableError(
            .conflict, "23503",
            "column \(columns.map(\.name).joined(separator: ", ")) must name a flow of the caller's")
    }

    /// A flow's document that cannot be read.
    public static func document(_ problems: [String]) -> TableError {
        TableError(
            .badRequest, "23514", "the flow cannot be read", details: problems.joined(separator: "\n"))
    }

    // MARK: The answer

    /// A single object was asked for.
    static func notOne(_ count: String) -> TableError {
        TableError(
            .notAcceptable, "PGRST116", "Cannot coerce the result to a single JSON object",
            details: "The result contains \(count) rows")
    }

    /// The change would affect more rows than the client has allowed. Nothing has changed.
    static func tooManyAffected(_ count: Int64) -> TableError {
        TableError(
            .badRequest, "PGRST124", "Query result exceeds max-affected preference constraint",
            details: "The query affects \(count) rows")
    }

    /// Storage is away, or has too much to do.
    public static func unavailable(_ message: String) -> TableError {
        TableError(.serviceUnavailable, "PGRST000", message)
    }
}
