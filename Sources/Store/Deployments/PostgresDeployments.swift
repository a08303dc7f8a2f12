// Deployments on Postgres. Making one is a single call of a function in the database: all of it or nothing.

public import Engine
internal import Postgres
public import Primitives

extension PostgresCatalog {
    /// Reads the live row of a deployment and the names of its flows, by its id or by a tag; nil if there is none.
    public func deployment(
        _ name: DeploymentName, reply: @escaping @Sendable (Result<DeploymentRow?, StorageError>) -> Void
    ) {
        switch name {
        case .id(let id):
            context.desk.ask(DeploymentStatements.byID, id, reply)
        case .tag(let tag, of: .number(let flow)):
            context.desk.ask(DeploymentStatements.byTag, (flow, tag), reply)
        case .tag(let tag, of: .uuid(let flow)):
            context.desk.ask(DeploymentStatements.byTagOfUUID, (flow, tag), reply)
        }
    }

    /// Reads the frozen documents of these hashes; those that are not stored are left out.
    public func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void
    ) {
        context.desk.ask(DeploymentStatements.snapshots, hashes, on: .commands, reply)
    }
}

/// The register of deployments. Any thread; replies come on the storage loop's thread.
public struct PostgresDeployments: DeploymentBook, StoragePort {
    static let statements: [any ListedStatement] = [DeploymentStatements.deploy]

    let context: PortContext

    /// Writes a deployment with its copies and wallets down in one statement; nil if one of its flows has another
    /// version, another owner, or is gone.
    public func deploy(
        _ draft: DeploymentDraft,
        reply: @escaping @Sendable (Result<DeploymentID?, StorageError>) -> Void
    ) {
        context.desk.ask(DeploymentStatements.deploy, draft, reply)
    }
}
