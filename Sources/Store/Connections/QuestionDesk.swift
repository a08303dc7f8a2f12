// Where other threads hand in questions for the storage loop. All ports but the journal use it.

internal import Engine
internal import Postgres
internal import Primitives
internal import Synchronization

/// Asks the database on behalf of a port. Any thread; replies come on the storage loop's thread and must be posted on
/// from there.
struct QuestionDesk: Sendable {
    let mailbox: Mailbox<StorageMessage>
    let readiness: StorageReadiness
    let log: Log

    /// Asks and replies exactly once with the answer.
    ///
    /// - Parameters:
    ///   - channel: one of the connections that have prepared the statement; nil for the only one.
    ///   - isPatient: true if the question is asked for a run, which waits as long as the database needs. Any other
    ///     caller is told after `Limits.startAnswerMillisecondsMax` that there is no answer, and at once while the
    ///     database answers nobody.
    func ask<Input, Answer>(
        _ statement: Statement<Input, Answer>, _ input: Input, on channel: Question.Channel? = nil,
        isPatient: Bool = false, _ reply: @escaping @Sendable (Result<Answer, StorageError>) -> Void
    ) {
        ask(statement, input, on: channel, isPatient: isPatient) {
            $0
        } _: {
            reply($0)
        }
    }

    /// Asks and replies exactly once with what `use` makes of the answer.
    ///
    /// - Parameter use: called on the storage loop's thread. If it throws, as well as if the rows cannot be read, the error
    ///   goes to the log and the asker gets `failed`.
    func ask<Input, Read, Answer>(
        _ statement: Statement<Input, Read>, _ input: Input, on channel: Question.Channel? = nil,
        isPatient: Bool = false, _ use: @escaping @Sendable (Read) throws(PostgresError) -> Answer,
        _ reply: @escaping @Sendable (Result<Answer, StorageError>) -> Void
    ) {
        guard !readiness.isStopping.load(ordering: .relaxed) else { return reply(.failure(.unavailable)) }
        let (log, read, name) = (log, statement.read, statement.prepared.name)
        let asker = Question.Asker.caller { result in
            switch result {
            case .failure(let error): reply(.failure(error))
            case .success(let rows):
                do throws(PostgresError) {
                    reply(.success(try use(try read(rows))))
                } catch {
                    log.error(
                        "storage", "stored rows cannot be read", LogField("statement", name),
                        LogField("reason", error.debugDescription))
                    reply(.failure(.failed))
                }
            }
        }
        let question = Question(
            bound: statement.bound(to: input), asker: asker, channel: statement.channel(channel),
            isPatient: isPatient)
        if !mailbox.post(.ask(question)) { reply(.failure(.overloaded)) }
    }

    /// Asks a question that is made of what a client has sent, over the connection of tables. Replies exactly once; a
    /// refusal by the database is passed on as it is.
    func ask(
        composed statement: BoundStatement,
        _ reply: @escaping @Sendable (Result<PostgresRows, PostgresError>) -> Void
    ) {
        guard !readiness.isStopping.load(ordering: .relaxed) else {
            return reply(.failure(PostgresError(.connection, detail: "")))
        }
        let question = Question(bound: statement, asker: .composer(reply), channel: .tables)
        if !mailbox.post(.ask(question)) { reply(.failure(PostgresError(.skipped, detail: ""))) }
    }
}
