// Refusals in the shape that clients of such tables know: `{"code","message","details","hint"}`. Values.

internal import Primitives
public import Wire

/// Why a request to a table is refused. Texts name the rule, and of what was sent only names and preferences that are
/// not understood, never values.
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

    static func unknownTable(_ name: String) -> TableError {
        TableError(
            .notFound, "PGRST205", "Could not find the table 'public.\(shown(name))' in the schema cache",
            hint: TableDefinition.all.map(\.name.rawValue).joined(separator: ", "))
    }

    /// A column that a query names.
    static func unknownColumn(_ name: String, _ table: TableDefinition) -> TableError {
        TableError(
            .badRequest, "42703", "column \(table.name.rawValue).\(shown(name)) does not exist",
            hint: table.columns.map(\.name).joined(separator: ", "))
    }

    /// A column that a body names.
    static func unknownMember(_ name: String, _ table: TableDefinition) -> TableError {
        TableError(
            .badRequest, "PGRST204",
            "Could not find the '\(shown(name))' column of '\(table.name.rawValue)' in the schema cache",
            hint: table.columns.map(\.name).joined(separator: ", "))
    }

    static func unknownRelationship(_ table: TableDefinition, _ name: String) -> TableError {
        let names = TableRelationship.all.compactMap { relationship -> String? in
            relationship.table == table.name
                ? relationship.target.rawValue
                : relationship.target == table.name ? relationship.table.rawValue : nil
        }
        return TableError(
            .badRequest, "PGRST200",
            "Could not find a relationship between '\(table.name.rawValue)' and '\(shown(name))' in the schema cache",
            hint: names.isEmpty ? nil : "related are " + names.joined(separator: ", "))
    }

    static func manyRelationships(
        _ table: TableDefinition, _ name: String, _ columns: [[String]]
    ) -> TableError {
        TableError(
            HTTPStatus(300), "PGRST201",
            "Could not embed because more than one relationship was found for '\(table.name.rawValue)' and '\(shown(name))'",
            hint: "name one of the columns: "
                + columns.map { "\(shown(name))!\($0.joined(separator: "_"))" }.joined(separator: ", "))
    }

    static func notEmbedded(_ name: String) -> TableError {
        TableError(
            .badRequest, "PGRST108", "'\(shown(name))' is not an embedded resource in this request",
            hint: "Verify that '\(shown(name))' is included in the 'select' query parameter.")
    }

    static func unknownSchema(_ name: String) -> TableError {
        TableError(
            .notAcceptable, "PGRST106", "Invalid schema: \(shown(name))",
            hint: "Only the following schemas are exposed: public")
    }

    static func unavailableType(_ text: String) -> TableError {
        TableError(
            .notAcceptable, "PGRST107", "None of these media types are available: \(shown(text))",
            hint:
                "application/json, application/vnd.pgrst.object+json, application/vnd.pgrst.array+json, text/csv"
        )
    }

    /// A name that a client has sent, short enough to be repeated.
    static func shown(_ name: String) -> String {
        guard name.utf8.count > Limits.tableNameBytesShownMax else { return name }
        return String(decoding: name.utf8.prefix(Limits.tableNameBytesShownMax), as: UTF8.self) + "…"
    }

    static func invalidText(_ type: TableColumnType) -> TableError {
        TableError(.badRequest, "22P02", "invalid input syntax for type \(type.word)")
    }

    /// The same refusal of a value, with the column that it was meant for.
    func of(_ column: TableColumn) -> TableError {
        TableError(status, code, message, details: details ?? "column \(column.name)", hint: hint)
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
            "permission denied for table \(table.name.rawValue)" + (table.refusal.map { ": " + $0 } ?? ""))
    }

    /// The refusal of a column that this kind of writing cannot change. The hint names those that it can.
    static func columnDenied(
        _ column: TableColumn, of table: TableDefinition, _ writing: TableColumn.Writing
    ) -> TableError {
        let names = table.columns.filter { !$0.writing.isDisjoint(with: writing) }.map(\.name)
        return TableError(
            .forbidden, "42501",
            "column \(column.name) of table \(table.name.rawValue) cannot be given another value",
            details: column.keeping == .empty
                ? "It is always null here" : "It may be left out, or be the value that is there",
            hint: "can be written: " + names.joined(separator: ", "))
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
