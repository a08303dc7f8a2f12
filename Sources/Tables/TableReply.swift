// Storage's reply to a request, and the port that gives it.

/// Rows, ready to be sent.
public struct TableReply: Hashable, Sendable {
    /// A JSON array of objects.
    public let rows: [UInt8]
    /// How many rows there are in it.
    public let count: Int
    /// How many rows the request is about: the rows that meet its filters, if the number was asked for, or the rows of
    /// a change. Otherwise nil. It is nil as well for a change whose rows name a flow that the caller does not see;
    /// then nothing has changed.
    public let total: Int64?
    /// Rows were left out because the answer would have become too large.
    public let isCut: Bool

    public init(rows: [UInt8], count: Int, total: Int64?, isCut: Bool) {
        self.rows = rows
        self.count = count
        self.total = total
        self.isCut = isCut
    }

    /// No rows.
    static let none = TableReply(rows: Array("[]".utf8), count: 0, total: 0, isCut: false)
}

/// The tables of all users.
public protocol TableStore: Sendable {
    /// Carries a request out, as one transaction. Returns at once; replies exactly once, on any thread.
    func perform(
        _ request: TableRequest, reply: @escaping @Sendable (Result<TableReply, TableError>) -> Void)
}
