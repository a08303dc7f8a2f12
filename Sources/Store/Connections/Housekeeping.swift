// What the storage loop does without being asked: signs of life, runs of dead servers, partitions of the days to
// come. Pure: the reactor asks the questions and sets the timers.

internal import Engine
internal import Postgres
internal import Primitives

/// A question of the housekeeping, as it comes back with its answer.
enum Chore: Sendable {
    case heartbeat
    case findDead
    case claim
    case inherit
    case makePartitions
    case forgetStops
    case leave

    /// The connection that it goes over.
    var channel: Question.Channel {
        switch self {
        case .heartbeat, .leave: .commands
        case .findDead, .claim, .inherit, .makePartitions, .forgetStops: .upkeep
        }
    }
}

/// Answers of earlier questions lead to further ones; a failed one is left to the next turn of its timer.
struct Housekeeping {
    /// What the reactor does next.
    enum Order {
        case ask(PostgresStatement, [PostgresValue], Chore)
        case tell(ClaimNews)
    }

    static let heartbeatTimer: UInt64 = 4
    static let sweepTimer: UInt64 = 5
    static let partitionTimer: UInt64 = 6

    /// Statements on the connection that starts wait for. They must be quick.
    static let statements = [Recovery.heartbeat, Recovery.leave]
    /// Statements that may take a while, on a connection of their own.
    static let upkeepStatements = [
        Recovery.findDead, Recovery.claim, Recovery.inherit, Recovery.makePartitions, StopStatements.forget,
    ]

    let server: ServerID
    let version: String
    /// It is known which runs this server had before this start.
    private var hasClaimed = false
    /// This server has runs in the tables that the engine may not know of: from before this start, or by a claim whose answer
    /// was lost.
    private var mayHaveMore = true
    private var isSweeping = false

    init(server: ServerID, version: String) {
        self.server = server
        self.version = version
    }

    func beat() -> Order { .ask(Recovery.heartbeat, [.uuid(server.id), .text(version)], .heartbeat) }

    /// Looks for runs of dead servers; nil while such a search is under way.
    mutating func sweep() -> Order? {
        guard !isSweeping else { return nil }
        isSweeping = true
        return .ask(Recovery.findDead, [.uuid(server.id)], .findDead)
    }

    func makePartitions() -> Order {
        .ask(Recovery.makePartitions, [.integer(Int32(Limits.partitionDaysAhead))], .makePartitions)
    }

    func forgetStops() -> Order { .ask(StopStatements.forget, [], .forgetStops) }

    func leave() -> Order { .ask(Recovery.leave, [.uuid(server.id)], .leave) }

    /// What follows from an answer.
    mutating func answered(_ chore: Chore, _ rows: PostgresRows) throws(PostgresError) -> Order? {
        switch chore {
        case .heartbeat, .makePartitions, .forgetStops, .leave: return nil
        case .findDead:
            var dead: [ServerID] = []
            for index in 0..<rows.count { dead.append(ServerID(try rows[index].uuid(0))) }
            guard !dead.isEmpty else { return mayHaveMore ? inherit() : found([]) }
            return .ask(
                Recovery.claim, [.uuid(server.id), .array(of: .uuid, dead) { .uuid($0.id) }], .claim)
        case .claim: return mayHaveMore ? inherit() : found(try ClaimedRun.all(rows))
        case .inherit:
            let runs = try ClaimedRun.all(rows)
            mayHaveMore = false
            return found(runs)
        }
    }

    /// A question was not answered, or not as expected.
    mutating func failed(_ chore: Chore) -> Order? {
        switch chore {
        case .heartbeat, .makePartitions, .forgetStops, .leave: return nil
        case .findDead, .claim, .inherit:
            isSweeping = false
            if case .claim = chore { mayHaveMore = true }
            return hasClaimed ? nil : .tell(.failed)
        }
    }

    /// All runs of this server: those that it has just claimed are among them.
    private func inherit() -> Order { .ask(Recovery.inherit, [.uuid(server.id)], .inherit) }

    private mutating func found(_ runs: [ClaimedRun]) -> Order? {
        isSweeping = false
        defer { hasClaimed = true }
        return runs.isEmpty && hasClaimed ? nil : .tell(.claimed(runs, isFirst: !hasClaimed))
    }
}
