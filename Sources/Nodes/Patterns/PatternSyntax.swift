// What a pattern says, as a tree.

/// A part of a pattern.
indirect enum PatternSyntax: Sendable {
    case empty
    case scalar(ScalarSet)
    case place(PatternPlace)
    case sequence([PatternSyntax])
    /// The first one that leads to a match counts.
    case choice([PatternSyntax])
    /// A part, repeated from `min` to `max` times; nil for no bound. A greedy repetition takes as much as it can.
    case repetition(PatternSyntax, min: Int, max: Int?, isGreedy: Bool)
    /// A group that is remembered, by its number from 1.
    case group(PatternSyntax, number: Int)
}

/// Something that must hold between two scalars of a text.
enum PatternPlace: Sendable {
    case textStart, textEnd
    case lineStart, lineEnd
    case wordBoundary, noWordBoundary
}
