// SQL under construction, with its parameters. Text gets in only from this target; everything else is bound.

internal import Postgres
internal import Primitives
internal import Tables

/// The parameters of a statement that is made for one request.
struct TableParameters {
    private(set) var types: [PostgresType] = []
    private(set) var values: [PostgresValue] = []

    /// Binds a value; gives the text that stands for it.
    mutating func bind(_ value: PostgresValue, _ type: PostgresType) -> String {
        types.append(type)
        values.append(value)
        return "$\(values.count)"
    }

    /// Binds a value as what its column holds; a moment comes as text, which the statement casts.
    mutating func bind(_ value: TableValue, as type: TableColumnType) -> String {
        let place = bind(TableParameters.value(value, type), TableParameters.type(type))
        return type == .time ? "\(place)::timestamptz" : place
    }

    /// Binds an array of values.
    mutating func bind(_ values: [TableValue], as type: TableColumnType) -> String {
        let element = TableParameters.type(type)
        let array = PostgresArray(of: element, values.map { TableParameters.value($0, type) })
        let place = bind(.array(array), element.array)
        return type == .time ? "\(place)::timestamptz[]" : place
    }

    private static func type(_ type: TableColumnType) -> PostgresType {
        switch type {
        case .integer: .integer
        case .bigint: .bigint
        case .bool: .bool
        case .text, .time: .text
        case .uuid: .uuid
        case .json: .json
        }
    }

    private static func value(_ value: TableValue, _ type: TableColumnType) -> PostgresValue {
        switch value {
        case .null: .null
        case .integer(let number):
            type == .integer ? .integer(Int32(clamping: number)) : .bigint(number)
        case .bool(let flag): .bool(flag)
        case .text(let text), .time(let text): .text(text)
        case .uuid(let id): .uuid(id)
        case .json(let bytes): .json(bytes)
        }
    }
}

/// A column in SQL, of a row that is called `t`.
struct TableExpression {
    /// What clients see.
    let shown: String
    /// What filters and orders compare: with an index behind it where there is one.
    let compared: String

    init(_ shown: String, compared: String? = nil) {
        self.shown = shown
        self.compared = compared ?? shown
    }

    /// A column that is what its name says, unless it is one of these.
    init(_ column: TableColumn, of table: TableDefinition) {
        let name = column.name
        self =
            switch (table.name, name) {
            // Without a zone, as clients know these two (spec http-and-websocket 1.3, seed 002).
            case (.apiKeys, "created_at"):
                TableExpression("t.created_at AT TIME ZONE 'UTC'", compared: "t.created_at")
            case (.flowDeployments, "created_at"):
                TableExpression("t.created_at", compared: "(t.created_at AT TIME ZONE 'UTC')")
            // Clients ask whether there are errors by whether this is null.
            case (.flowRun, "errors"), (.nodeRun, "errors"): TableExpression("NULLIF(t.errors, '{}')")
            case (.flowRun, "nodes"), (.flowRun, "edges"):
                TableExpression(
                    "(SELECT s.data -> '\(name)' FROM flow_snapshots s WHERE s.hash = t.snapshot_hash)")
            case (.flowRunLogs, "log_index"): TableExpression("t.seq")
            case (.flows, "parent_flow"):
                TableExpression("(SELECT p.uuid FROM flows p WHERE p.id = t.parent_flow)")
            case (.flows, _) where TableDefinition.editorColumns.contains(column):
                TableExpression("(t.editor -> '\(name)')")
            default: TableExpression("t.\(name)")
            }
    }
}
