// The storage loop: owns the connections to the database and hands to each what it is for.

internal import Engine
internal import Net
internal import Postgres
internal import Primitives
internal import Synchronization

/// Seven connections: the journal's, those of questions, and one that listens; see `JournalWriter`, `StorageSessions`,
/// `ListeningSession`.
struct StorageReactor: Reactor {
    private let journal: JournalWriter
    let sessions: StorageSessions
    let listening: ListeningSession
    let news: LateListener<RemoteNews>
    var housekeeping: Housekeeping
    private let claimed: LateListener<ClaimNews>
    private let readiness: StorageReadiness
    let log: Log
    private var isStopping = false
    private var hasLeft = false
    private var hasEnded = false
    /// A look at how long the database has said nothing is due.
    private var isLooking = false
    /// What was last said of the connection of commands.
    private var commandsStandStill = false

    init(
        journal: JournalWriter, sessions: StorageSessions, listening: ListeningSession,
        news: LateListener<RemoteNews>,
        housekeeping: Housekeeping,
        claimed: LateListener<ClaimNews>, readiness: StorageReadiness, log: Log,
        on loop: inout LoopContext
    ) {
        self.journal = journal
        self.sessions = sessions
        self.listening = listening
        self.news = news
        self.housekeeping = housekeeping
        self.claimed = claimed
        self.readiness = readiness
        self.log = log
        loop.setTimer(.journal, milliseconds: 0)
        for session in sessions.all { loop.setTimer(session.token, milliseconds: 0) }
        loop.setTimer(.listening, milliseconds: 0)
        loop.setTimer(.remoteLook, milliseconds: Limits.remoteLookMilliseconds)
        loop.setTimer(.heartbeat, milliseconds: Limits.heartbeatMilliseconds)
        loop.setTimer(.sweep, milliseconds: Limits.sweepMilliseconds)
        loop.setTimer(.partitions, milliseconds: Limits.partitionMilliseconds)
    }

    // MARK: Reactor

    mutating func ready(_ token: UInt64, _ readiness: Readiness, on loop: inout LoopContext) {
        ready(StorageReactor.token(token), on: &loop)
    }

    private mutating func ready(_ token: StorageToken, on loop: inout LoopContext) {
        switch token {
        case .journal: journal.ready(on: &loop)
        case .listening: handle(listening.ready(on: &loop), on: &loop)
        default:
            guard let session = sessions[token] else {
                preconditionFailure("the storage loop watches its own connections only")
            }
            handle(session.ready(on: &loop), of: session, on: &loop)
        }
    }

    private static func token(_ number: UInt64) -> StorageToken {
        guard let token = StorageToken(rawValue: number) else {
            preconditionFailure("the storage loop has no token \(number)")
        }
        return token
    }

    mutating func received(_ message: StorageMessage, on loop: inout LoopContext) {
        switch message {
        case .append(let rows): journal.append(rows)
        case .ask(let question): ask(question)
        case .addressesFound(let token): ready(token, on: &loop)
        case .databaseIsBack: hurry(on: &loop)
        case .stop(let milliseconds):
            isStopping = true
            loop.setTimer(.stop, milliseconds: milliseconds)
        }
    }

    mutating func due(_ timer: UInt64, on loop: inout LoopContext) {
        let token = StorageReactor.token(timer)
        switch token {
        case .journal: journal.sessionDue(on: &loop)
        case .commands, .reads, .upkeep, .userContent, .tables:
            if let session = sessions[token] { handle(session.due(on: &loop), of: session, on: &loop) }
        case .listening: handle(listening.due(on: &loop), on: &loop)
        case .remoteLook: lookAtOthers(on: &loop)
        case .commitRetry: journal.retryDue()
        case .standstillLook:
            isLooking = false
            lookAtSilence(on: &loop)
        case .heartbeat:
            loop.setTimer(token, milliseconds: Limits.heartbeatMilliseconds)
            carryOut(housekeeping.beat())
        case .sweep:
            loop.setTimer(token, milliseconds: Limits.sweepMilliseconds)
            if let order = housekeeping.sweep() { carryOut(order) }
        case .partitions:
            loop.setTimer(token, milliseconds: Limits.partitionMilliseconds)
            carryOut(housekeeping.makePartitions())
            carryOut(housekeeping.forgetControls())
        case .stop: endEarly(on: &loop)
        }
    }

    mutating func turnEnded(on loop: inout LoopContext) {
        journal.turnEnded(on: &loop)
        for session in sessions.all { handle(session.flush(on: &loop), of: session, on: &loop) }
        lookLater(on: &loop)
        guard isStopping, journal.isEmpty, !hasLeft else { return }
        let commands = sessions.commands
        if commands.isAway { return end(on: &loop) }
        // Still connecting: the goodbye waits for it, at most until the stop's timer is due.
        guard commands.isReady else { return }
        hasLeft = true
        carryOut(housekeeping.leave())
        handle(commands.flush(on: &loop), of: commands, on: &loop)
    }

    func tellBack(_ role: String, on loop: inout LoopContext) {
        log.info("storage", "connection is back", LogField("role", role))
        hurry(on: &loop)
    }

    /// The database takes connections again: no connection waits for its time to try it.
    private func hurry(on loop: inout LoopContext) {
        journal.hurry(on: &loop)
        listening.hurry(on: &loop)
        for session in sessions.all { session.hurry(on: &loop) }
    }

    // MARK: A database that stands still

    private mutating func lookLater(on loop: inout LoopContext) {
        guard !isLooking, !journal.isIdle || sessions.all.contains(where: { !$0.isIdle }) else { return }
        isLooking = true
        loop.setTimer(.standstillLook, milliseconds: Limits.standstillLookMilliseconds)
    }

    private mutating func lookAtSilence(on loop: inout LoopContext) {
        journal.look(on: &loop)
        for session in sessions.all { handle(session.look(on: &loop), of: session, on: &loop) }
        updateReadiness()
        let milliseconds = Limits.stopStandstillMilliseconds
        if isStopping,
            sessions.commands.isStill(for: milliseconds)
                || journal.isStill(for: milliseconds, at: loop.turnTime)
        {
            endEarly(on: &loop)
        }
    }

    /// What starts stand on: a connection of commands that answers.
    private mutating func updateReadiness() {
        guard !hasEnded else { return }
        let commands = sessions.commands
        let standStill = commands.standsStill
        readiness.isReady.store(!commands.isAway && !standStill, ordering: .relaxed)
        readiness.isWhole.store(sessions.all.allSatisfy { !$0.isAway }, ordering: .relaxed)
        guard standStill != commandsStandStill else { return }
        commandsStandStill = standStill
        if standStill {
            log.error("storage", "the database does not answer; callers are refused")
        } else if !commands.isAway {
            log.info("storage", "the database answers again")
            // Who asked meanwhile may have been told that there is no answer although there was one.
            news.tell(.anythingHappened)
        }
    }

    // MARK: Questions

    private mutating func ask(_ question: Question) {
        let session = sessions[question.channel]
        guard !session.isAway else { return answer(question, .failure(.unavailable)) }
        // As callers are told in the end what they can be told now; what runs ask may still be answered.
        if session === sessions.commands, question.isImpatient, session.standsStill {
            return answer(question, .failure(.unavailable))
        }
        guard !session.isFull else { return answer(question, .failure(.overloaded)) }
        session.ask(question)
    }

    private mutating func carryOut(_ order: Housekeeping.Order) {
        switch order {
        case .ask(let statement, let chore, on: let channel):
            ask(Question(bound: statement, asker: .chore(chore), channel: channel))
        case .tell(let news):
            if case .claimed(let runs, _) = news, !runs.isEmpty {
                log.info("storage", "runs were left to this server", LogField("runs", runs.count))
            }
            claimed.tell(news)
        }
    }

    private mutating func failed(_ chore: Chore) {
        if let order = housekeeping.failed(chore) { carryOut(order) }
    }

    /// For questions that never reached the database.
    private mutating func answer(_ question: Question, _ result: Result<PostgresRows, StorageError>) {
        switch question.asker {
        case .caller(let reply): reply(result)
        case .composer(let reply):
            reply(result.mapError { PostgresError($0 == .overloaded ? .skipped : .connection, detail: "") })
        case .chore(let chore): failed(chore)
        }
    }

    private mutating func handle(
        _ events: [CommandSession.Event], of session: CommandSession, on loop: inout LoopContext
    ) {
        for event in events {
            switch event {
            case .ready(let isBack):
                if isBack { tellBack(session.channel.name, on: &loop) }
                ready(session, isBack: isBack)
            case .lost(let error, let isNew):
                if isNew {
                    log.error(
                        "storage", "connection lost", LogField("role", session.channel.name),
                        LogField("reason", error.debugDescription))
                }
            case .answered(let question, let result):
                answered(question, result, on: &loop)
            }
        }
        if !events.isEmpty { updateReadiness() }
    }

    /// What was missed while the connection was away, the sign of life before all.
    private mutating func ready(_ session: CommandSession, isBack: Bool) {
        if session === sessions.commands {
            carryOut(housekeeping.beat())
        } else if session === sessions.upkeep {
            if let order = housekeeping.sweep() { carryOut(order) }
            carryOut(housekeeping.makePartitions())
        } else if session === sessions.reads {
            if isBack { news.tell(.anythingHappened) }
        }
    }

    private mutating func answered(
        _ question: Question, _ result: Result<PostgresRows, PostgresError>, on loop: inout LoopContext
    ) {
        if case .failure(let error) = result, error.remedy != .reconnect, !question.isRefusal(error) {
            log.error(
                "storage", "question refused", LogField("statement", question.bound.statement.name),
                LogField("reason", error.debugDescription))
        }
        switch question.asker {
        case .caller(let reply): reply(result.mapError { $0.remedy == .reconnect ? .unavailable : .failed })
        case .composer(let reply): reply(result)
        case .chore(.leave): end(on: &loop)
        case .chore(let chore):
            guard case .success(let rows) = result else { return failed(chore) }
            do {
                if let order = try housekeeping.answered(chore, rows) { carryOut(order) }
            } catch {
                log.error("storage", "housekeeping failed", LogField("reason", error.debugDescription))
                failed(chore)
            }
        }
    }

    private mutating func endEarly(on loop: inout LoopContext) {
        if journal.isEmpty {
            log.warning("storage", "stopped without a goodbye, as the database does not answer")
        } else {
            log.error("storage", "stopped before everything was written down")
        }
        end(on: &loop)
    }

    private mutating func end(on loop: inout LoopContext) {
        hasEnded = true
        readiness.isReady.store(false, ordering: .relaxed)
        journal.close(on: &loop)
        listening.close(on: &loop)
        for session in sessions.all {
            for question in session.close(on: &loop) { answer(question, .failure(.unavailable)) }
        }
        loop.stop()
    }
}
