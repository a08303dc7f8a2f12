// The rows that a body gives, each value checked for its column. Pure.

internal import Primitives
internal import Wire

/// The values of one row that is written.
public struct TableRow: Hashable, Sendable {
    /// A column with the value that is written to it.
    public struct Entry: Hashable, Sendable {
        public let column: TableColumn
        public let value: TableValue
    }

    public let entries: [Entry]

    /// The value of the column of this name, if the row has one.
    public subscript(name: String) -> TableValue? { entries.first { $0.column.name == name }?.value }
}

/// How the members of an object in a body become a row.
struct TableRowReader {
    let table: TableDefinition
    let caller: UserID
    /// The kind of writing for which columns must be writable.
    let writing: TableColumn.Writing
    /// Columns that identify an existing row. A row may name them although they cannot be written.
    var keys: [String] = []
    /// The columns that count; nil for all.
    var columns: [TableColumn]?

    /// All rows of a body: one object, or an array of them.
    func rows(_ body: [UInt8]) throws(TableError) -> [TableRow] {
        let tree: JSONValue
        do {
            tree = try JSONValue.parse(body)
        } catch {
            throw .body("the body is no JSON: \(error)")
        }
        let objects = tree.array ?? [tree]
        guard objects.count <= Limits.tableRowsMax else {
            throw .body("the body has more than \(Limits.tableRowsMax) rows")
        }
        var rows: [TableRow] = []
        for object in objects { rows.append(try row(object)) }
        return rows
    }

    private func row(_ tree: JSONValue) throws(TableError) -> TableRow {
        guard let object = tree.object else { throw .body("a row must be an object") }
        var entries: [TableRow.Entry] = []
        var names: Set<String> = []
        for (name, value) in object.entries {
            guard let column = table.column(name) else { throw .unknownColumn(table) }
            guard names.insert(column.name).inserted else {
                throw .body("column \(column.name) stands twice in a row")
            }
            if let columns, !columns.contains(column) { continue }
            // In whole rows clients may name the owner. It must be the caller, whose rows they are in any case.
            if column.name == "user_id", writing == .insert || !keys.isEmpty {
                guard value.string.flatMap({ UserID($0) }) == caller else { throw .rowDenied(table) }
                continue
            }
            guard column.writing.contains(writing) || keys.contains(column.name) else {
                throw .columnDenied(column.name, of: table)
            }
            entries.append(TableRow.Entry(column: column, value: try column.rule.check(value, for: column)))
        }
        return TableRow(entries: entries)
    }
}
