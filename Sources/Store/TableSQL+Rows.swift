// Inserts, updates and their mixtures: what is stored where.

internal import Postgres
internal import Primitives
internal import Tables
internal import Wire

/// The columns of the database that one row of a request is stored in. What only editors look at shares one.
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
    mutating func insert(_ rows: [TableRow], onConflict: String) -> String {
        let stored = rows.map { StoredRow($0) }
        let columns = TableSQL.columns(of: stored)
        var tuples: [String] = []
        for row in stored {
            // Said once, before any of the rows is there.
            var values = [tuples.isEmpty ? ownerOfMore(rows.count) : caller()]
            for column in columns {
                values.append(
                    row.value(column.name).map { parameters.bind($0, as: column.type) } ?? "DEFAULT")
            }
            tuples.append("(\(values.joined(separator: ", ")))")
        }
        let names = (["user_id"] + columns.map(\.name)).joined(separator: ", ")
        return """
            INSERT INTO \(request.table.name.rawValue) AS t (\(names)) VALUES \(tuples.joined(separator: ", "))
            \(onConflict) RETURNING t.*
            """
    }

    /// New rows, or new values for the caller's rows of the same target; nothing at all if one is somebody else's.
    mutating func merge(_ rows: [TableRow], _ target: [TableColumn]) -> String {
        let stored = rows.map { StoredRow($0) }
        let columns = TableSQL.columns(of: stored)
        let names = columns.map(\.name)
        let me = caller()
        let table = request.table.name.rawValue
        let same = target.map { "o.\($0.name) = g.\($0.name)" }.joined(separator: " AND ")
        return """
            WITH given (\(names.joined(separator: ", "))) AS (VALUES \(tuples(stored, columns)))
            INSERT INTO \(table) AS t (\((["user_id"] + names).joined(separator: ", ")))
            SELECT \(([me] + names.map { "v.\($0)" }).joined(separator: ", ")) FROM given v
            WHERE NOT EXISTS (SELECT FROM given g JOIN \(table) o ON \(same) WHERE o.user_id <> \(me))
            ON CONFLICT (\(TableSQL.names(target))) DO UPDATE SET \(assignments(names, from: "EXCLUDED", but: target))
            WHERE t.user_id = \(me) RETURNING t.*
            """
    }

    /// New values for rows of the caller, found by a key that only the server gives out; nothing at all if one of them is
    /// not there or not his.
    mutating func mergeExisting(_ rows: [TableRow], _ key: TableColumn) -> String {
        let stored = rows.map { StoredRow($0) }
        let columns = TableSQL.columns(of: stored)
        let names = columns.map(\.name)
        let me = caller()
        let table = request.table.name.rawValue
        let keys = parameters.bind(stored.compactMap { $0.value(key.name) }, as: key.type)
        let count = parameters.bind(.bigint(Int64(rows.count)), .bigint)
        return """
            UPDATE \(table) t SET \(assignments(names, from: "v", but: [key]))
            FROM (VALUES \(tuples(stored, columns))) v (\(names.joined(separator: ", ")))
            WHERE t.\(key.name) = v.\(key.name) AND t.user_id = \(me) AND \(count) = (
                SELECT count(*) FROM \(table) o WHERE o.\(key.name) = ANY(\(keys)) AND o.user_id = \(me))
            RETURNING t.*
            """
    }

    /// New values for the rows that a condition names.
    mutating func update(_ row: TableRow, _ rows: String) -> String {
        var assignments: [String] = []
        for column in StoredRow(row).columns {
            let value = parameters.bind(column.value, as: column.type)
            assignments.append(TableSQL.assignment(column.name, value))
        }
        return """
            UPDATE \(request.table.name.rawValue) t SET \(assignments.joined(separator: ", ")) WHERE \(rows)
            RETURNING t.*
            """
    }

    /// The caller as the owner of so many new rows, which the database refuses if he has too many already.
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
                values.append(parameters.bind(row.value(column.name) ?? .null, as: column.type))
            }
            tuples.append("(\(values.joined(separator: ", ")))")
        }
        return tuples.joined(separator: ", ")
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
        // Something must be assigned; the key stays what it is.
        return (others.isEmpty ? Array(keyNames.prefix(1)) : others)
            .map { TableSQL.assignment($0, "\(row).\($0)") }.joined(separator: ", ")
    }

    /// Of what only editors look at, members that are not named stay. All stay as text: from `jsonb` a number comes back
    /// with all its digits, of which `1e131071` has many.
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
