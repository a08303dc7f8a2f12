// Deployments on Postgres. Making one is a single call of a function in the database: all of it or nothing.

public import Engine
internal import Postgres
public import Primitives
internal import Values
internal import Wire

extension PostgresCatalog {
    /// Reads the live row of a deployment and the names of its flows, by its id or by a tag; nil if there is none.
    public func deployment(
        _ name: DeploymentName, reply: @escaping @Sendable (Result<DeploymentRow?, StorageError>) -> Void
    ) {
        switch name {
        case .id(let id):
            desk.ask(DeploymentStatements.byID, [.uuid(id.id)], DeploymentRows.deployment, reply)
        case .tag(let tag, of: .number(let flow)):
            desk.ask(
                DeploymentStatements.byTag, [.integer(flow), .text(tag)], DeploymentRows.deployment, reply)
        case .tag(let tag, of: .uuid(let flow)):
            desk.ask(
                DeploymentStatements.byTagOfUUID, [.uuid(flow), .text(tag)], DeploymentRows.deployment, reply)
        }
    }

    /// Reads the frozen documents of these hashes; those that are not stored are left out.
    public func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void
    ) {
        desk.ask(
            DeploymentStatements.snapshots, [.array(of: .bytea, hashes) { .bytea($0) }],
            DeploymentRows.snapshots, reply)
    }

    /// Reads the wallets of these users, at the end the keys by which they are known; `Limits.walletsReadMax` rows at
    /// most.
    public func wallets(
        of users: [UserID], reply: @escaping @Sendable (Result<[WalletRow], StorageError>) -> Void
    ) {
        desk.ask(
            DeploymentStatements.wallets,
            [.array(of: .uuid, users) { .uuid($0.id) }, .integer(Int32(Limits.walletsReadMax))],
            DeploymentRows.wallets, reply)
    }
}

/// The register of deployments. Any thread; replies come on the storage loop's thread.
public struct PostgresDeployments: DeploymentBook {
    let desk: QuestionDesk

    /// Writes a deployment with its copies and wallets down in one statement; nil if one of its flows has another
    /// version, another owner, or is gone.
    public func deploy(
        _ draft: DeploymentDraft,
        reply: @escaping @Sendable (Result<DeploymentID?, StorageError>) -> Void
    ) {
        let network: JSONValue = [
            "url": .string(draft.network.url), "cluster": .string(draft.network.cluster),
        ]
        desk.ask(
            DeploymentStatements.deploy,
            [
                .uuid(draft.owner.id), .integer(draft.entrypoint), .jsonb(JSONWriter.encode(network)),
                .array(of: .integer, draft.flows) { .integer($0.number) },
                .array(of: .bigint, draft.flows) { .bigint($0.version) },
                .array(of: .bytea, draft.flows) { .bytea($0.snapshot.hash) },
                .array(of: .json, draft.flows) { .json($0.snapshot.document) },
                .array(of: .text, draft.wallets) { .text(Base58.encode($0.bytes)) },
            ], on: .userContent, DeploymentRows.made, reply)
    }
}
