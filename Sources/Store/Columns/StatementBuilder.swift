// How statements are written: parameters and columns by names of Swift, which the builder numbers.

internal import Postgres

/// The text of a statement, and what its rows become.
struct StatementBody<Answer> {
    let sql: String
    let read: @Sendable (PostgresRows) throws(PostgresError) -> Answer
}

/// The records of a parameter as rows, one array for each column.
struct RowsParameter {
    /// The source of rows, with alias and names, for FROM.
    let unnested: String
    /// The names of the columns, for the list behind INSERT INTO.
    let names: String
    /// What is stored in these columns, for SELECT.
    let stored: String
}

/// A record as one row.
struct RecordParameter {
    /// The names of the columns, for the list behind INSERT INTO.
    let names: String
    /// What is stored in these columns, for VALUES or SELECT.
    let stored: String
}

/// Gives out the parameters and columns of a statement under construction.
struct StatementBuilder<Input> {
    private(set) var parameterTypes: [PostgresType] = []
    private(set) var parameters: [@Sendable (Input) -> PostgresValue] = []
    private(set) var result = ResultColumns()

    // MARK: Parameters

    /// Adds a parameter, and gives the text that stands for it, as often as it is needed.
    mutating func parameter<Value>(
        _ type: CellType<Value>, _ value: @escaping @Sendable (Input) -> Value
    ) -> String {
        let encode = type.encode
        return parameter(type.written) { encode(value($0)) }
    }

    /// Adds a parameter for each column that a record of this table writes.
    mutating func values<Record, Reader>(
        of table: Table<Record, Reader>, _ record: @escaping @Sendable (Input) -> Record
    ) -> RecordParameter {
        var stored: [String] = []
        for column in table.written {
            stored.append(column.stored(parameter(column.type) { column.cell(record($0)) }))
        }
        return RecordParameter(names: table.names, stored: stored.joined(separator: ", "))
    }

    /// Adds an array for each column that records of this table write.
    ///
    /// - Parameter alias: what the statement calls a row of these arrays.
    mutating func rows<Record, Reader>(
        _ table: Table<Record, Reader>, as alias: String, _ records: @escaping @Sendable (Input) -> [Record]
    ) -> RowsParameter {
        var arrays: [String] = []
        for column in table.written {
            arrays.append(
                parameter(column.type.array) { input in
                    var array = PostgresArray(of: column.type)
                    for record in records(input) { array.append(column.cell(record)) }
                    return .array(array)
                })
        }
        return RowsParameter(
            unnested: "unnest(\(arrays.joined(separator: ", "))) AS \(alias) (\(table.names))",
            names: table.names,
            stored: table.written.map { $0.stored("\(alias).\($0.name)") }.joined(separator: ", "))
    }

    private mutating func parameter(
        _ type: PostgresType, _ value: @escaping @Sendable (Input) -> PostgresValue
    ) -> String {
        parameterTypes.append(type)
        parameters.append(value)
        return "$\(parameters.count)"
    }

    // MARK: Columns

    /// The columns that were added, for SELECT or RETURNING.
    var columns: String { result.text }

    /// Adds a column: its expression in SQL, and how its cells are read.
    mutating func column<Value>(_ expression: String, _ type: CellType<Value>) -> Cell<Value> {
        result.add(expression, type)
    }

    /// Adds the columns of a table that are read.
    ///
    /// - Parameters:
    ///   - alias: what the statement calls a row of the table.
    ///   - large: makes the expression of a column that may be large.
    mutating func columns<Record, Reader>(
        _ table: Table<Record, Reader>, of alias: String, large: (String) -> String = { $0 }
    ) -> RecordCells {
        result.add(table, of: alias, large: large)
    }

    /// Adds the columns of a table that are read, and gives what reads a record from them.
    mutating func record<Record, Written>(of table: Table<Written, RecordReader<Record>>, _ alias: String)
        -> RowReader<Record>
    {
        let cells = result.add(table, of: alias)
        return { row throws(PostgresError) in try table.reader(row[cells]) }
    }

    // MARK: Answers

    /// The answer is what the first row says; nil if there is no row.
    func first<Value>(_ sql: String, _ read: @escaping RowReader<Value>) -> StatementBody<Value?> {
        StatementBody(sql: sql) { rows throws(PostgresError) in
            rows.count > 0 ? try read(rows[0]) : nil
        }
    }

    /// The answer is what a cell of the first row says; nil if there is no row.
    func first<Value>(_ sql: String, _ cell: Cell<Value>) -> StatementBody<Value?> {
        first(sql, cell.reader)
    }

    /// The answer is what the only row says. Reading throws if there is none.
    func one<Value>(_ sql: String, _ read: @escaping RowReader<Value>) -> StatementBody<Value> {
        StatementBody(sql: sql) { rows throws(PostgresError) in
            guard rows.count == 1 else { throw .unreadable("answer, which has \(rows.count) rows,") }
            return try read(rows[0])
        }
    }

    /// The answer is what a cell of the only row says.
    func one<Value>(_ sql: String, _ cell: Cell<Value>) -> StatementBody<Value> { one(sql, cell.reader) }

    /// The answer is what all rows say, in order.
    func all<Value>(_ sql: String, _ read: @escaping RowReader<Value>) -> StatementBody<[Value]> {
        StatementBody(sql: sql) { rows throws(PostgresError) in try StoredRows(rows, read).all() }
    }

    /// The answer is what a cell says in all rows, in order.
    func all<Value>(_ sql: String, _ cell: Cell<Value>) -> StatementBody<[Value]> { all(sql, cell.reader) }

    /// The answer is rows that are read later.
    func rows<Value>(_ sql: String, _ read: @escaping RowReader<Value>) -> StatementBody<StoredRows<Value>> {
        StatementBody(sql: sql) { rows in StoredRows(rows, read) }
    }

    /// The answer is whether there is a row.
    func exists(_ sql: String) -> StatementBody<Bool> { StatementBody(sql: sql) { $0.count > 0 } }

    /// The answer is how many rows there are.
    func count(_ sql: String) -> StatementBody<Int> { StatementBody(sql: sql) { $0.count } }

    /// There is no answer but that the statement was carried out.
    func effect(_ sql: String) -> StatementBody<Void> { StatementBody(sql: sql) { _ in } }
}
