// Storage on a database of its own, with what the tests need to look at it from both sides.

import Chain
import Engine
import Foundation
import Identity
import Postgres
import Primitives
import Synchronization
import TestKit
import Values

@testable import Store

/// A database with one user and one flow, and storage started on it.
final class StorageHarness: Sendable {
    let cluster: ScratchCluster
    let connectionString: String
    let storage: Storage
    let user: UserID
    let notices = NoticeBox()

    init(cluster: ScratchCluster? = nil, server: ServerID = StorageHarness.here, log: Log = testLog) throws {
        let cluster = try cluster ?? ScratchCluster.shared.get()
        self.cluster = cluster
        connectionString = try cluster.makeDatabase()
        let connection = try Storage.prepare(connectionString, log: .silent)
        user = try Accounts(connection).createUser(known(PublicKey(bytes: [UInt8](repeating: 7, count: 32))))
        storage = try Storage.start(
            connectionString: connectionString, server: server, serverVersion: "test", log: log)
        let notices = notices
        storage.journal.addListener(lane: 0, of: 1) { notices.add($0) }
    }

    /// Two data folders.
    static let here = ServerID(UniqueID(high: 0x2222, low: 1))
    static let there = ServerID(UniqueID(high: 0x2222, low: 2))

    /// Storage of another server on the same database. Whoever starts it stops it.
    func startSecond() throws -> Storage {
        try Storage.start(
            connectionString: connectionString, server: StorageHarness.there, serverVersion: "test",
            log: testLog)
    }

    /// Rows of a query as psql prints them.
    @discardableResult func rows(_ sql: String) throws -> [String] {
        try cluster.psql(sql, on: connectionString).split(separator: "\n", omittingEmptySubsequences: false)
            .map(
                String.init)
    }

    func record(
        _ run: RunID, owner: UserID? = nil, snapshot: FlowSnapshot = StorageHarness.snapshot,
        inputs: ValueMap = [:], sharedWith: [UserID] = []
    ) -> RunRecord {
        RunRecord(
            id: run, owner: owner ?? user, startedBy: user, flow: nil, snapshot: snapshot, inputs: inputs,
            environment: ["A": "b"], terms: ChainTerms(), bundling: "Off", sharedWith: sharedWith,
            createdAt: Clock.system.now())
    }

    static let nodes = (1...4).map { NodeID(UniqueID(high: 0x1111, low: UInt64($0))) }

    static let snapshot: FlowSnapshot = {
        let ids = nodes.map { #"{"id":"\#($0.text)","note":"a\u0000b"}"# }.joined(separator: ",")
        let document = Array(#"{"nodes":[\#(ids)],"edges":[]}"#.utf8)
        return FlowSnapshot(hash: Digest.sha256(document), document: document)
    }()
}

/// What cannot be missing, as the test made it so.
func known<Value>(_ value: Value?) -> Value {
    guard let value else { preconditionFailure("a test counts on something that is not there") }
    return value
}

/// Lines of the log go to standard error when FLOWD_TEST_LOG is set.
let testLog: Log =
    ProcessInfo.processInfo.environment["FLOWD_TEST_LOG"] == nil
    ? .silent : Log(level: .debug) { FileHandle.standardError.write(Data($0)) }

/// A log whose lines a test looks at.
final class LogLines: Sendable {
    private let text = Mutex("")

    var log: Log {
        Log(level: .debug) { line in self.text.withLock { $0 += String(decoding: line, as: UTF8.self) } }
    }

    func count(of words: String) -> Int { text.withLock { $0.components(separatedBy: words).count - 1 } }
}

/// What the journal told, with a way to wait for more of it.
final class NoticeBox: Sendable {
    private struct State {
        var durable: [RunID: UInt64] = [:]
        var refused: [RunID: JournalRefusal] = [:]
        var relievedCount = 0
        var all: [JournalNotice] = []
    }

    private let state = Mutex(State())
    private let condition = NSCondition()

    func add(_ notices: [JournalNotice]) {
        state.withLock { state in
            for notice in notices {
                state.all.append(notice)
                switch notice {
                case .durable(let run, let sequence): state.durable[run] = sequence
                case .refused(let run, let refusal): state.refused[run] = refusal
                case .relieved: state.relievedCount += 1
                }
            }
        }
        condition.lock()
        condition.broadcast()
        condition.unlock()
    }

    var all: [JournalNotice] { state.withLock { $0.all } }
    var relievedCount: Int { state.withLock { $0.relievedCount } }
    func durable(_ run: RunID) -> UInt64? { state.withLock { $0.durable[run] } }
    func refusal(_ run: RunID) -> JournalRefusal? { state.withLock { $0.refused[run] } }

    /// Waits until the condition holds; false when it does not within the time.
    func wait(seconds: Double = 60, until isMet: (NoticeBox) -> Bool) -> Bool {
        let end = Date().addingTimeInterval(seconds)
        condition.lock()
        defer { condition.unlock() }
        while !isMet(self) {
            if !condition.wait(until: min(end, Date().addingTimeInterval(0.05))), Date() >= end {
                return isMet(self)
            }
        }
        return true
    }
}

/// Waits for the answer of a call that gives it to a closure.
///
/// - Throws: a surprise if none comes for as long as a test is willing to wait.
func answer<Answer: Sendable>(
    file: String = #fileID, line: Int = #line, _ call: (@escaping @Sendable (Answer) -> Void) -> Void
) throws -> Answer {
    let semaphore = DispatchSemaphore(value: 0)
    let result = AnswerBox<Answer>()
    call { answer in
        result.set(answer)
        semaphore.signal()
    }
    guard semaphore.wait(timeout: .now() + 120) == .success else {
        throw Surprise(expected: "\(Answer.self) within two minutes", nil, file: file, line: line)
    }
    return known(result.get())
}

private final class AnswerBox<Answer: Sendable>: Sendable {
    private let value = Mutex<Answer?>(nil)
    func set(_ answer: Answer) { value.withLock { $0 = answer } }
    func get() -> Answer? { value.withLock { $0 } }
}

/// News about claimed runs, with a way to wait for the first.
final class ClaimBox: Sendable {
    private let news = Mutex<[ClaimNews]>([])
    private let bell = DispatchSemaphore(value: 0)

    func add(_ news: ClaimNews) {
        self.news.withLock { $0.append(news) }
        bell.signal()
    }

    /// What this server had claimed at its start, once that is known.
    func first() throws -> [ClaimedRun] {
        while true {
            guard bell.wait(timeout: .now() + 120) == .success else {
                throw Surprise(expected: "the first claim within two minutes", news.withLock { $0 })
            }
            for case .claimed(let runs, isFirst: true) in news.withLock({ $0 }) { return runs }
        }
    }
}

extension Storage {
    /// What is known of a run that this server has to take up.
    func leftRun(_ run: RunID) throws -> LeftRun? { try leftRuns([run]).runs.first }

    func leftRuns(_ runs: [RunID]) throws -> FoundRuns {
        try answer { self.leftRuns.runs(runs, reply: $0) }.get()
    }
}
