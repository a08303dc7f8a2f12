// How far a run is. Plain value.

/// How a run ended. Not part of any dialect's events; stored with the run.
public enum RunStatus: String, Sendable {
    case starting, running, paused, finished, failed, stopped, crashed

    /// The run goes on no more.
    public var isEnd: Bool {
        switch self {
        case .starting, .running, .paused: false
        case .finished, .failed, .stopped, .crashed: true
        }
    }
}
