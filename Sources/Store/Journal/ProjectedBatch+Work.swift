// A projected batch as the rows and parameters of one transaction. Pure.

internal import Engine
internal import Postgres
internal import Primitives

extension ProjectedBatch {
    /// The batch as one transaction.
    ///
    /// - Parameters:
    ///   - server: who owns the runs created here.
    ///   - snapshots: those of the runs created here that are not known to be stored already.
    func work(of server: ServerID, snapshots: [FlowSnapshot]) -> JournalWork {
        var work = JournalWork()
        if logs.isEmpty, !events.isEmpty, events.count <= Limits.insertedEventsMax {
            work.statements.append((JournalStatements.insertEvents, eventColumns()))
        } else if !events.isEmpty {
            work.copies.append((JournalStatements.copyEvents, eventRows()))
        }
        if !logs.isEmpty { work.copies.append((JournalStatements.copyLogs, logRows())) }
        let created = heads.filter { $0.creation != nil }
        let changed = heads.filter { $0.creation == nil }
        if !snapshots.isEmpty {
            work.statements.append(
                (
                    JournalStatements.insertSnapshots,
                    [
                        .array(of: .bytea, snapshots) { .bytea($0.hash) },
                        .array(of: .json, snapshots) { .json($0.document) },
                    ]
                ))
        }
        if !created.isEmpty {
            work.statements.append((JournalStatements.insertRuns, ProjectedBatch.insertion(created, server)))
        }
        let readers = created.flatMap { head in (head.creation?.sharedWith ?? []).map { (head.run, $0) } }
        if !readers.isEmpty {
            work.statements.append(
                (
                    JournalStatements.insertReaders,
                    [
                        .array(of: .uuid, readers) { .uuid($0.0.id) },
                        .array(of: .uuid, readers) { .uuid($0.1.id) },
                    ]
                ))
        }
        if !nodes.isEmpty { work.statements.append((JournalStatements.upsertNodes, nodeChanges())) }
        if !changed.isEmpty {
            work.statements.append((JournalStatements.updateRuns, ProjectedBatch.changes(changed)))
        }
        let stopped = heads.filter { $0.status == .stopped }
        if !stopped.isEmpty {
            work.statements.append(
                (JournalStatements.clearStops, [.array(of: .uuid, stopped) { .uuid($0.run.id) }]))
        }
        let crashed = heads.filter { $0.status == .crashed }
        if !crashed.isEmpty {
            work.statements.append(
                (
                    JournalStatements.closeNodes,
                    [
                        .array(of: .uuid, crashed) { .uuid($0.run.id) },
                        .array(of: .timestamptz, crashed) { .optional($0.endTime) },
                        .array(of: .text, crashed) { .text($0.errors.last ?? "") },
                    ]
                ))
        }
        return work
    }

    /// Snapshots of runs created here that are not known to be stored, each once.
    func newSnapshots(_ isStored: (FlowSnapshot) -> Bool) -> [FlowSnapshot] {
        var hashes: Set<[UInt8]> = []
        return heads.compactMap(\.creation?.snapshot).filter { snapshot in
            !isStored(snapshot) && hashes.insert(snapshot.hash).inserted
        }
    }

    /// The rows of `copyEvents`, whose columns are the parameters of `insertEvents`.
    private var eventValues: [[PostgresValue]] {
        events.map { run, sequence, event in
            let execution = event.execution
            return [
                .uuid(run.id), .bigint(Int64(clamping: sequence)), .timestamptz(event.time),
                .smallint(event.time.nanosecondsBelowMicrosecond), .text(event.name),
                execution.map { .uuid($0.node.id) } ?? .null, execution.map { .integer($0.times) } ?? .null,
                .json(event.data),
            ]
        }
    }

    private func eventRows() -> CopyRows {
        var rows = CopyRows(columnCount: 8)
        for values in eventValues { rows.append(values) }
        return rows
    }

    private func eventColumns() -> [PostgresValue] {
        let rows = eventValues
        let types: [PostgresType] = [.uuid, .bigint, .timestamptz, .smallint, .text, .uuid, .integer, .json]
        return types.enumerated().map { column, type in .array(of: type, rows) { $0[column] } }
    }

    private func logRows() -> CopyRows {
        var rows = CopyRows(columnCount: 11)
        for (run, owner, sequence, log) in logs {
            rows.append([
                .uuid(run.id), .bigint(Int64(clamping: sequence)), .uuid(owner.id),
                log.execution.map { .uuid($0.node.id) } ?? .null,
                log.execution.map { .integer($0.times) } ?? .null, .timestamptz(log.time),
                .smallint(log.time.nanosecondsBelowMicrosecond), .text(log.line.level.rawValue),
                .text(log.line.content), log.line.module.map { .text($0) } ?? .null,
                log.line.exactJSON.map { .json($0) } ?? .null,
            ])
        }
        return rows
    }

    private static func insertion(_ heads: [Head], _ server: ServerID) -> [PostgresValue] {
        func column(_ type: PostgresType, _ value: (RunRow) -> PostgresValue) -> PostgresValue {
            .array(of: type, heads) { head in head.creation.map(value) ?? .null }
        }
        return [
            .uuid(server.id),
            .array(of: .uuid, heads) { .uuid($0.run.id) },
            .array(of: .uuid, heads) { .uuid($0.owner.id) },
            column(.uuid) { $0.startedBy.map { .uuid($0.id) } ?? .null },
            column(.text) { $0.startedKey.map { .text($0) } ?? .null },
            column(.integer) { $0.flow.map { .integer($0) } ?? .null },
            column(.uuid) { $0.deployment.map { .uuid($0.id) } ?? .null },
            column(.bytea) { .bytea($0.snapshot.hash) },
            status(heads),
            column(.timestamptz) { .timestamptz($0.createdAt) },
            .array(of: .timestamptz, heads) { .optional($0.startTime) },
            .array(of: .timestamptz, heads) { .optional($0.endTime) },
            column(.json) { .json($0.inputs) },
            output(heads), errors(heads.map(\.errors)), notRun(heads),
            column(.json) { .json($0.environment) },
            column(.json) { .json($0.network) },
            column(.json) { .json($0.bundling) },
            column(.json) { .json($0.origin) },
            column(.bool) { .bool($0.hasHiddenInputs) },
            column(.uuid) { $0.parent.map { .uuid($0.id) } ?? .null },
            column(.integer) { .integer($0.depth) },
            column(.bool) { .bool($0.collectsInstructions) },
            column(.json) { $0.partial.map { .json($0) } ?? .null },
            column(.text) { .text($0.resumesOnCrash ? "resume" : "fail") },
            column(.json) { $0.terms.map { .json($0) } ?? .null },
        ]
    }

    private static func changes(_ heads: [Head]) -> [PostgresValue] {
        [
            .array(of: .uuid, heads) { .uuid($0.run.id) },
            status(heads),
            .array(of: .timestamptz, heads) { .optional($0.startTime) },
            .array(of: .timestamptz, heads) { .optional($0.endTime) },
            output(heads), errors(heads.map(\.errors)), notRun(heads),
        ]
    }

    private func nodeChanges() -> [PostgresValue] {
        [
            .array(of: .uuid, nodes) { .uuid($0.run.id) },
            .array(of: .uuid, nodes) { .uuid($0.execution.node.id) },
            .array(of: .integer, nodes) { .integer($0.execution.times) },
            .array(of: .uuid, nodes) { .uuid($0.owner.id) },
            .array(of: .timestamptz, nodes) { .optional($0.startTime) },
            .array(of: .timestamptz, nodes) { .optional($0.endTime) },
            .array(of: .json, nodes) { $0.input.map { .json($0) } ?? .null },
            .array(of: .json, nodes) { $0.output.map { .json($0) } ?? .null },
            ProjectedBatch.errors(nodes.map(\.errors)),
        ]
    }

    private static func status(_ heads: [Head]) -> PostgresValue {
        .array(of: .text, heads) { $0.status.map { .text($0.rawValue) } ?? .null }
    }

    private static func output(_ heads: [Head]) -> PostgresValue {
        .array(of: .json, heads) { $0.output.map { .json($0) } ?? .null }
    }

    private static func errors(_ errors: [[String]]) -> PostgresValue {
        .array(of: .text, errors) { .text(PostgresArray.literal($0)) }
    }

    private static func notRun(_ heads: [Head]) -> PostgresValue {
        .array(of: .text, heads) { head in
            head.notRun.map { .text(PostgresArray.literal($0.map(\.text))) } ?? .null
        }
    }
}

extension PostgresValue {
    static func array<Element>(
        of type: PostgresType, _ elements: [Element], _ value: (Element) -> PostgresValue
    ) -> PostgresValue {
        .array(PostgresArray(of: type, elements.map(value)))
    }

    static func optional(_ time: Timestamp?) -> PostgresValue { time.map { .timestamptz($0) } ?? .null }
}
