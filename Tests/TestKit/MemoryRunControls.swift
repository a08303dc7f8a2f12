// Controls of runs, in memory: the engine's port without a database.

import Engine
import Primitives
import Synchronization

/// The controls of all runs of some storage, as one server sees them that has all runs.
public final class MemoryRunControls: RunControls {
    private let storage: MemoryStorage
    private let controls = Mutex<[RunControl]>([])

    public init(_ storage: MemoryStorage) { self.storage = storage }

    public var all: [RunControl] { controls.withLock { $0 } }

    public func record(_ control: RunControl, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void)
    {
        storage.run(control.run) { found in
            guard case .success(let run?) = found, !run.status.isEnd else { return reply(.success(false)) }
            self.controls.withLock { controls in
                let same = { (old: RunControl) in
                    old.run == control.run && old.kind.topic == control.kind.topic
                }
                guard controls.first(where: same)?.kind != control.kind else { return }
                controls.removeAll(where: same)
                controls.append(control.asText)
            }
            reply(.success(true))
        }
    }

    public func controls(
        of runs: [RunID], reply: @escaping @Sendable (Result<[RunControl], StorageError>) -> Void
    ) {
        reply(.success(all.filter { runs.contains($0.run) && storage.goesOn($0.run) }))
    }
}

extension RunControl {
    /// With what a text column keeps of its reason.
    fileprivate var asText: RunControl {
        let text = reason.map { reason in
            String(String.UnicodeScalarView(reason.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
        }
        return RunControl(kind, of: run, grace: grace, reason: text)
    }
}
