// Stops that arrive at another server, in memory: the engine's port without a database.

import Engine
import Primitives
import Synchronization

/// The stops of all runs of some storage, as one server sees them that has all runs.
public final class MemoryRunStops: RunStops {
    private let storage: MemoryStorage
    private let stops = Mutex<[RunStop]>([])

    public init(_ storage: MemoryStorage) { self.storage = storage }

    public var all: [RunStop] { stops.withLock { $0 } }

    public func record(_ stop: RunStop, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void) {
        storage.run(stop.run) { found in
            guard case .success(let run?) = found, !run.status.isEnd else { return reply(.success(false)) }
            self.stops.withLock { stops in
                guard !stops.contains(where: { $0.run == stop.run && $0.endsRun == stop.endsRun }) else {
                    return
                }
                let reason = stop.reason.map { reason in
                    String(
                        String.UnicodeScalarView(reason.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
                }
                stops.append(
                    RunStop(run: stop.run, endsRun: stop.endsRun, grace: stop.grace, reason: reason))
            }
            reply(.success(true))
        }
    }

    public func stops(
        of runs: [RunID], reply: @escaping @Sendable (Result<[RunStop], StorageError>) -> Void
    ) {
        reply(.success(all.filter { runs.contains($0.run) && storage.goesOn($0.run) }))
    }
}
