// Reads of flows, runs and events: statements of the command connection and their rows as values.

public import Engine
internal import Postgres
public import Primitives
internal import Values

/// The engine's catalogue on Postgres. Any thread; replies come on the storage loop's thread and must be posted on from
/// there.
public struct PostgresCatalog: FlowCatalog {
    let desk: QuestionDesk

    /// Reads the row of a flow, by its number or its UUID; nil if there is none. The document is left out if its
    /// version is the known one.
    public func flow(
        _ id: FlowID, knownVersion: Int64?,
        reply: @escaping @Sendable (Result<FlowRow?, StorageError>) -> Void
    ) {
        let known = knownVersion.map { PostgresValue.bigint($0) } ?? .null
        switch id {
        case .number(let number):
            desk.ask(CatalogStatements.flowByNumber, [.integer(number), known], CatalogRows.flow, reply)
        case .uuid(let uuid):
            desk.ask(CatalogStatements.flowByUUID, [.uuid(uuid), known], CatalogRows.flow, reply)
        }
    }

    /// Reads the row of a run and with whom it is shared; nil if there is none. The output is there once the run has
    /// ended.
    public func run(_ id: RunID, reply: @escaping @Sendable (Result<RunSummary?, StorageError>) -> Void) {
        desk.ask(CatalogStatements.run, [.uuid(id.id)], CatalogRows.run, reply)
    }

    /// Reads stored outputs of nodes in runs of this owner, `Limits.storedOutputsBytesMax` bytes at most; asks
    /// nothing if no nodes are named.
    public func outputs(
        of nodes: [(run: RunID, node: NodeID)], owner: UserID,
        reply: @escaping @Sendable (Result<[StoredOutput], StorageError>) -> Void
    ) {
        guard !nodes.isEmpty else { return reply(.success([])) }
        desk.ask(
            CatalogStatements.outputs,
            [
                .array(of: .uuid, nodes) { .uuid($0.run.id) }, .array(of: .uuid, nodes) { .uuid($0.node.id) },
                .uuid(owner.id), .bigint(Int64(Limits.storedOutputsBytesMax)),
            ], on: .reads, CatalogRows.outputs, reply)
    }

    /// Reads a page of a run's events and log lines, `limit` of them and `Limits.replayPageBytesMax` bytes at most;
    /// the first comes whatever its size. Waits as long as the database needs.
    public func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void
    ) {
        desk.ask(
            CatalogStatements.events, CatalogStatements.page(of: id, after: after, limit: limit), on: .reads,
            isPatient: true, CatalogRows.events, reply)
    }
}
