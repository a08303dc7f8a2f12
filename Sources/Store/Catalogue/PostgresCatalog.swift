// Reads of flows, runs and events.

public import Engine
internal import Postgres
public import Primitives

/// The engine's catalogue on Postgres. Any thread; replies come on the storage loop's thread and must be posted on from
/// there.
public struct PostgresCatalog: FlowCatalog, StoragePort {
    static let statements: [any ListedStatement] = CatalogStatements.all + DeploymentStatements.reads

    let context: PortContext

    /// Reads the row of a flow, by its number or its UUID; nil if there is none. The document is left out if its
    /// version is the known one.
    public func flow(
        _ id: FlowID, knownVersion: Int64?,
        reply: @escaping @Sendable (Result<FlowRow?, StorageError>) -> Void
    ) {
        switch id {
        case .number(let number):
            context.desk.ask(CatalogStatements.flowByNumber, (number, knownVersion), reply)
        case .uuid(let uuid):
            context.desk.ask(CatalogStatements.flowByUUID, (uuid, knownVersion), reply)
        }
    }

    /// Reads the row of a run and with whom it is shared; nil if there is none. The output is there once the run has
    /// ended.
    public func run(_ id: RunID, reply: @escaping @Sendable (Result<RunSummary?, StorageError>) -> Void) {
        context.desk.ask(CatalogStatements.run, id, reply)
    }

    /// Reads stored outputs of nodes in runs of this owner, `Limits.storedOutputsBytesMax` bytes at most; asks
    /// nothing if no nodes are named.
    public func outputs(
        of nodes: [(run: RunID, node: NodeID)], owner: UserID,
        reply: @escaping @Sendable (Result<[StoredOutput], StorageError>) -> Void
    ) {
        guard !nodes.isEmpty else { return reply(.success([])) }
        context.desk.ask(CatalogStatements.outputs, (nodes, owner), reply)
    }

    /// Reads a page of a run's events and log lines, `limit` of them and `Limits.replayPageBytesMax` bytes at most;
    /// the first comes whatever its size. Waits as long as the database needs.
    public func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void
    ) {
        context.desk.ask(CatalogStatements.events, (id, after, limit), on: .reads, isPatient: true, reply)
    }
}
