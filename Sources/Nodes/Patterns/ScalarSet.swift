// Sets of Unicode scalars, as classes of a pattern name them.

/// The scalars that one place of a pattern takes.
struct ScalarSet: Sendable {
    /// What a letter behind a backslash stands for.
    enum Class: Sendable {
        /// ASCII digits only, because the match is nearly always read as a number.
        case digit
        /// Letters, marks and digits of every script, and `_`.
        case word
        case space
    }

    /// Both ends belong to the range.
    private var ranges: [ClosedRange<UInt32>] = []
    private var classes: [(class: Class, isNegated: Bool)] = []
    private var ignoresCase = false
    private var isNegated = false
    /// Which of the first 128 scalars belong to the set, worked out by `freeze`.
    private var ascii: (low: UInt64, high: UInt64) = (0, 0)

    init() {}

    /// The set of one scalar.
    init(_ scalar: Unicode.Scalar, ignoresCase: Bool) {
        insert(scalar.value...scalar.value)
        freeze(ignoresCase: ignoresCase, isNegated: false)
    }

    /// The set of a class.
    init(_ class: Class, isNegated: Bool) {
        insert(`class`, isNegated: isNegated)
        freeze(ignoresCase: false, isNegated: false)
    }

    /// Every scalar, or all but the one that ends lines.
    static func any(withLineFeed: Bool) -> ScalarSet {
        var set = ScalarSet()
        if !withLineFeed { set.insert(10...10) }
        set.freeze(ignoresCase: false, isNegated: true)
        return set
    }

    mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

    mutating func insert(_ class: Class, isNegated: Bool) { classes.append((`class`, isNegated)) }

    /// Ends the making of the set.
    mutating func freeze(ignoresCase: Bool, isNegated: Bool) {
        self.ignoresCase = ignoresCase
        self.isNegated = isNegated
        if ignoresCase {
            for range in ranges where range.count == 1 {
                for other in Unicode.Scalar(range.lowerBound)?.caseVariants ?? [] {
                    ranges.append(other.value...other.value)
                }
            }
        }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        ranges = merged
        for value in UInt8(0)..<128 where holdsSlowly(Unicode.Scalar(value)) {
            if value < 64 { ascii.low |= 1 << UInt64(value) } else { ascii.high |= 1 << UInt64(value - 64) }
        }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        guard value >= 128 else {
            return (value < 64 ? ascii.low >> UInt64(value) : ascii.high >> UInt64(value - 64)) & 1 == 1
        }
        return holdsSlowly(scalar)
    }

    private func holdsSlowly(_ scalar: Unicode.Scalar) -> Bool {
        let isInside =
            holdsExactly(scalar) || ignoresCase && scalar.caseVariants.contains { holdsExactly($0) }
        return isInside != isNegated
    }

    private func holdsExactly(_ scalar: Unicode.Scalar) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
        }
        if low < ranges.count, ranges[low].contains(scalar.value) { return true }
        return classes.contains { scalar.belongs(to: $0.class) != $0.isNegated }
    }
}

extension Unicode.Scalar {
    /// True if a pattern's class holds the scalar.
    func belongs(to class: ScalarSet.Class) -> Bool {
        switch `class` {
        case .digit: return value >= 48 && value <= 57
        case .space: return properties.isWhitespace
        case .word:
            if value < 128 {
                return value == 95 || value >= 48 && value <= 57 || (value | 32) >= 97 && (value | 32) <= 122
            }
            switch properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
                return true
            default: return properties.isAlphabetic
            }
        }
    }

    /// The same letter in the other case, where that is one scalar.
    fileprivate var caseVariants: [Unicode.Scalar] {
        if value < 128 {
            guard (value | 32) >= 97, (value | 32) <= 122 else { return [] }
            return Unicode.Scalar(value ^ 32).map { [$0] } ?? []
        }
        return [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { text in
            let scalars = text.unicodeScalars
            return scalars.count == 1 && scalars.first != self ? scalars.first : nil
        }
    }
}
