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
            work.statements.append(JournalStatements.insertEvents.bound(to: events))
        } else if !events.isEmpty {
            work.copies.append(JournalWork.Copy(EventTable.events, events))
        }
        if !logs.isEmpty { work.copies.append(JournalWork.Copy(LogTable.lines, logs)) }
        let created = heads.filter { $0.creation != nil }
        let changed = heads.filter { $0.creation == nil }
        if !snapshots.isEmpty {
            work.statements.append(JournalStatements.insertSnapshots.bound(to: snapshots))
        }
        if !created.isEmpty {
            work.statements.append(JournalStatements.insertRuns.bound(to: (server, created)))
        }
        let readers = created.flatMap { head in
            (head.creation?.sharedWith ?? []).map { (run: head.run, user: $0) }
        }
        if !readers.isEmpty { work.statements.append(JournalStatements.insertReaders.bound(to: readers)) }
        if !nodes.isEmpty { work.statements.append(JournalStatements.upsertNodes.bound(to: nodes)) }
        if !changed.isEmpty { work.statements.append(JournalStatements.updateRuns.bound(to: changed)) }
        let stopped = heads.filter { $0.status == .stopped }
        if !stopped.isEmpty {
            work.statements.append(JournalStatements.clearControls.bound(to: stopped.map(\.run)))
        }
        let crashed = heads.filter { $0.status == .crashed }
        if !crashed.isEmpty { work.statements.append(JournalStatements.closeNodes.bound(to: crashed)) }
        return work
    }

    /// Snapshots of runs created here that are not known to be stored, each once.
    func newSnapshots(_ isStored: (FlowSnapshot) -> Bool) -> [FlowSnapshot] {
        var hashes: Set<[UInt8]> = []
        return heads.compactMap(\.creation?.snapshot).filter { snapshot in
            !isStored(snapshot) && hashes.insert(snapshot.hash).inserted
        }
    }
}
