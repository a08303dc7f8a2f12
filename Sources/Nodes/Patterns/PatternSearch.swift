// Walking through a pattern's steps with all possible matches at once (Pike's machine): the time is bounded by the
// length of the text times the number of steps, whatever the pattern.

internal import Primitives

/// A search for a pattern in one text.
struct PatternSearch {
    private let steps: [PatternStep]
    private let text: PatternText
    private let slotCount: Int
    private var walk: PatternWalk
    private var current: PatternThreads
    private var next: PatternThreads

    /// `look` is called from time to time and may end the search.
    init(_ pattern: Pattern, in text: PatternText, look: @escaping () throws -> Void) {
        steps = pattern.program.steps
        self.text = text
        slotCount = 2 * (pattern.groupNames.count + 1)
        walk = PatternWalk(steps: steps, text: text, look: look)
        current = PatternThreads(stepCount: steps.count, slotCount: slotCount)
        next = current
    }

    /// The first match that begins at this position or behind it: where it and its groups begin and end, -1 for a group
    /// that took no part. If several matches begin at one place, it is the preferred one.
    mutating func firstMatch(from start: Int) throws -> [Int]? {
        let noSlots = [Int](repeating: -1, count: slotCount)
        var match: [Int]?
        var position = start
        current.removeAll()
        while true {
            if match == nil { try walk.follow(0, at: position, noSlots, into: &current) }
            if current.isEmpty, match != nil { break }
            let (scalar, length) = text.scalar(at: position)
            next.removeAll()
            threads: for index in 0..<current.count {
                let step = current.steps[index]
                switch steps[step] {
                case .match:
                    // Threads behind a match are less preferred than the match, so they are dropped.
                    match = current.slots(of: index)
                    break threads
                case .take(let set):
                    guard let scalar, set.contains(scalar) else { continue }
                    try walk.follow(step + 1, at: position + length, current.slots(of: index), into: &next)
                case .check, .save, .split, .jump:
                    preconditionFailure("only steps that take a scalar or end a match are kept")
                }
            }
            swap(&current, &next)
            guard scalar != nil else { break }
            position += length
        }
        return match
    }
}

/// Following the steps that take nothing.
private struct PatternWalk {
    /// How many steps are made between two calls of `look`: well below a hundredth of a second.
    private static let stepsPerLook = 100_000

    /// What is still to be visited.
    private enum Visit {
        case step(Int)
        case restore(slot: Int, Int)
    }

    let steps: [PatternStep]
    let text: PatternText
    let look: () throws -> Void
    private var pending: [Visit] = []
    private var stepCount = 0
    private var stepsAtLastLook = 0

    init(steps: [PatternStep], text: PatternText, look: @escaping () throws -> Void) {
        self.steps = steps
        self.text = text
        self.look = look
    }

    /// Follows every way from `start` until it takes a scalar or ends a match. A stack of its own instead of
    /// recursion: patterns may be long.
    mutating func follow(
        _ start: Int, at position: Int, _ slots: [Int], into threads: inout PatternThreads
    ) throws {
        var slots = slots
        pending.append(.step(start))
        while let visit = pending.popLast() {
            guard case .step(let step) = visit else {
                if case .restore(let slot, let value) = visit { slots[slot] = value }
                continue
            }
            try count(1)
            guard threads.insert(step) else { continue }
            switch steps[step] {
            case .jump(let target): pending.append(.step(target))
            case .split(let first, let second):
                pending.append(.step(second))
                pending.append(.step(first))
            case .save(let slot):
                pending.append(.restore(slot: slot, slots[slot]))
                slots[slot] = position
                pending.append(.step(step + 1))
            case .check(let place):
                if text.holds(place, at: position) { pending.append(.step(step + 1)) }
            case .take, .match:
                try count(slots.count)
                threads.append(step, slots)
            }
        }
    }

    private mutating func count(_ more: Int) throws {
        stepCount += more
        guard stepCount <= Limits.patternStepsMax else { throw PatternError.tooManySteps }
        guard stepCount - stepsAtLastLook >= PatternWalk.stepsPerLook else { return }
        stepsAtLastLook = stepCount
        try look()
    }
}

/// Possible matches, the preferred ones first; each stands at another step.
private struct PatternThreads {
    private(set) var steps: [Int] = []
    private var allSlots: [Int] = []
    private let slotCount: Int
    /// When each step was inserted last; comparing with a round is cheaper than forgetting.
    private var rounds: [Int]
    private var round = 1

    init(stepCount: Int, slotCount: Int) {
        self.slotCount = slotCount
        rounds = [Int](repeating: 0, count: stepCount)
    }

    var count: Int { steps.count }
    var isEmpty: Bool { steps.isEmpty }

    mutating func removeAll() {
        steps.removeAll(keepingCapacity: true)
        allSlots.removeAll(keepingCapacity: true)
        round += 1
    }

    /// False if the step was reached before, by a preferred way.
    mutating func insert(_ step: Int) -> Bool {
        guard rounds[step] != round else { return false }
        rounds[step] = round
        return true
    }

    mutating func append(_ step: Int, _ slots: [Int]) {
        steps.append(step)
        allSlots.append(contentsOf: slots)
    }

    func slots(of index: Int) -> [Int] {
        Array(allSlots[index * slotCount..<(index + 1) * slotCount])
    }
}
