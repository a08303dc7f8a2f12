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
        /// The same, for questions that are made of what somebody has sent: refusals of what is in it are for him and
        /// not for the log.
        case composer(@Sendable (Result<PostgresRows, PostgresError>) -> Void)
        /// The storage loop's own housekeeping.
        case chore(Chore)
    }

    /// The connection that a question goes over.
    enum Channel: Sendable {
        /// What starts of runs and requests of clients wait for: what is found by its key, and little of it.
        case commands
        /// What may read much of a run or of a user: pages of events, outputs, all that waits for somebody.
        case reads
        /// What nobody waits for: the search for runs of dead servers, and what is read of them.
        case upkeep
        /// What nodes read and write for their owners. Some of it is large, and nothing else must wait behind it.
        case userContent
        /// What clients read and write of tables. Each is planned anew, and some read a lot.
        case tables
    }

    let statement: PostgresStatement
    let values: [PostgresValue]
    let asker: Asker
    var channel = Channel.commands

    /// Whether an error is about what somebody has sent, and his to mend.
    func isRefusal(_ error: PostgresError) -> Bool {
        guard case .composer = asker else { return false }
        return error.remedy == .changeData || error.remedy == .wait
    }

    /// About how much memory it takes until it is sent.
    var byteCount: Int {
        values.reduce(0) { $0 + $1.byteCount } + (statement.isForOneUse ? statement.sql.utf8.count : 0)
    }
}

/// Sends questions ahead of their answers, each as its own transaction, so that a refused one harms no other.
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

    /// Settings of the connection. The planner is pinned to the ways through indexes, for which the statements are written:
    /// its statistics of a table that has just grown, or was emptied, are wrong, and what it makes of them may take
    /// minutes. With them it may also prefer a wrong index, so a table is looked up by its key inside of a sub-select that
    /// holds nothing else and that the planner does not take apart (`OFFSET 0`).
    static func setUp(statementMillisecondsMax: Int, plansAnew: Bool) -> String {
        """
        SET client_min_messages = error; SET timezone = 'UTC'; SET jit = off;
        SET statement_timeout = \(statementMillisecondsMax); SET lock_timeout = '2s'; SET synchronous_commit = on
        """
            + (plansAnew
                ? ""
                : """
                ; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
                SET enable_mergejoin = off
                """)
    }

    static let readsToken: UInt64 = 12
    static let upkeepToken: UInt64 = 13
    static let commandsToken: UInt64 = 2
    static let userContentToken: UInt64 = 8
    static let tablesToken: UInt64 = 9

    let name: String
    /// Token of the descriptor and key of the timer, unique within the loop.
    let token: UInt64
    private let session: DatabaseSession
    /// How many questions may be sent ahead of their answers.
    private let inFlightMax: Int
    private var pipeline = Pipeline<Question>()
    /// Questions that wait for earlier ones.
    private var waiting = FIFO<Question>()
    private var waitingBytes = 0
    /// The connection was lost and is not back. At first it is merely not there yet: questions wait.
    var isAway: Bool { session.isAway }

    init(
        name: String, token: UInt64, inFlightMax: Int,
        statementMillisecondsMax: Int = Limits.statementMillisecondsMax, plansAnew: Bool = false,
        connectionString: String,
        statements: [PostgresStatement]
    ) {
        self.name = name
        self.token = token
        self.inFlightMax = inFlightMax
        session = DatabaseSession(
            DatabaseSession.Role(
                name: name,
                setUp: CommandSession.setUp(
                    statementMillisecondsMax: statementMillisecondsMax, plansAnew: plansAnew),
                statements: statements, pipelines: true,
                token: token),
            connectionString: connectionString)
    }

    var isReady: Bool { session.connection != nil }

    /// No further question may be taken now.
    var isFull: Bool {
        pipeline.pendingCount + waiting.count >= Limits.storageMailboxMax
            || waitingBytes >= Limits.questionBytesMax
    }

    /// The session's timer is due, or it begins its life.
    func due(on loop: inout LoopContext) -> [Event] { events(session.due(on: &loop)) }

    /// Takes a question; it is sent by `flush` once the connection is ready, or reported when it is lost.
    func ask(_ question: Question) {
        waiting.append(question)
        waitingBytes += question.byteCount
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
                switch pipeline.received(reply) {
                case nil: continue
                case .answered(let question, let rows): answers.append(.answered(question, .success(rows)))
                case .refused(let question, let error): answers.append(.answered(question, .failure(error)))
                case .skipped(let question):
                    answers.append(.answered(question, .failure(PostgresError(.skipped, detail: ""))))
                case .brokenProtocol:
                    throw PostgresError(
                        .connection, detail: "a reply of the command connection has no question")
                }
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
        while pipeline.pendingCount < inFlightMax, let question = waiting.head {
            try connection.sendExecute(question.statement, question.values)
            // Only now: a question that could not be sent still waits, and is reported with the others.
            waiting.popFirst()
            waitingBytes -= question.byteCount
            pipeline.sent(question)
            try connection.sendSyncPoint()
            pipeline.syncSent()
        }
    }

    private static func reply(_ connection: PostgresConnection) throws -> Pipeline<Question>.Reply? {
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

    /// Whether unanswered questions had an effect is not known: their askers decide.
    private func unanswered(_ error: PostgresError) -> [Event] {
        open().map { .answered($0, .failure(PostgresError(.connection, detail: error.detail))) }
    }

    private func open() -> [Question] {
        waitingBytes = 0
        return pipeline.lost() + waiting.removeAll()
    }
}
