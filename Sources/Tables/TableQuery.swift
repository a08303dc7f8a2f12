// Address and headers of a request, read and checked against the table's definition. Pure.

internal import Primitives
public import Wire

/// What a request asks, as far as this is known before its body is read.
///
/// The conventions are those of PostgREST, as far as spec http-and-websocket 5.5 and seed 002 need them.
public struct TableQuery: Sendable {
    /// What is done with the rows.
    enum Action: Hashable, Sendable {
        case read, insert, update, delete
    }

    public let table: TableDefinition
    let action: Action
    let selection: TableSelection
    let preferences: TablePreferences
    let mediaType: TableMediaType
    /// The columns by which an insert finds rows that are there.
    let conflictTarget: [String]
    /// The columns of a body that count; nil for all of them.
    let bodyColumns: [TableColumn]?

    /// - Parameter name: the table's name as it stands in the address.
    /// - Throws: what is wrong with address and headers. The error does not depend on the caller.
    public init(_ request: HTTPRequest, table name: String) throws(TableError) {
        switch request.method {
        case .post: action = .insert
        case .patch: action = .update
        case .delete: action = .delete
        default: action = .read
        }
        try TableQuery.checkSchema(request.headers[action == .read ? "accept-profile" : "content-profile"])
        guard let table = TableDefinition.find(name) else { throw .unknownTable(name) }
        self.table = table
        preferences = try TablePreferences(request.headers)
        mediaType = try TableMediaType(request.headers)
        var parameters: [String: String] = [:]
        var others: [HTTPTarget.QueryItem] = []
        for item in request.target.query {
            if TableQuery.parameterNames.contains(item.name) {
                // Of several the last one counts: clients add what narrows a request down.
                parameters[item.name] = item.value
            } else {
                others.append(item)
            }
        }
        guard others.count <= Limits.tableParametersMax else { throw TableSelection.tooManyFilters }
        var selection = try TableSelection(table, select: parameters["select"] ?? "")
        for item in others { try selection.add(item.name, item.value) }
        guard selection.filterCount <= Limits.tableFiltersMax else { throw TableSelection.tooManyFilters }
        try selection.sort(by: parameters["order"] ?? "")
        selection.range = try TableRange(
            limit: parameters["limit"], offset: parameters["offset"],
            header: action == .read ? request.headers["range"] : nil)
        self.selection = selection
        conflictTarget = try TableQuery.conflictTarget(parameters["on_conflict"], table)
        bodyColumns = try parameters["columns"].map { text throws(TableError) in
            try TableQuery.columns(text, table)
        }
        try checkChange(parameters)
        guard action == .read || request.headers["content-type"] == nil || request.declaresJSON else {
            throw .mediaType
        }
    }

    private static let parameterNames: Set<String> = [
        "select", "order", "limit", "offset", "on_conflict", "columns",
    ]

    /// There is one schema; clients may say its name.
    private static func checkSchema(_ name: String?) throws(TableError) {
        guard let name, !name.isEmpty, name != "public" else { return }
        throw .unknownSchema(name)
    }

    private static func columns(_ text: String, _ table: TableDefinition) throws(TableError) -> [TableColumn]
    {
        var columns: [TableColumn] = []
        var cursor = TableText(text)
        while !cursor.isAtEnd {
            let name = cursor.name { $0 == "," }
            guard let column = table.column(name) else { throw .unknownMember(name, table) }
            columns.append(column)
            guard columns.count <= Limits.tableOutputsMax, cursor.take(",") || cursor.isAtEnd else {
                throw .query("columns takes the names of columns with commas between them")
            }
        }
        return columns
    }

    private static func conflictTarget(_ text: String?, _ table: TableDefinition) throws(TableError)
        -> [String]
    {
        guard let text, !text.isEmpty else { return table.conflictTargets.first ?? [] }
        let names = Set(text.split(separator: ",").map { TableText.unquoted(TableText.trimmed($0)) })
        guard let target = table.conflictTargets.first(where: { Set($0) == names }) else {
            throw TableError(
                .badRequest, "42P10", "there is no unique constraint matching the ON CONFLICT specification")
        }
        return target
    }

    /// A change of all rows is more often a mistake than intended, so it is refused. Hosted databases refuse it with
    /// the same code.
    private func checkChange(_ parameters: [String: String]) throws(TableError) {
        switch action {
        case .read: return
        case .insert:
            guard selection.conditions.isEmpty else { throw .query("an insert takes no filters") }
            guard preferences.resolution == nil || !table.conflictTargets.isEmpty || table.changes.isEmpty
            else {
                throw .query("table \(table.name.rawValue) takes new rows only, without a resolution")
            }
        case .update, .delete:
            guard !selection.conditions.isEmpty else {
                throw TableError(
                    .badRequest, "21000",
                    "\(action == .update ? "UPDATE" : "DELETE") requires a WHERE clause",
                    hint: "a change needs at least one filter")
            }
        }
        guard parameters["limit"] == nil, parameters["offset"] == nil else {
            throw .query("limit and offset are for reading")
        }
    }
}
