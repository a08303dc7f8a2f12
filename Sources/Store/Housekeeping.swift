// What the storage loop does without being asked: signs of life, runs of dead servers, partitions of the days to
// come. Pure: the reactor asks the questions and sets the timers.

internal import Engine
internal import Postgres
internal import Primitives

/// A question of the housekeeping, as it comes back with its answer.
enum Chore: Sendable {
    case heartbeat
    case claim
    case findLost
    case readSnapshots([LostRun])
    case endRuns
    case makePartitions
    case leave
}

/// Answers of earlier questions lead to further ones; a failed one is left to the next turn of its timer.
struct Housekeeping {
    /// What the reactor does next.
    enum Order {
        case ask(PostgresStatement, [PostgresValue], Chore)
        /// Runs of dead servers were ended.
        case note(endedRuns: Int)
        /// Runs of dead servers are this one's now; what is asked next comes after that.
        case handOver([ClaimedRun], PostgresStatement, [PostgresValue], Chore)
    }

    static let heartbeatTimer: UInt64 = 4
    static let sweepTimer: UInt64 = 5
    static let partitionTimer: UInt64 = 6

    /// Every statement that is asked.
    static let statements = [
        Recovery.heartbeat, Recovery.claim, Recovery.findLost, Recovery.readSnapshots, Recovery.end,
        Recovery.makePartitions,
        Recovery.leave,
    ]

    let server: ServerID
    let name: String
    let version: String

    func beat() -> Order {
        .ask(Recovery.heartbeat, [.uuid(server.id), .text(name), .text(version)], .heartbeat)
    }

    func sweep() -> Order { .ask(Recovery.claim, [.uuid(server.id), .null], .claim) }

    func makePartitions() -> Order {
        .ask(Recovery.makePartitions, [.integer(Int32(Limits.partitionDaysAhead))], .makePartitions)
    }

    func leave() -> Order { .ask(Recovery.leave, [.uuid(server.id)], .leave) }

    /// What follows from an answer.
    func answered(_ chore: Chore, _ rows: PostgresRows) throws(PostgresError) -> Order? {
        switch chore {
        case .heartbeat, .makePartitions, .leave: return nil
        case .claim:
            return .handOver(
                try ClaimedRun.all(rows), Recovery.findLost,
                [.uuid(server.id), .null, .integer(Int32(Limits.sweepRunsMax))], .findLost)
        case .findLost:
            let runs = try LostRun.all(rows)
            guard !runs.isEmpty else { return nil }
            let hashes = Array(Set(runs.map(\.snapshotHash)))
            return .ask(
                Recovery.readSnapshots, [.array(of: .bytea, hashes) { .bytea($0) }], .readSnapshots(runs))
        case .readSnapshots(let runs):
            return .ask(Recovery.end, try SnapshotNodes(rows).end(of: runs), .endRuns)
        case .endRuns:
            return rows.count > 0 ? .note(endedRuns: rows.count) : nil
        }
    }
}
