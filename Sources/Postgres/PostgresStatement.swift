// A statement with its name and the types of its parameters: what is prepared once per connection.

/// SQL text with parameters `$1` … of declared types.
///
/// The name identifies the statement within a connection, so each name belongs to one text only. Parameters
/// and result cells travel in binary.
public struct PostgresStatement: Sendable {
    /// Unique among the statements that share a connection.
    public let name: String
    public let sql: String
    /// The type of `$1`, of `$2` …
    public let parameters: [PostgresType]

    public init(_ name: String, _ parameters: [PostgresType], _ sql: String) {
        self.name = name
        self.parameters = parameters
        self.sql = sql
    }

    /// A statement for one use: it has no name, is not prepared ahead, and is planned for its values.
    public init(once sql: String, _ parameters: [PostgresType]) { self.init("", parameters, sql) }

    /// True if it is sent with its text each time.
    public var isForOneUse: Bool { name.isEmpty }
}
