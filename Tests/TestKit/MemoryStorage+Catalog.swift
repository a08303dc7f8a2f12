// The catalogue of storage in memory.

import Chain
import Engine
import Primitives
import Synchronization
import Values

extension MemoryStorage {
    public func flow(
        _ id: FlowID, knownVersion: Int64?,
        reply: @escaping @Sendable (Result<FlowRow?, StorageError>) -> Void
    ) {
        let row = state.withLock { $0.flow(id) }
        reply(
            .success(
                row.map { [$0.version, FlowRow.noDocument].contains(knownVersion) ? $0.withoutDocument : $0 })
        )
    }

    public func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void
    ) {
        reply(.success(state.withLock { state in Set(hashes).compactMap { state.snapshots[$0] } }))
    }

    /// A row with the id 0 stands for the key by which its user is known.
    public func wallets(
        of users: [UserID], reply: @escaping @Sendable (Result<[WalletRow], StorageError>) -> Void
    ) {
        let rows = state.withLock { $0.wallets.filter { users.contains($0.owner) } }
        reply(.success(rows.sorted { ($0.id == 0 ? .max : $0.id) < ($1.id == 0 ? .max : $1.id) }))
    }

    /// The run is there and has not ended.
    public func goesOn(_ id: RunID) -> Bool {
        state.withLock { $0.records[id] != nil && $0.events[id]?.last?.isEnd != true }
    }

    public func run(_ id: RunID, reply: @escaping @Sendable (Result<RunSummary?, StorageError>) -> Void) {
        let summary = state.withLock { state -> RunSummary? in
            guard let record = state.records[id] else { return nil }
            var (status, output) = (RunStatus.starting, ValueMap?.none)
            for event in state.events[id] ?? [] {
                switch event.content {
                case .flowStarted: status = .running
                case .flowFinished(let end): (status, output) = (end.status, end.output.seen)
                default: continue
                }
            }
            return RunSummary(
                id: id, owner: record.owner, sharedWith: record.sharedWith, status: status, output: output)
        }
        reply(.success(summary))
    }

    public func outputs(
        of nodes: [(run: RunID, node: NodeID)], owner: UserID,
        reply: @escaping @Sendable (Result<[StoredOutput], StorageError>) -> Void
    ) {
        let outputs = state.withLock { state in
            nodes.flatMap { run, node -> [StoredOutput] in
                guard state.records[run]?.owner == owner else { return [] }
                var ports: [Int32: ValueMap] = [:]
                for event in state.events[run] ?? [] {
                    guard case .nodeOutput(let given) = event.content, given.execution.node == node
                    else { continue }
                    for entry in given.output.seen.entries {
                        ports[given.execution.times, default: [:]][entry.key] = entry.value
                    }
                }
                return ports.map { StoredOutput(node: node, times: $0, outputs: $1) }
            }
        }
        reply(.success(outputs.sorted { ($0.node, $0.times) < ($1.node, $1.times) }))
    }

    public func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void
    ) {
        let events = state.withLock { $0.events[id] ?? [] }
        // There are no gaps, and a long journal is read in many pages.
        reply(.success(Array(events.dropFirst(Int(clamping: after)).prefix(limit))))
    }
}

extension FlowRow {
    fileprivate var withoutDocument: FlowRow {
        FlowRow(
            number: number, uuid: uuid, owner: owner, isPublic: isPublic, startShared: startShared,
            startUnverified: startUnverified, readEnabled: readEnabled, resumesOnCrash: resumesOnCrash,
            version: version, document: nil)
    }
}
