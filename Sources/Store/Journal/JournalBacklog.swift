// How full the journal is: written by lanes and by the storage loop, read before every start.

internal import Engine
internal import Primitives
internal import Synchronization

/// The bytes that wait to become durable, and whether storage is away. Any thread.
final class JournalBacklog: Sendable {
    private struct State {
        var bytes = 0
        /// Above the high mark and not below the low mark since.
        var isHigh = false
        var isAway = false
        /// Commits get no answer, or fail one after the other.
        var isStill = false

        var pressure: JournalPressure {
            if bytes > Limits.journalBacklogBytesMax { return .full }
            if isHigh { return .high }
            return isAway || isStill ? .away : .low
        }
    }

    private let state = Mutex(State())

    /// Storage takes nothing at the moment, however much waits for it.
    var standsStill: Bool { state.withLock { $0.isAway || $0.isStill } }

    var pressure: JournalPressure { state.withLock { $0.pressure } }

    /// Entries of so many bytes were handed over.
    func add(_ bytes: Int) {
        state.withLock { state in
            state.bytes += bytes
            if state.bytes > Limits.journalBacklogBytesHigh { state.isHigh = true }
        }
    }

    /// Entries of so many bytes are durable or dropped. True if lanes may go on that could not before.
    func remove(_ bytes: Int) -> Bool {
        change { state in
            state.bytes -= bytes
            if state.bytes < Limits.journalBacklogBytesLow { state.isHigh = false }
        }
    }

    /// Storage went away or came back. True if lanes may go on that could not before.
    func setAway(_ isAway: Bool) -> Bool {
        change { $0.isAway = isAway }
    }

    /// Commits stopped or began to be answered with success. True if lanes may go on that could not before.
    func setStill(_ isStill: Bool) -> Bool {
        change { $0.isStill = isStill }
    }

    private func change(_ body: (inout State) -> Void) -> Bool {
        state.withLock { state in
            let before = state.pressure
            body(&state)
            let after = state.pressure
            return after != before && (after == .low || after.startsNodes && !before.startsNodes)
        }
    }
}
