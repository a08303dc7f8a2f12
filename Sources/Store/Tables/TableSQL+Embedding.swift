// Rows of related tables in those of others, as SQL. Each is what the caller may see of its table, and no more.

internal import Postgres
internal import Primitives
internal import Tables
internal import Wire

extension TableSQL {
    /// JSON text of the rows of an embedded table: an array, or one object or the word null.
    mutating func rows(of embedded: EmbeddedTable, in outer: String) -> String {
        let row = nextRow()
        let selection = embedded.selection
        let source = source(of: embedded, as: row, in: outer)
        let object = object(selection, in: row)
        guard embedded.isMany else {
            return "COALESCE((SELECT \(object) \(source) LIMIT 1), 'null')"
        }
        let bytesMax = parameters.bind(.bigint(Int64(Limits.tableAnswerBytesMax)), .bigint)
        // Rows are never left out silently because they are large, and never gathered in vain.
        return """
            (SELECT '[' || CASE WHEN max(s.bytes) > \(bytesMax) THEN refuse_large_answer() ELSE
                COALESCE(string_agg(s.json, ',' ORDER BY s.place) FILTER (WHERE s.bytes <= \(bytesMax)), '') END || ']'
            FROM (
                SELECT o.json, row_number() OVER () AS place,
                    sum(octet_length(o.json)) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
                FROM (SELECT \(object) AS json \(source) \(piece(of: selection, in: row))) o
            ) s)
            """
    }

    /// That an embedded table has rows for the outer one.
    mutating func hasRows(of embedded: EmbeddedTable, in outer: String) -> String {
        let row = nextRow()
        return "EXISTS (SELECT \(source(of: embedded, as: row, in: outer)))"
    }

    /// That there are rows of each table without which an outer row does not count.
    mutating func innerConditions(of selection: TableSelection, in row: String) -> [String] {
        var conditions: [String] = []
        for embedded in selection.embedded where embedded.isInner {
            conditions.append(hasRows(of: embedded, in: row))
        }
        return conditions
    }

    private mutating func nextRow() -> String {
        embeddedCount += 1
        return "t\(embeddedCount)"
    }

    private mutating func source(of embedded: EmbeddedTable, as row: String, in outer: String) -> String {
        let selection = embedded.selection
        let relationship = embedded.relationship
        let access = TableAccess(reading: selection.table, as: row, by: request.caller, &parameters)
        let (referring, referred) = embedded.isMany ? (row, outer) : (outer, row)
        let joins = zip(relationship.columns, relationship.keys).map {
            "\(referring).\($0) = \(referred).\($1)"
        }
        let all =
            [access.condition] + joins + conditions(of: selection, in: row)
            + innerConditions(of: selection, in: row)
        return "FROM \(access.source) WHERE \(all.joined(separator: " AND "))"
    }

    /// A row as text of a JSON object. Names are a client's own, so they are bound like values.
    private mutating func object(_ selection: TableSelection, in row: String) -> String {
        var text = "'{'"
        for (index, output) in selection.outputs.enumerated() {
            var name: [UInt8] = index == 0 ? [] : [UInt8(ascii: ",")]
            JSONWriter.append(output.name, to: &name)
            name.append(UInt8(ascii: ":"))
            let place = parameters.bind(.text(String(decoding: name, as: UTF8.self)), .text)
            text += " || \(place) || \(json(output, of: selection, in: row))"
        }
        return "(\(text) || '}')"
    }
}
