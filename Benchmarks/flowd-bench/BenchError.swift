// Why there are no figures.

internal import Net

/// What ends the bench, in a sentence for whoever started it.
enum BenchError: Error, CustomStringConvertible {
    /// The command line is not what it must be.
    case usage(String)
    case system(NetError)
    /// The daemon closed a connection that it had no reason to close.
    case connectionLost(String)
    /// The daemon said something that no server says.
    case malformed(String)
    /// The daemon refused what it was asked.
    case refused(String)
    /// A measurement did not come to its end.
    case hung(String)
    /// A check of what was delivered failed.
    case wrong(String)

    var description: String {
        switch self {
        case .usage(let rule): "\(rule)\n\(Arguments.usage)"
        case .system(let error): "\(error)"
        case .connectionLost(let when): "the daemon closed a connection: \(when)"
        case .malformed(let rule): "the daemon's bytes could not be read: \(rule)"
        case .refused(let answer): "the daemon refused: \(answer)"
        case .hung(let what): "\(what) did not end in \(Plan.loadMillisecondsMax / 1_000) seconds"
        case .wrong(let what): what
        }
    }
}
