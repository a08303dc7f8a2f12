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
    let outputs: [TableOutput]
    let filters: [TableFilter]
    let order: [TableOrder]
    let range: TableRange
    let preferences: TablePreferences
    /// The columns by which an insert finds rows that are there.
    let conflictTarget: [String]
    /// The columns of a body that count; nil for all of them.
    let bodyColumns: [TableColumn]?

    /// - Parameter name: the table's name as it stands in the address.
    /// - Throws: what is wrong with address and headers. The error does not depend on the caller.
    public init(_ request: HTTPRequest, table name: String) throws(TableError) {
        guard let table = TableDefinition.find(name) else { throw .unknownTable }
        self.table = table
        preferences = try TablePreferences(request.headers)
        switch request.method {
        case .post: action = .insert
        case .patch: action = .update
        case .delete: action = .delete
        default: action = .read
        }
        var parameters: [String: String] = [:]
        var filters: [TableFilter] = []
        for item in request.target.query {
            if TableQuery.parameterNames.contains(item.name) {
                guard parameters.updateValue(item.value, forKey: item.name) == nil else {
                    throw .query("\(item.name) stands twice in the query")
                }
            } else {
                filters.append(try TableQuery.filter(item, table))
            }
        }
        guard filters.count <= Limits.tableFiltersMax else {
            throw .query("there are more than \(Limits.tableFiltersMax) filters")
        }
        self.filters = filters
        outputs =
            try parameters["select"].map { text throws(TableError) in try TableOutput.read(text, of: table) }
            ?? TableOutput.all(of: table)
        order = try TableOrder.read(parameters["order"] ?? "", of: table)
        range = try TableRange(
            limit: parameters["limit"], offset: parameters["offset"],
            header: action == .read ? request.headers["range"] : nil)
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

    private static func filter(
        _ item: HTTPTarget.QueryItem, _ table: TableDefinition
    ) throws(TableError) -> TableFilter {
        guard let column = table.column(item.name) else {
            switch item.name {
            case "and", "or", "not.and", "not.or":
                throw .query("\(item.name) is not offered: all filters must hold")
            default:
                guard !item.name.contains(where: { ".->(".contains($0) }) else {
                    throw .query("filters work on columns of the table, without paths")
                }
                throw .unknownColumn(table)
            }
        }
        return try TableFilter(column, item.value)
    }

    private static func columns(_ text: String, _ table: TableDefinition) throws(TableError) -> [TableColumn]
    {
        var columns: [TableColumn] = []
        for name in text.split(separator: ",") {
            guard let column = table.column(TableOutput.unquoted(name)) else { throw .unknownColumn(table) }
            columns.append(column)
        }
        return columns
    }

    private static func conflictTarget(_ text: String?, _ table: TableDefinition) throws(TableError)
        -> [String]
    {
        guard let text else { return table.conflictTargets.first ?? [] }
        let names = Set(text.split(separator: ",").map { TableOutput.unquoted($0) })
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
            guard filters.isEmpty else { throw .query("an insert takes no filters") }
            guard preferences.resolution == nil || !table.conflictTargets.isEmpty else {
                throw .query("table \(table.name.rawValue) takes new rows only, without a resolution")
            }
        case .update, .delete:
            guard !filters.isEmpty else {
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
