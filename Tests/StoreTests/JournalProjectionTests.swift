import Engine
import Primitives
import TestKit
import Testing
import Values

@testable import Store

@Suite struct `What a batch changes` {
    private let run = RunID(.random())
    private let owner = UserID(.random())
    private let node = NodeExecution(node: NodeID(UniqueID(high: 1, low: 1)), times: 0)
    private let other = NodeExecution(node: NodeID(UniqueID(high: 1, low: 1)), times: 1)

    private func rows(_ contents: [RunEvent.Content], from first: UInt64 = 1) -> [JournalRow] {
        contents.enumerated().map { index, content in
            let sequence = first + UInt64(index)
            return JournalRow(
                run: run, owner: owner,
                event: RunEvent(
                    sequence: sequence, time: Timestamp(seconds: Int64(sequence)), content: content))
        }
    }

    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test func `start and end of an execution in one batch are one row`() throws {
        var projection = JournalProjection()
        let batch = projection.project(
            rows([
                .nodeStarted(node, input: ["a": .u64(1)]), .nodeOutput(node, output: ["b": .u64(2)]),
                .nodeFailed(node, error: "x"), .nodeFinished(node),
                .nodeStarted(other, input: [:]),
            ]))
        #expect(batch.events.count == 5)
        #expect(batch.nodes.count == 2)
        let first = batch.nodes[0]
        #expect(first.startTime == Timestamp(seconds: 1) && first.endTime == Timestamp(seconds: 4))
        #expect(text(first.input) == #"{"M":{"a":{"U":"1"}}}"#)
        #expect(text(first.output) == #"{"M":{"b":{"U":"2"}}}"#)
        #expect(first.errors == ["x"])
        #expect(batch.nodes[1].endTime == nil && batch.nodes[1].output == nil)
        #expect(batch.heads.isEmpty)
    }

    @Test func `outputs of one execution are merged, also over batches`() {
        var projection = JournalProjection()
        let first = projection.project(
            rows([
                .nodeOutput(node, output: ["a": .u64(1), "b": .u64(2)]),
                .nodeOutput(node, output: ["c": .u64(3)]),
            ]))
        #expect(text(first.nodes[0].output) == #"{"M":{"a":{"U":"1"},"b":{"U":"2"},"c":{"U":"3"}}}"#)
        let second = projection.project(
            rows([.nodeOutput(node, output: ["b": .bool(true), "d": .null])], from: 3))
        #expect(
            text(second.nodes[0].output)
                == #"{"M":{"a":{"U":"1"},"b":{"B":true},"c":{"U":"3"},"d":{"N":0}}}"#)
        #expect(projection.openCount == 1)
        let third = projection.project(rows([.nodeFinished(node)], from: 4))
        #expect(third.nodes[0].output == nil, "what is stored already is not written again")
        #expect(projection.openCount == 0)
    }

    @Test func `a batch that is projected again gives the same rows`() {
        var before = JournalProjection()
        before.project(rows([.nodeOutput(node, output: ["a": .u64(1)])]))
        let batch = rows([.nodeOutput(node, output: ["b": .u64(2)]), .nodeFinished(node)], from: 2)
        var once = before
        var twice = before
        #expect(once.project(batch).nodes[0].output == twice.project(batch).nodes[0].output)
        #expect(before.openCount == 1)
    }

    @Test func `the end of a run forgets its open executions`() {
        var projection = JournalProjection()
        let batch = projection.project(
            rows([
                .flowStarted, .nodeOutput(node, output: ["a": .u64(1)]), .flowFailed(error: "e1"),
                .flowFailed(error: "e2"),
                .flowFinished(notRun: [node.node], output: ["r": .u64(5)], status: .failed),
            ]))
        #expect(projection.openCount == 0)
        #expect(batch.heads.count == 1)
        let head = batch.heads[0]
        #expect(head.status == .failed && head.errors == ["e1", "e2"] && head.notRun == [node.node])
        #expect(head.startTime == Timestamp(seconds: 1) && head.endTime == Timestamp(seconds: 5))
        #expect(text(head.output) == #"{"M":{"r":{"U":"5"}}}"#)
    }

    @Test func `a run is paused since the first of the pauses that hold`() {
        func head(_ contents: RunEvent.Content...) -> ProjectedBatch.Head? {
            var projection = JournalProjection()
            return projection.project(rows(contents)).heads.first
        }
        let pause = RunEvent.Content.flowPaused(askedOf: run, reason: nil)
        let still = RunEvent.Content.flowResumed(askedOf: run, reason: nil, isStillPaused: true)
        let end = RunEvent.Content.flowResumed(askedOf: run, reason: nil, isStillPaused: false)
        let twice = head(pause, pause, still)
        #expect(twice?.status == .paused && twice?.pausedAt == Timestamp(seconds: 1))
        let again = head(pause, end, pause)
        #expect(again?.pausedAt == Timestamp(seconds: 3) && again?.startTime != nil)
        #expect(head(pause, end).map { $0.pausedAt == nil && $0.status == .running } == true)
        let stopped = head(pause, .flowFinished(notRun: [], output: [:], status: .stopped))
        #expect(stopped.map { $0.pausedAt == nil } == true)
    }

    @Test func `log lines go to their own table`() {
        var projection = JournalProjection()
        let batch = projection.project(
            rows([
                .flowLogged(RunLogLine(level: .info, content: "a")),
                .nodeLogged(node, RunLogLine(level: .warn, content: "b")),
            ]))
        #expect(batch.logs.map(\.sequence) == [1, 2])
        #expect(batch.events.isEmpty && batch.nodes.isEmpty && batch.heads.isEmpty)
    }
}

@Suite struct `Events as journal text` {
    private let run = RunID(.random())
    private let owner = UserID(.random())
    private let execution = NodeExecution(node: NodeID(.random()), times: 7)

    private func stored(_ content: RunEvent.Content, status: RunStatus = .running) throws -> (
        String, RunEvent?
    ) {
        let event = RunEvent(sequence: 3, time: Timestamp(nanoseconds: 1_234_567_891), content: content)
        guard case .event(let row) = JournalRow(run: run, owner: owner, event: event).content else {
            Issue.record("a log line is no event row")
            return ("", nil)
        }
        let back = StoredEvent(
            sequence: 3, time: row.time, name: row.name, execution: row.execution,
            data: row.data, status: status)
        return (String(decoding: row.data, as: UTF8.self), back.event())
    }

    @Test func `each kind has its own fields`() throws {
        let node = NodeID(UniqueID(high: 1, low: 2))
        let map: ValueMap = ["a": .u64(1)]
        #expect(try stored(.flowStarted).0 == "{}")
        #expect(try stored(.flowFailed(error: "e\"")).0 == #"{"error":"e\""}"#)
        #expect(
            try stored(.flowFinished(notRun: [node], output: map, status: .finished)).0
                == #"{"not_run":["\#(node.text)"],"output":{"M":{"a":{"U":"1"}}}}"#)
        #expect(try stored(.nodeStarted(execution, input: map)).0 == #"{"input":{"M":{"a":{"U":"1"}}}}"#)
        #expect(try stored(.nodeOutput(execution, output: [:])).0 == #"{"output":{"M":{}}}"#)
        #expect(try stored(.nodeFailed(execution, error: "e")).0 == #"{"error":"e"}"#)
        #expect(try stored(.nodeFinished(execution)).0 == "{}")
    }

    @Test(arguments: 0..<200) func `random values come back as they were`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var map = ValueMap()
        for index in 0..<Int.random(in: 0..<5, using: &generator) {
            map["port\(index)"] = Value.random(depth: 4, using: &generator)
        }
        let contents: [RunEvent.Content] = [
            .nodeStarted(execution, input: map), .nodeOutput(execution, output: map),
            .flowFinished(notRun: [execution.node], output: map, status: .stopped),
        ]
        for content in contents {
            let event = try stored(content, status: .stopped).1
            #expect(event.map { "\($0.content)" } == "\(content)")
        }
    }

    @Test func `a row that nobody here wrote is no event`() {
        let cases: [(String, String, Bool)] = [
            ("FlowStart", "", false), ("FlowStart", "[]", false), ("FlowStarted", "{}", false),
            ("FlowError", "{}", false), ("FlowFinish", #"{"not_run":[]}"#, false),
            ("FlowFinish", #"{"not_run":["x"],"output":{"M":{}}}"#, false),
            ("NodeStart", #"{"input":{"M":{}}}"#, false), ("NodeOutput", #"{"output":{"S":"a"}}"#, true),
            ("NodeOutput", #"{"output":{"M":{},"S":"a"}}"#, true), ("NodeFinish", "{}", false),
            ("NodeError", #"{"error":5}"#, true), ("FlowPause", #"{"asked_of":"x"}"#, false),
            ("FlowResume", #"{"asked_of":7}"#, false),
        ]
        for (name, data, hasNode) in cases {
            let stored = StoredEvent(
                sequence: 1, time: Timestamp(seconds: 1), name: name, execution: hasNode ? execution : nil,
                data: Array(data.utf8), status: .finished)
            #expect(stored.event() == nil, "\(name) \(data)")
        }
    }

    @Test func `what the database refuses is replaced step by step`() {
        let event = RunEvent(
            sequence: 4, time: Timestamp(seconds: 9), content: .nodeOutput(execution, output: ["a": .u64(1)]))
        let row = JournalRow(run: run, owner: owner, event: event)
        guard let second = row.substitute, case .event(let emptied) = second.content else {
            Issue.record("the second try keeps the kind of the event")
            return
        }
        #expect(emptied.name == "NodeOutput" && second.sequence == 4)
        #expect(
            String(decoding: emptied.data, as: UTF8.self)
                == #"{"output":{"M":{"not stored":{"S":"the database refused to store this"}}},"hidden":["not stored"]}"#
        )
        guard let third = second.substitute, case .log(let note) = third.content else {
            Issue.record("the third try is a log line")
            return
        }
        #expect(
            note.line.content == "the database refused to store this NodeOutput event" && third.sequence == 4)
        #expect(third.substitute == nil)
    }
}
