import Chain
import Engine
import Primitives
import TestKit
import Testing
import Values

private let run = RunID(UniqueID(high: 1, low: 7))

/// A catalogue on which another server writes: it ends the run when somebody asks how the run is.
private struct EndingMeanwhile: FlowCatalog {
    let storage: MemoryStorage

    func run(_ id: RunID, reply: @escaping @Sendable (Result<RunSummary?, StorageError>) -> Void) {
        storage.append([
            .event(
                id, owner: EngineBench.owner,
                RunEvent(
                    sequence: 2, time: Timestamp(nanoseconds: 2),
                    content: .flowFinished(notRun: [], output: ValueMap(), status: .finished)))
        ])
        storage.run(id, reply: reply)
    }

    func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void
    ) {
        storage.events(of: id, after: after, limit: limit, reply: reply)
    }

    func flow(
        _ id: FlowID, knownVersion: Int64?,
        reply: @escaping @Sendable (Result<FlowRow?, StorageError>) -> Void
    ) { reply(.success(nil)) }

    func deployment(
        _ name: DeploymentName, reply: @escaping @Sendable (Result<DeploymentRow?, StorageError>) -> Void
    ) { reply(.success(nil)) }

    func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void
    ) { reply(.success([])) }

    func outputs(
        of nodes: [(run: RunID, node: NodeID)], owner: UserID,
        reply: @escaping @Sendable (Result<[StoredOutput], StorageError>) -> Void
    ) { reply(.success([])) }
}

@Suite(.timeLimit(.minutes(5))) struct `Pages of stored events` {
    @Test func `have the end of a run that comes while they are read`() async throws {
        let storage = MemoryStorage()
        let bench = try EngineBench([:], storage: storage) { $0.catalog = EndingMeanwhile(storage: storage) }
        storage.append([
            .created(
                RunRecord(
                    id: run, owner: EngineBench.owner, startedBy: EngineBench.owner, flow: 7,
                    snapshot: FlowSnapshot(hash: [], document: []), inputs: [:], environment: [:],
                    terms: ChainTerms(), bundling: "Off", createdAt: Timestamp(nanoseconds: 1))),
            .event(
                run, owner: EngineBench.owner,
                RunEvent(sequence: 1, time: Timestamp(nanoseconds: 1), content: .flowStarted)),
        ])
        let events = try await bench.ask(.page(run, after: 1)).expectLastPage()
        #expect(events.map(\.sequence) == [2])
    }
}
