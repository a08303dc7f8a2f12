import Engine
import Foundation
import Postgres
import Primitives
import Synchronization
import TestKit
import TestTraits
import Testing
import Values

@testable import Store

/// What a server has heard, with a way to wait for more of it.
private final class Hearing: Sendable {
    private let heard = Mutex<[RemoteNews]>([])
    private let arrivals = DispatchSemaphore(value: 0)

    /// Begins when the server listens: from then on it hears everything.
    init(_ storage: Storage) throws {
        storage.hearOtherServers { [self] news in
            heard.withLock { $0.append(news) }
            arrivals.signal()
        }
        try waitFor(.anythingHappened)
    }

    /// Forgets what has been heard up to this news, and gives what was heard before it.
    @discardableResult
    func waitFor(_ wanted: RemoteNews) throws -> [RemoteNews] {
        while true {
            let before = heard.withLock { heard -> [RemoteNews]? in
                guard let place = heard.firstIndex(of: wanted) else { return nil }
                defer { heard.removeFirst(place + 1) }
                return Array(heard[..<place])
            }
            if let before { return before }
            guard arrivals.wait(timeout: .now() + 60) == .success else {
                throw Surprise(expected: "\(wanted) within a minute", heard.withLock { $0 })
            }
        }
    }
}

/// Two servers on one database. The first one has a run that waits for a signature and for values.
private final class Pair {
    let bench: SignatureBench
    let other: Storage
    let first: Hearing
    let second: Hearing

    init() throws {
        bench = try SignatureBench()
        other = try bench.harness.startSecond()
        first = try Hearing(bench.harness.storage)
        second = try Hearing(other)
        try bench.addWallet(of: bench.owner, kept: false)
    }

    deinit { other.stop() }

    func notify(_ channel: String, _ payload: String) throws {
        try bench.harness.rows("SELECT pg_notify('\(channel)', '\(payload)')")
    }

    /// What each server has heard up to now, but for that anything may have happened, which is said from time to time.
    func heard() throws -> [[RemoteNews]] {
        let mark = RunID(.random())
        try notify(ServerNotice.Channel.runWake, mark.text)
        return try [first, second].map { hearing in
            try hearing.waitFor(.runTouched(mark)).filter { $0 != .anythingHappened }
        }
    }

    func input(_ number: UInt8) throws -> InputRequest {
        let request = InputRequest(
            run: bench.run, execution: NodeExecution(node: StorageHarness.nodes[1], times: Int32(number)),
            keyHash: [UInt8](repeating: number, count: 32), expiresAt: nil)
        let storage = bench.harness.storage
        try answer { storage.inputs.record(request, reply: $0) }.get()
        return request
    }

    func resolve(_ request: InputRequest, _ value: InputAnswer, at storage: Storage) throws -> Bool {
        try answer { storage.inputs.resolve(keyHash: request.keyHash, value, reply: $0) }.get() != nil
    }

    func resolve(_ id: SignatureRequestID, _ value: SignatureAnswer, at storage: Storage) throws -> Bool {
        try answer { storage.signatures.resolve(id, value, reply: $0) }.get() != nil
    }

    func record(_ control: RunControl, at storage: Storage) throws -> Bool {
        try answer { storage.controls.record(control, reply: $0) }.get()
    }

    func controls(of runs: [RunID], at storage: Storage) throws -> [RunControl] {
        try answer { storage.controls.controls(of: runs, reply: $0) }.get()
    }
}

@Suite(.blocking) struct `Servers on one database` {
    @Test func `hear of answers to their runs that come to others, and of no others`() throws {
        let pair = try Pair()
        let (here, run) = (pair.bench.harness.storage, pair.bench.run)
        let requests = try (1...4).map { try pair.input($0) }
        #expect(try pair.resolve(requests[0], .submitted(.string("a")), at: here))
        #expect(try pair.resolve(requests[1], .expired, at: here))
        #expect(try pair.heard() == [[], []])
        #expect(try pair.resolve(requests[2], .canceled, at: pair.other))
        #expect(try pair.heard() == [[.runTouched(run)], [.runTouched(run)]])
        // It was answered before: nothing has changed.
        #expect(try !pair.resolve(requests[2], .submitted(.null), at: pair.other))
        #expect(try pair.heard() == [[], []])

        let waiting = pair.bench.waiting()
        #expect(try pair.bench.arrange(pair.bench.parties(), waiting) == "asked the owner")
        #expect(try pair.heard() == [[], [.signatureAsked(waiting.request.id)]])
        let signature = known(Bytes64([UInt8](repeating: 3, count: 64)))
        #expect(try pair.resolve(waiting.request.id, .signed(signature), at: pair.other))
        #expect(try pair.heard() == [[.runTouched(run)], [.runTouched(run)]])
        let own = pair.bench.waiting()
        #expect(try pair.bench.arrange(pair.bench.parties(), own) == "asked the owner")
        #expect(try pair.resolve(own.request.id, .canceled, at: here))
        #expect(try pair.heard() == [[], [.signatureAsked(own.request.id)]])
    }

    @Test func `say nothing of what nobody has to hear`() throws {
        let pair = try Pair()
        let bench = pair.bench
        // A kept key signs by itself.
        try bench.harness.rows("DELETE FROM wallets")
        try bench.addWallet(of: bench.owner, kept: true)
        #expect(try bench.arrange(bench.parties()).hasPrefix("signed"))
        #expect(try pair.heard() == [[], []])
        try bench.harness.rows("DELETE FROM wallets")
        try bench.addWallet(of: bench.owner, kept: false)
        // The other server hears still, but is not known any more, and its signs of life do not change that. Another one has
        // died, which nobody takes out of the table for a day.
        try bench.harness.rows(
            """
            INSERT INTO servers (id, name, version, heartbeat_at)
            VALUES (gen_random_uuid(), 'dead', '1', now() - interval '1 hour');
            CREATE FUNCTION leave_out() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER stays_unknown BEFORE INSERT ON servers FOR EACH ROW
                WHEN (NEW.id = '\(pair.other.server)') EXECUTE FUNCTION leave_out();
            DELETE FROM servers WHERE id = '\(pair.other.server)'
            """)
        #expect(try bench.arrange(bench.parties()) == "asked the owner")
        #expect(try pair.heard() == [[], []])
    }

    @Test func `ignore notifications that no server sends`() throws {
        let pair = try Pair()
        let run = RunID(.random())
        for payload in ["", "x", run.text.uppercased(), "{\(run)}", "\(run) ", "\(run):0", "'';"] {
            try pair.notify(ServerNotice.Channel.runWake, payload)
        }
        let server = pair.other.server
        for payload in [
            "", ":", "1", "\(server)", "\(server):", "\(server):0", "\(server):-1", "\(server):01",
            "\(server):9007199254740992", "\(server):99999999999999999999", "\(server):1:1", ":1", "1:1",
        ] {
            try pair.notify(ServerNotice.Channel.signatureAsked, payload)
        }
        try pair.notify("run_stop", run.text)
        try pair.notify(ServerNotice.Channel.signatureAsked, String(repeating: "1", count: 7_999))
        #expect(try pair.heard() == [[], []])
        try pair.notify(ServerNotice.Channel.signatureAsked, "\(server):7")
        #expect(try pair.heard() == [[.signatureAsked(known(SignatureRequestID(7)))], []])
    }

    @Test func `are told that anything may have happened when they listen again`() throws {
        let pair = try Pair()
        for _ in 0..<2 {
            _ = try pair.heard()
            try pair.bench.harness.rows(
                """
                SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
                WHERE application_name = 'flowd listening' AND datname = current_database()
                """)
            // Once for the loss, at the latest a little later for the return; nothing between is lost.
            for hearing in [pair.first, pair.second] { try hearing.waitFor(.anythingHappened) }
            for _ in 0..<2 {
                let mark = RunID(.random())
                let deadline = ContinuousClock.now + .seconds(60)
                var count = try pair.listenerCount()
                while count < 2 {
                    guard ContinuousClock.now < deadline else {
                        throw Surprise(expected: "two who listen", count)
                    }
                    count = try pair.listenerCount()
                }
                try pair.notify(ServerNotice.Channel.runWake, mark.text)
                for hearing in [pair.first, pair.second] { try hearing.waitFor(.runTouched(mark)) }
            }
        }
    }

    @Test func `tell what has become of requests`() throws {
        let pair = try Pair()
        let (bench, storage) = (pair.bench, pair.bench.harness.storage)
        let requests = try (1...3).map { try pair.input($0) }
        #expect(try pair.resolve(requests[0], .submitted(.string("a")), at: pair.other))
        #expect(try pair.resolve(requests[2], .canceled, at: pair.other))
        let hashes = requests.map(\.keyHash)
        let answered = try answer { storage.inputs.answered(hashes, reply: $0) }.get()
        #expect(Set(answered.map(\.request.keyHash)) == [hashes[0], hashes[2]])
        #expect(try answer { storage.inputs.answered([], reply: $0) }.get().isEmpty)

        let asked = (0..<3).map { bench.waiting(at: Clock.system.now().milliseconds / 1_000 - 9 + $0) }
        for waiting in asked.reversed() { _ = try bench.arrange(bench.parties(), waiting) }
        let run = bench.run
        let gone = RunID(.random())
        func awaited() throws -> Set<AwaitedSignature> {
            Set(try answer { pair.other.signatures.awaited(in: [run, gone], reply: $0) }.get())
        }
        #expect(try awaited() == [.asked(asked[0]), .ended(gone)])
        #expect(try pair.resolve(asked[0].request.id, .canceled, at: storage))
        #expect(try awaited() == [.asked(asked[1]), .ended(gone)])
        let ids = asked.map(\.request.id)
        let signed = try answer { storage.signatures.answered(ids, reply: $0) }.get()
        #expect(signed.map(\.waiting) == [asked[0]])
        #expect(signed.first?.answer == .canceled)
        let found = try answer { pair.other.signatures.find(ids[1], reply: $0) }.get()
        #expect(found == AskedSignature(waiting: asked[1], user: bench.owner))
        for id in ids.dropFirst() { #expect(try pair.resolve(id, .canceled, at: storage)) }
        #expect(try awaited() == [.ended(gone)])
        try bench.harness.rows("UPDATE flow_run SET status = 'crashed', end_time = now(), server_id = NULL")
        #expect(try awaited() == [.ended(run), .ended(gone)])
    }

    @Test func `take controls to the server that has the run`() throws {
        let pair = try Pair()
        let (here, run) = (pair.bench.harness.storage, pair.bench.run)
        let stop = RunControl(.stop, of: run, grace: .milliseconds(1_500), reason: "it's\u{0} \"é\"")
        #expect(try pair.record(stop, at: pair.other))
        #expect(try pair.heard() == [[.runTouched(run)], [.runTouched(run)]])
        let weaker = RunControl(.stopActs, of: run)
        #expect(try pair.record(weaker, at: pair.other))
        // The first one of a kind stays.
        #expect(
            try pair.record(RunControl(.stop, of: run, reason: "2"), at: pair.other))
        let stored = RunControl(
            .stop, of: run, grace: .milliseconds(1_500), reason: "it's\u{FFFD} \"é\"")
        #expect(Set(try pair.controls(of: [run], at: here)) == [stored, weaker])
        #expect(try pair.controls(of: [RunID(.random())], at: here) == [])
        #expect(try pair.controls(of: [run], at: pair.other) == [])
        #expect(
            try !pair.record(
                RunControl(.stop, of: RunID(.random())), at: here))
        // The run is another server's now, and then it is over.
        try pair.bench.harness.rows("UPDATE flow_run SET server_id = '\(pair.other.server)'")
        #expect(Set(try pair.controls(of: [run], at: pair.other)) == [stored, weaker])
        try pair.bench.harness.rows(
            "UPDATE flow_run SET status = 'crashed', end_time = now(), server_id = NULL")
        #expect(try pair.controls(of: [run], at: pair.other) == [])
        #expect(try !pair.record(stop, at: here))
        try BlockingConnection(pair.bench.harness.connectionString).ask(ControlStatements.forget, ())
        #expect(try pair.bench.harness.rows("SELECT count(*) FROM run_controls") == ["0"])
    }
}

extension Pair {
    /// How many sessions have everything set up, and so listen.
    fileprivate func listenerCount() throws -> Int {
        let count = try bench.harness.rows(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE application_name = 'flowd listening' AND datname = current_database() AND state = 'idle'
                AND query LIKE '%LISTEN%'
            """)
        return Int(count[0]) ?? 0
    }
}
