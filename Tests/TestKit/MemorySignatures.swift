// Requests for signatures in memory: the engine's port without a database.

import Engine
import Primitives
import Synchronization
import Values

/// The requests of all runs of some storage, and who has which key. May outlive an engine, like a database.
public final class MemorySignatures: SignatureRequests {
    /// Who has a key, and what signs with it.
    public enum Holder: Sendable {
        /// The key is kept: its holder, and how it signs.
        case kept(UserID, @Sendable ([UInt8]) -> Bytes64)
        /// A person is asked, who has proved to hold the key.
        case proved(UserID)
        /// A person is asked, who has only written the key down.
        case person(UserID)
    }

    private struct Entry {
        let waiting: WaitingSignature
        let user: UserID?
        var answer: SignatureAnswer?

        func waits(at now: Timestamp) -> Bool { answer == nil && waiting.request.expiresAt > now }
    }

    public let storage: MemoryStorage
    private let entries = Mutex<[Entry]>([])
    private let holders = Mutex<[Bytes32: [Holder]]>([:])
    private let clock: Clock
    private let confirmations: Inbox<@Sendable () -> Void>?

    /// - Parameters:
    ///   - storage: has the runs, and the deployments with the keys that are listed for them.
    ///   - confirmations: if given, gets what says that a request is arranged, for the test to call.
    public init(
        _ storage: MemoryStorage, clock: Clock = .system, confirmations: Inbox<@Sendable () -> Void>? = nil
    ) {
        self.storage = storage
        self.clock = clock
        self.confirmations = confirmations
    }

    public func add(_ holder: Holder, of key: Bytes32) {
        holders.withLock { $0[key, default: []].append(holder) }
    }

    /// Every request with what became of it, oldest first.
    public var all: [StoredSignature] {
        sorted().map { StoredSignature(waiting: $0.waiting, answer: $0.answer) }
    }

    public func arrange(
        _ waiting: WaitingSignature, for parties: SignatureParties,
        reply: @escaping @Sendable (Result<SignatureArrangement, StorageError>) -> Void
    ) {
        let reply: @Sendable (Result<SignatureArrangement, StorageError>) -> Void =
            if let confirmations { { result in confirmations.put { reply(result) } } } else { reply }
        let key = waiting.request.publicKey
        let holders = holders.withLock { $0[key] ?? [] }
        let users = [parties.owner, parties.startedBy]
        for user in users where user != parties.owner || ownerKeyCounts(key, parties) {
            for case .kept(user, let sign) in holders {
                return reply(.success(.signed(sign(waiting.request.message))))
            }
        }
        for user in users {
            for case .proved(let person) in holders where person == user {
                return ask(waiting, person, reply)
            }
        }
        for user in users {
            for case .person(let person) in holders where person == user {
                return ask(waiting, person, reply)
            }
        }
        guard parties.startedKey == Base58.encode(key.bytes) else { return reply(.success(.impossible)) }
        ask(waiting, nil, reply)
    }

    private func ownerKeyCounts(_ key: Bytes32, _ parties: SignatureParties) -> Bool {
        guard let deployment = parties.deployment, parties.startedBy != parties.owner else {
            return parties.ownerKeyCounts
        }
        return storage.lists(key, for: deployment)
    }

    private func ask(
        _ waiting: WaitingSignature, _ user: UserID?,
        _ reply: @escaping @Sendable (Result<SignatureArrangement, StorageError>) -> Void
    ) {
        guard storage.record(of: waiting.run) != nil else { return reply(.failure(.failed)) }
        let isNew = entries.withLock { entries in
            let isKnown = entries.contains { entry in
                entry.waiting.request.id == waiting.request.id
                    || entry.waiting.run == waiting.run && entry.waiting.execution == waiting.execution
            }
            if !isKnown { entries.append(Entry(waiting: waiting, user: user, answer: nil)) }
            return !isKnown
        }
        reply(isNew ? .success(.asked(user)) : .failure(.failed))
    }

    public func find(
        _ id: SignatureRequestID,
        reply: @escaping @Sendable (Result<AskedSignature?, StorageError>) -> Void
    ) {
        let found = waiting().first { $0.waiting.request.id == id }
        reply(.success(found.map { AskedSignature(waiting: $0.waiting, user: $0.user) }))
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
        let waiting = waiting().map(\.waiting)
        let found = runs.compactMap { run -> AwaitedSignature? in
            guard storage.goesOn(run) else { return .ended(run) }
            return waiting.first { $0.run == run }.map { .asked($0) }
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
            if case .signed = answer {
                guard entries[index].waits(at: now), storage.goesOn(entries[index].waiting.run) else {
                    return nil
                }
            }
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
        let rest = waiting().filter { entry in
            guard entry.user == user else { return false }
            return last.map { MemorySignatures.place(entry.waiting.request) > MemorySignatures.place($0) }
                ?? true
        }
        reply(.success(rest.prefix(Limits.signaturePageMax).map(\.waiting)))
    }

    /// What an answer may come for, oldest first.
    private func waiting() -> [Entry] {
        let now = clock.now()
        return sorted().filter { $0.waits(at: now) && storage.goesOn($0.waiting.run) }
    }

    private func sorted() -> [Entry] {
        entries.withLock { $0 }.sorted {
            MemorySignatures.place($0.waiting.request) < MemorySignatures.place($1.waiting.request)
        }
    }

    private static func place(_ request: SignatureRequest) -> (Timestamp, Int64) {
        (request.createdAt, request.id.number)
    }
}
