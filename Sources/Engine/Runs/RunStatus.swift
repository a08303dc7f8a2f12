// How far a run is. Plain value.

/// How a run ended. Not part of any dialect's events; stored with the run.
public enum RunStatus: String, Sendable {
    case starting, running, finished, failed, stopped, crashed

    /// The run goes on no more.
    public var isEnd: Bool { self != .starting && self != .running }
}
