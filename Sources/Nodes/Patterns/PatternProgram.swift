// A pattern as a list of steps, which all possible matches walk through side by side (Thompson's construction).

internal import Primitives

/// One step of a pattern.
enum PatternStep: Sendable {
    /// Takes one scalar of this set.
    case take(ScalarSet)
    /// Goes on if this holds here.
    case check(PatternPlace)
    /// Remembers the position in a slot.
    case save(Int)
    /// Goes on at both, the first one preferred.
    case split(Int, Int)
    case jump(Int)
    case match
}

/// The steps of a pattern, the first one first. At most `Limits.patternInstructionsMax`.
struct PatternProgram: Sendable {
    private(set) var steps: [PatternStep] = []

    /// Slots 0 and 1 are for the whole match, two more for each group.
    init(_ syntax: PatternSyntax) throws(PatternError) {
        try add(.save(0))
        try add(syntax)
        try add(.save(1))
        try add(.match)
    }

    private mutating func add(_ step: PatternStep) throws(PatternError) {
        guard steps.count < Limits.patternInstructionsMax else { throw .tooComplex }
        steps.append(step)
    }

    /// Recursive as deep as the tree, whose depth the parser has bounded.
    private mutating func add(_ syntax: PatternSyntax) throws(PatternError) {
        switch syntax {
        case .empty: break
        case .scalar(let set): try add(.take(set))
        case .place(let place): try add(.check(place))
        case .sequence(let parts):
            for part in parts { try add(part) }
        case .group(let content, let number):
            try add(.save(2 * number))
            try add(content)
            try add(.save(2 * number + 1))
        case .choice(let branches):
            var exits: [Int] = []
            for branch in branches.dropLast() {
                let fork = steps.count
                try add(.jump(0))
                try add(branch)
                exits.append(steps.count)
                try add(.jump(0))
                steps[fork] = .split(fork + 1, steps.count)
            }
            if let last = branches.last { try add(last) }
            for exit in exits { steps[exit] = .jump(steps.count) }
        case .repetition(let content, let least, let most, let isGreedy):
            for _ in 0..<least {
                let start = steps.count
                try add(content)
                // A part without steps has none however often it is repeated.
                if steps.count == start { break }
            }
            guard let most else {
                let fork = steps.count
                try add(.jump(0))
                try add(content)
                try add(.jump(fork))
                steps[fork] = choice(of: fork + 1, or: steps.count, isGreedy)
                return
            }
            var forks: [Int] = []
            for _ in least..<most {
                forks.append(steps.count)
                try add(.jump(0))
                try add(content)
            }
            for start in forks { steps[start] = choice(of: start + 1, or: steps.count, isGreedy) }
        }
    }

    private func choice(of content: Int, or end: Int, _ isGreedy: Bool) -> PatternStep {
        isGreedy ? .split(content, end) : .split(end, content)
    }
}
