// A table whose rows stand in those of another. Pure.

/// Rows of a related table, as a member of the rows that they belong to.
public struct EmbeddedTable: Sendable {
    /// The member's name, by which parameters of the query mean this table, too. It never gets into SQL.
    public let name: String
    public let relationship: TableRelationship
    /// An array of rows that refer to the outer one; otherwise the one row that the outer one refers to, or null.
    public let isMany: Bool
    /// Outer rows without a row of this table are left out.
    public let isInner: Bool
    public internal(set) var selection: TableSelection
}
