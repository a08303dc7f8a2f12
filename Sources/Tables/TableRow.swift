// The rows that a body gives, each value checked for its column. Pure.

internal import Primitives
internal import Wire

/// The values of one row that is written.
public struct TableRow: Hashable, Sendable {
    /// A column with a value of its type.
    public struct Entry: Hashable, Sendable {
        public let column: TableColumn
        public let value: TableValue
    }

    /// What is written.
    public let entries: [Entry]
    /// What a row that is there must hold already, because it cannot be changed.
    public let kept: [Entry]

    /// The value of the column of this name, if the row has one.
    public subscript(name: String) -> TableValue? { entries.first { $0.column.name == name }?.value }
}

/// How the members of an object in a body become a row. Clients write whole rows as they have read them, with columns
/// that they cannot write among them.
struct TableRowReader {
    /// What becomes of the rows.
    enum Purpose: Hashable {
        case insert, update
        /// New rows, or new values for rows with the same values in these columns.
        case merge(by: [String])

        /// The kinds of writing, one of which a column must allow.
        var writing: TableColumn.Writing {
            switch self {
            case .insert: [.insert, .again]
            case .update: .update
            case .merge: [.always, .again]
            }
        }

        /// The kinds of writing after which a column has another value.
        var changing: TableColumn.Writing { self == .insert ? .insert : .update }
    }

    let table: TableDefinition
    let caller: UserID
    let purpose: Purpose
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
        var kept: [TableRow.Entry] = []
        var names: Set<String> = []
        for (name, value) in object.entries {
            guard let column = table.column(name) else { throw .unknownMember(name, table) }
            guard names.insert(column.name).inserted else {
                throw .body("column \(column.name) stands twice in a row")
            }
            if let columns, !columns.contains(column) { continue }
            // The owner must be the caller, whose rows they are in any case.
            if column.name == "user_id" {
                guard value.string.flatMap({ UserID($0) }) == caller else { throw .rowDenied(table) }
                continue
            }
            if isWritten(column) {
                entries.append(
                    TableRow.Entry(column: column, value: try column.rule.check(value, for: column)))
            }
            if let entry = try keptEntry(column, value) { kept.append(entry) }
        }
        return TableRow(entries: entries, kept: kept)
    }

    private func isWritten(_ column: TableColumn) -> Bool {
        if case .merge(let target) = purpose, target.contains(column.name) { return true }
        return !column.writing.isDisjoint(with: purpose.writing)
    }

    /// What a row that is there must hold, if the column cannot be changed in it.
    private func keptEntry(_ column: TableColumn, _ value: JSONValue) throws(TableError) -> TableRow.Entry? {
        guard column.keeping != .empty else {
            guard value == .null else { throw .columnDenied(column, of: table, purpose.changing) }
            return nil
        }
        guard purpose != .insert, column.keeping == .same, !column.writing.contains(.update) else {
            return nil
        }
        if case .merge(let target) = purpose, target.contains(column.name) { return nil }
        return TableRow.Entry(column: column, value: try column.read(value))
    }
}
