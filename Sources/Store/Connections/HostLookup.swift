// The addresses of the database's hosts, looked up beside the storage loop. The system's resolver blocks its caller,
// for half a minute if the name servers are away.

internal import Net
internal import Postgres
internal import Primitives
internal import Synchronization

/// Looks names up on a thread of its own, which is started when it is first needed. Sessions that ask while a lookup is
/// under way share its outcome. Any thread.
final class HostLookup: Sendable {
    /// What a lookup has found, by names.
    typealias Addresses = [String: [IPAddress]]

    private struct State {
        var threads: WorkThreads?
        var isUnderWay = false
        /// Who waits for the lookup under way, by the tokens of their sessions.
        var waiting: [StorageToken: @Sendable () -> Void] = [:]
        var found: [StorageToken: Addresses] = [:]
    }

    private let state = Mutex(State())
    private let resolve: @Sendable (String) -> [IPAddress]

    /// - Parameter resolve: all addresses of a name; may block.
    init(resolve: @escaping @Sendable (String) -> [IPAddress] = { NameLookup.addresses(of: $0) }) {
        self.resolve = resolve
    }

    /// Begins to look names up, or joins the lookup under way.
    ///
    /// - Parameter tell: called on another thread when `take` has something for this token; not at all if the resolver never
    ///   answers.
    func find(_ names: [String], for token: StorageToken, tell: @escaping @Sendable () -> Void) throws {
        let threads = try state.withLock { state throws -> WorkThreads? in
            state.found[token] = nil
            state.waiting[token] = tell
            guard !state.isUnderWay else { return nil }
            let threads = try state.threads ?? WorkThreads(name: "db names", count: 1, capacity: 1)
            state.threads = threads
            state.isUnderWay = true
            return threads
        }
        _ = threads?.post { [self] in
            end(with: Dictionary(uniqueKeysWithValues: names.map { ($0, resolve($0)) }))
        }
    }

    /// What was found for this token, once.
    func take(_ token: StorageToken) -> Addresses? {
        state.withLock { $0.found.removeValue(forKey: token) }
    }

    /// Ends the thread, when the lookup under way has ended. Nothing may be asked any more.
    func stop() {
        state.withLock { $0.threads }?.stop()
    }

    private func end(with addresses: Addresses) {
        let waiting = state.withLock { state in
            state.isUnderWay = false
            for token in state.waiting.keys { state.found[token] = addresses }
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for tell in waiting { tell() }
    }
}

/// Where the sessions of a loop find the database.
struct DatabaseAddress: Sendable {
    /// As libpq takes it.
    let connectionString: String
    let lookup: HostLookup
    /// Called on another thread when the session of this token has addresses to take.
    let found: @Sendable (StorageToken) -> Void
}
