// The housekeeping that is done before the storage loop runs.

internal import Postgres
internal import Primitives

extension Housekeeping {
    /// Enters this server, makes the partitions of the days to come, and ends every run that a dead server left,
    /// those of an earlier start on the same data folder included, but for those that may be able to go on: these
    /// are this server's then. Waits for the database.
    func begin(_ connection: BlockingConnection, log: Log) throws(PostgresError) -> [ClaimedRun] {
        try connection.run(
            Recovery.heartbeat, [.uuid(server.id), .text(name), .text(version)])
        try connection.run(Recovery.makePartitions, [.integer(Int32(Limits.partitionDaysAhead))])
        let claimed = try ClaimedRun.all(
            try connection.run(Recovery.claim, [.uuid(server.id), .text(name)]))
        var endedCount = 0
        while true {
            let runs = try LostRun.all(
                try connection.run(
                    Recovery.findLost,
                    [.uuid(server.id), .text(name), .integer(Int32(Limits.sweepRunsMax))]))
            guard !runs.isEmpty else { break }
            let hashes = Array(Set(runs.map(\.snapshotHash)))
            let snapshots = try SnapshotNodes(
                try connection.run(Recovery.readSnapshots, [.array(of: .bytea, hashes) { .bytea($0) }]))
            let ended = try connection.run(Recovery.end, snapshots.end(of: runs)).count
            endedCount += ended
            // Somebody else is ending the rest.
            if ended == 0 { break }
        }
        if endedCount > 0 {
            log.warning("storage", "ended runs of a server that is gone", LogField("runs", endedCount))
        }
        return claimed
    }
}
