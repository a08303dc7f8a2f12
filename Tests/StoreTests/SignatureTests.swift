import Engine
import Foundation
import Identity
import Primitives
import Synchronization
import TestKit
import TestTraits
import Testing
import Values

@testable import Store

/// The record of requests for signatures with a run, its owner and another user.
final class SignatureBench {
    let harness: StorageHarness
    let run = RunID.make(at: Clock.system.now())
    let pair = Ed25519KeyPair()
    let starter = UserID(.random())
    let deployment = DeploymentID(.random())
    private let count = Mutex<Int32>(0)

    var owner: UserID { harness.user }
    var key: Bytes32 { known(Bytes32(pair.publicKey.bytes)) }

    init() throws {
        harness = try StorageHarness()
        var script = EventScript(run: run, owner: harness.user)
        harness.storage.journal.append([.created(harness.record(run)), script.add(.flowStarted)])
        let run = run
        #expect(harness.notices.wait { $0.durable(run) == 1 })
        try harness.rows(
            "INSERT INTO users (id, pub_key) VALUES ('\(starter)', '\(Ed25519KeyPair().publicKey)')")
    }

    deinit { harness.storage.stop() }

    /// A wallet of the key; with its secret half if it is kept. That its user holds the key has been seen if it is
    /// `verified`.
    @discardableResult
    func addWallet(of user: UserID, kept: Bool, verified: Bool = false) throws -> String {
        let sealingKey = SealingKey(harness.storage.secret(.vault))
        let box =
            kept ? "'\\x\(Hexadecimal.encode(WalletSeal.seal(pair, of: user, under: sealingKey)))'" : "NULL"
        return try harness.rows(
            """
            INSERT INTO wallets (user_id, type, public_key, sealed_keypair, verified_at)
            VALUES ('\(user)', '\(kept ? "HARDCODED" : "ADAPTER")', '\(pair.publicKey)', \(box),
                \(verified ? "now()" : "NULL"))
            RETURNING id
            """)[0]
    }

    func waiting(
        expires seconds: Int64 = 180, message: [UInt8] = [1, 2], at second: Int64? = nil
    ) -> WaitingSignature {
        let times = count.withLock { count in
            count += 1
            return count
        }
        let now = second ?? Clock.system.now().milliseconds / 1_000
        return WaitingSignature(
            run: run, execution: NodeExecution(node: StorageHarness.nodes[0], times: times),
            request: SignatureRequest(
                id: .random(), publicKey: key, message: message, kind: .message,
                createdAt: Timestamp(seconds: seconds < 0 ? now + 2 * seconds : now),
                timeLimit: .seconds(abs(seconds))))
    }

    func parties(
        startedBy: UserID? = nil, key startedKey: String? = nil, deployed: Bool = false,
        ownerKeyCounts: Bool = true
    ) -> SignatureParties {
        SignatureParties(
            owner: owner, startedBy: startedBy, startedKey: startedKey,
            deployment: deployed ? deployment : nil, ownerKeyCounts: ownerKeyCounts)
    }

    /// Makes the key the one that a user is known by.
    func giveKey(to user: UserID) throws {
        try harness.rows("UPDATE users SET pub_key = '\(pair.publicKey)' WHERE id = '\(user)'")
    }

    /// `signed`, `impossible`, or who was asked.
    func arrange(_ parties: SignatureParties, _ waiting: WaitingSignature? = nil) throws -> String {
        let waiting = waiting ?? self.waiting()
        let storage = harness.storage
        switch try answer({ storage.signatures.arrange(waiting, for: parties, reply: $0) }).get() {
        case .signed(let signature):
            #expect(Ed25519.verify(signature.bytes, of: waiting.request.message, by: pair.publicKey))
            return "signed"
        case .asked(nil): return "asked the holder of the token"
        case .asked(owner): return "asked the owner"
        case .asked(starter): return "asked the starter"
        case .asked: return "asked somebody else"
        case .impossible: return "impossible"
        }
    }

    func resolve(_ id: SignatureRequestID, _ with: SignatureAnswer) throws -> WaitingSignature? {
        let storage = harness.storage
        return try answer { storage.signatures.resolve(id, with, reply: $0) }.get()
    }

    func find(_ id: SignatureRequestID) throws -> WaitingSignature? {
        let storage = harness.storage
        return try answer { storage.signatures.find(id, reply: $0) }.get()?.waiting
    }

    func pending(of user: UserID, after last: SignatureRequest? = nil) throws -> [WaitingSignature] {
        let storage = harness.storage
        return try answer { storage.signatures.pending(of: user, after: last, reply: $0) }.get()
    }

    var requestCount: String {
        get throws { try harness.rows("SELECT count(*) FROM signature_requests")[0] }
    }
}

private let signature = known(Bytes64(Array(repeating: 3, count: 64)))

@Suite(.blocking) struct `Who signs for a key` {
    @Test func `is nobody if it is not of the parties`() throws {
        let bench = try SignatureBench()
        let stranger = UserID(.random())
        try bench.harness.rows(
            "INSERT INTO users (id, pub_key) VALUES ('\(stranger)', '\(bench.pair.publicKey)')")
        try bench.addWallet(of: stranger, kept: true)
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter)) == "impossible")
        #expect(try bench.arrange(bench.parties(key: "another")) == "impossible")
        #expect(try bench.requestCount == "0")
    }

    @Test func `is the owner, then the starting user, then who claims the key`() throws {
        let bench = try SignatureBench()
        let claimed = bench.pair.publicKey.text
        #expect(try bench.arrange(bench.parties(key: claimed)) == "asked the holder of the token")
        try bench.addWallet(of: bench.starter, kept: false)
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter)) == "asked the starter")
        // An anonymous starter who claims a user's key is not that user.
        #expect(try bench.arrange(bench.parties(key: claimed)) == "asked the holder of the token")
        try bench.addWallet(of: bench.owner, kept: false)
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter)) == "asked the owner")
        #expect(try bench.arrange(bench.parties(key: claimed)) == "asked the owner")
        #expect(try bench.requestCount == "5")
    }

    @Test func `is who has proved the key before an owner who has only written it down`() throws {
        let bench = try SignatureBench()
        try bench.addWallet(of: bench.owner, kept: false)
        let parties = bench.parties(startedBy: bench.starter)
        #expect(try bench.arrange(parties) == "asked the owner")
        try bench.giveKey(to: bench.starter)
        #expect(try bench.arrange(parties) == "asked the starter")
        #expect(try bench.pending(of: bench.starter).count == 1)
        #expect(try bench.pending(of: bench.owner).count == 1)
        #expect(
            try bench.arrange(bench.parties(startedBy: bench.starter, deployed: true)) == "asked the starter")
        // In the owner's own runs nobody else is a party.
        #expect(try bench.arrange(bench.parties(startedBy: bench.owner)) == "asked the owner")
        try bench.harness.rows("UPDATE wallets SET verified_at = now() WHERE user_id = '\(bench.owner)'")
        #expect(try bench.arrange(parties) == "asked the owner", "of two who have proved it")
    }

    @Test(arguments: [true, false])
    func `is who has proved the key, by a wallet as well as by his name`(asOwner: Bool) throws {
        let bench = try SignatureBench()
        let (holder, other) = asOwner ? (bench.owner, bench.starter) : (bench.starter, bench.owner)
        try bench.addWallet(of: other, kept: false)
        try bench.addWallet(of: holder, kept: false, verified: true)
        let expected = asOwner ? "asked the owner" : "asked the starter"
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter)) == expected)
        // His own unproved row takes nothing from him.
        try bench.harness.rows("UPDATE wallets SET verified_at = NULL")
        try bench.giveKey(to: holder)
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter)) == expected)
    }

    @Test func `is a kept key before anybody is asked, and nothing is written down`() throws {
        let bench = try SignatureBench()
        try bench.addWallet(of: bench.owner, kept: false, verified: true)
        try bench.addWallet(of: bench.starter, kept: true)
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter)) == "signed")
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter, deployed: true)) == "signed")
        // Nobody has proved that it is his.
        #expect(try bench.arrange(bench.parties(key: bench.pair.publicKey.text)) == "asked the owner")
        #expect(try bench.requestCount == "1")
    }

    @Test func `is a kept key of the owner only where it counts`() throws {
        let bench = try SignatureBench()
        let wallet = try bench.addWallet(of: bench.owner, kept: true)
        #expect(try bench.arrange(bench.parties()) == "signed")
        #expect(try bench.arrange(bench.parties(ownerKeyCounts: false)) == "impossible")
        // Of a deployment those that are listed, and all of them if the owner starts it.
        for ownerKeyCounts in [true, false] {
            for starter in [bench.starter, nil] {
                let parties = bench.parties(
                    startedBy: starter, deployed: true, ownerKeyCounts: ownerKeyCounts)
                #expect(try bench.arrange(parties) == "impossible")
            }
        }
        #expect(try bench.arrange(bench.parties(startedBy: bench.owner, deployed: true)) == "signed")
        try bench.harness.rows(
            """
            INSERT INTO flow_deployments (id, user_id, entrypoint, solana_network)
            VALUES ('\(bench.deployment)', '\(bench.owner)', 1, '{"url":"u","cluster":"devnet"}');
            INSERT INTO flow_deployments_wallets (deployment_id, wallet_id, user_id)
            VALUES ('\(bench.deployment)', \(wallet), '\(bench.owner)')
            """)
        let parties = bench.parties(key: "anybody", deployed: true, ownerKeyCounts: false)
        #expect(try bench.arrange(parties) == "signed")
        #expect(try bench.requestCount == "0")
    }

    @Test func `is nobody if the box is not of this user and key`() throws {
        let bench = try SignatureBench()
        try bench.addWallet(of: bench.owner, kept: true)
        try bench.harness.rows("UPDATE wallets SET sealed_keypair = '\\x00' WHERE type = 'HARDCODED'")
        let storage = bench.harness.storage
        let (waiting, parties) = (bench.waiting(), bench.parties())
        guard
            case .failure(.failed) = answer({ storage.signatures.arrange(waiting, for: parties, reply: $0) })
        else {
            Issue.record("a damaged box was opened")
            return
        }
    }
}

@Suite(.blocking) struct `Requests for signatures on Postgres` {
    @Test func `come back as they were made, and are answered once`() throws {
        let bench = try SignatureBench()
        try bench.addWallet(of: bench.owner, kept: false)
        let all = (0..<3).map { _ in bench.waiting(message: Array(0...255)) }
        for waiting in all { _ = try bench.arrange(bench.parties(), waiting) }
        #expect(try bench.find(all[0].request.id) == all[0])
        #expect(try bench.resolve(all[0].request.id, .signed(signature)) == all[0])
        #expect(try bench.resolve(all[1].request.id, .canceled) == all[1])
        #expect(try bench.resolve(all[2].request.id, .expired) == all[2])
        for waiting in all {
            #expect(try bench.find(waiting.request.id) == nil)
            for answer in [SignatureAnswer.signed(signature), .canceled, .expired] {
                #expect(try bench.resolve(waiting.request.id, answer) == nil)
            }
        }
        let (storage, run) = (bench.harness.storage, bench.run)
        let stored = try answer { storage.signatures.requests(of: run, reply: $0) }.get()
        #expect(Set(stored.map(\.waiting)) == Set(all))
        for (waiting, expected) in zip(all, [SignatureAnswer.signed(signature), .canceled, .expired]) {
            #expect(stored.first { $0.waiting == waiting }?.answer == expected)
        }
        #expect(try bench.resolve(.random(), .signed(signature)) == nil)
    }

    @Test func `take no signature when their time is over, or their run`() throws {
        let bench = try SignatureBench()
        try bench.addWallet(of: bench.owner, kept: false)
        let late = bench.waiting(expires: -5)
        let other = bench.waiting()
        for waiting in [late, other] { _ = try bench.arrange(bench.parties(), waiting) }
        #expect(try bench.find(late.request.id) == nil)
        #expect(try bench.resolve(late.request.id, .signed(signature)) == nil)
        #expect(try bench.resolve(late.request.id, .expired) == late)
        #expect(try bench.pending(of: bench.owner) == [other])
        try bench.harness.rows("UPDATE flow_run SET status = 'crashed', end_time = now(), server_id = NULL")
        #expect(try bench.find(other.request.id) == nil)
        #expect(try bench.resolve(other.request.id, .signed(signature)) == nil)
        #expect(try bench.pending(of: bench.owner) == [])
        #expect(try bench.resolve(other.request.id, .canceled) == other)
    }

    @Test func `that wait for a user are told in pages, oldest first, and to nobody else`() throws {
        let bench = try SignatureBench()
        try bench.addWallet(of: bench.owner, kept: false)
        let now = Clock.system.now().milliseconds / 1_000
        // Large enough that the bytes of a page decide; pairs of them are of one moment.
        let large = [UInt8](repeating: 7, count: Limits.signatureMessageBytesMax)
        let all = (0..<30).map { bench.waiting(message: large, at: now - 30 + $0 / 2) }
        for waiting in all.shuffled() { _ = try bench.arrange(bench.parties(), waiting) }
        var told: [WaitingSignature] = []
        var pageCount = 0
        while case let page = try bench.pending(of: bench.owner, after: told.last?.request), !page.isEmpty {
            told += page
            pageCount += 1
        }
        #expect(pageCount > 2 && told.count == 30)
        #expect(told.map(\.request.createdAt) == all.map(\.request.createdAt))
        #expect(Set(told) == Set(all))
        #expect(try bench.pending(of: bench.starter) == [])
    }

    /// Two servers and many answers to each request.
    @Test func `are answered once however many try`() throws {
        let bench = try SignatureBench()
        try bench.addWallet(of: bench.owner, kept: false)
        let other = try bench.harness.startSecond()
        defer { other.stop() }
        let both = [bench.harness.storage.signatures, other.signatures]
        let winners = Mutex<[SignatureRequestID: Int]>([:])
        let group = DispatchGroup()
        let all = (0..<20).map { _ in bench.waiting() }
        for waiting in all { _ = try bench.arrange(bench.parties(), waiting) }
        for attempt in 0..<10 {
            for waiting in all {
                group.enter()
                both[attempt % 2].resolve(waiting.request.id, .signed(signature)) { result in
                    if case .success(.some) = result {
                        winners.withLock { $0[waiting.request.id, default: 0] += 1 }
                    }
                    group.leave()
                }
            }
        }
        group.wait()
        #expect(winners.withLock { $0 } == Dictionary(uniqueKeysWithValues: all.map { ($0.request.id, 1) }))
    }

    @Test func `in the journal come back bit by bit`() throws {
        let bench = try SignatureBench()
        let waiting = bench.waiting(message: Array(0...255))
        let event = RunEvent(
            sequence: 2, time: Clock.system.now(),
            content: .signatureRequested(waiting.execution, waiting.request))
        let (storage, run) = (bench.harness.storage, bench.run)
        storage.journal.append([.event(run, owner: bench.owner, event)])
        #expect(bench.harness.notices.wait { $0.durable(run) == 2 })
        let events = try answer { storage.catalog.events(of: run, after: 1, limit: 9, reply: $0) }.get()
        guard events.count == 1, case .signatureRequested(let execution, let request) = events[0].content
        else {
            Issue.record("no such event")
            return
        }
        #expect(execution == waiting.execution && request == waiting.request)
        #expect(events[0].time == event.time)
    }

    @Test func `keep their runs from being ended with their server`() throws {
        let bench = try SignatureBench()
        try bench.addWallet(of: bench.owner, kept: false)
        _ = try bench.arrange(bench.parties())
        bench.harness.storage.stop()
        // Another start with the same data folder.
        let next = try Storage.start(
            connectionString: bench.harness.connectionString, server: StorageHarness.here,
            serverVersion: "test",
            log: testLog)
        defer { next.stop() }
        let claims = ClaimBox()
        next.takeUpClaimedRuns { claims.add($0) }
        #expect(claims.first() == [ClaimedRun(run: bench.run, parent: nil)])
    }
}
