// Runs that another server has left behind, read from Postgres.

public import Engine
internal import Net
internal import Postgres
public import Primitives
internal import Synchronization

/// The engine's reads of runs that it takes up, over a connection of their own. Any thread. `runs` replies on a thread
/// that only turns rows into values, because there may be rows of thousands of runs.
public struct PostgresLeftRuns: LeftRuns {
    let desk: QuestionDesk
    let server: ServerID
    let readers: WorkThreads

    /// Reads these runs with their events, nested runs and requests, by five statements. The rows of each run and the
    /// bytes of its cells are bounded; of a run that is asked for alone only the events are.
    public func runs(
        _ ids: [RunID], reply: @escaping @Sendable (Result<FoundRuns, StorageError>) -> Void
    ) {
        let isAlone = ids.count == 1
        let eventsMax = Limits.leftRunEventsMax
        let rowsMax = isAlone ? Int(Int32.max) - 1 : Limits.leftRunRowsMax
        let runs = PostgresValue.array(of: .uuid, ids) { .uuid($0.id) }
        let rows = PostgresValue.integer(Int32(rowsMax + 1))
        let bytes = PostgresValue.integer(isAlone ? .max : Int32(Limits.leftRunBytesMax))
        let readers = readers
        let answers = Answers(count: 5) { result in
            let read: @Sendable () -> Void = {
                reply(
                    result.map { all in
                        LeftRunRows(
                            heads: all[0], events: all[1], children: all[2], inputs: all[3],
                            signatures: all[4], eventsMax: eventsMax, rowsMax: rowsMax
                        ).read()
                    })
            }
            if !readers.post(read) { reply(.failure(.overloaded)) }
        }
        ask(LeftRunStatements.heads, [runs, .uuid(server.id), bytes], 0, answers)
        ask(
            LeftRunStatements.events,
            [runs, .integer(Int32(eventsMax + 1)), .bigint(Int64(Limits.leftRunBytesMax))], 1, answers)
        ask(LeftRunStatements.children, [runs, rows, bytes], 2, answers)
        ask(LeftRunStatements.inputs, [runs, rows, bytes], 3, answers)
        ask(LeftRunStatements.signatures, [runs, rows], 4, answers)
    }

    private func ask(
        _ statement: PostgresStatement, _ values: [PostgresValue], _ place: Int, _ answers: Answers
    ) {
        desk.ask(statement, values, on: .upkeep) { rows throws(PostgresError) in
            rows
        } _: {
            answers.put($0, at: place)
        }
    }

    /// Reads a page of a run's events and log lines, `limit` of them and `Limits.replayPageBytesMax` bytes at most.
    /// The reply comes on the storage loop's thread.
    public func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void
    ) {
        desk.ask(
            CatalogStatements.events, CatalogStatements.page(of: id, after: after, limit: limit),
            on: .upkeep, CatalogRows.events, reply)
    }

    /// Reads the frozen documents of these hashes; those that are not stored are left out. The reply comes on the
    /// storage loop's thread.
    public func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void
    ) {
        desk.ask(
            DeploymentStatements.snapshots, [.array(of: .bytea, hashes) { .bytea($0) }], on: .upkeep,
            DeploymentRows.snapshots, reply)
    }
}

/// Gathers the answers of questions that belong together.
private final class Answers: Sendable {
    private struct State {
        var rows: [PostgresRows?]
        var missingCount: Int
        var error: StorageError?
    }

    private let state: Mutex<State>
    private let done: @Sendable (Result<[PostgresRows], StorageError>) -> Void

    init(count: Int, done: @escaping @Sendable (Result<[PostgresRows], StorageError>) -> Void) {
        state = Mutex(State(rows: Array(repeating: nil, count: count), missingCount: count))
        self.done = done
    }

    func put(_ result: Result<PostgresRows, StorageError>, at place: Int) {
        let all = state.withLock { state -> Result<[PostgresRows], StorageError>? in
            switch result {
            case .success(let rows): state.rows[place] = rows
            case .failure(let error): state.error = error
            }
            state.missingCount -= 1
            guard state.missingCount == 0 else { return nil }
            return state.error.map { .failure($0) } ?? .success(state.rows.compactMap(\.self))
        }
        if let all { done(all) }
    }
}
