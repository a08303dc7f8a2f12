// Stops that are written down. The server that has the run reads those that arrived at another server. The server that
// has the run next reads those that the first did not live to carry out. Implemented above this target. Every method
// returns at once; the answer comes exactly once, on any thread.

public import Primitives

/// A stop that is permitted.
public struct RunStop: Hashable, Sendable {
    public let run: RunID
    /// False if the run may go on, but neither sign nor send anything (spec flow-engine 9.7).
    public let endsRun: Bool
    /// How long running nodes may still finish, in whole milliseconds from 0 to `Limits.stopMillisecondsMax`.
    public let grace: Duration
    /// Why the run is stopped: at most `Limits.stopReasonBytesMax` bytes, the rest is cut. Nil if the run does not end,
    /// because then no event tells the reason.
    public let reason: String?

    public init(run: RunID, endsRun: Bool, grace: Duration, reason: String?) {
        self.run = run
        self.endsRun = endsRun
        self.grace = min(max(grace, .zero), .milliseconds(Limits.stopMillisecondsMax))
        self.reason = endsRun ? reason.map { RunStop.cut($0) } : nil
    }

    private static func cut(_ reason: String) -> String {
        guard reason.utf8.count > Limits.stopReasonBytesMax else { return reason }
        var byteCount = 0
        let kept = reason.unicodeScalars.prefix { scalar in
            byteCount += UTF8.width(scalar)
            return byteCount <= Limits.stopReasonBytesMax
        }
        return String(String.UnicodeScalarView(kept))
    }
}

/// The record of such stops.
public protocol RunStops: Sendable {
    /// Writes a stop down and tells the server that has the run, if that is another one; true if there is such a run
    /// and it has not ended. Only the first stop of each kind stays. A NUL in its reason is kept as U+FFFD.
    func record(_ stop: RunStop, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void)
    /// The stops of these runs, as far as this server has the runs. Stops that it has seen before are included.
    func stops(of runs: [RunID], reply: @escaping @Sendable (Result<[RunStop], StorageError>) -> Void)
}

/// The record of a server that is alone: no run is elsewhere.
public struct NoRunStops: RunStops {
    public init() {}

    /// Writes nothing down and says at once, on the caller's thread, that there is no such run.
    public func record(_ stop: RunStop, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void) {
        reply(.success(false))
    }

    /// Finds no stops; replies at once, on the caller's thread.
    public func stops(of runs: [RunID], reply: @escaping @Sendable (Result<[RunStop], StorageError>) -> Void)
    {
        reply(.success([]))
    }
}

extension StopRequest {
    /// The stop that a caller whom this run admits may ask for.
    func stop(of access: RunAccess) -> RunStop {
        RunStop(run: run, endsRun: access.isOwned(by: principals), grace: grace, reason: reason)
    }
}
