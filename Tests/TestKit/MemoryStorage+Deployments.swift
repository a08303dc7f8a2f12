// Frozen and other copies of flows of storage in memory.

import Chain
import Engine
import Primitives
import Synchronization
import Values

extension MemoryStorage {
    /// The newest deployment of a flow has the tag `latest`; there is no other tag.
    public func deployment(
        _ name: DeploymentName, reply: @escaping @Sendable (Result<DeploymentRow?, StorageError>) -> Void
    ) {
        let row = state.withLock { state -> DeploymentRow? in
            switch name {
            case .id(let id): state.deployments.first { $0.id == id }
            case .tag("latest", of: .number(let number)): state.latest[number]
            case .tag("latest", of: .uuid(let uuid)): state.latest(uuid)
            case .tag: nil
            }
        }
        reply(.success(row))
    }

    public func deploy(
        _ draft: DeploymentDraft,
        reply: @escaping @Sendable (Result<DeploymentID?, StorageError>) -> Void
    ) {
        let id = state.withLock { state -> DeploymentID? in
            guard !state.isEdited() else { return nil }
            let rows = draft.flows.compactMap { flow in
                state.flow(.number(flow.number)).flatMap { row in
                    row.version == flow.version && row.owner == draft.owner ? row : nil
                }
            }
            guard rows.count == draft.flows.count,
                let entry = rows.first(where: { $0.number == draft.entrypoint })
            else { return nil }
            for flow in draft.flows { state.keep(flow.snapshot) }
            let permission: StartPermission =
                !entry.isPublic || !entry.startShared
                ? .owner : entry.startUnverified ? .anonymous : .authenticated
            let id = state.nextDeployment()
            state.deployments.append(
                DeploymentRow(
                    id: id, owner: draft.owner, entrypoint: draft.entrypoint, permission: permission,
                    terms: draft.terms, revision: "1",
                    flows: zip(draft.flows, rows).map { flow, row in
                        FrozenFlow(
                            number: row.number, uuid: row.uuid, snapshotHash: flow.snapshot.hash,
                            readEnabled: row.readEnabled, resumesOnCrash: row.resumesOnCrash)
                    }))
            let kept = state.wallets.filter { $0.owner == draft.owner && $0.isKept }.map(\.key)
            state.listedKeys[id] = Set(kept).intersection(
                draft.belongings.compactMap { ($0 as? StaticWallet)?.key })
            return id
        }
        reply(.success(id))
    }

    public func store(
        _ draft: FlowCopyDraft, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void
    ) {
        let result = state.withLock { state -> Result<Bool, StorageError> in
            guard !state.isEdited() else { return .success(false) }
            let originals = draft.flows.compactMap { flow in
                state.flow(.number(flow.number)).flatMap { row in
                    row.version == flow.version && (row.isPublic || row.owner == draft.owner) ? row : nil
                }
            }
            guard originals.count == draft.flows.count, !originals.isEmpty else { return .success(false) }
            let uuids = Set(draft.flows.map(\.uuid))
            guard uuids.count == draft.flows.count, !state.flows.contains(where: { uuids.contains($0.uuid) })
            else { return .failure(.failed) }
            for (flow, original) in zip(draft.flows, originals) {
                let document =
                    Array(#"{"nodes":"#.utf8) + flow.content.nodes + Array(#","edges":"#.utf8)
                    + flow.content.edges + Array("}".utf8)
                state.flows.append(
                    FlowRow(
                        number: (state.flows.map(\.number).max() ?? 0) + 1, uuid: flow.uuid,
                        owner: draft.owner, isPublic: false, startShared: false, startUnverified: false,
                        readEnabled: false, resumesOnCrash: original.resumesOnCrash, version: 1,
                        document: document))
            }
            return .success(true)
        }
        reply(result)
    }
}

extension MemoryStorage.State {
    /// The same content is kept once.
    mutating func keep(_ snapshot: FlowSnapshot) {
        if snapshots[snapshot.hash] == nil { snapshots[snapshot.hash] = snapshot }
    }

    /// The newest deployment of each flow.
    fileprivate var latest: [Int32: DeploymentRow] {
        Dictionary(deployments.map { ($0.entrypoint, $0) }) { $0.id < $1.id ? $1 : $0 }
    }

    /// The newest deployment of a flow by its other name. This is the name of the owner who has deployed it first,
    /// whoever has it later.
    fileprivate func latest(_ uuid: UniqueID) -> DeploymentRow? {
        let first = deployments.filter { row in row.flows.contains { $0.uuid == uuid } }.min { $0.id < $1.id }
        return latest.values.filter { row in
            row.owner == first?.owner
                && row.flows.contains { $0.number == row.entrypoint && $0.uuid == uuid }
        }.max { $0.id < $1.id }
    }

    /// An id behind all others: the order of ids is that of creation.
    fileprivate func nextDeployment() -> DeploymentID {
        let last = deployments.map(\.id.id.high).max().map { Int64($0 >> 16) + 1 } ?? 0
        let now = max(Clock.system.now().milliseconds, last)
        return DeploymentID(.timeOrdered(at: Timestamp(nanoseconds: now * 1_000_000)))
    }
}
