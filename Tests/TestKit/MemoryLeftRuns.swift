// Runs that an engine has left behind, in memory: the engine's port without a database.

import Engine
import Primitives
import Values

/// Everything that is known of runs in some storage, as the one server sees it that has all of them. May outlive an
/// engine, like a database.
public final class MemoryLeftRuns: LeftRuns {
    private let storage: MemoryStorage
    private let inputs: any InputRequests
    private let signatures: any SignatureRequests
    private let controls: any RunControls
    private let eventsMax: Int

    /// - Parameter eventsMax: so many events come with a run; the rest is read in pages.
    public init(
        _ storage: MemoryStorage, inputs: any InputRequests, signatures: any SignatureRequests,
        controls: any RunControls = NoRunControls(), eventsMax: Int = .max
    ) {
        self.storage = storage
        self.inputs = inputs
        self.signatures = signatures
        self.controls = controls
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
        storage.snapshots(hashes, reply: reply)
    }

    private func run(_ id: RunID) -> LeftRun? {
        guard let record = storage.record(of: id), storage.goesOn(id) else { return nil }
        let events = storage.events(of: id)
        var ended: Set<NodeExecution> = []
        for case .nodeFinished(let end) in events.map(\.content) { ended.insert(end.execution) }
        return LeftRun(
            record: record.left, hasWholeInputs: !record.inputs.holdsSecret,
            events: events.prefix(eventsMax).map(\.withoutText), hasAllEvents: events.count <= eventsMax,
            children: storage.children(of: id).compactMap(child).filter { child in
                !child.status.isEnd || !ended.contains(child.execution)
            },
            inputs: MemoryLeftRuns.now { inputs.requests(of: id, reply: $0) }.filter { stored in
                if case nil = stored.answer { true } else { !ended.contains(stored.request.execution) }
            },
            signatures: MemoryLeftRuns.now { signatures.requests(of: id, reply: $0) }.filter { stored in
                stored.answer == nil || !ended.contains(stored.waiting.execution)
            },
            controls: MemoryLeftRuns.now { controls.controls(of: [id], reply: $0) })
    }

    private func child(_ record: RunRecord) -> LeftChild? {
        guard case .nested(_, let execution) = record.origin else { return nil }
        var (status, output) = (RunStatus.starting, ValueMap?.none)
        var errors: [String] = []
        var failures: [FailedExecution] = []
        for event in storage.events(of: record.id) {
            switch event.content {
            case .flowStarted: status = .running
            case .flowFailed(let failure): errors.append(failure.error)
            case .nodeFailed(let failure) where failures.count < 10:
                failures.append(FailedExecution(node: failure.execution.node, error: failure.error))
            case .flowFinished(let end):
                (status, output) = (end.status, end.output.holdsSecret ? nil : end.output)
            default: continue
            }
        }
        return LeftChild(
            run: record.id, execution: execution, status: status, output: output, errors: errors,
            failures: failures)
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
