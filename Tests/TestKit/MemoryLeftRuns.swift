// Runs that an engine has left behind, in memory: the engine's port without a database.

import Engine
import Primitives
import Values

/// Everything that is known of runs in some storage. May outlive an engine, like a database.
public final class MemoryLeftRuns: LeftRuns {
    private let storage: MemoryStorage
    private let inputs: any InputRequests
    private let signatures: any SignatureRequests
    private let eventsMax: Int

    /// - Parameter eventsMax: so many events come with a run; the rest is read in pages.
    public init(
        _ storage: MemoryStorage, inputs: any InputRequests, signatures: any SignatureRequests,
        eventsMax: Int = .max
    ) {
        self.storage = storage
        self.inputs = inputs
        self.signatures = signatures
        self.eventsMax = eventsMax
    }

    public func runs(_ ids: [RunID], reply: @escaping @Sendable (Result<FoundRuns, StorageError>) -> Void) {
        var found = FoundRuns()
        found.runs = ids.compactMap(run)
        reply(.success(found))
    }

    public func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void
    ) {
        storage.events(of: id, after: after, limit: limit, reply: reply)
    }

    public func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void
    ) {
        // The document of a sketch is its own hash.
        reply(.success(hashes.map { FlowSnapshot(hash: $0, document: $0) }))
    }

    private func run(_ id: RunID) -> LeftRun? {
        let events = storage.events(of: id)
        guard let record = storage.record(of: id), events.last?.isEnd != true else { return nil }
        return LeftRun(
            record: record, hasWholeInputs: !record.inputs.holdsSecret,
            events: Array(events.prefix(eventsMax)), hasAllEvents: events.count <= eventsMax,
            children: storage.children(of: id).compactMap(child),
            inputs: MemoryLeftRuns.now { inputs.requests(of: id, reply: $0) },
            signatures: MemoryLeftRuns.now { signatures.requests(of: id, reply: $0) })
    }

    private func child(_ record: RunRecord) -> LeftChild? {
        guard case .nested(_, let execution) = record.origin else { return nil }
        var (status, output) = (RunStatus.running, ValueMap?.none)
        var errors: [String] = []
        for event in storage.events(of: record.id) {
            if case .flowFailed(let error) = event.content { errors.append(error) }
            if case .flowFinished(_, let values, let ended) = event.content {
                (status, output) = (ended, values.holdsSecret ? nil : values)
            }
        }
        return LeftChild(
            run: record.id, execution: execution, status: status, output: output, errors: errors)
    }

    /// The answer of a port that answers at once.
    private static func now<Element: Sendable>(
        _ ask: (@escaping @Sendable (Result<[Element], StorageError>) -> Void) -> Void
    ) -> [Element] {
        let answers = Inbox<[Element]>()
        ask { answers.put((try? $0.get()) ?? []) }
        return answers.all.first ?? []
    }
}
