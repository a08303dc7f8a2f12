// The housekeeping that is done before the storage loop runs.

internal import Postgres
internal import Primitives

extension Housekeeping {
    /// Enters this server and makes the partitions of the days to come. Waits for the database, and until the
    /// statements have ended that this server had begun before it was killed.
    func begin(_ connection: BlockingConnection, log: Log) throws(PostgresError) {
        let ended = try connection.run(
            Recovery.endJournals, [.text(JournalSession.applicationName(of: server))])
        for index in 0..<ended.count where try !ended[index].bool(0) {
            log.warning("storage", "the database still works on what this server wrote before it was ended")
        }
        try connection.run(Recovery.enter, [.uuid(server.id), .text(version)])
        try connection.run(Recovery.makePartitions, [.integer(Int32(Limits.partitionDaysAhead))])
    }
}
