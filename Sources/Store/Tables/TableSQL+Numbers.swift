// Rows that are found by the number which the server has given them, or had given them before they were deleted.

internal import Postgres
internal import Primitives
internal import Tables

extension TableSQL {
    /// New values for rows of the caller, found by a number that only the server gives out, and new rows for numbers of
    /// deleted rows of the caller's; nothing at all if a number is neither. Others may have come to be in no row by being
    /// deleted, and must stay without one, because addresses still hold them.
    ///
    /// - Parameter changesKnown: false if rows that are there stay as they are.
    mutating func mergeNumbered(_ rows: [TableRow], _ key: TableColumn, changesKnown: Bool) -> String {
        let stored = rows.map { StoredRow($0) }
        let me = caller()
        let name = key.name
        let count = parameters.bind(.bigint(Int64(rows.count)), .bigint)
        let found = allFound()
        var queries = given(stored, keepsNumbers: true)
        var conditions = ["NOT (SELECT f.is_foreign FROM foreign_numbers f)"]
        // Each number counts once, so a number that stands twice in the body is a refusal, too.
        queries.append(
            """
            foreign_numbers AS (SELECT count(DISTINCT g.\(name)) < \(count) AS is_foreign FROM given g
                WHERE EXISTS (SELECT FROM \(table) o WHERE o.\(name) = g.\(name) AND o.user_id = \(me))
                OR EXISTS (SELECT FROM flow_numbers n WHERE n.id = g.\(name) AND n.user_id = \(me))
                    AND NOT EXISTS (SELECT FROM \(table) o WHERE o.\(name) = g.\(name)))
            """)
        conditions += [found].compactMap(\.self)
        var difference = "NULL::bigint"
        let known = "given g JOIN \(table) t ON t.\(name) = g.\(name) AND t.user_id = \(me)"
        if changesKnown, let differs = differing(known) {
            queries.append(differs)
            conditions.append(TableSQL.nothingDiffers)
            difference = TableSQL.difference
        }
        queries.append(
            """
            missing AS (SELECT g.* FROM given g
                WHERE NOT EXISTS (SELECT FROM \(table) o WHERE o.\(name) = g.\(name)))
            """)
        if !changesKnown, request.affectedMax != nil { conditions.append(affects("missing")) }
        let all = conditions.joined(separator: " AND ")
        let names = StoredRow.columns(of: stored).map(\.name)
        queries.append(
            """
            added AS (INSERT INTO \(table) AS t (\((["user_id"] + names).joined(separator: ", ")))
                SELECT \(([me] + names.map { "g.\($0)" }).joined(separator: ", ")) FROM missing g
                WHERE \(all) RETURNING t.*)
            """)
        if changesKnown {
            queries.append(
                """
                updated AS (UPDATE \(table) t SET \(assignments(stored, from: "g", but: [key])) FROM given g
                    WHERE t.\(name) = g.\(name) AND t.user_id = \(me) AND \(all) RETURNING t.*)
                """)
        }
        let obstacle = """
            CASE WHEN (SELECT f.is_foreign FROM foreign_numbers f) THEN -1::bigint ELSE \(difference) END
            """
        return change(
            "SELECT * FROM added" + (changesKnown ? " UNION ALL SELECT * FROM updated" : ""),
            counted: changesKnown || request.affectedMax == nil ? "changed" : "missing", if: found,
            obstacle: obstacle, after: queries)
    }
}
