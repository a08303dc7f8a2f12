// From the text of a pattern to its tree. Recursive, so the depth of groups is bounded.

internal import Primitives

/// Reads a pattern: literals, `.`, classes, escapes, groups, choices, repetitions, anchors and flags.
struct PatternParser {
    /// Flags that hold from where they stand to the end of their group.
    private struct Flags {
        var ignoresCase = false
        /// `^` and `$` stand at lines, too.
        var isMultiline = false
        /// `.` takes line feeds, too.
        var dotTakesAll = false
    }

    private static let hexDigitsOfLongEscapeMax = 6

    private var rest: Substring.UnicodeScalarView
    private var flags: Flags
    private var depth = 0
    /// The names of groups in order of their numbers; nil for those without.
    private(set) var groupNames: [String?] = []

    init(_ text: String, ignoresCase: Bool) throws(PatternError) {
        guard text.utf8.count <= Limits.patternBytesMax else { throw .tooLong }
        rest = text[...].unicodeScalars
        flags = Flags(ignoresCase: ignoresCase)
    }

    /// Reads the whole pattern.
    mutating func parse() throws(PatternError) -> PatternSyntax {
        let syntax = try choice()
        guard rest.isEmpty else { throw .parenthesisUnexpected }
        return syntax
    }

    // MARK: Structure

    private mutating func choice() throws(PatternError) -> PatternSyntax {
        let outerFlags = flags
        defer { flags = outerFlags }
        depth += 1
        guard depth <= Limits.patternDepthMax else { throw .tooDeep }
        defer { depth -= 1 }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternSyntax {
        var parts: [PatternSyntax] = []
        while let next = rest.first, next != "|", next != ")" {
            guard let part = try atom() else { continue }
            parts.append(try repeated(part))
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    /// One part without its repetition; nil for flags, which are no part.
    private mutating func atom() throws(PatternError) -> PatternSyntax? {
        guard let scalar = rest.popFirst() else { return nil }
        switch scalar {
        case "(": return try group()
        case "[": return .scalar(try bracket())
        case ".": return .scalar(.any(withLineFeed: flags.dotTakesAll))
        case "^": return .place(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .place(flags.isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw .nothingToRepeat
        case "{" where rest.first?.belongs(to: .digit) ?? false: throw .nothingToRepeat
        case "\\": return try escape()
        default: return literal(scalar)
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> PatternSyntax {
        .scalar(ScalarSet(scalar, ignoresCase: flags.ignoresCase))
    }

    private mutating func repeated(_ part: PatternSyntax) throws(PatternError) -> PatternSyntax {
        guard let bounds = try repetition() else { return part }
        let isGreedy = !take("?")
        guard try repetition() == nil else { throw .nothingToRepeat }
        return .repetition(part, min: bounds.min, max: bounds.max, isGreedy: isGreedy)
    }

    /// The repetition of the part before, if one stands here.
    private mutating func repetition() throws(PatternError) -> (min: Int, max: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        // A brace that begins no count stands for itself.
        guard rest.first == "{", let digit = rest.dropFirst().first, digit.belongs(to: .digit) else {
            return nil
        }
        rest.removeFirst()
        let least = try count()
        if take("}") { return (least, least) }
        guard take(",") else { throw .countWrong }
        if take("}") { return (least, nil) }
        let most = try count()
        guard take("}"), most >= least else { throw .countWrong }
        return (least, most)
    }

    private mutating func count() throws(PatternError) -> Int {
        var value: Int?
        while let digit = rest.first, digit.belongs(to: .digit) {
            rest.removeFirst()
            let sum = (value ?? 0) * 10 + Int(digit.value) - 48
            guard sum <= Limits.patternInstructionsMax else { throw .countWrong }
            value = sum
        }
        guard let value else { throw .countWrong }
        return value
    }

    // MARK: Groups

    private mutating func group() throws(PatternError) -> PatternSyntax? {
        guard take("?") else { return try remembered(name: nil) }
        if take("P") {
            guard take("<") else { throw .groupUnknown }
            return try remembered(name: name())
        }
        if take("<") {
            guard rest.first != "=", rest.first != "!" else { throw .notRegular }
            return try remembered(name: name())
        }
        guard rest.first != "=", rest.first != "!", rest.first != ">" else { throw .notRegular }
        var changed = flags
        while let letter = rest.first, letter != ":", letter != ")" {
            rest.removeFirst()
            switch letter {
            case "i": changed.ignoresCase = true
            case "m": changed.isMultiline = true
            case "s": changed.dotTakesAll = true
            default: throw .groupUnknown
            }
        }
        if take(")") {
            flags = changed
            return nil
        }
        guard take(":") else { throw .parenthesisOpen }
        let outerFlags = flags
        defer { flags = outerFlags }
        flags = changed
        let content = try choice()
        guard take(")") else { throw .parenthesisOpen }
        return content
    }

    private mutating func remembered(name: String?) throws(PatternError) -> PatternSyntax {
        guard groupNames.count < Limits.patternGroupsMax else { throw .tooManyGroups }
        if let name, groupNames.contains(name) { throw .groupNameTwice }
        groupNames.append(name)
        let number = groupNames.count
        let content = try choice()
        guard take(")") else { throw .parenthesisOpen }
        return .group(content, number: number)
    }

    private mutating func name() throws(PatternError) -> String {
        var name = ""
        while let scalar = rest.popFirst(), scalar != ">" {
            guard scalar.value < 128, scalar.belongs(to: .word) else { throw .groupNameWrong }
            name.unicodeScalars.append(scalar)
        }
        guard let first = name.unicodeScalars.first, !first.belongs(to: .digit) else { throw .groupNameWrong }
        return name
    }

    // MARK: Escapes and classes

    private mutating func escape() throws(PatternError) -> PatternSyntax {
        guard let letter = rest.first else { throw .escapeOpen }
        if let (name, isNegated) = PatternParser.className(letter) {
            rest.removeFirst()
            return .scalar(ScalarSet(name, isNegated: isNegated))
        }
        let place: PatternPlace
        switch letter {
        case "b": place = .wordBoundary
        case "B": place = .noWordBoundary
        case "A": place = .textStart
        case "z": place = .textEnd
        case "1"..."9", "k": throw .notRegular
        default: return literal(try escapedScalar())
        }
        rest.removeFirst()
        return .place(place)
    }

    private static func className(_ letter: Unicode.Scalar) -> (ScalarSet.Class, isNegated: Bool)? {
        switch letter {
        case "d": (.digit, false)
        case "D": (.digit, true)
        case "w": (.word, false)
        case "W": (.word, true)
        case "s": (.space, false)
        case "S": (.space, true)
        default: nil
        }
    }

    /// The scalar that stands behind a backslash.
    private mutating func escapedScalar() throws(PatternError) -> Unicode.Scalar {
        guard let letter = rest.popFirst() else { throw .escapeOpen }
        switch letter {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "f": return "\u{c}"
        case "v": return "\u{b}"
        case "0": return "\0"
        case "x": return try hexadecimal(digits: 2)
        case "u":
            guard take("{") else { return try hexadecimal(digits: 4) }
            var digits = 0
            var value: UInt32 = 0
            while let digit = rest.popFirst(), digit != "}" {
                value = value << 4 | (try PatternParser.hexadecimalValue(digit))
                digits += 1
                guard digits <= PatternParser.hexDigitsOfLongEscapeMax else { throw .escapeUnknown }
            }
            guard digits > 0, let scalar = Unicode.Scalar(value) else { throw .escapeUnknown }
            return scalar
        default:
            // Letters and digits are reserved for future escapes; every other character stands for itself.
            guard !letter.belongs(to: .word) || letter == "_" else { throw .escapeUnknown }
            return letter
        }
    }

    private mutating func hexadecimal(digits: Int) throws(PatternError) -> Unicode.Scalar {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = rest.popFirst() else { throw .escapeOpen }
            value = value << 4 | (try PatternParser.hexadecimalValue(digit))
        }
        guard let scalar = Unicode.Scalar(value) else { throw .escapeUnknown }
        return scalar
    }

    private static func hexadecimalValue(_ scalar: Unicode.Scalar) throws(PatternError) -> UInt32 {
        guard let byte = UInt8(exactly: scalar.value), let value = Hexadecimal.value(of: byte) else {
            throw .escapeUnknown
        }
        return UInt32(value)
    }

    /// What stands between brackets.
    private mutating func bracket() throws(PatternError) -> ScalarSet {
        var set = ScalarSet()
        let isNegated = take("^")
        var isFirst = true
        while true {
            guard let next = rest.popFirst() else { throw .bracketOpen }
            // A closing bracket that stands first is one of the scalars.
            if next == "]", !isFirst { break }
            isFirst = false
            guard let start = try bracketScalar(next, in: &set) else { continue }
            guard rest.first == "-", let end = rest.dropFirst().first, end != "]" else {
                set.insert(start.value...start.value)
                continue
            }
            rest.removeFirst(2)
            guard let end = try bracketScalar(end, in: &set), end >= start else { throw .rangeBackwards }
            set.insert(start.value...end.value)
        }
        set.freeze(ignoresCase: flags.ignoresCase, isNegated: isNegated)
        return set
    }

    /// The scalar that begins here; nil for a class, which is put into the set.
    private mutating func bracketScalar(
        _ first: Unicode.Scalar, in set: inout ScalarSet
    ) throws(PatternError) -> Unicode.Scalar? {
        guard first == "\\" else { return first }
        guard let letter = rest.first else { throw .escapeOpen }
        if let (name, isNegated) = PatternParser.className(letter) {
            rest.removeFirst()
            set.insert(name, isNegated: isNegated)
            return nil
        }
        if letter == "b" {
            rest.removeFirst()
            return "\u{8}"
        }
        return try escapedScalar()
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }
}
