// Requests for values in memory: the engine's port without a database.

import Engine
import Primitives
import Synchronization

/// All requests of all runs. May outlive an engine, like a database.
public final class MemoryInputs: InputRequests {
    private struct Entry {
        let request: InputRequest
        var answer: InputAnswer?

        var isOpen: Bool { if case nil = answer { true } else { false } }
    }

    private let entries = Mutex<[Entry]>([])
    private let clock: Clock

    public init(clock: Clock = .system) { self.clock = clock }

    public func record(
        _ request: InputRequest, reply: @escaping @Sendable (Result<Void, StorageError>) -> Void
    ) {
        entries.withLock { entries in
            guard !entries.contains(where: { $0.request.keyHash == request.keyHash }) else { return }
            entries.append(Entry(request: request, answer: nil))
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
            if case .expired = answer {
            } else if let expiry = entries[index].request.expiresAt, expiry <= now {
                return nil
            }
            entries[index].answer = answer
            return entries[index].request
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
            entries.filter { keyHashes.contains($0.request.keyHash) && !$0.isOpen }
                .map { StoredInputRequest(request: $0.request, answer: $0.answer) }
        }
        reply(.success(found))
    }

    public func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) {
        let found = entries.withLock { entries in
            entries.filter { $0.request.run == run }
                .map { StoredInputRequest(request: $0.request, answer: $0.answer) }
        }
        reply(.success(found))
    }
}
