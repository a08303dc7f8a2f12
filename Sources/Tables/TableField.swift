// What filters, orders and answers refer to: a column, or a place in its JSON. Pure.

internal import Primitives

/// A column, or what stands at a place in a column of JSON.
public struct TableField: Hashable, Sendable {
    public let column: TableColumn
    /// The way into a JSON column: names of members and numbers of elements. They are bound like values.
    public let path: [String]
    /// The value at the path is wanted as text instead of JSON.
    public let isText: Bool

    init(_ column: TableColumn, path: [String] = [], isText: Bool = false) {
        self.column = column
        self.path = path
        self.isText = isText
    }

    /// A column as a whole.
    public init(only column: TableColumn) { self.init(column) }

    /// What the field holds, which decides how it is compared.
    public var type: TableColumnType { path.isEmpty ? column.type : isText ? .text : .json }
}

extension TableField {
    /// Reads the path behind a column's name, such as `->a->>b`, up to one of these characters.
    init(
        _ column: TableColumn, behind text: inout TableText, until isEnd: (TableText.Character) -> Bool
    ) throws(TableError) {
        var path: [String] = []
        var isText = false
        while !isText, text.take("->") {
            isText = text.take(">")
            let key = text.name(until: isEnd)
            guard !key.isEmpty, !key.utf8.contains(0) else { throw .query("a name must follow each arrow") }
            path.append(key)
        }
        guard !text.take("->") else { throw .query("nothing can follow ->>") }
        guard path.count <= Limits.tablePathKeysMax else {
            throw .query("a path has more than \(Limits.tablePathKeysMax) names")
        }
        guard path.isEmpty || column.type.isJSON else {
            throw .query("column \(column.name) is no JSON to look into")
        }
        self.init(column, path: path, isText: isText)
    }
}
