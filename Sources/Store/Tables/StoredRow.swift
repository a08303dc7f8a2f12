// What is stored of a row that a client writes.

internal import Primitives
internal import Tables
internal import Wire

/// The columns of the database that one row of a request is stored in. Values that only editors look at share one
/// column.
struct StoredRow {
    typealias Column = (name: String, type: TableColumnType)

    private(set) var columns: [(name: String, type: TableColumnType, value: TableValue)] = []
    /// What the row that is there must hold already, under names of their own.
    private(set) var kept: [(name: String, type: TableColumnType, value: TableValue)] = []

    init(_ row: TableRow) {
        var editor = JSONWriter()
        var hasEditor = false
        editor.beginObject()
        for entry in row.entries {
            guard TableDefinition.editorColumns.contains(entry.column) else {
                columns.append((entry.column.name, entry.column.type, entry.value))
                continue
            }
            hasEditor = true
            editor.key(entry.column.name)
            if case .json(let bytes) = entry.value { editor.raw(bytes) } else { editor.null() }
        }
        editor.endObject()
        if hasEditor { columns.append((StoredRow.editor, .json, .json(editor.output))) }
        for entry in row.kept {
            kept.append((StoredRow.kept(entry.column.name), entry.column.type, entry.value))
        }
    }

    static let editor = "editor"

    /// The name of what a column must hold already.
    static func kept(_ column: String) -> String { "kept_\(column)" }

    func value(_ name: String) -> TableValue? { (columns + kept).first { $0.name == name }?.value }

    /// All columns that the rows name, in which something is stored.
    static func columns(of rows: [StoredRow]) -> [Column] { distinct(rows.lazy.flatMap(\.columns)) }

    /// All that rows which are there must hold already.
    static func kept(of rows: [StoredRow]) -> [Column] { distinct(rows.lazy.flatMap(\.kept)) }

    private static func distinct(
        _ columns: some Sequence<(name: String, type: TableColumnType, value: TableValue)>
    ) -> [Column] {
        var distinct: [Column] = []
        var names: Set<String> = []
        for column in columns where names.insert(column.name).inserted {
            distinct.append((column.name, column.type))
        }
        return distinct
    }
}
