import Dispatch
import Net
import Postgres
import Primitives
import Synchronization
import TestKit
import TestTraits
import Testing

@testable import Store

/// A resolver that answers when the test lets it.
private final class SlowResolver: Sendable {
    let lookups = Atomic(0)
    private let gate = DispatchSemaphore(value: 0)

    func resolve(_ name: String) -> [IPAddress] {
        lookups.add(1, ordering: .sequentiallyConsistent)
        gate.wait()
        return IPAddress("127.0.0.1").map { [$0] } ?? []
    }

    func open() { gate.signal() }
}

@Suite(.blocking) struct `Names of the database's hosts` {
    @Test func `are looked up once for all who ask meanwhile`() throws {
        let resolver = SlowResolver()
        let lookup = HostLookup(resolve: resolver.resolve)
        let told = DispatchSemaphore(value: 0)
        for token in [StorageToken.commands, .reads, .upkeep] {
            try lookup.find(["a", "b"], for: token) { told.signal() }
            #expect(lookup.take(token) == nil)
        }
        for _ in 0..<2 { resolver.open() }
        for _ in 1...3 { #expect(told.wait(timeout: .now() + 60) == .success) }
        for token in [StorageToken.commands, .reads, .upkeep] {
            #expect(lookup.take(token)?["b"] == [known(IPAddress("127.0.0.1"))])
            #expect(lookup.take(token) == nil)
        }
        #expect(resolver.lookups.load(ordering: .sequentiallyConsistent) == 2)
        lookup.stop()
    }

    @Test func `do not hold up the loop that waits for them`() throws {
        let resolver = SlowResolver()
        let lookup = HostLookup(resolve: resolver.resolve)
        let cluster = try ScratchCluster.shared.get()
        let seen = Seen()
        let loop = try EventLoop<StorageToken?>.start(name: "sessions", capacity: 16) { handle, loop in
            let database = DatabaseAddress(
                connectionString:
                    "host=slow.invalid,\(cluster.folder) user=flowd dbname=postgres connect_timeout=2",
                lookup: lookup, found: { [mailbox = handle.mailbox] in mailbox.postReply($0) })
            return BeatingReactor(database, seen, on: &loop)
        }
        // The loop beats while nobody answers.
        #expect(seen.wait { $0.beats >= 5 })
        #expect(!seen.state.withLock { $0.isReady })
        resolver.open()
        // Nothing listens on the first host; the second one is a folder.
        #expect(seen.wait { $0.isReady })
        loop.mailbox.postReply(nil)
        loop.join()
        lookup.stop()
    }
}

/// What a loop has done.
private final class Seen: Sendable {
    struct State {
        var beats = 0
        var isReady = false
    }
    let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        bell.signal()
    }

    func wait(until isMet: (State) -> Bool) -> Bool {
        while !state.withLock({ isMet($0) }) {
            guard bell.wait(timeout: .now() + 60) == .success else { return false }
        }
        return true
    }
}

/// A loop with a session and a beat, as the storage loop has.
private struct BeatingReactor: Reactor {
    private let session: DatabaseSession
    private let seen: Seen

    init(_ database: DatabaseAddress, _ seen: Seen, on loop: inout LoopContext) {
        session = DatabaseSession(
            DatabaseSession.Role(
                name: "test", setUp: "SELECT 1", statements: [], pipelines: true, token: .journal),
            database: database)
        self.seen = seen
        loop.setTimer(.journal, milliseconds: 0)
        loop.setTimer(.heartbeat, milliseconds: 0)
    }

    func ready(_ token: UInt64, _ readiness: Readiness, on loop: inout LoopContext) {
        take(session.advance(on: &loop))
    }

    func received(_ message: StorageToken?, on loop: inout LoopContext) {
        guard message == nil else { return take(session.advance(on: &loop)) }
        session.close(on: &loop)
        loop.stop()
    }

    func due(_ timer: UInt64, on loop: inout LoopContext) {
        guard timer == StorageToken.heartbeat.rawValue else { return take(session.due(on: &loop)) }
        loop.setTimer(.heartbeat, milliseconds: 1)
        seen.change { $0.beats += 1 }
    }

    func turnEnded(on loop: inout LoopContext) {}

    private func take(_ event: DatabaseSession.Event?) {
        if case .ready? = event { seen.change { $0.isReady = true } }
    }
}
