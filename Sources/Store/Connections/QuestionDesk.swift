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

    /// Asks, reads the rows and replies exactly once.
    ///
    /// - Parameters:
    ///   - channel: the connection that has prepared the statement.
    ///   - isPatient: true if the question is asked for a run, which waits as long as the database needs. Any other
    ///     caller is told after `Limits.startAnswerMillisecondsMax` that there is no answer, and at once while the
    ///     database answers nobody.
    ///   - read: makes the answer from the rows. If it throws, the error goes to the log and the asker gets `failed`.
    func ask<Answer>(
        _ statement: PostgresStatement, _ values: [PostgresValue], on channel: Question.Channel = .commands,
        isPatient: Bool = false, _ read: @escaping @Sendable (PostgresRows) throws(PostgresError) -> Answer,
        _ reply: @escaping @Sendable (Result<Answer, StorageError>) -> Void
    ) {
        guard !readiness.isStopping.load(ordering: .relaxed) else { return reply(.failure(.unavailable)) }
        let log = log
        let question = Question(
            statement: statement, values: values,
            asker: .caller { result in
                switch result {
                case .failure(let error): reply(.failure(error))
                case .success(let rows):
                    do throws(PostgresError) {
                        reply(.success(try read(rows)))
                    } catch {
                        log.error(
                            "storage", "stored rows cannot be read", LogField("statement", statement.name),
                            LogField("reason", error.debugDescription))
                        reply(.failure(.failed))
                    }
                }
            }, channel: channel, isPatient: isPatient)
        if !mailbox.post(.ask(question)) { reply(.failure(.overloaded)) }
    }

    /// Asks a question that is made of what a client has sent, over the connection of tables. Replies exactly once; a
    /// refusal by the database is passed on as it is.
    func ask(
        composed statement: PostgresStatement, _ values: [PostgresValue],
        _ reply: @escaping @Sendable (Result<PostgresRows, PostgresError>) -> Void
    ) {
        guard !readiness.isStopping.load(ordering: .relaxed) else {
            return reply(.failure(PostgresError(.connection, detail: "")))
        }
        let question = Question(
            statement: statement, values: values, asker: .composer(reply), channel: .tables)
        if !mailbox.post(.ask(question)) { reply(.failure(PostgresError(.skipped, detail: ""))) }
    }
}
