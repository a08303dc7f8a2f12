import Primitives
import TestKit
import Testing

@testable import Store

@Suite struct `A group commit` {
    private func make(rows: Int = 4, bytes: Int = 100) -> GroupCommit<Int> {
        GroupCommit(rowsMax: rows, bytesMax: bytes, footprint: { $0 % 1_000 })
    }

    @Test func `one piece is in flight while the next one gathers`() {
        var commit = make()
        #expect(commit.next() == nil)
        commit.append([1])
        #expect(commit.next()?.entries == [1])
        commit.append([2])
        commit.append([3])
        #expect(commit.next() == nil)
        #expect(commit.committed() == [1])
        #expect(commit.next()?.entries == [2, 3])
        #expect(!commit.isEmpty)
        #expect(commit.committed() == [2, 3])
        #expect(commit.isEmpty)
        #expect(commit.next() == nil)
    }

    @Test func `a piece has no more rows and bytes than it may`() {
        var commit = make(rows: 3, bytes: 10)
        commit.append([1, 1, 1, 1, 6, 4, 1, 500, 1])
        let expected: [ArraySlice<Int>] = [[1, 1, 1], [1, 6], [4, 1], [500], [1]]
        for piece in expected {
            #expect(commit.next()?.entries == piece)
            _ = commit.committed()
        }
        #expect(commit.isEmpty)
    }

    @Test func `a piece whose fate is unknown comes again unchanged and says so`() {
        var commit = make()
        commit.append([1, 2])
        #expect(commit.next()?.isRepeated == false)
        commit.append([3])
        commit.lost()
        let again = commit.next()
        #expect(again?.entries == [1, 2])
        #expect(again?.isRepeated == true)
        commit.postponed()
        #expect(commit.next()?.isRepeated == true, "a pause does not change what is known")
        #expect(commit.committed() == [1, 2])
        #expect(commit.next()?.isRepeated == false)
    }

    @Test func `a loss with nothing in flight changes nothing`() {
        var commit = make()
        commit.lost()
        commit.append([1])
        #expect(commit.next()?.isRepeated == false)
    }

    @Test func `a refused piece is halved until the entry at fault is alone`() {
        var commit = make(rows: 8)
        commit.append([1, 2, 3, 4, 5])
        var pieces: [ArraySlice<Int>] = []
        while let piece = commit.next() {
            pieces.append(piece.entries)
            guard piece.entries.contains(3) else {
                _ = commit.committed()
                continue
            }
            guard case .alone(let entry) = commit.refused() else { continue }
            #expect(entry == 3)
            commit.replaceAlone(with: 33)
        }
        #expect(pieces == [[1, 2, 3, 4, 5], [1, 2], [3, 4, 5], [3], [33], [4, 5]])
    }

    @Test func `an entry at fault can be dropped, and others with it`() {
        var commit = make(rows: 2)
        commit.append([11, 12, 21, 13, 22, 14])
        _ = commit.next()
        guard case .halved = commit.refused() else {
            Issue.record("a piece of two is halved first")
            return
        }
        _ = commit.next()
        guard case .alone(11) = commit.refused() else {
            Issue.record("the first half is alone")
            return
        }
        #expect(commit.dropAlone() == [11])
        #expect(commit.remove { $0 < 20 } == [12, 13, 14])
        #expect(commit.next()?.entries == [21, 22])
        _ = commit.committed()
        #expect(commit.isEmpty)
    }

    /// A database that stores pieces whole or not at all, refuses some entries, and loses connections before or
    /// after the commit; a repeated piece is recognised by its first key.
    private struct Database {
        var stored: [Int] = []
        let poison: Set<Int>

        mutating func apply(_ piece: ArraySlice<Int>) -> Bool? {
            if let first = piece.first, stored.contains(first) { return nil }
            if piece.contains(where: poison.contains) { return false }
            stored += piece
            return true
        }
    }

    private enum Turn: CaseIterable {
        case goesWell, postponed, lostBefore, lostAfter
    }

    /// Plays one history and gives what the owner was told is durable.
    private func play(
        entries: Int, rows: Int, poison: Set<Int>, turns: inout some IteratorProtocol<Turn>,
        appendMore: (Int) -> Int
    ) -> (told: [Int], stored: [Int]) {
        var commit = GroupCommit<Int>(rowsMax: rows, bytesMax: .max, footprint: { _ in 1 })
        var database = Database(poison: poison)
        var told: [Int] = []
        var appended = 0
        var step = 0
        while true {
            let more = min(appendMore(step), entries - appended)
            commit.append(Array(appended..<appended + more))
            appended += more
            step += 1
            guard let piece = commit.next() else {
                if appended == entries { return (told, database.stored) }
                continue
            }
            #expect(piece.entries.count <= rows)
            let turn = turns.next() ?? .goesWell
            if turn == .postponed {
                commit.postponed()
                continue
            }
            if turn == .lostBefore {
                commit.lost()
                continue
            }
            let verdict = database.apply(piece.entries)
            if turn == .lostAfter {
                commit.lost()
                continue
            }
            switch verdict {
            case true?: told += commit.committed()
            case nil:
                #expect(piece.isRepeated, "a key is taken only by an earlier try")
                told += commit.committed()
            case false?:
                if case .alone(let entry) = commit.refused() {
                    #expect(poison.contains(entry))
                    commit.replaceAlone(with: entry + 1_000)
                }
            }
        }
    }

    private func expectation(entries: Int, poison: Set<Int>) -> [Int] {
        (0..<entries).map { poison.contains($0) ? $0 + 1_000 : $0 }
    }

    @Test func `every short history keeps order and loses nothing`() {
        let turnCount = 6
        let kinds = Turn.allCases
        var histories = 0
        for poisonBits in 0..<8 {
            let poison = Set((0..<3).filter { poisonBits >> $0 & 1 == 1 })
            for number in 0..<Int(1 << (2 * turnCount)) {
                var turns = (0..<turnCount).map { kinds[number >> (2 * $0) & 3] }.makeIterator()
                let result = play(entries: 4, rows: 3, poison: poison, turns: &turns) { $0 == 0 ? 3 : 1 }
                let wanted = expectation(entries: 4, poison: poison)
                guard result.told == wanted, result.stored == wanted else {
                    Issue.record("history \(number) with poison \(poison): \(result)")
                    return
                }
                histories += 1
            }
        }
        #expect(histories == 8 * 4_096)
    }

    @Test(arguments: 0..<50) func `a long random history keeps order and loses nothing`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let poison = Set((0..<300).filter { _ in Int.random(in: 0..<20, using: &generator) == 0 })
        var turns = AnyIterator { Turn.allCases.randomElement(using: &generator) }
        var other = SeededGenerator(seed: seed &+ 1_000)
        let result = play(entries: 300, rows: 16, poison: poison, turns: &turns) { _ in
            Int.random(in: 0..<12, using: &other)
        }
        let wanted = expectation(entries: 300, poison: poison)
        #expect(result.told == wanted)
        #expect(result.stored == wanted)
    }
}

@Suite struct `The backlog of the journal` {
    @Test func `pressure rises at the marks and falls below the low one`() {
        let backlog = JournalBacklog()
        #expect(backlog.pressure == .low)
        backlog.add(Limits.journalBacklogBytesHigh)
        #expect(backlog.pressure == .low)
        backlog.add(1)
        #expect(backlog.pressure == .high)
        backlog.add(Limits.journalBacklogBytesMax - Limits.journalBacklogBytesHigh)
        #expect(backlog.pressure == .full)
        #expect(!backlog.remove(Limits.journalBacklogBytesMax - Limits.journalBacklogBytesHigh))
        #expect(backlog.pressure == .high)
        #expect(!backlog.remove(Limits.journalBacklogBytesHigh - Limits.journalBacklogBytesLow + 1))
        #expect(backlog.pressure == .high, "the low mark itself is not below it")
        #expect(backlog.remove(1), "lanes are told once")
        #expect(backlog.pressure == .low)
        #expect(!backlog.remove(1))
    }

    @Test func `it says that storage is away, unless too much waits`() {
        let backlog = JournalBacklog()
        #expect(!backlog.setAway(true))
        #expect(backlog.pressure == .away)
        backlog.add(Limits.journalBacklogBytesHigh + 1)
        #expect(!backlog.setAway(false), "too much waits for lanes to go on")
        #expect(backlog.pressure == .high)
        #expect(backlog.remove(Limits.journalBacklogBytesHigh))
        #expect(!backlog.setAway(true))
        #expect(backlog.setAway(false))
    }
}

@Suite struct `Pauses between attempts` {
    @Test func `they double up to their bound and begin anew after a success`() {
        var pause = ReconnectPause()
        #expect(
            (0..<8).map { _ in pause.next { _ in 0 } } == [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
        for _ in 0..<100 { _ = pause.next() }
        #expect(pause.next { $0 - 1 } == 2_500)
        pause.reset()
        #expect(pause.next { $0 - 1 } == 50)
    }
}
