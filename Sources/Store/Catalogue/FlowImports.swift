// Flows from files into the table, at first start and from the command line.

public import Postgres
public import Primitives

/// The columns of a flow that is written. JSON columns are JSON text, taken over byte for byte.
public struct FlowImport: Sendable {
    public var name = ""
    public var description = ""
    /// An array.
    public var nodes: [UInt8]
    /// An array.
    public var edges: [UInt8]
    /// An object of strings.
    public var environment = Array("{}".utf8)
    /// An object with `url` and `cluster`; nil for the table's default.
    public var network: [UInt8]?
    /// `Off` or `Automatic`.
    public var bundling = "Off"
    public var isPublic = false
    public var startShared = false
    public var startUnverified = false
    public var readEnabled = false

    public init(nodes: [UInt8], edges: [UInt8]) {
        self.nodes = nodes
        self.edges = edges
    }
}

/// Writes flows. Not for loops: every call waits for the database.
public struct FlowImports {
    private let connection: BlockingConnection

    /// On a database whose tables are up to date; see `Storage.prepare`.
    public init(_ connection: BlockingConnection) { self.connection = connection }

    /// Stores a flow and gives its number.
    ///
    /// - Parameters:
    ///   - number: the number it gets; nil for the next free one.
    ///   - uuid: its other name; nil for a new one.
    /// - Throws: a unique violation if the number or the name is taken.
    public func add(_ flow: FlowImport, of owner: UserID, number: Int32? = nil, uuid: UniqueID? = nil)
        throws(PostgresError) -> Int32
    {
        if let number { try reserve(number) }
        let rows = try connection.run(
            """
            INSERT INTO flows (id, uuid, user_id, name, description, nodes, edges, environment, current_network,
                instructions_bundling, is_public, start_shared, start_unverified, read_enabled)
            VALUES (COALESCE($1, nextval(pg_get_serial_sequence('flows', 'id'))::integer), $2, $3, $4, $5, $6, $7, $8,
                COALESCE($9, '{"url":"https://api.devnet.solana.com","cluster":"devnet"}'), to_json($10), $11, $12,
                $13, $14)
            RETURNING id
            """,
            [
                .integer, .uuid, .uuid, .text, .text, .json, .json, .json, .json, .text, .bool, .bool, .bool,
                .bool,
            ],
            [
                number.map { .integer($0) } ?? .null, .uuid(uuid ?? .random()), .uuid(owner.id),
                .text(flow.name),
                .text(flow.description), .json(flow.nodes), .json(flow.edges), .json(flow.environment),
                flow.network.map { .json($0) } ?? .null, .text(flow.bundling), .bool(flow.isPublic),
                .bool(flow.startShared), .bool(flow.startUnverified), .bool(flow.readEnabled),
            ])
        return try rows[0].integer(0)
    }

    /// Whether a flow of this number is there.
    public func contains(_ number: Int32) throws(PostgresError) -> Bool {
        try connection.run("SELECT 1 FROM flows WHERE id = $1", [.integer], [.integer(number)]).count > 0
    }

    /// Whether a flow of this name is there.
    public func contains(_ uuid: UniqueID) throws(PostgresError) -> Bool {
        try connection.run("SELECT 1 FROM flows WHERE uuid = $1", [.uuid], [.uuid(uuid)]).count > 0
    }

    /// Numbers that are handed out later must begin behind this one.
    private func reserve(_ number: Int32) throws(PostgresError) {
        try connection.run(
            """
            SELECT setval(pg_get_serial_sequence('flows', 'id'), GREATEST($1, (SELECT last_value FROM flows_id_seq)))
            """, [.bigint], [.bigint(Int64(number))])
    }
}
