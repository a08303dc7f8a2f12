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
        if let number { try connection.ask(FlowStatements.reserve, Int64(number)) }
        return try connection.ask(
            FlowStatements.add,
            NewFlow(
                number: number, uuid: uuid ?? .random(), owner: owner, name: flow.name,
                description: flow.description, nodes: flow.nodes, edges: flow.edges,
                environment: flow.environment, network: flow.network,
                bundling: RunText.bundling(flow.bundling),
                isPublic: flow.isPublic, startShared: flow.startShared, startUnverified: flow.startUnverified,
                readEnabled: flow.readEnabled))
    }

    /// Whether a flow of this name is there.
    public func contains(_ uuid: UniqueID) throws(PostgresError) -> Bool {
        try connection.ask(FlowStatements.byUUID, uuid) != nil
    }
}
