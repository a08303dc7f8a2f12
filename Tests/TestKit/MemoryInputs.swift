// Requests for values in memory: the engine's port without a database.

import Engine
import Primitives
import Synchronization
import Values

/// The requests of all runs of some storage. May outlive an engine, like a database.
public final class MemoryInputs: InputRequests {
    private struct Entry {
        let request: InputRequest
        var answer: InputAnswer?

        var isOpen: Bool { if case nil = answer { true } else { false } }
        var stored: StoredInputRequest { StoredInputRequest(request: request, answer: answer) }
    }

    private let storage: MemoryStorage
    private let entries = Mutex<[Entry]>([])
    private let clock: Clock

    /// - Parameter storage: has the runs.
    public init(_ storage: MemoryStorage, clock: Clock = .system) {
        self.storage = storage
        self.clock = clock
    }

    public func record(
        _ request: InputRequest, reply: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        guard storage.record(of: request.run) != nil else { return reply(.failure(.failed)) }
        entries.withLock { entries in
            let isKnown = entries.contains { entry in
                entry.request.keyHash == request.keyHash
                    || entry.request.run == request.run && entry.request.execution == request.execution
            }
            if !isKnown { entries.append(Entry(request: request, answer: nil)) }
        }
        reply(.success(()))
    }

    public func resolve(
        keyHash: [UInt8], _ answer: InputAnswer,
        reply: @escaping @Sendable (Result<InputRequest?, StorageError>) -> Void
    ) {
        let now = clock.now()
        let found = entries.withLock { entries -> InputRequest? in
            guard let index = entries.firstIndex(where: { $0.request.keyHash == keyHash && $0.isOpen })
            else { return nil }
            let request = entries[index].request
            switch answer {
            case .expired: break
            case .submitted, .canceled:
                guard request.expiresAt.map({ $0 > now }) ?? true, storage.goesOn(request.run) else {
                    return nil
                }
            }
            entries[index].answer = answer.stored
            return request
        }
        reply(.success(found))
    }

    public func isAwaited(
        keyHash: [UInt8], reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void
    ) {
        let isAwaited = entries.withLock { entries in
            entries.contains { $0.request.keyHash == keyHash && $0.isOpen }
        }
        reply(.success(isAwaited))
    }

    public func answered(
        _ keyHashes: [[UInt8]],
        reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) {
        let found = entries.withLock { entries in
            entries.filter { keyHashes.contains($0.request.keyHash) && !$0.isOpen }.map(\.stored)
        }
        reply(.success(found))
    }

    public func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) {
        reply(.success(entries.withLock { $0.filter { $0.request.run == run }.map(\.stored) }))
    }
}

extension InputAnswer {
    /// A value that holds a secret is not kept: only what may be seen of it.
    fileprivate var stored: InputAnswer {
        if case .submitted(let value) = self, value.holdsSecret { .submitted(value.unknown) } else { self }
    }
}
