// Whom the journal tells that something is durable. Lanes enter themselves, the storage loop speaks.

internal import Engine
internal import Primitives
internal import Synchronization

/// The lanes that listen. Any thread; listeners are called outside of the lock, on the storage loop.
final class JournalListeners: Sendable {
    typealias Listener = @Sendable ([JournalNotice]) -> Void

    private struct Entry: Sendable {
        let lane: Int
        let laneCount: Int
        let listener: Listener
    }

    private let entries = Mutex<[Entry]>([])

    func add(lane: Int, of laneCount: Int, _ listener: @escaping Listener) {
        entries.withLock { $0.append(Entry(lane: lane, laneCount: laneCount, listener: listener)) }
    }

    /// Tells each lane about its own runs, with one call a lane.
    func tell(_ notices: [JournalNotice]) {
        guard !notices.isEmpty else { return }
        for entry in entries.withLock({ $0 }) {
            let own = notices.filter { notice in
                switch notice {
                case .durable(let run, _), .refused(let run, _): run.lane(of: entry.laneCount) == entry.lane
                case .relieved: true
                }
            }
            if !own.isEmpty { entry.listener(own) }
        }
    }
}
