// Runs that another server has left behind, read from Postgres.

public import Engine
internal import Net
internal import Postgres
public import Primitives
internal import Synchronization

/// The engine's reads of runs that it takes up, over a connection of their own. Any thread. `runs` replies on a thread
/// that only turns rows into values, because there may be rows of thousands of runs.
public struct PostgresLeftRuns: LeftRuns, StoragePort {
    static let statements: [any ListedStatement] = LeftRunStatements.all

    let context: PortContext

    /// Reads these runs with their events, nested runs, requests and controls, by six statements. The rows of each run and the
    /// bytes of its cells are bounded; of a run that is asked for alone only the events are.
    public func runs(
        _ ids: [RunID], reply: @escaping @Sendable (Result<FoundRuns, StorageError>) -> Void
    ) {
        let isAlone = ids.count == 1
        let lookup = LeftRunLookup(
            runs: ids, server: context.server, eventsMax: Limits.leftRunEventsMax,
            rowsMax: isAlone ? Int(Int32.max) - 1 : Limits.leftRunRowsMax,
            cellBytesMax: isAlone ? .max : Int32(Limits.leftRunBytesMax))
        let readers = context.readers
        let answers = Answers { result in
            let read: @Sendable () -> Void = { reply(result.map { $0.read(lookup) }) }
            if !readers.post(read) { reply(.failure(.overloaded)) }
        }
        context.desk.ask(LeftRunStatements.heads, lookup) { answers.put($0) { $0.heads = $1 } }
        context.desk.ask(LeftRunStatements.events, lookup) { answers.put($0) { $0.events = $1 } }
        context.desk.ask(LeftRunStatements.children, lookup) { answers.put($0) { $0.children = $1 } }
        context.desk.ask(LeftRunStatements.inputs, lookup) { answers.put($0) { $0.inputs = $1 } }
        context.desk.ask(LeftRunStatements.signatures, lookup) { answers.put($0) { $0.signatures = $1 } }
        context.desk.ask(LeftRunStatements.controls, lookup) { answers.put($0) { $0.controls = $1 } }
    }

    /// Reads a page of a run's events and log lines, `limit` of them and `Limits.replayPageBytesMax` bytes at most.
    /// The reply comes on the storage loop's thread.
    public func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void
    ) {
        context.desk.ask(CatalogStatements.events, (id, after, limit), on: .upkeep, reply)
    }

    /// Reads the frozen documents of these hashes; those that are not stored are left out. The reply comes on the
    /// storage loop's thread.
    public func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void
    ) {
        context.desk.ask(DeploymentStatements.snapshots, hashes, on: .upkeep, reply)
    }
}

/// Gathers the answers of questions that belong together, of which each comes exactly once.
private final class Answers: Sendable {
    private struct State {
        var rows = LeftRunRows()
        var missingCount = LeftRunStatements.all.count
        var error: StorageError?
    }

    private let state = Mutex(State())
    private let done: @Sendable (Result<LeftRunRows, StorageError>) -> Void

    init(done: @escaping @Sendable (Result<LeftRunRows, StorageError>) -> Void) { self.done = done }

    func put<Rows: Sendable>(
        _ result: Result<Rows, StorageError>, _ set: (inout LeftRunRows, Rows) -> Void
    ) {
        let all = state.withLock { state -> Result<LeftRunRows, StorageError>? in
            switch result {
            case .success(let rows): set(&state.rows, rows)
            case .failure(let error): state.error = error
            }
            state.missingCount -= 1
            guard state.missingCount == 0 else { return nil }
            return state.error.map { .failure($0) } ?? .success(state.rows)
        }
        if let all { done(all) }
    }
}
