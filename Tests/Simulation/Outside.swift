// What happens around a run: in which order executions end, what else comes in, and how the run is made to end early.

import TestKit

/// The plan of the outside for one run. Pure: the same seed gives the same plan and the same choices.
struct Outside {
    /// How many of the things that are at work end together.
    enum Pace: CaseIterable {
        case oldest, newest, any, several, all
    }

    /// What ends the run before its time, and in which turn.
    enum Interruption: Hashable {
        case forcedStop(turn: Int)
        /// The grace may never end.
        case gracefulStop(turn: Int, graceEnds: Int?)
        case crash(turn: Int)
        case refusal
    }

    let pace: Pace
    let interruption: Interruption?
    var random: SeededGenerator

    init(seed: UInt64, pace: Pace? = nil, isInterrupted: Bool = false) {
        var random = SeededGenerator(seed: seed)
        self.pace = pace ?? Pace.allCases.randomElement(using: &random) ?? .any
        let turn = Int.random(in: 0...Int.random(in: 0...40, using: &random), using: &random)
        let rest = Int.random(in: 1...6, using: &random)
        switch Int.random(in: 0..<16, using: &random) {
        case _ where !isInterrupted: interruption = nil
        case 0..<5: interruption = .forcedStop(turn: turn)
        case 5..<11: interruption = .gracefulStop(turn: turn, graceEnds: rest > 4 ? nil : turn + rest)
        case 11..<15: interruption = .crash(turn: turn)
        default: interruption = .refusal
        }
        self.random = random
    }

    /// Which of so many things, the oldest first, end now.
    mutating func choose(of count: Int) -> [Int] {
        guard count > 0 else { return [] }
        switch pace {
        case .oldest: return [0]
        case .newest: return [count - 1]
        case .any: return [Int.random(in: 0..<count, using: &random)]
        case .several:
            return Array(
                (0..<count).shuffled(using: &random).prefix(Int.random(in: 1...count, using: &random)))
        case .all: return (0..<count).shuffled(using: &random)
        }
    }

    /// True in one of so many cases.
    mutating func happens(oneIn whole: Int) -> Bool { Int.random(in: 0..<whole, using: &random) == 0 }
}
