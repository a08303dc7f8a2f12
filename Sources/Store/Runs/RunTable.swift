// The table of runs: what a run stores when it is created, what its events change, and how it is read again.

internal import Chain
internal import Engine
internal import Postgres
internal import Primitives
internal import Values

/// The columns of `flow_run`. A column of a run's record is two lines of `created`.
enum RunTable {
    /// Reads a run that is to be taken up again. The users with whom it is shared are in a table of their own.
    struct Reader: Sendable {
        let read: @Sendable (StoredRecord, [UserID], inout RepeatedTexts) throws(PostgresError) -> StoredRun
    }

    /// What is known of a run when it is created. The flow of a deployment's run may be gone, and the deployment may be
    /// deleted while its run begins or starts others, so both are looked up by the statement. The deployment's id is kept in
    /// the terms as well.
    static let created = Table<RunRecord, Reader>("flow_run") { t in
        let id = t.column("id", .run) { $0.id }
        let owner = t.column("user_id", .user) { $0.owner }
        let startedBy = t.column("started_by", .optional(.user)) { $0.startedBy }
        let startedKey = t.column("started_key", .optional(.text)) { $0.startedKey }
        let flow = t.column("flow_id", .optional(.integer), stored: { _ in "f.id" }) { $0.flow }
        t.write("deployment_id", .optional(.deployment), stored: { _ in "d.id" }) { $0.deployment }
        let hash = t.column("snapshot_hash", .bytea) { $0.snapshot.hash }
        let createdAt = t.column("created_at", .timestamptz) { $0.createdAt }
        let inputs = t.column("inputs", .optional(.values), isLarge: true) { $0.inputs }
        let hidesInputs = t.column("inputs_hidden", .bool) { $0.inputs.holdsSecret }
        let environment = t.column("environment", .optional(.json), isLarge: true) {
            RunText.environment($0.environment)
        }
        let network = t.column("network", .json) { RunText.network($0.terms.chain.network) }
        let bundling = t.column("instructions_bundling", .json) { RunText.bundling($0.bundling) }
        let origin = t.column("origin", .origin) { $0.origin }
        t.write("parent_run_id", .optional(.run)) { $0.parent }
        let depth = t.column("call_depth", .integer) { $0.depth }
        let collects = t.column("collect_instructions", .bool) { $0.collectsActs }
        let partial = t.column("partial_config", .partialConfig) { $0.partial }
        let resumes = t.column("on_crash", .resumesOnCrash) { $0.resumesOnCrash }
        let terms = t.column("terms", .optional(.terms), isLarge: true) { StoredTerms($0) }
        return Reader { row, sharedWith, texts throws(PostgresError) in
            let (storedInputs, storedTerms) = (try row[inputs], try row[terms])
            let storedEnvironment = try row[environment]
            let record = RunRecord(
                id: try row[id], owner: try row[owner], startedBy: try row[startedBy],
                startedKey: try row[startedKey], flow: try row[flow], deployment: storedTerms?.deployment,
                snapshot: FlowSnapshot(hash: try row[hash], document: []), inputs: storedInputs ?? [:],
                environment: try texts.environment(storedEnvironment),
                terms: ChainTerms(
                    network: try texts.network(row[network]), fees: storedTerms?.fees ?? [],
                    action: storedTerms?.action),
                bundling: try texts.bundling(row[bundling]), origin: try row[origin], depth: try row[depth],
                collectsActs: try row[collects], partial: try row[partial],
                resumesOnCrash: try row[resumes], sharedWith: sharedWith, createdAt: try row[createdAt])
            return StoredRun(
                record: record, hasWholeInputs: try !row[hidesInputs], hasTerms: storedTerms != nil,
                isCut: storedInputs == nil || storedEnvironment == nil)
        }
    }

    /// What the events of a batch change of a run.
    private static let progress = Table<ProjectedBatch.Head, Void>("flow_run") { t in
        t.write("status", .optional(.status)) { $0.status }
        t.write("start_time", .optional(.timestamptz)) { $0.startTime }
        t.write("paused_at", .optional(.timestamptz)) { $0.pausedAt }
        t.write("end_time", .optional(.timestamptz)) { $0.endTime }
        t.write("output", .optional(.json)) { $0.output }
        t.write("errors", .textsAsText, stored: { "\($0)::text[]" }) { $0.errors }
        t.write("not_run", .optional(.nodesAsText), stored: { "COALESCE(\($0)::uuid[], '{}')" }) { $0.notRun }
    }

    /// A run that is created in a batch, with what its first events have changed already.
    static let inserted = Table<ProjectedBatch.Head, Void>("flow_run") { t in
        t.write(
            created.written.enumerated().map { place, column in
                WrittenColumn(name: column.name, type: column.type, stored: column.stored) {
                    $0.creation?.cells[place] ?? .null
                }
            })
        t.write(progress.written)
    }

    /// A run that was created in an earlier batch.
    static let changed = Table<ProjectedBatch.Head, Void>("flow_run") { t in
        t.write("id", .run) { $0.run }
        t.write(progress.written)
    }
}

/// A run as it is created, encoded where it is appended to the journal.
struct RunRow: Sendable {
    /// The cells of `RunTable.created`.
    let cells: [PostgresValue]
    /// About how much memory the cells take.
    let byteCount: Int
    let snapshot: FlowSnapshot
    let sharedWith: [UserID]

    init(_ record: RunRecord) {
        cells = RunTable.created.cells(of: record)
        byteCount = cells.reduce(0) { $0 + $1.byteCount }
        snapshot = record.snapshot
        sharedWith = record.sharedWith
    }
}

/// A run as it was created, read again.
struct StoredRun {
    let record: RunRecord
    let hasWholeInputs: Bool
    /// The column of terms is there.
    let hasTerms: Bool
    /// A cell that every run has was left out.
    let isCut: Bool
}

extension RunRecord {
    fileprivate var parent: RunID? {
        if case .nested(let run, _) = origin { run } else { nil }
    }
}

extension CellType where Value == RunOrigin {
    static var origin: CellType {
        CellType<[UInt8]>.json.checked("origin of a run", { RunText.origin($0) }, { RunText.origin($0) })
    }
}

extension CellType where Value == StoredTerms {
    fileprivate static var terms: CellType {
        CellType<[UInt8]>.json.checked("terms of a run", { StoredTerms($0) }, { $0.json })
    }
}

extension CellType where Value == PartialConfig? {
    /// Of a stored config only that there is one is read.
    fileprivate static var partialConfig: CellType {
        CellType(.json, read: .bool, selected: { "\($0) IS NOT NULL" }) { config in
            config.map { .json(RunText.partial($0)) } ?? .null
        } decode: { row, index throws(PostgresError) in
            try row.bool(index) ? PartialConfig(onlyNodes: [], runs: [:], defaultRun: nil) : nil
        }
    }
}
