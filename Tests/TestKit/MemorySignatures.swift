// Requests for signatures in memory: the engine's port without a database.

import Engine
import Primitives
import Synchronization
import Values

/// All requests of all runs. May outlive an engine, like a database.
public final class MemorySignatures: SignatureRequests {
    /// Who has a key, and what signs with it.
    public enum Holder: Sendable {
        /// The key is kept: its holder, and how it signs.
        case kept(UserID, @Sendable ([UInt8]) -> Bytes64)
        /// A person is asked.
        case person(UserID)
    }

    private struct Entry {
        let waiting: WaitingSignature
        let user: UserID?
        var answer: SignatureAnswer?
    }

    private let entries = Mutex<[Entry]>([])
    private let holders = Mutex<[Bytes32: [Holder]]>([:])
    private let clock: Clock
    private let hasEnded: @Sendable (RunID) -> Bool

    /// - Parameter hasEnded: true of a run that has ended.
    public init(clock: Clock = .system, hasEnded: @escaping @Sendable (RunID) -> Bool = { _ in false }) {
        self.clock = clock
        self.hasEnded = hasEnded
    }

    public func add(_ holder: Holder, of key: Bytes32) {
        holders.withLock { $0[key, default: []].append(holder) }
    }

    /// Every request with what became of it.
    public var all: [StoredSignature] {
        entries.withLock { $0.map { StoredSignature(waiting: $0.waiting, answer: $0.answer) } }
    }

    public func arrange(
        _ waiting: WaitingSignature, for parties: SignatureParties,
        reply: @escaping @Sendable (Result<SignatureArrangement, StorageError>) -> Void
    ) {
        let key = waiting.request.publicKey
        let holders = holders.withLock { $0[key] ?? [] }
        for user in [parties.owner, parties.startedBy] {
            for case .kept(user, let sign) in holders where user != parties.owner || parties.ownerKeyCounts {
                return reply(.success(.signed(sign(waiting.request.message))))
            }
        }
        for user in [parties.owner, parties.startedBy] {
            for case .person(let person) in holders where person == user {
                return ask(waiting, person, reply)
            }
        }
        guard parties.startedKey == Base58.encode(key.bytes) else { return reply(.success(.impossible)) }
        ask(waiting, nil, reply)
    }

    private func ask(
        _ waiting: WaitingSignature, _ user: UserID?,
        _ reply: @escaping @Sendable (Result<SignatureArrangement, StorageError>) -> Void
    ) {
        entries.withLock { $0.append(Entry(waiting: waiting, user: user, answer: nil)) }
        reply(.success(.asked(user)))
    }

    public func find(
        _ id: SignatureRequestID,
        reply: @escaping @Sendable (Result<AskedSignature?, StorageError>) -> Void
    ) {
        let now = clock.now()
        reply(
            .success(
                entries.withLock { entries in
                    entries.first {
                        $0.waiting.request.id == id && $0.answer == nil && $0.waiting.request.expiresAt > now
                    }.map { AskedSignature(waiting: $0.waiting, user: $0.user) }
                }))
    }

    public func answered(
        _ ids: [SignatureRequestID],
        reply: @escaping @Sendable (Result<[StoredSignature], StorageError>) -> Void
    ) {
        reply(.success(all.filter { ids.contains($0.waiting.request.id) && $0.answer != nil }))
    }

    public func awaited(
        in runs: [RunID], reply: @escaping @Sendable (Result<[AwaitedSignature], StorageError>) -> Void
    ) {
        let now = clock.now()
        let waiting = entries.withLock { entries in
            entries.filter { $0.answer == nil && $0.waiting.request.expiresAt > now }.map(\.waiting)
        }
        let found = runs.compactMap { run -> AwaitedSignature? in
            guard !hasEnded(run) else { return .ended(run) }
            return waiting.filter { $0.run == run }.min {
                MemorySignatures.place($0.request) < MemorySignatures.place($1.request)
            }.map { .asked($0) }
        }
        reply(.success(found))
    }

    public func resolve(
        _ id: SignatureRequestID, _ answer: SignatureAnswer,
        reply: @escaping @Sendable (Result<WaitingSignature?, StorageError>) -> Void
    ) {
        let now = clock.now()
        let found = entries.withLock { entries -> WaitingSignature? in
            guard let index = entries.firstIndex(where: { $0.waiting.request.id == id && $0.answer == nil })
            else { return nil }
            if case .signed = answer, entries[index].waiting.request.expiresAt <= now { return nil }
            entries[index].answer = answer
            return entries[index].waiting
        }
        reply(.success(found))
    }

    public func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredSignature], StorageError>) -> Void
    ) {
        reply(.success(all.filter { $0.waiting.run == run }))
    }

    public func pending(
        of user: UserID, after last: SignatureRequest?,
        reply: @escaping @Sendable (Result<[WaitingSignature], StorageError>) -> Void
    ) {
        let waiting = entries.withLock { entries in
            entries.filter { $0.user == user && $0.answer == nil }.map(\.waiting)
        }.sorted { MemorySignatures.place($0.request) < MemorySignatures.place($1.request) }
        let rest = waiting.drop { waiting in
            last.map { MemorySignatures.place(waiting.request) <= MemorySignatures.place($0) } ?? false
        }
        reply(.success(Array(rest.prefix(Limits.signaturePageMax))))
    }

    private static func place(_ request: SignatureRequest) -> (Timestamp, Int64) {
        (request.createdAt, request.id.number)
    }
}
