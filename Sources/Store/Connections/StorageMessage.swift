// What the storage loop is told.

internal import Engine

/// What others post to the storage loop.
enum StorageMessage: Sendable {
    /// Entries for the journal, in order. Never refused: lanes watch the backlog.
    case append([JournalRow])
    /// A read or a small write.
    case ask(Question)
    /// The session of this token has addresses of the database to take.
    case addressesFound(StorageToken)
    /// The database is known to be back: no connection waits for its next attempt.
    case databaseIsBack
    /// Write down what waits, leave the table of servers and end the loop, at the latest after so many milliseconds.
    case stop(milliseconds: Int)
}
