// The columns of a result, as the statement selects them and as its rows are read.

internal import Postgres
internal import Primitives

/// Where a value stands in the rows of one statement. Found once, when the statement is made.
struct Cell<Value>: Sendable {
    fileprivate let index: Int
    fileprivate let type: CellType<Value>

    /// Reads the value of a row.
    var reader: RowReader<Value> {
        { [self] row throws(PostgresError) in try row[self] }
    }
}

/// The columns of a table in the rows of one statement, side by side.
struct RecordCells: Sendable {
    fileprivate let first: Int
}

/// Gathers what a statement selects. The text and the reading of rows come from the same list.
struct ResultColumns: Sendable {
    private var texts: [String] = []
    /// What the database gives, in the order of the columns.
    private(set) var types: [PostgresType] = []

    /// The list behind SELECT or RETURNING, once all columns are there.
    var text: String { texts.joined(separator: ", ") }

    /// Adds a column: its expression in SQL, and how its cells are read.
    mutating func add<Value>(_ expression: String, _ type: CellType<Value>) -> Cell<Value> {
        defer {
            texts.append(type.selected(expression))
            types.append(type.read)
        }
        return Cell(index: texts.count, type: type)
    }

    /// Adds the columns of a table that are read.
    ///
    /// - Parameters:
    ///   - alias: what the statement calls a row of the table.
    ///   - large: makes the expression of a column that may be large.
    mutating func add<Record, Reader>(
        _ table: Table<Record, Reader>, of alias: String, large: (String) -> String = { $0 }
    ) -> RecordCells {
        defer {
            for column in table.read {
                let name = "\(alias).\(column.name)"
                texts.append(column.selected(column.isLarge ? large(name) : name))
                types.append(column.type)
            }
        }
        return RecordCells(first: texts.count)
    }
}

extension PostgresRows.Row {
    /// The value of a cell. Throws if it holds none of its type.
    subscript<Value>(cell: Cell<Value>) -> Value {
        get throws(PostgresError) { try cell.type.decode(self, cell.index) }
    }

    /// The moment of two cells, as one holds the microseconds and the other what is below.
    func moment(_ time: Cell<Timestamp>, _ below: Cell<Int16>) throws(PostgresError) -> Timestamp {
        try timestamptz(time.index, nanosecondsBelow: try self[below])
    }

    /// The cells of a table.
    subscript(cells: RecordCells) -> StoredRecord { StoredRecord(row: self, first: cells.first) }
}

/// A row of a table within a row of a result, read by the columns of the table.
struct StoredRecord {
    fileprivate let row: PostgresRows.Row
    fileprivate let first: Int

    /// The value of a column. Throws if the cell holds none of its type.
    subscript<Value>(column: Column<Value>) -> Value {
        get throws(PostgresError) { try column.type.decode(row, first + column.position) }
    }
}

/// Reads a value from the cells of a row. Throws if they hold none.
typealias RowReader<Value> = @Sendable (PostgresRows.Row) throws(PostgresError) -> Value

/// Reads a record from the columns of its table.
struct RecordReader<Record>: Sendable {
    private let read: @Sendable (StoredRecord) throws(PostgresError) -> Record

    init(_ read: @escaping @Sendable (StoredRecord) throws(PostgresError) -> Record) { self.read = read }

    /// The record of a row. Throws if the cells hold none.
    func callAsFunction(_ row: StoredRecord) throws(PostgresError) -> Record { try read(row) }
}

/// Rows that are read when they are asked for.
struct StoredRows<Value>: Sendable {
    private let rows: PostgresRows
    private let read: RowReader<Value>

    init(_ rows: PostgresRows, _ read: @escaping RowReader<Value>) {
        self.rows = rows
        self.read = read
    }

    /// No rows.
    static var none: StoredRows {
        StoredRows(.none) { _ throws(PostgresError) in throw .unreadable("row that is not there") }
    }

    var count: Int { rows.count }

    /// The value of the row with this index, which must be below `count`.
    subscript(index: Int) -> Value {
        get throws(PostgresError) { try read(rows[index]) }
    }

    /// The values of all rows, in order.
    func all() throws(PostgresError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(rows.count)
        for index in 0..<rows.count { values.append(try read(rows[index])) }
        return values
    }
}
