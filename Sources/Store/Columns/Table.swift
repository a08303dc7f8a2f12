// A table as a value: its columns with their types, what a record stores in each, and how a row is read.

internal import Postgres

/// A table that flowd stores records in.
///
/// A column is one line in it. INSERT, COPY and SELECT have the column's name, its type and its cells from there. What
/// reads a row stands in the same list, because it is made together with the columns.
struct Table<Record, Reader: Sendable>: Sendable {
    let name: String
    let written: [WrittenColumn<Record>]
    let read: [ReadColumn]
    /// Reads a row of the table; the statement that selects the row says where it stands.
    let reader: Reader

    /// A table with these columns.
    ///
    /// - Parameter columns: adds the columns in any order, and gives what reads a row.
    init(_ name: String, _ columns: (inout ColumnList<Record>) -> Reader) {
        var list = ColumnList<Record>()
        reader = columns(&list)
        self.name = name
        written = list.written
        read = list.read
    }

    /// The columns that are written, as INSERT and COPY list them.
    var names: String { written.map(\.name).joined(separator: ", ") }

    /// What a record stores, in the order of `names`.
    func cells(of record: Record) -> [PostgresValue] { written.map { $0.cell(record) } }

    /// The statement that takes `copyRows`.
    var copyStatement: String { "COPY \(name) (\(names)) FROM STDIN (FORMAT binary)" }

    /// Records as rows of COPY.
    func copyRows(_ records: some Sequence<Record>) -> CopyRows {
        var rows = CopyRows(columnCount: written.count)
        for record in records { rows.append { written[$0].cell(record) } }
        return rows
    }
}

/// A column that a record stores something in.
struct WrittenColumn<Record>: Sendable {
    let name: String
    let type: PostgresType
    /// What is stored, made of the SQL that gives the cell.
    let stored: @Sendable (String) -> String
    let cell: @Sendable (Record) -> PostgresValue
}

/// A column that is read.
struct ReadColumn: Sendable {
    let name: String
    let type: PostgresType
    /// What is selected, made of the column's name.
    let selected: @Sendable (String) -> String
    /// Its cells may be large, so statements that read many rows bound them.
    let isLarge: Bool
}

/// Where the value of a column stands among the columns of its table that are read.
struct Column<Value>: Sendable {
    let position: Int
    let type: CellType<Value>
}

/// The list of a table's columns, while it is made.
struct ColumnList<Record> {
    fileprivate var written: [WrittenColumn<Record>] = []
    fileprivate var read: [ReadColumn] = []

    /// Adds a column that is written and read.
    ///
    /// - Parameters:
    ///   - isLarge: its cells may be large, so statements that read many rows bound them.
    ///   - stored: what a statement stores, made of the SQL that gives the cell.
    ///   - value: what the record stores.
    mutating func column<Value>(
        _ name: String, _ type: CellType<Value>, isLarge: Bool = false,
        stored: @escaping @Sendable (String) -> String = { $0 },
        _ value: @escaping @Sendable (Record) -> Value
    ) -> Column<Value> {
        write(name, type, stored: stored, value)
        return column(name, type, isLarge: isLarge)
    }

    /// Adds a column that is only read, because statements write it by themselves.
    mutating func column<Value>(_ name: String, _ type: CellType<Value>, isLarge: Bool = false)
        -> Column<Value>
    {
        defer {
            read.append(
                ReadColumn(name: name, type: type.read, selected: type.selected, isLarge: isLarge))
        }
        return Column(position: read.count, type: type)
    }

    /// Adds a column that is only written.
    ///
    /// - Parameters:
    ///   - stored: what a statement stores, made of the SQL that gives the cell.
    ///   - value: what the record stores.
    mutating func write<Value>(
        _ name: String, _ type: CellType<Value>, stored: @escaping @Sendable (String) -> String = { $0 },
        _ value: @escaping @Sendable (Record) -> Value
    ) {
        let encode = type.encode
        written.append(
            WrittenColumn(name: name, type: type.written, stored: stored) { encode(value($0)) })
    }

    /// Adds columns that are only written, and made elsewhere.
    mutating func write(_ columns: [WrittenColumn<Record>]) { written += columns }
}
