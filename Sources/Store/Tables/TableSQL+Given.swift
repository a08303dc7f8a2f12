// The rows of a body as a query, with the flows looked up that they name.

internal import Postgres
internal import Primitives
internal import Tables

extension TableSQL {
    /// The query `given`: the rows of a request that all have the same columns, and the queries that it reads from.
    ///
    /// - Parameter keepsNumbers: new flows get the numbers that they name, as somebody else makes sure that they may.
    mutating func given(_ rows: [StoredRow], keepsNumbers: Bool = false) -> [String] {
        let columns = StoredRow.columns(of: rows) + StoredRow.kept(of: rows)
        let names = columns.map(\.name)
        let list = names.joined(separator: ", ")
        guard !flowPlaces.isEmpty else { return ["given (\(list)) AS (VALUES \(tuples(rows, columns)))"] }
        // A flow that another of the same body was made of has no number before all of them have one.
        let wanted = names.contains("id") ? "b.id" : "NULL::integer"
        let number = keepsNumbers ? wanted : "flow_number(\(wanted), \(caller()))"
        let values = names.map { name in
            switch name {
            case "id": "b.number AS id"
            case "parent_flow":
                """
                CASE WHEN b.parent_flow < 0 THEN (SELECT o.number FROM numbered o WHERE o.place = -b.parent_flow)
                ELSE b.parent_flow END AS parent_flow
                """
            default: "b.\(name)"
            }
        }
        let all = values + (names.contains("id") ? [] : ["b.number AS id"])
        return [
            "body (\(list), place) AS (VALUES \(tuples(rows, columns, withPlaces: true)))",
            "numbered AS MATERIALIZED (SELECT b.*, \(number) AS number FROM body b)",
            "given AS (SELECT \(all.joined(separator: ", ")) FROM numbered b)",
        ]
    }

    /// The one row of an update, if something must be looked up or compared for it; otherwise nothing.
    mutating func givenSingle() -> [String] {
        guard !request.lookedUpColumns.isEmpty || !request.keptColumns.isEmpty, let rows = request.rows else {
            return []
        }
        return given(rows.map { StoredRow($0) })
    }

    /// That each flow which is looked up for `given` rows is one that the caller sees, or one of the same body; nil if
    /// there is none.
    func allFound() -> String? {
        let columns = request.lookedUpColumns
        guard !columns.isEmpty else { return nil }
        let missing = columns.map { "l.\($0.name) = 0" }.joined(separator: " OR ")
        return "NOT EXISTS (SELECT FROM given l WHERE \(missing))"
    }

    /// The places in the body of the new flows that others of the same body were made of, by their UUIDs. The first
    /// place is 1.
    static func flowPlaces(of request: TableRequest) -> [UniqueID: Int] {
        guard request.table.name == .flows, let rows = request.rows, rows.count > 1 else { return [:] }
        var parents: Set<UniqueID> = []
        for row in rows { if case .uuid(let parent)? = row["parent_flow"] { parents.insert(parent) } }
        guard !parents.isEmpty else { return [:] }
        var places: [UniqueID: Int] = [:]
        for (index, row) in rows.enumerated() {
            if case .uuid(let uuid)? = row["uuid"], parents.contains(uuid) { places[uuid] = index + 1 }
        }
        return places
    }

    /// Rows that all have these columns, with their places behind them if they are wanted.
    private mutating func tuples(
        _ rows: [StoredRow], _ columns: [StoredRow.Column], withPlaces: Bool = false
    ) -> String {
        var tuples: [String] = []
        for row in rows {
            var values: [String] = []
            for column in columns {
                values.append(value(row.value(column.name) ?? .null, as: column.type))
            }
            if withPlaces { values.append("\(tuples.count + 1)") }
            tuples.append("(\(values.joined(separator: ", ")))")
        }
        return tuples.joined(separator: ", ")
    }

    /// A value as it is stored. A flow that is looked up is stored by its number. If the caller does not see it, that is 0,
    /// which no flow has, or the place in the body from which it will come, with a sign before it.
    mutating func value(_ value: TableValue, as type: TableColumnType) -> String {
        guard type.mustLookUp(written: value) else {
            return parameters.bind(value, as: type == .flowUUID ? .flow : type)
        }
        var missing = 0
        let name: String
        if case .uuid(let uuid) = value {
            name = "f.uuid = \(parameters.bind(value, as: .uuid))"
            if type == .flowUUID, let place = flowPlaces[uuid] { missing = -place }
        } else {
            name = "f.id = \(parameters.bind(value, as: .integer))"
        }
        let sees = TableAccess.seesFlow("f", request.caller, &parameters)
        return "COALESCE((SELECT f.id FROM flows f WHERE \(name) AND \(sees)), \(missing))"
    }
}
