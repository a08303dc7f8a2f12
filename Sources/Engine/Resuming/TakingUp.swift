// How far the server has come with the runs that it has claimed: one line of the log when all have their place.

internal import Primitives
internal import Synchronization

/// Counts claimed runs until each goes on or has ended. Shared by the lanes.
final class TakingUp: Sendable {
    private struct State {
        var openCount = 0
        var resumedCount = 0
        var endedCount = 0
        var beganAt: Int64 = 0
        var toldCount = 0
    }

    private let state = Mutex(State())
    private let clock: Clock
    private let log: Log

    init(clock: Clock, log: Log) {
        self.clock = clock
        self.log = log
    }

    /// So many runs more are to be taken up.
    func expect(_ count: Int) {
        let now = clock.steady()
        state.withLock { state in
            if state.openCount == 0 { state = State(beganAt: now) }
            state.openCount += count
        }
    }

    /// One of them goes on.
    func resumed() { settle { $0.resumedCount += 1 } }

    /// One of them has ended: by itself meanwhile, or because it cannot go on.
    func ended() { settle { $0.endedCount += 1 } }

    /// One of them is left to the next server.
    func left() { settle { _ in } }

    /// Says in the log why a run cannot go on. A busy server that crashes may leave thousands of such runs: those
    /// beyond the first `Limits.endedRunsToldMax` are told at the level debug only.
    func tell(_ run: RunID, cannotGoOnBecause reason: String) {
        let isTold = state.withLock { state in
            state.toldCount += 1
            return state.toldCount <= Limits.endedRunsToldMax
        }
        let fields = [LogField("run", run), LogField("reason", reason)]
        if isTold {
            log.warning("engine", "run ended: it cannot be taken up", fields[0], fields[1])
        } else {
            log.debug("engine", "run ended: it cannot be taken up", fields[0], fields[1])
        }
    }

    private func settle(_ count: (inout State) -> Void) {
        let done = state.withLock { state -> State? in
            guard state.openCount > 0 else { return nil }
            state.openCount -= 1
            count(&state)
            return state.openCount == 0 ? state : nil
        }
        guard let done else { return }
        log.info(
            "engine", "runs taken up", LogField("resumed", done.resumedCount),
            LogField("ended", done.endedCount),
            LogField("milliseconds", (clock.steady() - done.beganAt) / 1_000_000))
    }
}
