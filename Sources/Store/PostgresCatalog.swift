// Reads of flows, runs and events: statements of the command connection and their rows as values.

public import Engine
internal import Postgres
public import Primitives
internal import Values

/// The engine's catalogue on Postgres. Any thread; replies come on the storage loop's thread and must be posted on from
/// there.
public struct PostgresCatalog: FlowCatalog {
    let desk: QuestionDesk

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

    public func run(_ id: RunID, reply: @escaping @Sendable (Result<RunSummary?, StorageError>) -> Void) {
        desk.ask(CatalogStatements.run, [.uuid(id.id)], CatalogRows.run, reply)
    }

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
            ], CatalogRows.outputs, reply)
    }

    public func openRun(
        _ id: RunID, reply: @escaping @Sendable (Result<StoredRun?, StorageError>) -> Void
    ) {
        let desk = desk
        desk.ask(
            RunStatements.children, [.uuid(id.id), .integer(Int32(Limits.childrenReadMax))], RunRows.children
        ) { result in
            switch result {
            case .failure(let error): reply(.failure(error))
            case .success(let children):
                desk.ask(
                    RunStatements.open, [.uuid(id.id)],
                    { rows throws(PostgresError) in try RunRows.run(rows, id, children: children) }, reply)
            }
        }
    }

    public func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void
    ) {
        desk.ask(
            CatalogStatements.events,
            [
                .uuid(id.id), .bigint(Int64(clamping: after)), .integer(Int32(clamping: limit)),
                .bigint(Int64(Limits.replayPageBytesMax)),
            ], isPatient: true, CatalogRows.events, reply)
    }
}
