// Inserts, updates and their mixtures: what is stored where.

internal import Identity
internal import Postgres
internal import Primitives
internal import Tables

extension TableSQL {
    /// New rows. Columns that a row does not name get the table's defaults.
    mutating func insert(_ rows: [TableRow]) -> String {
        let stored = rows.map { StoredRow($0) }
        guard request.lookedUpColumns.isEmpty else { return insertGiven(stored, "") }
        return change(insert(stored, onConflict: ""))
    }

    /// New rows, unless one of the same target is there. If the number of affected rows is bounded, the missing rows
    /// are counted first, and nothing is done if there are more.
    mutating func insertMissing(_ rows: [TableRow], _ target: [TableColumn]) -> String {
        let stored = rows.map { StoredRow($0) }
        let names = TableSQL.names(target)
        let ignore = "ON CONFLICT (\(names)) DO NOTHING"
        guard request.affectedMax != nil else {
            guard request.lookedUpColumns.isEmpty else { return insertGiven(stored, ignore) }
            return change(insert(stored, onConflict: ignore))
        }
        let missing = """
            missing AS (SELECT DISTINCT \(names) FROM given g
                WHERE NOT EXISTS (SELECT FROM \(table) o WHERE \(TableSQL.same(target, as: "o"))))
            """
        return insertGiven(
            stored, ignore, if: ["(\(names)) IN (SELECT \(names) FROM missing)", affects("missing")],
            counted: "missing", after: [missing])
    }

    /// New rows, or new values for the caller's rows of the same target; nothing at all if one is somebody else's, or
    /// holds something else in a column that cannot be changed.
    mutating func merge(_ rows: [TableRow], _ target: [TableColumn]) -> String {
        let stored = rows.map { StoredRow($0) }
        let me = caller()
        let foreign = """
            SELECT FROM given g JOIN \(table) o ON \(TableSQL.same(target, as: "o")) WHERE o.user_id <> \(me)
            """
        let update = """
            ON CONFLICT (\(TableSQL.names(target))) DO UPDATE SET \(assignments(stored, from: "EXCLUDED", but: target))
            WHERE t.user_id = \(me)
            """
        // What another's row holds is not told, not even by the kind of the refusal.
        let differs = differing("given g JOIN \(table) t ON \(TableSQL.same(target, as: "t")) AND \(owns())")
        return insertGiven(
            stored, update,
            if: ["NOT EXISTS (\(foreign))"] + (differs == nil ? [] : [TableSQL.nothingDiffers]),
            obstacle: differs == nil ? "NULL::bigint" : TableSQL.difference,
            after: [differs].compactMap(\.self))
    }

    /// An insert in which each row names its columns or is given defaults.
    private mutating func insert(_ rows: [StoredRow], onConflict: String) -> String {
        let columns = StoredRow.columns(of: rows)
        var tuples: [String] = []
        for row in rows {
            // The check stands once, in front of all rows.
            var values = [tuples.isEmpty ? ownerOfMore(rows.count) : caller()]
            for column in columns {
                values.append(
                    row.value(column.name).map { inserted(column.name, value($0, as: column.type)) }
                        ?? "DEFAULT")
            }
            tuples.append("(\(values.joined(separator: ", ")))")
        }
        let names = (["user_id"] + columns.map(\.name)).joined(separator: ", ")
        return """
            INSERT INTO \(table) AS t (\(names)) VALUES \(tuples.joined(separator: ", "))
            \(onConflict) RETURNING t.*
            """
    }

    /// An insert of rows that all have the same columns, under conditions that may look at them, as `given`. Each row is
    /// called `g` there.
    private mutating func insertGiven(
        _ rows: [StoredRow], _ onConflict: String, if conditions: [String] = [], counted: String = "changed",
        obstacle: String = "NULL::bigint", after queries: [String] = []
    ) -> String {
        var names = StoredRow.columns(of: rows).map(\.name)
        if !flowPlaces.isEmpty, !names.contains("id") { names.append("id") }
        let found = allFound()
        var values = [caller()]
        for name in names {
            values.append(flowPlaces.isEmpty ? inserted(name, "g.\(name)") : "g.\(name)")
        }
        let all = ["true"] + conditions + [found].compactMap(\.self)
        let sql = """
            INSERT INTO \(table) AS t (\((["user_id"] + names).joined(separator: ", ")))
            SELECT \(values.joined(separator: ", ")) FROM given g
            WHERE \(all.joined(separator: " AND ")) \(onConflict) RETURNING t.*
            """
        return change(sql, counted: counted, if: found, obstacle: obstacle, after: given(rows) + queries)
    }

    /// A value of a new row. A number that the caller's flow has had is given to it again; for any other it gets a new
    /// one.
    private mutating func inserted(_ name: String, _ value: String) -> String {
        guard request.table.name == .flows, name == "id" else { return value }
        return "flow_number(\(value), \(caller()))"
    }

    /// The query `differs`: for each row that is there and does not hold what its row of the body says, the index of the
    /// first such column. Nil if nothing is to be compared.
    ///
    /// - Parameter source: `given` rows, called `g`, and the rows that are there, called `t`.
    mutating func differing(_ source: String) -> String? {
        let columns = request.keptColumns
        guard !columns.isEmpty else { return nil }
        var cases: [String] = []
        for (index, column) in columns.enumerated() {
            let there = compared(TableField(only: column), of: request.table, in: "t")
            cases.append("WHEN \(there) IS DISTINCT FROM g.\(StoredRow.kept(column.name)) THEN \(index)")
        }
        return "differs AS (SELECT CASE \(cases.joined(separator: " ")) END AS place FROM \(source))"
    }

    static let nothingDiffers = "NOT EXISTS (SELECT FROM differs d WHERE d.place IS NOT NULL)"
    static let difference = "(SELECT min(d.place)::bigint FROM differs d)"

    /// That a row of the table and one of those that are given have the same target.
    static func same(_ target: [TableColumn], as row: String) -> String {
        target.map { "\(row).\($0.name) = g.\($0.name)" }.joined(separator: " AND ")
    }

    /// New values for the rows that a condition names.
    mutating func update(_ row: TableRow, _ rows: String) -> String {
        var assignments: [String] = []
        for column in StoredRow(row).columns {
            assignments.append(TableSQL.assignment(column.name, value(column.value, as: column.type)))
        }
        // An update must assign something.
        if assignments.isEmpty { assignments = request.table.key.prefix(1).map { "\($0) = t.\($0)" } }
        return """
            UPDATE \(table) t SET \(assignments.joined(separator: ", ")) WHERE \(rows)
            RETURNING t.*
            """
    }

    /// The caller as the owner of so many new rows. The database refuses them if the caller would have too many.
    private mutating func ownerOfMore(_ count: Int) -> String {
        let me = caller()
        guard request.table.name == .wallets else { return me }
        let more = parameters.bind(.bigint(Int64(count)), .bigint)
        let most = parameters.bind(.bigint(Int64(Limits.walletsPerUserMax)), .bigint)
        return "owner_of_more_wallets(\(me), \(more), \(most))"
    }

    mutating func caller() -> String {
        guard case .user(let user) = request.caller else { return "NULL::uuid" }
        return parameters.bind(.uuid(user.id), .uuid)
    }

    /// New values for a row that is there, of those columns that can be changed in it.
    func assignments(_ rows: [StoredRow], from row: String, but keys: [TableColumn]) -> String {
        let others = StoredRow.columns(of: rows).map(\.name).filter { name in
            name == StoredRow.editor
                || request.table.columns.contains { $0.name == name && $0.writing.contains(.update) }
                    && !keys.contains { $0.name == name }
        }
        // An update must assign something, so the key is assigned to itself if there is nothing else.
        return (others.isEmpty ? keys.prefix(1).map(\.name) : others)
            .map { TableSQL.assignment($0, "\(row).\($0)") }.joined(separator: ", ")
    }

    /// In the column that only editors look at, members that are not named stay. All members stay text: `jsonb` would
    /// write out all digits of a number, and `1e131071` has many.
    private static func assignment(_ name: String, _ value: String) -> String {
        guard name == StoredRow.editor else { return "\(name) = \(value)" }
        return "editor = json_merged(t.editor, \(value))"
    }
}
