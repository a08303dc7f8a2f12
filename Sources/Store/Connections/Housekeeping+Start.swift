// The housekeeping that is done before the storage loop runs.

internal import Postgres
internal import Primitives

extension Housekeeping {
    /// Enters this server and makes the partitions of the days to come. Waits for the database, and until the
    /// statements have ended that this server had begun before it was killed.
    func begin(_ connection: BlockingConnection, log: Log) throws(PostgresError) {
        let ended = try connection.ask(
            Recovery.endJournals, JournalSession.applicationName(of: server))
        for hasEnded in ended where !hasEnded {
            log.warning("storage", "the database still works on what this server wrote before it was ended")
        }
        try connection.ask(Recovery.enter, (server, version))
        try connection.ask(Recovery.makePartitions, Int32(Limits.partitionDaysAhead))
    }
}
