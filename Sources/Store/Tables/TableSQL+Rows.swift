// Inserts, updates and their mixtures: what is stored where.

internal import Identity
internal import Postgres
internal import Primitives
internal import Tables
internal import Wire

/// The columns of the database that one row of a request is stored in. Values that only editors look at share one
/// column.
private struct StoredRow {
    private(set) var columns: [(name: String, type: TableColumnType, value: TableValue)] = []

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
    }

    static let editor = "editor"

    func value(_ name: String) -> TableValue? { columns.first { $0.name == name }?.value }
}

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
                WHERE NOT EXISTS (SELECT FROM \(request.table.name.rawValue) o WHERE \(same(target))))
            """
        return insertGiven(
            stored, ignore, if: ["(\(names)) IN (SELECT \(names) FROM missing)", affects("missing")],
            counted: "missing", after: [missing])
    }

    /// New rows, or new values for the caller's rows of the same target; nothing at all if one is somebody else's.
    mutating func merge(_ rows: [TableRow], _ target: [TableColumn]) -> String {
        let stored = rows.map { StoredRow($0) }
        let names = TableSQL.columns(of: stored).map(\.name)
        let me = caller()
        let table = request.table.name.rawValue
        let foreign = "SELECT FROM given g JOIN \(table) o ON \(same(target)) WHERE o.user_id <> \(me)"
        return insertGiven(
            stored,
            """
            ON CONFLICT (\(TableSQL.names(target))) DO UPDATE SET \(assignments(names, from: "EXCLUDED", but: target))
            WHERE t.user_id = \(me)
            """, if: ["NOT EXISTS (\(foreign))"])
    }

    /// New values for rows of the caller, found by a key that only the server gives out; nothing at all if one of them
    /// is not there or not the caller's.
    mutating func mergeExisting(_ rows: [TableRow], _ key: TableColumn) -> String {
        let stored = rows.map { StoredRow($0) }
        let names = TableSQL.columns(of: stored).map(\.name)
        let me = caller()
        let table = request.table.name.rawValue
        let count = parameters.bind(.bigint(Int64(rows.count)), .bigint)
        let sql = """
            UPDATE \(table) t SET \(assignments(names, from: "g", but: [key])) FROM given g
            WHERE \(same([key], as: "t")) AND t.user_id = \(me) AND \(count) = (
                SELECT count(*) FROM \(table) o
                WHERE o.\(key.name) IN (SELECT g.\(key.name) FROM given g) AND o.user_id = \(me))
            RETURNING t.*
            """
        return change(sql, if: allFound(), after: [given(stored)])
    }

    /// An insert in which each row names its columns or is given defaults.
    private mutating func insert(_ rows: [StoredRow], onConflict: String) -> String {
        let columns = TableSQL.columns(of: rows)
        var tuples: [String] = []
        for row in rows {
            // The check stands once, in front of all rows.
            var values = [tuples.isEmpty ? ownerOfMore(rows.count) : caller()]
            for column in columns {
                values.append(
                    row.value(column.name).map { value($0, as: column.type) } ?? "DEFAULT")
            }
            tuples.append("(\(values.joined(separator: ", ")))")
        }
        let names = (["user_id"] + columns.map(\.name)).joined(separator: ", ")
        return """
            INSERT INTO \(request.table.name.rawValue) AS t (\(names)) VALUES \(tuples.joined(separator: ", "))
            \(onConflict) RETURNING t.*
            """
    }

    /// An insert of rows that all have the same columns, under conditions that may look at them, as `given`. Each row is
    /// called `g` there.
    private mutating func insertGiven(
        _ rows: [StoredRow], _ onConflict: String, if conditions: [String] = [], counted: String = "changed",
        after queries: [String] = []
    ) -> String {
        let names = TableSQL.columns(of: rows).map(\.name)
        let found = allFound()
        let all = conditions + [found].compactMap(\.self)
        let sql = """
            INSERT INTO \(request.table.name.rawValue) AS t (\((["user_id"] + names).joined(separator: ", ")))
            SELECT \(([caller()] + names.map { "g.\($0)" }).joined(separator: ", ")) FROM given g
            WHERE \(all.joined(separator: " AND ")) \(onConflict) RETURNING t.*
            """
        return change(sql, counted: counted, if: found, after: [given(rows)] + queries)
    }

    /// The rows of a request that all have the same columns.
    private mutating func given(_ rows: [StoredRow]) -> String {
        let columns = TableSQL.columns(of: rows)
        let names = columns.map(\.name).joined(separator: ", ")
        return "given (\(names)) AS (VALUES \(tuples(rows, columns)))"
    }

    /// The rows of a request that all have the same columns, if a flow is looked up for them; otherwise nothing.
    mutating func givenLookedUp() -> [String] {
        guard !request.lookedUpColumns.isEmpty, let rows = request.rows else { return [] }
        return [given(rows.map { StoredRow($0) })]
    }

    /// That each flow which is looked up for `given` rows is one that the caller sees; nil if there is none.
    func allFound() -> String? {
        let columns = request.lookedUpColumns
        guard !columns.isEmpty else { return nil }
        let missing = columns.map { "l.\($0.name) = 0" }.joined(separator: " OR ")
        return "NOT EXISTS (SELECT FROM given l WHERE \(missing))"
    }

    /// That a row of the table and one of those that are given have the same target.
    private func same(_ target: [TableColumn], as row: String = "o") -> String {
        target.map { "\(row).\($0.name) = g.\($0.name)" }.joined(separator: " AND ")
    }

    /// New values for the rows that a condition names.
    mutating func update(_ row: TableRow, _ rows: String) -> String {
        var assignments: [String] = []
        for column in StoredRow(row).columns {
            assignments.append(TableSQL.assignment(column.name, value(column.value, as: column.type)))
        }
        return """
            UPDATE \(request.table.name.rawValue) t SET \(assignments.joined(separator: ", ")) WHERE \(rows)
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

    private mutating func caller() -> String {
        guard case .user(let user) = request.caller else { return "NULL::uuid" }
        return parameters.bind(.uuid(user.id), .uuid)
    }

    /// Rows that all have these columns.
    private mutating func tuples(_ rows: [StoredRow], _ columns: [(name: String, type: TableColumnType)])
        -> String
    {
        var tuples: [String] = []
        for row in rows {
            var values: [String] = []
            for column in columns {
                values.append(value(row.value(column.name) ?? .null, as: column.type))
            }
            tuples.append("(\(values.joined(separator: ", ")))")
        }
        return tuples.joined(separator: ", ")
    }

    /// A value as it is stored. A flow that is looked up is stored by its number, or by 0, which no flow has, if the
    /// caller does not see the flow.
    private mutating func value(_ value: TableValue, as type: TableColumnType) -> String {
        guard type.mustLookUp(written: value) else {
            return parameters.bind(value, as: type == .flowUUID ? .flow : type)
        }
        let name =
            if case .uuid = value {
                "f.uuid = \(parameters.bind(value, as: .uuid))"
            } else {
                "f.id = \(parameters.bind(value, as: .integer))"
            }
        let sees = TableAccess.seesFlow("f", request.caller, &parameters)
        return "COALESCE((SELECT f.id FROM flows f WHERE \(name) AND \(sees)), 0)"
    }

    /// All columns that the rows name.
    private static func columns(of rows: [StoredRow]) -> [(name: String, type: TableColumnType)] {
        var columns: [(name: String, type: TableColumnType)] = []
        var names: Set<String> = []
        for row in rows {
            for column in row.columns where names.insert(column.name).inserted {
                columns.append((column.name, column.type))
            }
        }
        return columns
    }

    private func assignments(_ names: [String], from row: String, but keys: [TableColumn]) -> String {
        let keyNames = keys.map(\.name)
        let others = names.filter { !keyNames.contains($0) }
        // An update must assign something, so the key is assigned to itself if there is nothing else.
        return (others.isEmpty ? Array(keyNames.prefix(1)) : others)
            .map { TableSQL.assignment($0, "\(row).\($0)") }.joined(separator: ", ")
    }

    /// In the column that only editors look at, members that are not named stay. All members stay text: `jsonb` would
    /// write out all digits of a number, and `1e131071` has many.
    private static func assignment(_ name: String, _ value: String) -> String {
        guard name == StoredRow.editor else { return "\(name) = \(value)" }
        let (old, new) = (TableExpression.lookedInto("t.editor"), TableExpression.lookedInto(value))
        return """
            editor = (SELECT json_object_agg(m.key, m.value) FROM (
                SELECT o.key, o.value FROM json_each(\(old)) o
                WHERE NOT EXISTS (SELECT FROM json_each(\(new)) n WHERE n.key = o.key)
                UNION ALL SELECT n.key, n.value FROM json_each(\(new)) n) m)
            """
    }
}
