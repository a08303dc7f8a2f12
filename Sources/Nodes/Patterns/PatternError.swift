// Why a pattern cannot be used, for the author of a flow.

internal import Primitives

/// What is wrong with a pattern, or with a search for it.
enum PatternError: Error, Equatable, CustomStringConvertible {
    case tooLong
    case tooComplex
    case tooDeep
    case tooManyGroups
    case parenthesisOpen
    case parenthesisUnexpected
    case bracketOpen
    case rangeBackwards
    case nothingToRepeat
    case countWrong
    case escapeUnknown
    case escapeOpen
    case groupUnknown
    case groupNameWrong
    case groupNameTwice
    /// The pattern looks around or refers back. Such a pattern cannot be matched in time that is bounded by the lengths
    /// of text and pattern.
    case notRegular
    case tooManySteps

    var description: String {
        switch self {
        case .tooLong: "pattern: more than \(Limits.patternBytesMax) bytes"
        case .tooComplex: "pattern: its repetitions make more than \(Limits.patternInstructionsMax) steps"
        case .tooDeep: "pattern: groups are nested more than \(Limits.patternDepthMax) deep"
        case .tooManyGroups: "pattern: more than \(Limits.patternGroupsMax) groups"
        case .parenthesisOpen: "pattern: a ( without its )"
        case .parenthesisUnexpected: "pattern: a ) without its ("
        case .bracketOpen: "pattern: a [ without its ]"
        case .rangeBackwards: "pattern: a range in [ ] whose end comes before its beginning"
        case .nothingToRepeat: "pattern: nothing stands before a repetition"
        case .countWrong: "pattern: a count in { } is none, or is too great"
        case .escapeUnknown: "pattern: an unknown escape"
        case .escapeOpen: "pattern: it ends within an escape"
        case .groupUnknown: "pattern: an unknown kind of group or flag behind (?"
        case .groupNameWrong: "pattern: a group's name is letters, digits and _"
        case .groupNameTwice: "pattern: two groups have one name"
        case .notRegular: "pattern: references back and looking around are not supported"
        case .tooManySteps: "pattern: the search takes more than \(Limits.patternStepsMax) steps"
        }
    }
}
