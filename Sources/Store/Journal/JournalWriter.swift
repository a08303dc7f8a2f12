// Writes the journal: gathers entries, commits them, tells lanes, and deals with everything that can go wrong on
// the way. Owned by the storage loop.

internal import Engine
internal import Net
internal import Postgres
internal import Primitives

/// Group commits on one connection. What is acknowledged is durable. Only entries that the database refuses for good
/// are dropped, and the lanes are told of them.
final class JournalWriter {
    /// What the connection is busy with.
    private enum Errand {
        case none
        /// A piece, and what becomes true once it is durable.
        case commit(JournalProjection, snapshots: [[UInt8]])
        /// The question whether a piece that was sent before the connection was lost is stored.
        case verify
    }

    private let session: JournalSession
    private let server: ServerID
    private let backlog: JournalBacklog
    private let listeners: JournalListeners
    private let log: Log
    private var commits: GroupCommit<JournalRow>
    private var projection = JournalProjection()
    private let storedSnapshots = StoredSnapshots()
    private var refusedRuns: Set<RunID> = []
    private var errand = Errand.none
    private var piece: GroupCommit<JournalRow>.Piece?
    private var isPausing = false
    private var pause = ReconnectPause()
    /// Since when all commits have failed, in steady nanoseconds; nil if the last one succeeded.
    private var failingSince: Int64?
    private var isStill = false

    init(
        database: DatabaseAddress, server: ServerID, backlog: JournalBacklog, listeners: JournalListeners,
        log: Log
    ) {
        session = JournalSession(database: database, server: server)
        self.server = server
        self.backlog = backlog
        self.listeners = listeners
        self.log = log
        commits = GroupCommit(
            rowsMax: Limits.commitRowsMax, bytesMax: Limits.commitBytesMax,
            footprint: { [storedSnapshots] in $0.footprint + storedSnapshots.missingBytes(of: $0) })
    }

    /// True if nothing waits to become durable.
    var isEmpty: Bool { commits.isEmpty }

    /// Takes entries; they are sent at the end of the turn.
    func append(_ rows: [JournalRow]) {
        guard !refusedRuns.isEmpty else { return commits.append(rows) }
        let wanted = rows.filter { !refusedRuns.contains($0.run) }
        commits.append(wanted)
        if wanted.count < rows.count { release(rows.filter { refusedRuns.contains($0.run) }) }
    }

    // MARK: Called by the reactor

    /// The session's timer is due, or the writer begins its life.
    func sessionDue(on loop: inout LoopContext) { handle(session.due(on: &loop), on: &loop) }

    /// The database is known to be back.
    func hurry(on loop: inout LoopContext) { session.hurry(on: &loop) }

    /// The pause after a passing failure is over.
    func retryDue() { isPausing = false }

    /// The descriptor is ready.
    func ready(on loop: inout LoopContext) { handle(session.ready(on: &loop), on: &loop) }

    /// Nothing is in flight and nothing fails.
    var isIdle: Bool { commits.isEmpty && failingSince == nil && !isStill }

    /// Looks at how long a commit has been in flight, or commits have failed. Called every now and then, unless
    /// `isIdle`.
    func look(on loop: inout LoopContext) {
        handle(session.look(on: &loop), on: &loop)
        setStill(isStill(for: Limits.standstillMilliseconds, at: loop.turnTime))
    }

    /// A commit has been in flight, or commits have failed, for as long as this.
    func isStill(for milliseconds: Int, at now: Int64) -> Bool {
        let isFailing = failingSince.map { now - $0 >= Int64(milliseconds) * 1_000_000 } ?? false
        return isFailing || session.isStill(for: milliseconds, at: now)
    }

    private func setStill(_ isStill: Bool) {
        guard isStill != self.isStill else { return }
        self.isStill = isStill
        if isStill {
            log.error("storage", "commits get nowhere; new runs are refused")
        } else {
            log.info("storage", "commits succeed again")
        }
        if backlog.setStill(isStill) { listeners.tell([.relieved]) }
    }

    /// Sends the next piece if nothing is in flight.
    func turnEnded(on loop: inout LoopContext) {
        while session.isIdle, !isPausing, let piece = commits.next() {
            self.piece = piece
            var next = projection
            let batch = next.project(piece.entries)
            let snapshots = batch.newSnapshots { storedSnapshots.contains($0) }
            errand = .commit(next, snapshots: snapshots.map(\.hash))
            let work = batch.work(of: server, snapshots: snapshots)
            handle(session.begin(work, on: &loop), on: &loop)
        }
    }

    /// Closes for good.
    func close(on loop: inout LoopContext) { session.close(on: &loop) }

    // MARK: What happened

    private func handle(_ event: JournalSession.Event?, on loop: inout LoopContext) {
        switch event {
        case nil: return
        case .ready(let isBack):
            if isBack { log.info("storage", "journal connection is back") }
            if backlog.setAway(false) { listeners.tell([.relieved]) }
        case .lost(let error, let isNew): lost(error, isNew: isNew)
        case .finished(.success(let rows)): succeeded(rows, on: &loop)
        case .finished(.failure(let error)): failed(error, on: &loop)
        }
    }

    private func lost(_ error: PostgresError, isNew: Bool) {
        if isNew {
            log.error("storage", "journal connection lost", LogField("reason", error.debugDescription))
        }
        errand = .none
        commits.lost()
        _ = backlog.setAway(true)
    }

    private func succeeded(_ rows: [PostgresRows], on loop: inout LoopContext) {
        switch errand {
        case .none: preconditionFailure("a journal transaction ended that nobody began")
        case .commit(let projection, let snapshots):
            self.projection = projection
            storedSnapshots.insert(snapshots)
            committed()
        case .verify:
            if rows.contains(where: { $0.count > 0 }) {
                projection.project(piece?.entries ?? [])
                committed()
            } else {
                refused(PostgresError(.refused(.uniqueViolation), detail: "stored by another process"))
            }
        }
    }

    private func failed(_ error: PostgresError, on loop: inout LoopContext) {
        if error.remedy != .changeData, failingSince == nil { failingSince = loop.turnTime }
        if error.state == .uniqueViolation, case .commit = errand, let piece, piece.isRepeated,
            let first = piece.entries.first
        {
            errand = .verify
            return handle(session.begin(JournalWriter.question(for: first), on: &loop), on: &loop)
        }
        switch error.remedy {
        case .changeData:
            refused(error)
        case .reconnect:
            handle(session.lose(error, on: &loop), on: &loop)
        case .wait, .none:
            log.error("storage", "commit failed and is repeated", LogField("reason", error.debugDescription))
            errand = .none
            commits.postponed()
            isPausing = true
            loop.setTimer(.commitRetry, milliseconds: pause.next())
        }
    }

    private func committed() {
        errand = .none
        pause.reset()
        failingSince = nil
        setStill(false)
        var notices: [JournalNotice] = []
        var places: [RunID: Int] = [:]
        let entries = commits.committed()
        for row in entries {
            let notice = JournalNotice.durable(row.run, through: row.sequence)
            if let place = places[row.run] {
                notices[place] = notice
            } else {
                places[row.run] = notices.count
                notices.append(notice)
            }
        }
        release(entries, after: notices)
    }

    // MARK: What the database refuses for good

    private func refused(_ error: PostgresError) {
        errand = .none
        // The database works, so the entries are at fault.
        failingSince = nil
        setStill(false)
        let isSnapshotMissing =
            error.state == .foreignKeyViolation && piece?.entries.contains(where: isTrusted) == true
        storedSnapshots.removeAll()
        // A snapshot that was thought to be stored may have been deleted meanwhile; now all are sent.
        if isSnapshotMissing { return commits.postponed() }
        guard case .alone(let row) = commits.refused() else { return }
        if case .run = row.content, error.state == .foreignKeyViolation {
            return refuse(row.run, .originGone)
        }
        log.error(
            "storage", "journal entry refused", LogField("run", row.run), LogField("sequence", row.sequence),
            LogField("reason", error.debugDescription))
        if case .run = row.content {
            refuse(row.run, .invalidRecord(error.description))
        } else if error.state == .uniqueViolation {
            // The fence: another process took this server for dead and has ended the run.
            refuse(row.run, .takenOver)
        } else if let substitute = row.substitute {
            commits.replaceAlone(with: substitute)
            if backlog.remove(row.footprint - substitute.footprint) { listeners.tell([.relieved]) }
        } else {
            release(commits.dropAlone(), after: [.durable(row.run, through: row.sequence)])
        }
    }

    /// True if the row relies on a snapshot that this process believes to be stored.
    private func isTrusted(_ row: JournalRow) -> Bool {
        if case .run(let run) = row.content { storedSnapshots.contains(run.snapshot) } else { false }
    }

    private func refuse(_ run: RunID, _ refusal: JournalRefusal) {
        if refusedRuns.count >= Limits.refusedRunsKnownMax { refusedRuns.removeAll() }
        refusedRuns.insert(run)
        let dropped = commits.dropAlone() + commits.remove { $0.run == run }
        release(dropped, after: [.refused(run, refusal)])
    }

    /// These entries wait no longer.
    private func release(_ rows: some Sequence<JournalRow>, after notices: [JournalNotice] = []) {
        let bytes = rows.reduce(0) { $0 + $1.footprint }
        let isRelieved = backlog.remove(bytes)
        listeners.tell(isRelieved ? notices + [.relieved] : notices)
    }

    private static func question(for row: JournalRow) -> JournalWork {
        let time: Timestamp
        switch row.content {
        case .run:
            return JournalWork(statements: [JournalStatements.findRun.bound(to: row.run)])
        case .event(let event): time = event.time
        case .log(let log): time = log.time
        }
        return JournalWork(statements: [
            JournalStatements.findEvent.bound(to: (row.run, row.sequence, time))
        ])
    }
}
