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

/// One record of awaited values with a run.
final class InputBench {
    enum Kind: CaseIterable {
        case memory, postgres
    }

    let inputs: any InputRequests
    let harness: StorageHarness?
    let run = RunID.make(at: Clock.system.now())
    let node = StorageHarness.nodes[0]
    private let journal: any RunJournal
    private let notices: NoticeBox
    private var script: EventScript

    init(_ kind: Kind) throws {
        let owner: UserID
        switch kind {
        case .memory:
            let storage = MemoryStorage()
            (inputs, journal, harness) = (MemoryInputs(storage), storage, nil)
            (owner, notices) = (UserID(.random()), NoticeBox())
            storage.addListener(lane: 0, of: 1) { [notices] in notices.add($0) }
        case .postgres:
            let harness = try StorageHarness()
            (inputs, journal, self.harness) = (harness.storage.inputs, harness.storage.journal, harness)
            (owner, notices) = (harness.user, harness.notices)
        }
        script = EventScript(run: run, owner: owner)
        let record = RunRecord(
            id: run, owner: owner, startedBy: nil, flow: nil, snapshot: StorageHarness.snapshot, inputs: [:],
            environment: [:], terms: ChainTerms(), bundling: "Off", createdAt: Clock.system.now())
        journal.append([.created(record), script.add(.flowStarted)])
        let run = run
        #expect(notices.wait { $0.durable(run) == 1 })
    }

    deinit { harness?.storage.stop() }

    func endRun() {
        journal.append([script.add(.flowFinished(notRun: [], output: [:], status: .stopped))])
        let run = run
        #expect(notices.wait { $0.durable(run) == 2 })
    }

    func hash(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 32) }

    func request(_ number: UInt8, expires seconds: Int64? = nil, in run: RunID? = nil) -> InputRequest {
        let now = Clock.system.now().nanoseconds / 1_000_000_000
        return InputRequest(
            run: run ?? self.run, execution: NodeExecution(node: node, times: Int32(number)),
            keyHash: hash(number),
            expiresAt: seconds.map { Timestamp(nanoseconds: (now + $0) * 1_000_000_000) })
    }

    func record(_ request: InputRequest) throws {
        try answer { inputs.record(request, reply: $0) }.get()
    }

    /// The execution that was answered, or nil.
    func resolve(_ number: UInt8, _ with: InputAnswer) throws -> Int32? {
        let found = try answer { inputs.resolve(keyHash: hash(number), with, reply: $0) }.get()
        if let found {
            #expect(found.run == run && found.execution.node == node && found.keyHash == hash(number))
        }
        return found?.execution.times
    }

    /// Those of some requests that wait.
    func awaited(_ numbers: [UInt8]) throws -> [UInt8] {
        try numbers.filter { number in
            try answer { inputs.isAwaited(keyHash: hash(number), reply: $0) }.get()
        }
    }

    /// Each request of the run with its answer.
    func all(_ run: RunID? = nil) throws -> [String] {
        try answer { inputs.requests(of: run ?? self.run, reply: $0) }.get().map { stored in
            "\(stored.request.execution.times) \(InputBench.text(stored.answer))"
        }
    }

    static func text(_ answer: InputAnswer?) -> String {
        switch answer {
        case nil: "waits"
        case .submitted(let value): value.taggedText
        case .canceled: "canceled"
        case .expired: "expired"
        }
    }
}

/// What every record of awaited values must do (spec flow-engine 15, storage-and-operations 7.2).
///
/// Port: InputRequests. Implementations: PostgresInputs, MemoryInputs.
@Suite(.blocking) struct `Requests for values` {
    @Test(arguments: InputBench.Kind.allCases) func `are answered once`(kind: InputBench.Kind)
        throws
    {
        let bench = try InputBench(kind)
        for number in 1...4 {
            try bench.record(bench.request(UInt8(number), expires: number == 2 ? 60 : nil))
        }
        #expect(try bench.all() == ["1 waits", "2 waits", "3 waits", "4 waits"])
        #expect(try bench.awaited([1, 2, 3, 4, 9]) == [1, 2, 3, 4])
        #expect(try bench.resolve(1, .submitted(.map(["a": .string("\u{0}é")]))) == 1)
        #expect(try bench.resolve(2, .canceled) == 2)
        #expect(try bench.resolve(3, .expired) == 3)
        for number in 1...3 {
            for answer in [InputAnswer.submitted(.null), .canceled, .expired] {
                #expect(try bench.resolve(UInt8(number), answer) == nil)
            }
        }
        #expect(try bench.resolve(9, .submitted(.null)) == nil)
        #expect(try bench.awaited([1, 2, 3, 4, 9]) == [4])
        #expect(try bench.all() == [#"1 {"M":{"a":{"S":"\u0000é"}}}"#, "2 canceled", "3 expired", "4 waits"])
        #expect(try bench.all(RunID(.random())) == [])
    }

    @Test(arguments: InputBench.Kind.allCases)
    func `keep of a hidden answer what may be seen, and that it is not whole`(kind: InputBench.Kind) throws {
        let bench = try InputBench(kind)
        for number in [1, 2, 3] as [UInt8] { try bench.record(bench.request(number)) }
        let secret = Value.vaultSecret("psst", provider: "p", label: "l")
        _ = try bench.resolve(1, .submitted(.string("a")))
        _ = try bench.resolve(2, .submitted(secret))
        _ = try bench.resolve(3, .submitted(.array([.u64(1), secret])))
        let values = try answer { bench.inputs.requests(of: bench.run, reply: $0) }.get()
            .map { stored -> Value in
                guard case .submitted(let value)? = stored.answer else { return .null }
                return value
            }
        #expect(values.map(\.holdsSecret) == [false, true, true])
        #expect(
            values.map(\.concealed.taggedText) == [
                #"{"S":"a"}"#, #"{"S":"<vault:p/l>"}"#, #"{"A":[{"U":"1"},{"S":"<vault:p/l>"}]}"#,
            ])
        #expect(values.dropFirst().map(\.revealed.taggedText) == [#"{"N":0}"#, #"{"N":0}"#])
    }

    @Test(arguments: InputBench.Kind.allCases)
    func `that have an answer are found by their keys`(kind: InputBench.Kind) throws {
        let bench = try InputBench(kind)
        for number in 1...4 { try bench.record(bench.request(UInt8(number))) }
        #expect(try bench.resolve(2, .submitted(.u64(7))) == 2)
        #expect(try bench.resolve(4, .expired) == 4)
        func answered(_ numbers: [UInt8]) throws -> [Int32: String] {
            let found = try answer { bench.inputs.answered(numbers.map(bench.hash), reply: $0) }.get()
            return Dictionary(
                uniqueKeysWithValues: found.map { ($0.request.execution.times, InputBench.text($0.answer)) })
        }
        #expect(try answered([1, 2, 3, 4, 9]) == [2: #"{"U":"7"}"#, 4: "expired"])
        #expect(try answered([1, 9]) == [:])
        #expect(try answered([]) == [:])
    }

    @Test(arguments: InputBench.Kind.allCases)
    func `take no answer when their run has ended, but the word that their time is over`(
        kind: InputBench.Kind
    ) throws {
        let bench = try InputBench(kind)
        try bench.record(bench.request(1))
        bench.endRun()
        #expect(try bench.resolve(1, .submitted(.null)) == nil)
        #expect(try bench.resolve(1, .canceled) == nil)
        #expect(try bench.resolve(1, .expired) == 1)
    }

    @Test(arguments: InputBench.Kind.allCases)
    func `belong to a run that is stored, and an execution has one`(kind: InputBench.Kind) throws {
        let bench = try InputBench(kind)
        let nowhere = bench.request(1, in: RunID.make(at: Clock.system.now()))
        let result = try answer { bench.inputs.record(nowhere, reply: $0) }
        #expect(throws: StorageError.self, "a request without a run was stored") { try result.get() }
        try bench.record(bench.request(1))
        try bench.record(
            InputRequest(
                run: bench.run, execution: bench.request(1).execution, keyHash: bench.hash(2), expiresAt: nil)
        )
        #expect(try bench.awaited([1, 2]) == [1])
    }

    @Test(arguments: InputBench.Kind.allCases) func `come back as they were written down`(
        kind: InputBench.Kind
    ) throws {
        let bench = try InputBench(kind)
        let written = bench.request(1, expires: 3_600)
        try bench.record(written)
        // Again, and later: nothing changes.
        try bench.record(bench.request(1, expires: 7_200))
        let read = try #require(
            try answer { bench.inputs.requests(of: bench.run, reply: $0) }.get().first?.request)
        #expect(
            read.run == bench.run && read.execution == written.execution && read.keyHash == written.keyHash)
        #expect(read.expiresAt == written.expiresAt)
        #expect(try bench.resolve(1, .canceled) == 1)
        try bench.record(written)
        #expect(try bench.all() == ["1 canceled"])
    }

    @Test(arguments: InputBench.Kind.allCases)
    func `take no answer when their time is over, but the word that it is`(kind: InputBench.Kind)
        throws
    {
        let bench = try InputBench(kind)
        try bench.record(bench.request(1, expires: -1))
        #expect(try bench.resolve(1, .submitted(.null)) == nil)
        #expect(try bench.resolve(1, .canceled) == nil)
        #expect(try bench.resolve(1, .expired) == 1)
        try bench.record(bench.request(2, expires: 3_600))
        #expect(try bench.resolve(2, .expired) == 2)
        #expect(try bench.all() == ["1 expired", "2 expired"])
    }
}

@Suite(.blocking) struct `Requests for values on Postgres` {
    @Test func `go with their run`() throws {
        let bench = try InputBench(.postgres)
        let harness = try #require(bench.harness)
        try bench.record(bench.request(2))
        _ = try harness.rows("DELETE FROM flow_run")
        #expect(try bench.all() == [])
    }

    /// Two servers and many answers to each request.
    @Test func `are answered once however many try`() throws {
        let bench = try InputBench(.postgres)
        let harness = try #require(bench.harness)
        let other = try harness.startSecond()
        defer { other.stop() }
        let both = [harness.storage.inputs, other.inputs]
        let winners = Mutex<[UInt8: Int]>([:])
        let group = DispatchGroup()
        for number in UInt8(1)...20 { try bench.record(bench.request(number)) }
        for attempt in 0..<10 {
            for number in UInt8(1)...20 {
                group.enter()
                both[attempt % 2].resolve(
                    keyHash: bench.hash(number), .submitted(.u64(UInt64(attempt)))
                ) { result in
                    if case .success(.some) = result { winners.withLock { $0[number, default: 0] += 1 } }
                    group.leave()
                }
            }
        }
        #expect(group.wait(timeout: .now() + 60) == .success)
        #expect(winners.withLock { $0 } == Dictionary(uniqueKeysWithValues: (UInt8(1)...20).map { ($0, 1) }))
    }
}
