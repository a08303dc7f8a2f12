// How long the questions of one connection have waited for their answers. Pure: its session says what happened and
// when, and asks who is to be told what.

internal import Primitives

/// Times of questions that are answered in the order in which they are asked. Times are steady nanoseconds.
///
/// An impatient caller is told of the failure before the connection is given up. If an answer comes after all, nobody
/// takes it.
struct AnswerWatch<Asker> {
    /// A question by its place in the order of all that were asked.
    typealias Number = UInt64

    private struct Impatient {
        let number: Number
        let since: Int64
        let asker: Asker
    }

    /// When the questions without an answer were asked, the oldest first.
    private var times = FIFO<Int64>()
    private var askedCount: Number = 0
    /// The impatient askers among them, the oldest first: they are told when their time is over.
    private var impatient = FIFO<Impatient>()
    /// When the database last gave an answer, or was given a question while it owed none.
    private var movedAt: Int64 = 0
    private var sentCount = 0

    /// Nothing is awaited.
    init() {}

    /// No answer is awaited.
    var isEmpty: Bool { times.isEmpty }

    /// A question was asked.
    ///
    /// - Parameter asker: who is told when the time is over; nil for an asker that waits as long as it takes.
    mutating func asked(by asker: Asker?, at now: Int64) -> Number {
        askedCount += 1
        times.append(now)
        if let asker { impatient.append(Impatient(number: askedCount, since: now, asker: asker)) }
        return askedCount
    }

    /// One more question is on its way to the database.
    mutating func sent(at now: Int64) {
        if sentCount == 0 { movedAt = now }
        sentCount += 1
    }

    /// The oldest question has its answer. False if its asker was told before that there is none.
    ///
    /// - Parameter isImpatient: its asker is one of those who are told when their time is over.
    mutating func answered(_ number: Number, isImpatient: Bool, at now: Int64) -> Bool {
        times.popFirst()
        sentCount -= 1
        movedAt = now
        return isAwaited(number, isImpatient: isImpatient)
    }

    /// The askers whose time of so many milliseconds is over, in order; each is named once.
    mutating func overdue(after milliseconds: Int, at now: Int64) -> [Asker] {
        var askers: [Asker] = []
        while let first = impatient.head, now - first.since >= Int64(milliseconds) * 1_000_000 {
            impatient.popFirst()
            askers.append(first.asker)
        }
        return askers
    }

    /// The oldest question is as old as this.
    func isStill(for milliseconds: Int, at now: Int64) -> Bool {
        guard let oldest = times.head else { return false }
        return now - oldest >= Int64(milliseconds) * 1_000_000
    }

    /// The database owes answers and has given none for as long as this.
    func isSilent(for milliseconds: Int, at now: Int64) -> Bool {
        sentCount > 0 && now - movedAt >= Int64(milliseconds) * 1_000_000
    }

    /// The connection is gone: takes a question without an answer out, in order, before `lost`. False if its asker was told.
    mutating func isAwaited(_ number: Number, isImpatient: Bool) -> Bool {
        guard isImpatient else { return true }
        guard impatient.head?.number == number else { return false }
        impatient.popFirst()
        return true
    }

    /// The connection is gone, and with it everything that was awaited.
    mutating func lost() {
        times = FIFO()
        impatient = FIFO()
        sentCount = 0
    }
}
