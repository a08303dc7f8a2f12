import Chain
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

/// One record of requests for signatures with a run, its owner and another user.
final class SignatureBench {
    enum Kind: CaseIterable {
        case memory, postgres
    }

    let signatures: any SignatureRequests
    let run = RunID.make(at: Clock.system.now())
    let pair = Ed25519KeyPair()
    let owner: UserID
    let starter = UserID(.random())
    let deployment = DeploymentID(.random())
    private let journal: any RunJournal
    private let notices: NoticeBox
    private let memory: MemorySignatures?
    private let stored: StorageHarness?
    private var other: Storage?
    private var scripts: [RunID: EventScript] = [:]
    private var count: Int32 = 0

    /// Of a bench on Postgres.
    var harness: StorageHarness { known(stored) }
    var key: Bytes32 { known(Bytes32(pair.publicKey.bytes)) }

    init(_ kind: Kind = .postgres) throws {
        switch kind {
        case .memory:
            let storage = MemoryStorage()
            let memory = MemorySignatures(storage)
            (signatures, journal, owner, notices) = (memory, storage, UserID(.random()), NoticeBox())
            (self.memory, stored) = (memory, nil)
            storage.addListener(lane: 0, of: 1) { [notices] in notices.add($0) }
        case .postgres:
            let harness = try StorageHarness()
            (signatures, journal) = (harness.storage.signatures, harness.storage.journal)
            (owner, notices) = (harness.user, harness.notices)
            (memory, stored) = (nil, harness)
        }
        begin(run)
        try addUser(starter, key: Ed25519KeyPair().publicKey)
    }

    deinit {
        other?.stop()
        stored?.storage.stop()
    }

    /// The same record as another server sees it.
    func startSecond() throws -> any SignatureRequests {
        guard let stored else { return signatures }
        let second = try stored.startSecond()
        other = second
        return second.signatures
    }

    func begin(_ run: RunID) {
        var script = EventScript(run: run, owner: owner)
        let record = RunRecord(
            id: run, owner: owner, startedBy: nil, flow: nil, snapshot: StorageHarness.snapshot, inputs: [:],
            environment: [:], terms: ChainTerms(), bundling: "Off", createdAt: Clock.system.now())
        journal.append([.created(record), script.add(.flowStarted)])
        #expect(notices.wait { $0.durable(run) == 1 })
        scripts[run] = script
    }

    func end(_ run: RunID) throws {
        var script = known(scripts[run])
        journal.append([script.add(.flowFinished(notRun: [], output: [:], status: .stopped))])
        #expect(notices.wait { $0.durable(run) == 2 })
    }

    private func addUser(_ user: UserID, key: PublicKey) throws {
        try stored?.rows("INSERT INTO users (id, pub_key) VALUES ('\(user)', '\(key)')")
    }

    /// Another user, who is known by the key.
    func addStranger() throws -> UserID {
        let stranger = UserID(.random())
        try addUser(stranger, key: pair.publicKey)
        memory?.add(.proved(stranger), of: key)
        return stranger
    }

    /// A wallet of the key; with its secret half if it is kept. That its user holds the key has been seen if it is
    /// `verified`.
    func addWallet(of user: UserID, kept: Bool, verified: Bool = false) throws {
        guard let stored else {
            let pair = pair
            memory?.add(
                kept
                    ? .kept(user) { known(Bytes64(pair.sign($0))) }
                    : verified ? .proved(user) : .person(user), of: key)
            return
        }
        let sealingKey = SealingKey(stored.storage.secret(.vault))
        let box =
            kept ? "'\\x\(Hexadecimal.encode(WalletSeal.seal(pair, of: user, under: sealingKey)))'" : "NULL"
        try stored.rows(
            """
            INSERT INTO wallets (user_id, type, public_key, sealed_keypair, verified_at)
            VALUES ('\(user)', '\(kept ? "HARDCODED" : "ADAPTER")', '\(pair.publicKey)', \(box),
                \(verified ? "now()" : "NULL"))
            """)
    }

    /// The owner has proved to hold the key of a wallet that is there.
    func verifyOwner() throws {
        memory?.add(.proved(owner), of: key)
        try stored?.rows("UPDATE wallets SET verified_at = now() WHERE user_id = '\(owner)'")
    }

    /// The owner's kept keys are listed for the deployment.
    func listWallets() throws {
        memory?.storage.list(key, for: deployment)
        try stored?.rows(
            """
            INSERT INTO flow_deployments (id, user_id, entrypoint, solana_network)
            VALUES ('\(deployment)', '\(owner)', 1, '{"url":"u","cluster":"devnet"}');
            INSERT INTO flow_deployments_wallets (deployment_id, wallet_id, user_id)
            SELECT '\(deployment)', id, user_id FROM wallets WHERE user_id = '\(owner)' AND type = 'HARDCODED'
            """)
    }

    /// Makes the key the one that a user is known by.
    func giveKey(to user: UserID) throws {
        memory?.add(.proved(user), of: key)
        try stored?.rows("UPDATE users SET pub_key = '\(pair.publicKey)' WHERE id = '\(user)'")
    }

    func waiting(
        expires seconds: Int64 = 180, message: [UInt8] = [1, 2], at second: Int64? = nil,
        in other: RunID? = nil
    ) -> WaitingSignature {
        count += 1
        let now = second ?? Clock.system.now().milliseconds / 1_000
        return WaitingSignature(
            run: other ?? run, execution: NodeExecution(node: StorageHarness.nodes[0], times: count),
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

    /// `signed`, `impossible`, or who was asked.
    func arrange(_ parties: SignatureParties, _ waiting: WaitingSignature? = nil) throws -> String {
        let waiting = waiting ?? self.waiting()
        switch try answer({ signatures.arrange(waiting, for: parties, reply: $0) }).get() {
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

    /// True if storage has refused the request.
    func isRefused(_ waiting: WaitingSignature) throws -> Bool {
        let parties = parties()
        let result = try answer { signatures.arrange(waiting, for: parties, reply: $0) }
        if case .failure(.failed) = result { return true }
        return false
    }

    func resolve(_ id: SignatureRequestID, _ with: SignatureAnswer) throws -> WaitingSignature? {
        try answer { signatures.resolve(id, with, reply: $0) }.get()
    }

    func asked(_ id: SignatureRequestID) throws -> AskedSignature? {
        try answer { signatures.find(id, reply: $0) }.get()
    }

    func find(_ id: SignatureRequestID) throws -> WaitingSignature? { try asked(id)?.waiting }

    func pending(of user: UserID, after last: SignatureRequest? = nil) throws -> [WaitingSignature] {
        try answer { signatures.pending(of: user, after: last, reply: $0) }.get()
    }

    func requests(of other: RunID? = nil) throws -> [StoredSignature] {
        try answer { signatures.requests(of: other ?? run, reply: $0) }.get()
    }

    func answered(_ ids: [SignatureRequestID]) throws -> [StoredSignature] {
        try answer { signatures.answered(ids, reply: $0) }.get()
    }

    func awaited(in runs: RunID...) throws -> Set<AwaitedSignature> {
        let found = try answer { signatures.awaited(in: runs, reply: $0) }.get()
        #expect(Set(found).count == found.count)
        return Set(found)
    }
}

private let signature = known(Bytes64(Array(repeating: 3, count: 64)))

/// Who signs (spec flow-engine 16.1), in memory and on Postgres.
///
/// Port: SignatureRequests. Implementations: PostgresSignatures, MemorySignatures.
@Suite(.blocking) struct `Who signs for a key` {
    @Test(arguments: SignatureBench.Kind.allCases)
    func `is nobody if it is not of the parties`(kind: SignatureBench.Kind) throws {
        let bench = try SignatureBench(kind)
        try bench.addWallet(of: try bench.addStranger(), kept: true)
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter)) == "impossible")
        #expect(try bench.arrange(bench.parties(key: "another")) == "impossible")
        #expect(try bench.requests().isEmpty)
    }

    @Test(arguments: SignatureBench.Kind.allCases)
    func `is the owner, then the starting user, then who claims the key`(kind: SignatureBench.Kind) throws {
        let bench = try SignatureBench(kind)
        let claimed = bench.pair.publicKey.text
        #expect(try bench.arrange(bench.parties(key: claimed)) == "asked the holder of the token")
        try bench.addWallet(of: bench.starter, kept: false)
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter)) == "asked the starter")
        // An anonymous starter who claims a user's key is not that user.
        #expect(try bench.arrange(bench.parties(key: claimed)) == "asked the holder of the token")
        try bench.addWallet(of: bench.owner, kept: false)
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter)) == "asked the owner")
        #expect(try bench.arrange(bench.parties(key: claimed)) == "asked the owner")
        #expect(try bench.requests().count == 5)
    }

    @Test(arguments: SignatureBench.Kind.allCases)
    func `is who has proved the key before an owner who has only written it down`(kind: SignatureBench.Kind)
        throws
    {
        let bench = try SignatureBench(kind)
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
        try bench.verifyOwner()
        #expect(try bench.arrange(parties) == "asked the owner", "of two who have proved it")
    }

    @Test(arguments: SignatureBench.Kind.allCases, [true, false])
    func `is who has proved the key by a wallet`(kind: SignatureBench.Kind, asOwner: Bool) throws {
        let bench = try SignatureBench(kind)
        let (holder, other) = asOwner ? (bench.owner, bench.starter) : (bench.starter, bench.owner)
        try bench.addWallet(of: other, kept: false)
        try bench.addWallet(of: holder, kept: false, verified: true)
        let expected = asOwner ? "asked the owner" : "asked the starter"
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter)) == expected)
    }

    @Test(arguments: SignatureBench.Kind.allCases, [true, false])
    func `is who is known by the key, whatever else that user has written down`(
        kind: SignatureBench.Kind, asOwner: Bool
    ) throws {
        let bench = try SignatureBench(kind)
        let (holder, other) = asOwner ? (bench.owner, bench.starter) : (bench.starter, bench.owner)
        try bench.addWallet(of: other, kept: false)
        try bench.addWallet(of: holder, kept: false)
        try bench.giveKey(to: holder)
        let expected = asOwner ? "asked the owner" : "asked the starter"
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter)) == expected)
    }

    @Test(arguments: SignatureBench.Kind.allCases)
    func `is a kept key before anybody is asked, and nothing is written down`(kind: SignatureBench.Kind)
        throws
    {
        let bench = try SignatureBench(kind)
        try bench.addWallet(of: bench.owner, kept: false, verified: true)
        try bench.addWallet(of: bench.starter, kept: true)
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter)) == "signed")
        #expect(try bench.arrange(bench.parties(startedBy: bench.starter, deployed: true)) == "signed")
        // Nobody has proved to be its holder.
        #expect(try bench.arrange(bench.parties(key: bench.pair.publicKey.text)) == "asked the owner")
        #expect(try bench.requests().count == 1)
    }

    @Test(arguments: SignatureBench.Kind.allCases)
    func `is a kept key of the owner only where it counts`(kind: SignatureBench.Kind) throws {
        let bench = try SignatureBench(kind)
        try bench.addWallet(of: bench.owner, kept: true)
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
        try bench.listWallets()
        let parties = bench.parties(key: "anybody", deployed: true, ownerKeyCounts: false)
        #expect(try bench.arrange(parties) == "signed")
        #expect(try bench.requests().isEmpty)
    }
}

/// The record of who was asked, in memory and on Postgres.
///
/// Port: SignatureRequests. Implementations: PostgresSignatures, MemorySignatures.
@Suite(.blocking) struct `Requests for signatures` {
    /// A bench whose owner is asked for all signatures.
    private func bench(_ kind: SignatureBench.Kind) throws -> SignatureBench {
        let bench = try SignatureBench(kind)
        try bench.addWallet(of: bench.owner, kept: false)
        return bench
    }

    @Test(arguments: SignatureBench.Kind.allCases)
    func `come back as they were made, and are answered once`(kind: SignatureBench.Kind) throws {
        let bench = try bench(kind)
        let now = Clock.system.now().milliseconds / 1_000
        let all = (0..<4).map { bench.waiting(message: Array(0...255), at: now - 4 + $0) }
        for waiting in all.reversed() {
            #expect(try bench.arrange(bench.parties(), waiting) == "asked the owner")
        }
        for waiting in all {
            let asked = AskedSignature(waiting: waiting, user: bench.owner)
            #expect(try bench.asked(waiting.request.id) == asked)
        }
        let answers = [SignatureAnswer.signed(signature), .canceled, .expired]
        for (waiting, given) in zip(all, answers) {
            #expect(try bench.resolve(waiting.request.id, given) == waiting)
        }
        for waiting in all.prefix(3) {
            #expect(try bench.find(waiting.request.id) == nil)
            for answer in answers { #expect(try bench.resolve(waiting.request.id, answer) == nil) }
        }
        let stored = try bench.requests()
        #expect(stored.map(\.waiting) == all, "oldest first")
        #expect(stored.map(\.answer) == answers + [nil])
        let answered = try bench.answered(all.map(\.request.id) + [.random()])
        #expect(Set(answered.map(\.waiting)) == Set(all.prefix(3)))
        for one in answered { #expect(one.answer == stored.first { $0.waiting == one.waiting }?.answer) }
        #expect(try bench.answered([]).isEmpty)
    }

    @Test(arguments: SignatureBench.Kind.allCases)
    func `that nobody has made are not found`(kind: SignatureBench.Kind) throws {
        let bench = try bench(kind)
        #expect(try bench.asked(.random()) == nil)
        for given in [SignatureAnswer.signed(signature), .canceled, .expired] {
            #expect(try bench.resolve(.random(), given) == nil)
        }
        #expect(try bench.requests(of: RunID(.random())).isEmpty)
        #expect(try bench.pending(of: bench.owner).isEmpty)
        #expect(try bench.awaited().isEmpty)
    }

    @Test(arguments: SignatureBench.Kind.allCases)
    func `that ask the holder of a token wait for no user`(kind: SignatureBench.Kind) throws {
        let bench = try SignatureBench(kind)
        let waiting = bench.waiting()
        let parties = bench.parties(key: bench.pair.publicKey.text)
        #expect(try bench.arrange(parties, waiting) == "asked the holder of the token")
        let asked = try bench.asked(waiting.request.id)
        #expect(asked == AskedSignature(waiting: waiting, user: nil))
        for user in [bench.owner, bench.starter] { #expect(try bench.pending(of: user).isEmpty) }
        #expect(try bench.awaited(in: bench.run) == [.asked(waiting)])
    }

    @Test(arguments: SignatureBench.Kind.allCases)
    func `are refused without a run, and if their name or their execution has one`(kind: SignatureBench.Kind)
        throws
    {
        let bench = try bench(kind)
        #expect(try bench.isRefused(bench.waiting(in: RunID.make(at: Clock.system.now()))))
        let first = bench.waiting()
        #expect(try bench.arrange(bench.parties(), first) == "asked the owner")
        let other = bench.waiting()
        #expect(
            try bench.isRefused(
                WaitingSignature(run: bench.run, execution: other.execution, request: first.request)))
        #expect(
            try bench.isRefused(
                WaitingSignature(run: bench.run, execution: first.execution, request: other.request)))
        #expect(try bench.requests().map(\.waiting) == [first])
    }

    @Test(arguments: SignatureBench.Kind.allCases)
    func `take no signature when their time is over, but the word that it is`(kind: SignatureBench.Kind)
        throws
    {
        let bench = try bench(kind)
        let late = [bench.waiting(expires: -5), bench.waiting(expires: -5)]
        let other = bench.waiting()
        for waiting in late + [other] { _ = try bench.arrange(bench.parties(), waiting) }
        #expect(try bench.pending(of: bench.owner) == [other])
        #expect(try bench.awaited(in: bench.run) == [.asked(other)])
        for (waiting, given) in zip(late, [SignatureAnswer.expired, .canceled]) {
            #expect(try bench.find(waiting.request.id) == nil)
            #expect(try bench.resolve(waiting.request.id, .signed(signature)) == nil)
            #expect(try bench.resolve(waiting.request.id, given) == waiting)
        }
    }

    @Test(arguments: SignatureBench.Kind.allCases)
    func `take no signature when their run has ended`(kind: SignatureBench.Kind) throws {
        let bench = try bench(kind)
        let run = RunID.make(at: Clock.system.now())
        bench.begin(run)
        let (waiting, other) = (bench.waiting(), bench.waiting(in: run))
        for waiting in [waiting, other] { _ = try bench.arrange(bench.parties(), waiting) }
        try bench.end(bench.run)
        #expect(try bench.find(waiting.request.id) == nil)
        #expect(try bench.resolve(waiting.request.id, .signed(signature)) == nil)
        #expect(try bench.pending(of: bench.owner) == [other])
        #expect(try bench.requests().map(\.answer) == [nil])
        #expect(try bench.resolve(waiting.request.id, .canceled) == waiting)
    }

    @Test(arguments: SignatureBench.Kind.allCases)
    func `are told of their runs, the oldest of each, until these have ended`(kind: SignatureBench.Kind)
        throws
    {
        let bench = try bench(kind)
        let (second, gone) = (RunID.make(at: Clock.system.now()), RunID(.random()))
        bench.begin(second)
        let now = Clock.system.now().milliseconds / 1_000
        let asked = (0..<3).map { bench.waiting(at: now - 9 + $0) }
        for waiting in asked.reversed() { _ = try bench.arrange(bench.parties(), waiting) }
        #expect(try bench.awaited(in: bench.run, second, gone) == [.asked(asked[0]), .ended(gone)])
        #expect(try bench.resolve(asked[0].request.id, .canceled) == asked[0])
        let other = bench.waiting(in: second)
        _ = try bench.arrange(bench.parties(), other)
        #expect(try bench.awaited(in: bench.run, second) == [.asked(asked[1]), .asked(other)])
        for waiting in asked.dropFirst() { _ = try bench.resolve(waiting.request.id, .expired) }
        #expect(try bench.awaited(in: bench.run).isEmpty)
        try bench.end(second)
        #expect(try bench.awaited(in: bench.run, second) == [.ended(second)])
    }

    @Test(arguments: SignatureBench.Kind.allCases)
    func `that wait for a user are told in pages, oldest first, and to nobody else`(kind: SignatureBench.Kind)
        throws
    {
        let bench = try bench(kind)
        let now = Clock.system.now().milliseconds / 1_000
        // More than a page holds; pairs of them are of one moment.
        let all = (0..<Int64(Limits.signaturePageMax + 20)).map { bench.waiting(at: now - 30 + $0 / 8) }
        for waiting in all.shuffled() { _ = try bench.arrange(bench.parties(), waiting) }
        var told: [WaitingSignature] = []
        while case let page = try bench.pending(of: bench.owner, after: told.last?.request), !page.isEmpty {
            #expect(page.count <= Limits.signaturePageMax)
            told += page
        }
        let places = told.map { ($0.request.createdAt, $0.request.id.number) }
        #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
        #expect(told.count == all.count && Set(told) == Set(all))
        #expect(try bench.pending(of: bench.starter) == [])
    }

    /// Two servers and many answers to each request.
    @Test(arguments: SignatureBench.Kind.allCases)
    func `are answered once however many try`(kind: SignatureBench.Kind) throws {
        let bench = try bench(kind)
        let both = [bench.signatures, try bench.startSecond()]
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
        #expect(group.wait(timeout: .now() + 60) == .success)
        #expect(winners.withLock { $0 } == Dictionary(uniqueKeysWithValues: all.map { ($0.request.id, 1) }))
    }
}

@Suite(.blocking) struct `Requests for signatures on Postgres` {
    @Test func `are not signed with a box that is not of this user and key`() throws {
        let bench = try SignatureBench()
        try bench.addWallet(of: bench.owner, kept: true)
        try bench.harness.rows("UPDATE wallets SET sealed_keypair = '\\x00' WHERE type = 'HARDCODED'")
        #expect(try bench.isRefused(bench.waiting()), "a damaged box was opened")
    }

    @Test func `that are large come in pages of some bytes`() throws {
        let bench = try SignatureBench()
        try bench.addWallet(of: bench.owner, kept: false)
        let now = Clock.system.now().milliseconds / 1_000
        let large = [UInt8](repeating: 7, count: Limits.signatureMessageBytesMax)
        let all = (0..<30).map { bench.waiting(message: large, at: now - 30 + $0) }
        for waiting in all.shuffled() { _ = try bench.arrange(bench.parties(), waiting) }
        var told: [WaitingSignature] = []
        var pageCount = 0
        while case let page = try bench.pending(of: bench.owner, after: told.last?.request), !page.isEmpty {
            told += page
            pageCount += 1
        }
        #expect(pageCount > 2 && told == all)
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
        guard events.count == 1, case .signatureRequested(let asked) = events[0].content else {
            Issue.record("no such event")
            return
        }
        #expect(asked.execution == waiting.execution && asked.request == waiting.request)
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
        #expect(try claims.first() == [ClaimedRun(run: bench.run, parent: nil)])
    }
}
