// Storage's reply to a request, and the port that gives it.

/// Rows, ready to be sent.
public struct TableReply: Hashable, Sendable {
    /// A JSON array of objects, or lines of values if these were asked for.
    public let rows: [UInt8]
    /// How many rows there are in it.
    public let count: Int
    /// How many rows the request is about: the rows that meet its filters, if the number was asked for, or the rows of
    /// a change. Otherwise nil. It is nil as well for a change whose rows name a flow that the caller does not see;
    /// then nothing has changed.
    public let total: Int64?
    /// Rows were left out because the answer would have become too large.
    public let isCut: Bool
    /// Why nothing has changed, if a row of the body does not go with those that are there.
    public let obstacle: Obstacle?

    /// What stands against a change.
    public enum Obstacle: Hashable, Sendable {
        /// A number that no row of the caller has or has had.
        case foreignNumber
        /// The request's kept column of this index has another value.
        case keptColumn(Int)
    }

    public init(rows: [UInt8], count: Int, total: Int64?, isCut: Bool, obstacle: Obstacle? = nil) {
        self.obstacle = obstacle
        self.rows = rows
        self.count = count
        self.total = total
        self.isCut = isCut
    }
}

/// The tables of all users.
public protocol TableStore: Sendable {
    /// Carries a request out, as one transaction. Returns at once; replies exactly once, on any thread.
    func perform(
        _ request: TableRequest, reply: @escaping @Sendable (Result<TableReply, TableError>) -> Void)
}
