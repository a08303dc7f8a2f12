// The fields by which rows are ordered, and their reading from `order`. Pure.

internal import Primitives

/// One field of an order.
public struct TableOrder: Hashable, Sendable {
    public let field: TableField
    public let isDescending: Bool
    /// Whether rows without a value come first. Nil for the default: last in ascending order, first in descending
    /// order.
    public let nullsFirst: Bool?

    var column: TableColumn { field.column }
}

extension TableOrder {
    /// Reads `a`, `a.desc`, `a->>b.asc.nullsfirst,c`.
    static func read(_ text: String, of table: TableDefinition) throws(TableError) -> [TableOrder] {
        var orders: [TableOrder] = []
        var cursor = TableText(text)
        while !cursor.isAtEnd {
            orders.append(try read(&cursor, table))
            guard orders.count <= table.columns.count else {
                throw .query("order names a column again and again")
            }
            guard cursor.take(",") || cursor.isAtEnd else {
                throw .query("order takes columns with commas between them")
            }
        }
        return orders
    }

    private static func read(_ text: inout TableText, _ table: TableDefinition) throws(TableError)
        -> TableOrder
    {
        let name = text.name { $0 == "," || $0 == "." || $0 == "(" }
        guard text.next != "(" else { throw .query("order by columns of an embedded table is not offered") }
        guard !name.isEmpty else { throw .query("order takes columns with commas between them") }
        guard let column = table.column(name) else { throw .unknownColumn(name, table) }
        let field = try TableField(column, behind: &text) { $0 == "," || $0 == "." }
        guard !field.column.type.isJSON || !field.path.isEmpty else {
            throw .query("column \(field.column.name) has no order")
        }
        var words = text.prefix { $0 == "," }.split(separator: ".", omittingEmptySubsequences: true)[...]
        var isDescending = false
        var nullsFirst: Bool?
        if words.first == "asc" || words.first == "desc" { isDescending = words.popFirst() == "desc" }
        if words.first == "nullsfirst" || words.first == "nullslast" {
            nullsFirst = words.popFirst() == "nullsfirst"
        }
        guard words.isEmpty else {
            throw .query(
                "order takes asc or desc, then nullsfirst or nullslast, behind column \(field.column.name)")
        }
        return TableOrder(field: field, isDescending: isDescending, nullsFirst: nullsFirst)
    }
}
