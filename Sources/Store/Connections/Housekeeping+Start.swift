// The housekeeping that is done before the storage loop runs.

internal import Postgres
internal import Primitives

extension Housekeeping {
    /// Enters this server and makes the partitions of the days to come. Waits for the database.
    func begin(_ connection: BlockingConnection) throws(PostgresError) {
        try connection.run(Recovery.heartbeat, [.uuid(server.id), .text(name), .text(version)])
        try connection.run(Recovery.makePartitions, [.integer(Int32(Limits.partitionDaysAhead))])
    }
}
