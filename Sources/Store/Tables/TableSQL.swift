// A request to a table as one statement: which rows, in which order, and what is shown of them.

internal import Postgres
internal import Primitives
internal import Tables

/// Makes the statement of a request.
///
/// Each row has the number of rows that the request is about, or null; the number of rows that are shown, before the
/// answer's size cuts it, or null if there is none; what stands against a change, or null; and text for each output.
/// A row of the request's own table is called `t`, one of an embedded table `t` with a number.
struct TableSQL {
    let request: TableRequest
    var parameters = TableParameters()
    var embeddedCount = 0
    private var answerCells: TableAnswerCells?

    /// Where in the body flows stand that others of it were made of.
    let flowPlaces: [UniqueID: Int]

    private init(_ request: TableRequest) {
        self.request = request
        flowPlaces = TableSQL.flowPlaces(of: request)
    }

    /// The statement with its values, and where its answer stands in its rows.
    static func make(_ request: TableRequest) -> (BoundStatement, TableAnswerCells) {
        var maker = TableSQL(request)
        let sql =
            switch request.action {
            case .read: maker.read()
            case .insert(let rows): maker.insert(rows)
            case .insertMissing(let rows, let target): maker.insertMissing(rows, target)
            case .merge(let rows, let target): maker.merge(rows, target)
            case .mergeNumbered(let rows, let key): maker.mergeNumbered(rows, key, changesKnown: true)
            case .insertMissingNumbered(let rows, let key):
                maker.mergeNumbered(rows, key, changesKnown: false)
            case .update(let row): maker.changeOfMatched { maker, rows in maker.update(row, rows) }
            case .delete:
                maker.changeOfMatched { maker, rows in
                    "DELETE FROM \(maker.table) t WHERE \(rows) RETURNING t.*"
                }
            }
        guard let cells = maker.answerCells else { preconditionFailure("a request to a table has no answer") }
        let statement = PostgresStatement(once: sql, maker.parameters.types)
        return (BoundStatement(statement: statement, values: maker.parameters.values), cells)
    }

    /// The table's name, from the definitions.
    var table: String { request.table.name.rawValue }

    // MARK: Reading

    private mutating func read() -> String {
        let selection = request.selection
        let access = TableAccess(reading: request.table, as: "t", by: request.caller, &parameters)
        let rows =
            "FROM \(access.source) WHERE "
            + ([access.condition] + conditions(of: selection, in: "t")
            + innerConditions(of: selection, in: "t"))
            .joined(separator: " AND ")
        let total = request.counts ? "(SELECT count(*) \(rows))" : "NULL::bigint"
        return answer(total: total, "\(rows) \(piece(of: selection, in: "t"))")
    }

    /// Order and range of a selection.
    mutating func piece(of selection: TableSelection, in row: String) -> String {
        let limit = parameters.bind(.bigint(selection.range.limit), .bigint)
        let offset = parameters.bind(.bigint(selection.range.offset), .bigint)
        return "ORDER BY \(order(of: selection, in: row)) LIMIT \(limit) OFFSET \(offset)"
    }

    /// Puts total and rows together, and leaves out rows beyond the answer's size. The first row comes whatever its
    /// size.
    private mutating func answer(
        total: String, obstacle: String = "NULL::bigint", _ rows: String, prefix: String = ""
    ) -> String {
        let outputs = request.selection.outputs
        guard !outputs.isEmpty else {
            let answer = TableAnswerCells(
                total: total, found: "NULL::bigint", obstacle: obstacle, outputs: [], names: [],
                request.mediaType)
            answerCells = answer
            return "\(prefix) SELECT \(answer.selected)"
        }
        var cells: [String] = []
        for output in outputs { cells.append(cell(output, of: request.selection, in: "t")) }
        let columns = cells.indices.map { "c\($0)" }
        let size = columns.map { "COALESCE(octet_length(\($0)), 0)" }.joined(separator: " + ")
        let bytesMax = parameters.bind(.bigint(Int64(Limits.tableAnswerBytesMax)), .bigint)
        let answer = TableAnswerCells(
            total: "w.total", found: "p.found", obstacle: "w.obstacle", outputs: columns.map { "p.\($0)" },
            names: outputs.map(\.name), request.mediaType)
        answerCells = answer
        return """
            \(prefix)
            SELECT \(answer.selected)
            FROM (SELECT \(total) AS total, \(obstacle) AS obstacle) w LEFT JOIN (
                SELECT l.*, row_number() OVER () AS place, count(*) OVER () AS found,
                    sum(\(size)) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
                FROM (SELECT \(zip(cells, columns).map { "\($0) AS \($1)" }.joined(separator: ", ")) \(rows)) l
            ) p ON p.place = 1 OR p.bytes <= \(bytesMax)
            ORDER BY p.place
            """
    }

    /// Text of an output: JSON, or for lines of values what the database prints, and null where there is nothing.
    private mutating func cell(
        _ output: TableOutput, of selection: TableSelection, in row: String
    ) -> String {
        guard case .field(let field) = output.content, request.mediaType.form == .csv else {
            return json(output, of: selection, in: row)
        }
        let value = shown(field, of: selection.table, in: row)
        return "CASE WHEN (\(value)) IS NOT NULL THEN format('%s', \(value)) END"
    }

    /// JSON text of an output; the word null where there is nothing.
    mutating func json(_ output: TableOutput, of selection: TableSelection, in row: String) -> String {
        switch output.content {
        case .field(let field):
            "COALESCE(to_json(\(shown(field, of: selection.table, in: row)))::text, 'null')"
        case .embedded(let index): rows(of: selection.embedded[index], in: row)
        }
    }

    // MARK: Fields

    /// A column as the caller sees it.
    mutating func expression(
        _ column: TableColumn, of table: TableDefinition, in row: String
    ) -> TableExpression {
        TableAccess.expression(column, of: table, in: row, for: request.caller, &parameters)
    }

    /// What clients see of a field.
    private mutating func shown(_ field: TableField, of table: TableDefinition, in row: String) -> String {
        let shown = expression(field.column, of: table, in: row).shown
        return field.path.isEmpty ? shown : place(field, in: shown)
    }

    /// What filters and orders compare of a field.
    mutating func compared(_ field: TableField, of table: TableDefinition, in row: String) -> String {
        let compared = expression(field.column, of: table, in: row).compared
        return field.path.isEmpty ? compared : place(field, in: compared)
    }

    private mutating func place(_ field: TableField, in json: String) -> String {
        "(json_readable(to_json(\(json))) \(field.isText ? "#>>" : "#>") \(parameters.bind(field.path)))"
    }

    /// Orders by what the client says, and then by the key, so that pages do not overlap where the client's order
    /// leaves rows equal.
    private mutating func order(of selection: TableSelection, in row: String) -> String {
        let table = selection.table
        var terms: [String] = []
        for order in selection.order {
            let value = compared(order.field, of: table, in: row)
            var term = order.field.type.isJSON ? "json_comparable(\(value))" : value
            if order.isDescending { term += " DESC" }
            if let nullsFirst = order.nullsFirst { term += nullsFirst ? " NULLS FIRST" : " NULLS LAST" }
            terms.append(term)
        }
        for column in table.keyColumns where !selection.order.contains(where: { $0.field.column == column }) {
            terms.append(compared(TableField(only: column), of: table, in: row))
        }
        return terms.joined(separator: ", ")
    }

    // MARK: Changing

    /// A change whose statement itself selects its rows.
    ///
    /// - Parameters:
    ///   - counted: rows whose number is told, if they are counted before they are changed.
    ///   - condition: if it does not hold, no number is told.
    ///   - obstacle: what stands against the change.
    ///   - queries: the queries that it reads from, each as `name AS (…)`.
    mutating func change(
        _ sql: String, counted: String = "changed", if condition: String? = nil,
        obstacle: String = "NULL::bigint", after queries: [String] = []
    ) -> String {
        let having = condition.map { " HAVING \($0)" } ?? ""
        return answer(
            total: "(SELECT count(*) FROM \(counted)\(having))", obstacle: obstacle, "FROM changed t",
            prefix: "WITH " + (queries + ["changed AS (\(sql))"]).joined(separator: ", "))
    }

    /// A change of the caller's rows that meet the filters. If one object is wanted, or the number of affected rows is
    /// bounded, the rows are locked and counted first, and nothing changes if their number is not allowed.
    private mutating func changeOfMatched(_ sql: (inout TableSQL, _ rows: String) -> String) -> String {
        let rows = ([owns()] + conditions(of: request.selection, in: "t")).joined(separator: " AND ")
        let found = allFound()
        var given = givenSingle()
        var bounds = [found].compactMap(\.self)
        let differs = differing("given g, \(table) t WHERE \(rows)")
        if let differs {
            given.append(differs)
            bounds.append(TableSQL.nothingDiffers)
        }
        let obstacle = differs == nil ? "NULL::bigint" : TableSQL.difference
        guard request.wantsOne || request.affectedMax != nil else {
            return change(
                sql(&self, ([rows] + bounds).joined(separator: " AND ")), if: found, obstacle: obstacle,
                after: given)
        }
        if request.wantsOne { bounds.append("(SELECT count(*) FROM matched) = 1") }
        if request.affectedMax != nil { bounds.append(affects("matched")) }
        let key = TableSQL.names(request.table.keyColumns)
        let matched = "SELECT \(key) FROM \(table) t WHERE \(rows) FOR UPDATE"
        let changed = sql(
            &self, (["(\(key)) IN (SELECT \(key) FROM matched)"] + bounds).joined(separator: " AND "))
        return change(
            changed, counted: "matched", if: found, obstacle: obstacle,
            after: given + ["matched AS (\(matched))"])
    }

    /// The condition that there are no more of these rows than may be affected.
    mutating func affects(_ rows: String) -> String {
        let most = parameters.bind(.bigint(request.affectedMax ?? Int64.max), .bigint)
        return "(SELECT count(*) FROM \(rows)) <= \(most)"
    }

    /// The condition that a row is the caller's. The caller is a user, because requests without an account change
    /// nothing.
    mutating func owns(_ row: String = "t") -> String {
        guard case .user(let user) = request.caller else { return "false" }
        return "\(row).user_id = \(parameters.bind(.uuid(user.id), .uuid))"
    }

    /// Names of columns, from the definitions.
    static func names(_ columns: [TableColumn]) -> String { columns.map(\.name).joined(separator: ", ") }
}
