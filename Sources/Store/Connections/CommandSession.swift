// A connection for reads and small writes: a pipeline of prepared statements. Owned by the storage loop.

internal import Engine
internal import Net
internal import Postgres
internal import Primitives

/// A statement with its values and who waits for its rows.
struct Question: Sendable {
    /// Who waits.
    enum Asker: Sendable {
        /// Somebody outside of the loop. Called on the storage loop's thread.
        case caller(@Sendable (Result<PostgresRows, StorageError>) -> Void)
        /// The same, for questions that are made of what a client has sent: refusals of its content go to the client
        /// and not to the log.
        case composer(@Sendable (Result<PostgresRows, PostgresError>) -> Void)
        /// The storage loop's own housekeeping.
        case chore(Chore)
    }

    let bound: BoundStatement
    let asker: Asker
    let channel: Channel
    /// True for a question on behalf of a run, which waits as long as the database needs. A caller from outside does
    /// not.
    var isPatient = false

    /// Whether an error is about what a client has sent, and for the client to mend.
    func isRefusal(_ error: PostgresError) -> Bool {
        guard case .composer = asker else { return false }
        return error.remedy == .changeData || error.remedy == .wait
    }

    /// Somebody from outside waits for it.
    var isImpatient: Bool {
        if case .chore = asker { return false }
        return !isPatient
    }

    /// About how much memory it takes until it is sent.
    var byteCount: Int {
        bound.values.reduce(0) { $0 + $1.byteCount }
            + (bound.statement.isForOneUse ? bound.statement.sql.utf8.count : 0)
    }
}

/// Sends questions ahead of their answers, each as its own transaction, so that a refused one harms no other.
///
/// A database that takes questions and never answers is noticed: `look` answers callers whose time is over, and gives the
/// connection up when nothing has come for longer than the database may work on one statement.
final class CommandSession {
    enum Event {
        /// Questions can be asked, for the first time or again after a loss.
        case ready(isBack: Bool)
        /// A question has its answer.
        case answered(Question, Result<PostgresRows, PostgresError>)
        /// The connection is gone, or an attempt to get it back has failed. Everything unanswered was reported
        /// before.
        case lost(PostgresError, isNew: Bool)
    }

    /// A question on its way, with its place in the order.
    private struct Asked {
        let question: Question
        let number: AnswerWatch<Question>.Number
    }

    let channel: Question.Channel
    private let session: DatabaseSession
    /// Milliseconds without any answer after which the connection is given up.
    private let silenceMillisecondsMax: Int
    private let clock: Clock
    private var watch = AnswerWatch<Question>()
    private var pipeline = Pipeline<Asked>()
    /// Questions that wait for earlier ones.
    private var waiting = FIFO<Asked>()
    private var waitingBytes = 0
    /// The connection was lost and is not back. At first it is merely not there yet: questions wait.
    var isAway: Bool { session.isAway }

    init(_ channel: Question.Channel, clock: Clock, database: DatabaseAddress) {
        self.channel = channel
        self.clock = clock
        silenceMillisecondsMax = channel.statementMillisecondsMax + Limits.replyMarginMilliseconds
        session = DatabaseSession(
            DatabaseSession.Role(
                name: channel.name, setUp: channel.setUp,
                statements: StoreStatements.prepared(at: .channel(channel)), pipelines: true,
                token: channel.token),
            database: database)
    }

    /// Token of the descriptor and of the timer.
    var token: StorageToken { channel.token }

    var isReady: Bool { session.connection != nil }

    /// No further question may be taken now.
    var isFull: Bool {
        pipeline.pendingCount + waiting.count >= Limits.storageMailboxMax
            || waitingBytes >= Limits.questionBytesMax
    }

    /// The session's timer is due, or it begins its life.
    func due(on loop: inout LoopContext) -> [Event] { events(session.due(on: &loop)) }

    /// The database is known to be back.
    func hurry(on loop: inout LoopContext) { session.hurry(on: &loop) }

    /// Takes a question; it is sent by `flush` once the connection is ready, or reported when it is lost.
    func ask(_ question: Question) {
        let number = watch.asked(by: question.isImpatient ? question : nil, at: clock.steady())
        waiting.append(Asked(question: question, number: number))
        waitingBytes += question.byteCount
    }

    /// No answer is awaited.
    var isIdle: Bool { watch.isEmpty }

    /// A question has had no answer for longer than a healthy database needs for any. Callers are better refused at
    /// once.
    var standsStill: Bool { isStill(for: Limits.standstillMilliseconds) }

    /// A question has had no answer for as long as this.
    func isStill(for milliseconds: Int) -> Bool { watch.isStill(for: milliseconds, at: clock.steady()) }

    /// Looks at how long answers have been awaited; every now and then, unless `isIdle`.
    func look(on loop: inout LoopContext) -> [Event] {
        let now = clock.steady()
        var events: [Event] = []
        if let milliseconds = channel.callerMillisecondsMax {
            events = watch.overdue(after: milliseconds, at: now).map {
                .answered($0, .failure(PostgresError(.connection, detail: "no answer in time")))
            }
        }
        guard watch.isSilent(for: silenceMillisecondsMax, at: now) else { return events }
        return events
            + lose(PostgresError(.connection, detail: "the server has stopped answering"), on: &loop)
    }

    /// Sends what waits, within the bound of questions in flight.
    func flush(on loop: inout LoopContext) -> [Event] {
        guard let connection = session.connection, !waiting.isEmpty else { return [] }
        do {
            try send(connection)
            try session.flush(on: &loop)
            return []
        } catch {
            return lose(DatabaseSession.reason(error), on: &loop)
        }
    }

    /// The descriptor is ready.
    func ready(on loop: inout LoopContext) -> [Event] {
        guard let connection = session.connection else { return events(session.advance(on: &loop)) }
        var answers: [Event] = []
        do {
            try connection.consume()
            while !pipeline.isIdle, let reply = try CommandSession.reply(connection) {
                let (asked, result): (Asked, Result<PostgresRows, PostgresError>)
                switch pipeline.received(reply) {
                case nil: continue
                case .answered(let request, let rows): (asked, result) = (request, .success(rows))
                case .refused(let request, let error): (asked, result) = (request, .failure(error))
                case .skipped(let request):
                    (asked, result) = (request, .failure(PostgresError(.skipped, detail: "")))
                case .brokenProtocol:
                    throw PostgresError(
                        .connection, detail: "a reply of the command connection has no question")
                }
                let isAwaited = watch.answered(
                    asked.number, isImpatient: asked.question.isImpatient, at: clock.steady())
                if isAwaited { answers.append(.answered(asked.question, result)) }
            }
            try send(connection)
            try session.flush(on: &loop)
            return answers
        } catch {
            return answers + lose(DatabaseSession.reason(error), on: &loop)
        }
    }

    /// Closes for good; gives the questions that stay without an answer.
    func close(on loop: inout LoopContext) -> [Question] {
        session.close(on: &loop)
        return open()
    }

    private func send(_ connection: PostgresConnection) throws {
        while pipeline.pendingCount < channel.inFlightMax, let asked = waiting.head {
            try connection.sendExecute(asked.question.bound.statement, asked.question.bound.values)
            // Removed only after it was sent: a question that could not be sent still waits, and is reported with the
            // others.
            waiting.popFirst()
            waitingBytes -= asked.question.byteCount
            pipeline.sent(asked)
            watch.sent(at: clock.steady())
            try connection.sendSyncPoint()
            pipeline.syncSent()
        }
    }

    private static func reply(_ connection: PostgresConnection) throws -> Pipeline<Asked>.Reply? {
        switch try connection.nextReply() {
        case .pending: nil
        case .rows(let rows, _): .rows(rows)
        case .refused(let error): .refused(error)
        case .skipped: .skipped
        case .end: .end
        case .synced: .synced
        case .copyInvited: throw PostgresError(.connection, detail: "a question became a COPY")
        }
    }

    private func events(_ event: DatabaseSession.Event?) -> [Event] {
        switch event {
        case nil: return []
        case .ready(let isBack): return [.ready(isBack: isBack)]
        case .lost(let error, let isNew): return unanswered(error) + [.lost(error, isNew: isNew)]
        }
    }

    private func lose(_ error: PostgresError, on loop: inout LoopContext) -> [Event] {
        events(session.lose(error, on: &loop))
    }

    /// Reports all questions without an answer. It is not known whether they had an effect, so their askers decide what
    /// follows.
    private func unanswered(_ error: PostgresError) -> [Event] {
        open().map { .answered($0, .failure(PostgresError(.connection, detail: error.detail))) }
    }

    private func open() -> [Question] {
        waitingBytes = 0
        let open = (pipeline.lost() + waiting.removeAll()).filter {
            watch.isAwaited($0.number, isImpatient: $0.question.isImpatient)
        }
        watch.lost()
        return open.map(\.question)
    }
}
