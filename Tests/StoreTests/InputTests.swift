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

    init(_ kind: Kind) throws {
        guard kind == .postgres else {
            (inputs, harness) = (MemoryInputs(), nil)
            return
        }
        let harness = try StorageHarness()
        (inputs, self.harness) = (harness.storage.inputs, harness)
        var script = EventScript(run: run, owner: harness.user)
        harness.storage.journal.append([.created(harness.record(run)), script.add(.flowStarted)])
        #expect(harness.notices.wait { $0.durable(run) == 1 })
    }

    deinit { harness?.storage.stop() }

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
            let text: String =
                switch stored.answer {
                case nil: "waits"
                case .submitted(let value): value.taggedText
                case .canceled: "canceled"
                case .expired: "expired"
                }
            return "\(stored.request.execution.times) \(text)"
        }
    }
}

/// What every record of awaited values must do (spec flow-engine 15, storage-and-operations 7.2).
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

    @Test(arguments: InputBench.Kind.allCases) func `tell whether the answer is whole`(
        kind: InputBench.Kind
    ) throws {
        let bench = try InputBench(kind)
        try bench.record(bench.request(1))
        try bench.record(bench.request(2))
        let secret = Value.vaultSecret("psst", provider: "p", label: "l")
        _ = try bench.resolve(1, .submitted(.string("a")))
        _ = try bench.resolve(2, .submitted(secret))
        let answers = try answer { bench.inputs.requests(of: bench.run, reply: $0) }.get().map(\.answer)
        let hidden = answers.map { if case .submitted(let value)? = $0 { value.holdsSecret } else { false } }
        #expect(hidden == [false, true])
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
    @Test func `take no answer when their run has ended`() throws {
        let bench = try InputBench(.postgres)
        let harness = try #require(bench.harness)
        try bench.record(bench.request(1))
        _ = try harness.rows(
            "UPDATE flow_run SET status = 'crashed', end_time = now(), server_id = NULL")
        #expect(try bench.resolve(1, .submitted(.null)) == nil)
        #expect(try bench.resolve(1, .canceled) == nil)
    }

    @Test func `belong to a run that is stored, and go with it`() throws {
        let bench = try InputBench(.postgres)
        let harness = try #require(bench.harness)
        let nowhere = bench.request(1, in: RunID.make(at: Clock.system.now()))
        guard case .failure(.failed) = answer({ bench.inputs.record(nowhere, reply: $0) }) else {
            Issue.record("a request without a run was stored")
            return
        }
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
        group.wait()
        #expect(winners.withLock { $0 } == Dictionary(uniqueKeysWithValues: (UInt8(1)...20).map { ($0, 1) }))
    }
}
