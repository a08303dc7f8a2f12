// The columns by which rows are ordered, and their reading from `order`. Pure.

internal import Primitives

/// One column of an order.
public struct TableOrder: Hashable, Sendable {
    public let column: TableColumn
    public let isDescending: Bool
    /// Whether rows without a value come first. Nil for the default: last in ascending order, first in descending
    /// order.
    public let nullsFirst: Bool?

    init(_ column: TableColumn, isDescending: Bool = false, nullsFirst: Bool? = nil) {
        self.column = column
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst
    }
}

extension TableOrder {
    /// Reads `a`, `a.desc`, `a.asc.nullsfirst,b`.
    static func read(_ text: String, of table: TableDefinition) throws(TableError) -> [TableOrder] {
        var orders: [TableOrder] = []
        for item in text.split(separator: ",") {
            var words = item.split(separator: ".", omittingEmptySubsequences: false)[...]
            let name = TableOutput.unquoted(words.popFirst() ?? "")
            guard let column = table.column(name) else {
                guard !name.contains(where: { "->(".contains($0) }) else {
                    throw .query("order takes columns of the table, without paths")
                }
                throw .unknownColumn(table)
            }
            guard column.type != .json else { throw .query("column \(column.name) has no order") }
            var isDescending = false
            var nullsFirst: Bool?
            if words.first == "asc" || words.first == "desc" { isDescending = words.popFirst() == "desc" }
            if words.first == "nullsfirst" || words.first == "nullslast" {
                nullsFirst = words.popFirst() == "nullsfirst"
            }
            guard words.isEmpty else {
                throw .query(
                    "order takes asc or desc, then nullsfirst or nullslast, behind column \(column.name)")
            }
            orders.append(TableOrder(column, isDescending: isDescending, nullsFirst: nullsFirst))
            guard orders.count <= table.columns.count else {
                throw .query("order names a column again and again")
            }
        }
        return orders
    }
}
