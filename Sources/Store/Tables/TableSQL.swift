// A request to a table as one statement: which rows, in which order, and what is shown of them.

internal import Postgres
internal import Primitives
internal import Tables

/// Makes the statement of a request.
///
/// Each row has the number of rows that the request is about, or null; the number of rows that are shown, before the
/// answer's size cuts it, or null if there is none; and JSON text for each output.
struct TableSQL {
    let request: TableRequest
    var parameters = TableParameters()
    private var answerCells: TableAnswerCells?

    private init(_ request: TableRequest) { self.request = request }

    /// The statement with its values, and where its answer stands in its rows.
    static func make(_ request: TableRequest) -> (BoundStatement, TableAnswerCells) {
        var maker = TableSQL(request)
        let sql =
            switch request.action {
            case .read: maker.read()
            case .insert(let rows): maker.insert(rows)
            case .insertMissing(let rows, let target): maker.insertMissing(rows, target)
            case .merge(let rows, let target): maker.merge(rows, target)
            case .mergeExisting(let rows, let key): maker.mergeExisting(rows, key)
            case .update(let row): maker.changeOfMatched { maker, rows in maker.update(row, rows) }
            case .delete:
                maker.changeOfMatched { maker, rows in
                    "DELETE FROM \(maker.request.table.name.rawValue) t WHERE \(rows) RETURNING t.*"
                }
            }
        guard let cells = maker.answerCells else { preconditionFailure("a request to a table has no answer") }
        let statement = PostgresStatement(once: sql, maker.parameters.types)
        return (BoundStatement(statement: statement, values: maker.parameters.values), cells)
    }

    // MARK: Reading

    private mutating func read() -> String {
        let access = TableAccess(reading: request.table, by: request.caller, &parameters)
        let rows = "FROM \(access.source) WHERE " + conditions(access.condition)
        let total = request.counts ? "(SELECT count(*) \(rows))" : "NULL::bigint"
        let limit = parameters.bind(.bigint(request.range.limit), .bigint)
        let offset = parameters.bind(.bigint(request.range.offset), .bigint)
        return answer(total: total, "\(rows) ORDER BY \(order()) LIMIT \(limit) OFFSET \(offset)")
    }

    /// Puts total and rows together, and leaves out rows beyond the answer's size. The first row comes whatever its
    /// size.
    private mutating func answer(total: String, _ rows: String, prefix: String = "") -> String {
        guard !request.outputs.isEmpty else {
            let answer = TableAnswerCells(total: total, found: "NULL::bigint", outputs: [])
            answerCells = answer
            return "\(prefix) SELECT \(answer.selected)"
        }
        var cells: [String] = []
        for output in request.outputs { cells.append(cell(output)) }
        let names = cells.indices.map { "c\($0)" }
        let size = names.map { "octet_length(\($0))" }.joined(separator: " + ")
        let bytesMax = parameters.bind(.bigint(Int64(Limits.tableAnswerBytesMax)), .bigint)
        let answer = TableAnswerCells(total: "w.total", found: "p.found", outputs: names.map { "p.\($0)" })
        answerCells = answer
        return """
            \(prefix)
            SELECT \(answer.selected)
            FROM (SELECT \(total) AS total) w LEFT JOIN (
                SELECT l.*, row_number() OVER () AS place, count(*) OVER () AS found,
                    sum(\(size)) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
                FROM (SELECT \(zip(cells, names).map { "\($0) AS \($1)" }.joined(separator: ", ")) \(rows)) l
            ) p ON p.place = 1 OR p.bytes <= \(bytesMax)
            ORDER BY p.place
            """
    }

    /// JSON text of an output; the word null where there is nothing.
    private mutating func cell(_ output: TableOutput) -> String {
        let shown = TableAccess.expression(
            output.column, of: request.table, for: request.caller, &parameters
        ).shown
        guard !output.path.isEmpty else { return "COALESCE(to_json(\(shown))::text, 'null')" }
        let json = TableExpression.lookedInto("to_json(\(shown))")
        let path = parameters.bind(
            .array(PostgresArray(of: .text, output.path.map { .text($0) })), PostgresType.text.array)
        return "COALESCE(to_json(\(json) \(output.isText ? "#>>" : "#>") \(path))::text, 'null')"
    }

    /// Orders by what the client says, and then by the key, so that pages do not overlap where the client's order
    /// leaves rows equal.
    private mutating func order() -> String {
        var terms: [String] = []
        for order in request.order {
            var term = compared(order.column) + (order.isDescending ? " DESC" : "")
            if let nullsFirst = order.nullsFirst { term += nullsFirst ? " NULLS FIRST" : " NULLS LAST" }
            terms.append(term)
        }
        for column in request.table.keyColumns where !request.order.contains(where: { $0.column == column }) {
            terms.append(compared(column))
        }
        return terms.joined(separator: ", ")
    }

    // MARK: Conditions

    private mutating func conditions(_ access: String) -> String {
        var conditions = [access]
        for filter in request.filters {
            let text = condition(filter)
            conditions.append(filter.isNegated ? "NOT (\(text))" : text)
        }
        return conditions.joined(separator: " AND ")
    }

    private mutating func compared(_ column: TableColumn) -> String {
        TableAccess.expression(column, of: request.table, for: request.caller, &parameters).compared
    }

    private mutating func condition(_ filter: TableFilter) -> String {
        let column = filter.column
        let text = compared(column)
        switch filter.condition {
        case .compare(let comparison, let value):
            if column.type.mustLookUp(value) {
                return (comparison == .notEqual ? "NOT " : "") + isOneOf([value], column, text)
            }
            let sign = TableSQL.sign(comparison)
            guard column.type == .json else {
                return "\(text) \(sign) \(parameters.bind(value, as: column.type))"
            }
            return
                "\(TableExpression.lookedInto("to_json(\(text))"))::jsonb \(sign) \(parameters.bind(value, as: .json))::jsonb"
        case .like(let pattern, let ignoresCase):
            let place = parameters.bind(.text(pattern), .text)
            return "\(text) \(ignoresCase ? "ILIKE" : "LIKE") \(place)"
        case .isOneOf(let values): return isOneOf(values, column, text)
        case .isNull: return "\(text) IS NULL"
        case .isNotNull: return "\(text) IS NOT NULL"
        case .isTruth(true?): return "\(text) IS TRUE"
        case .isTruth(false?): return "\(text) IS FALSE"
        case .isTruth(nil): return "\(text) IS UNKNOWN"
        }
    }

    /// That a column holds one of these values. A flow that is named by UUID where the column holds numbers, or the
    /// other way round, is looked up. A flow that the caller does not see equals nothing, like a number that no flow
    /// has.
    private mutating func isOneOf(_ values: [TableValue], _ column: TableColumn, _ text: String) -> String {
        let others = values.filter { column.type.mustLookUp($0) }
        guard !others.isEmpty else { return "\(text) = ANY(\(parameters.bind(values, as: column.type)))" }
        let plain = values.filter { !column.type.mustLookUp($0) }
        let sees = TableAccess.seesFlow("f", request.caller, &parameters)
        // The last element is no flow's name. As the array is never empty, null is neither in it nor outside of it.
        guard column.type == .flow else {
            let uuids = parameters.bind(plain, as: .uuid)
            let numbers = parameters.bind(others, as: .integer)
            return """
                \(text)::text = ANY(\(uuids)::text[] || ARRAY(
                    SELECT f.uuid::text FROM flows f WHERE f.id = ANY(\(numbers)) AND \(sees)) || ''::text)
                """
        }
        let numbers = parameters.bind(plain, as: .integer)
        let uuids = parameters.bind(others, as: .uuid)
        return """
            \(text) = ANY(\(numbers)::bigint[] || ARRAY(
                SELECT f.id::bigint FROM flows f WHERE f.uuid = ANY(\(uuids)) AND \(sees)) || 2147483648)
            """
    }

    private static func sign(_ comparison: TableFilter.Comparison) -> String {
        switch comparison {
        case .equal: "="
        case .notEqual: "<>"
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .less: "<"
        case .lessOrEqual: "<="
        }
    }

    // MARK: Changing

    /// A change whose statement itself selects its rows.
    ///
    /// - Parameters:
    ///   - counted: rows whose number is told, if they are counted before they are changed.
    ///   - condition: if it does not hold, no number is told.
    ///   - queries: the queries that it reads from, each as `name AS (…)`.
    mutating func change(
        _ sql: String, counted: String = "changed", if condition: String? = nil, after queries: [String] = []
    ) -> String {
        let having = condition.map { " HAVING \($0)" } ?? ""
        return answer(
            total: "(SELECT count(*) FROM \(counted)\(having))", "FROM changed t",
            prefix: "WITH " + (queries + ["changed AS (\(sql))"]).joined(separator: ", "))
    }

    /// A change of the caller's rows that meet the filters. If one object is wanted, or the number of affected rows is
    /// bounded, the rows are locked and counted first, and nothing changes if their number is not allowed.
    private mutating func changeOfMatched(_ sql: (inout TableSQL, _ rows: String) -> String) -> String {
        let table = request.table
        let rows = conditions(owns())
        let found = allFound()
        let given = givenLookedUp()
        var bounds = [found].compactMap(\.self)
        guard request.wantsOne || request.affectedMax != nil else {
            return change(
                sql(&self, ([rows] + bounds).joined(separator: " AND ")), if: found, after: given)
        }
        if request.wantsOne { bounds.append("(SELECT count(*) FROM matched) = 1") }
        if request.affectedMax != nil { bounds.append(affects("matched")) }
        let key = TableSQL.names(table.keyColumns)
        let matched = "SELECT \(key) FROM \(table.name.rawValue) t WHERE \(rows) FOR UPDATE"
        let changed = sql(
            &self, (["(\(key)) IN (SELECT \(key) FROM matched)"] + bounds).joined(separator: " AND "))
        return change(changed, counted: "matched", if: found, after: given + ["matched AS (\(matched))"])
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
