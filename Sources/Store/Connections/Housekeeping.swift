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
    case forgetControls
    case leave
}

/// Answers of earlier questions lead to further ones; a failed one is left to the next turn of its timer.
struct Housekeeping {
    /// What the reactor does next.
    enum Order {
        case ask(BoundStatement, Chore, on: Question.Channel)
        case tell(ClaimNews)
    }

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

    func beat() -> Order { ask(Recovery.heartbeat, (server, version), .heartbeat) }

    /// Looks for runs of dead servers; nil while such a search is under way.
    mutating func sweep() -> Order? {
        guard !isSweeping else { return nil }
        isSweeping = true
        return ask(Recovery.findDead, server, .findDead)
    }

    func makePartitions() -> Order {
        ask(Recovery.makePartitions, Int32(Limits.partitionDaysAhead), .makePartitions)
    }

    func forgetControls() -> Order { ask(ControlStatements.forget, (), .forgetControls) }

    func leave() -> Order { ask(Recovery.leave, server, .leave) }

    /// What follows from an answer.
    mutating func answered(_ chore: Chore, _ rows: PostgresRows) throws(PostgresError) -> Order? {
        switch chore {
        case .heartbeat, .makePartitions, .forgetControls, .leave: return nil
        case .findDead:
            let dead = try Recovery.findDead.read(rows)
            guard !dead.isEmpty else { return mayHaveMore ? inherit() : found([]) }
            return ask(Recovery.claim, (server, dead), .claim)
        case .claim: return mayHaveMore ? inherit() : found(try Recovery.claim.read(rows))
        case .inherit:
            let runs = try Recovery.inherit.read(rows)
            mayHaveMore = false
            return found(runs)
        }
    }

    /// A question was not answered, or not as expected.
    mutating func failed(_ chore: Chore) -> Order? {
        switch chore {
        case .heartbeat, .makePartitions, .forgetControls, .leave: return nil
        case .findDead, .claim, .inherit:
            isSweeping = false
            if case .claim = chore { mayHaveMore = true }
            return hasClaimed ? nil : .tell(.failed)
        }
    }

    private func ask<Input, Answer>(
        _ statement: Statement<Input, Answer>, _ input: Input, _ chore: Chore
    ) -> Order {
        .ask(statement.bound(to: input), chore, on: statement.channel(nil))
    }

    /// All runs of this server: those that it has just claimed are among them.
    private func inherit() -> Order { ask(Recovery.inherit, server, .inherit) }

    private mutating func found(_ runs: [ClaimedRun]) -> Order? {
        isSweeping = false
        defer { hasClaimed = true }
        return runs.isEmpty && hasClaimed ? nil : .tell(.claimed(runs, isFirst: !hasClaimed))
    }
}
