// The members of the rows of an answer. Pure.

/// One member of the rows of an answer.
public struct TableOutput: Hashable, Sendable {
    /// What a member shows.
    public enum Content: Hashable, Sendable {
        case field(TableField)
        /// Rows of this one of the selection's embedded tables.
        case embedded(Int)
    }

    /// The member's name. It may be a client's own and never gets into SQL.
    public let name: String
    public let content: Content

    init(_ field: TableField, name: String? = nil) {
        self.name = name ?? field.path.last ?? field.column.name
        content = .field(field)
    }

    init(embedded index: Int, name: String) {
        self.name = name
        content = .embedded(index)
    }

    /// All columns that `*` means.
    static func all(of table: TableDefinition) -> [TableOutput] {
        table.columns.filter(\.isListed).map { TableOutput(TableField($0)) }
    }
}
