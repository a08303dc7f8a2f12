import Primitives
import Synchronization
import TestKit
import Testing
import Values

@testable import Engine

/// A node that runs flow number 8 with its inputs.
private func calling(_ flow: Int32 = 8) -> GraphSketch {
    var sketch = GraphSketch()
    sketch.constant("x", .u64(1))
    sketch.nested("call", flow: .number(flow), inputs: ["in"], outputs: ["out"])
    sketch.output("o")
    sketch.connect("x.out -> call.in")
    sketch.connect("call.out -> o.o")
    return sketch
}

/// A flow whose output `out` is its start input `in`.
private func echoing() -> GraphSketch {
    var sketch = GraphSketch()
    sketch.input("in")
    sketch.output("out")
    sketch.connect("in.in -> out.out")
    return sketch
}

@Suite(.timeLimit(.minutes(5))) struct `Nested runs` {
    @Test func `give their output to the node, and have rows and events of their own`() async throws {
        let bench = try EngineBench([7: calling(), 8: echoing()])
        let run = try await bench.started(7)
        #expect(try await bench.output(of: run) == "{o: 1}")
        let child = try #require(bench.storage.runIDs.first { $0 != run })
        let record = try #require(bench.storage.record(of: child))
        guard case .nested(run, let execution) = record.origin else {
            throw Surprise(expected: "nested in \(run.text)", record.origin)
        }
        #expect(execution == NodeExecution(node: GraphSketch.id(1), times: 0))
        #expect(record.depth == 2 && record.owner == EngineBench.owner)
        #expect(GraphSketch.text(.map(record.inputs)) == "{in: 1}")
        #expect(bench.storage.events(of: child).last?.isEnd == true)
        #expect(bench.storage.lines(of: run).contains("nested run \(child)"))
    }

    @Test func `that fail, fail their node with the flow's errors`() async throws {
        var failing = GraphSketch()
        failing.node("f", outputs: [OutputPort("out", optional: true)]) { _ in .done(.failed("no")) }
        let bench = try EngineBench([7: calling(), 8: failing])
        let run = try await bench.started(7)
        _ = try await bench.output(of: run)
        #expect(
            bench.storage.errors(of: run).first
                == "1 nodes failed;\nf (node \(GraphSketch.id(0))): no\n")
    }

    /// Spec nodes 6.22.
    @Test func `that fail three levels down, say why to everybody above`() async throws {
        var failing = GraphSketch()
        failing.node("f", outputs: [OutputPort("out", optional: true)]) { _ in .done(.failed("the cause")) }
        let bench = try EngineBench([7: calling(), 8: calling(9), 9: calling(10), 10: failing])
        let run = try await bench.started(7)
        _ = try await bench.output(of: run)
        let call = "1 nodes failed;\ncall (node \(GraphSketch.id(1))): "
        #expect(
            bench.storage.errors(of: run).first
                == call + call + "1 nodes failed;\nf (node \(GraphSketch.id(0))): the cause\n")
    }

    @Test func `tell of a few failures, and not at any length`() async throws {
        var failing = GraphSketch()
        for index in 0..<30 {
            let text = "begin \(index) " + String(repeating: "x", count: 5_000) + " end \(index)"
            failing.node("f\(index)", outputs: []) { _ in .done(.failed(text)) }
        }
        let bench = try EngineBench([7: calling(), 8: failing])
        let run = try await bench.started(7)
        _ = try await bench.output(of: run)
        let error = try #require(bench.storage.errors(of: run).first)
        #expect(error.hasPrefix("30 nodes failed;\nf0 (node "))
        #expect(error.unicodeScalars.count <= "30 nodes failed;\n".count + Limits.failureTextMax)
        for index in 0..<30 {
            #expect(error.contains("): begin \(index) x") == (index < Limits.failuresToldMax))
            #expect(error.contains("x end \(index)\n") == (index < Limits.failuresToldMax))
        }
    }

    @Test func `are stopped with their parent`() async throws {
        var waiting = GraphSketch()
        waiting.node("w", outputs: [OutputPort("out")]) { _ in .wait(.seconds(3600), then: .outputs([:])) }
        let bench = try EngineBench([7: calling(), 8: waiting])
        let run = try await bench.started(7)
        let child = try await bench.storage.nextRun(beside: run)
        _ = try await bench.ask(
            .control(ControlRequest(.stop, of: run, principals: [.user(EngineBench.owner)], reason: "enough"))
        )
        #expect(try await bench.output(of: run) == "{}")
        _ = try await bench.output(of: child)
        #expect(bench.storage.errors(of: child) == ["canceled by user enough"])
    }

    @Test(arguments: [(5_000, "{out: 1}", RunStatus.finished), (1, "{}", .stopped)])
    func `may finish in the time of a graceful stop`(
        grace: Int, output: String, status: RunStatus
    ) async throws {
        let working = Inbox<NodeCall>()
        var slow = GraphSketch()
        slow.node("w", outputs: [OutputPort("out")]) { call in
            working.put(call)
            return .pending
        }
        slow.output("out")
        slow.connect("w.out -> out.out")
        let bench = try EngineBench([7: calling(), 8: slow])
        let run = try await bench.started(7)
        let call = try await working.next()
        let stop = ControlRequest(
            .stop, of: run, principals: [.user(EngineBench.owner)], grace: .milliseconds(grace))
        _ = try await bench.ask(.control(stop))
        if status == .finished { call.complete(.outputs(["out": .u64(1)])) }
        #expect(try await bench.output(of: run) == "{}", "what follows in the parent does not start")
        #expect(try await bench.output(of: call.run) == output)
        #expect(try bench.storage.end(of: call.run).status == status)
    }

    @Test func `must exist and belong to the same owner before anything starts`() async throws {
        let bench = try EngineBench([7: calling(9)])
        try await bench.start(7).expectRefused(.flowNotFound)
        let other = try EngineBench([7: calling()], others: [8: echoing()])
        try await other.start(7).expectRefused(.flowNotFound)
        #expect(bench.storage.runCount == 0 && other.storage.runCount == 0)
    }

    @Test func `go no deeper than the limit`() async throws {
        var sketch = GraphSketch()
        sketch.nested("call", flow: .number(7), inputs: [], outputs: [])
        let bench = try EngineBench([7: sketch])
        let run = try await bench.started(7)
        _ = try await bench.output(of: run)
        #expect(bench.storage.runCount == Limits.nestedRunsMax)
        let errors = bench.storage.runIDs.flatMap { bench.storage.errors(of: $0) }
        #expect(errors.count { $0 == "recursive depth reached" } == 1)
    }

    @Test func `inherit the environment of their parent where they have none of their own`() async throws {
        let seen = Mutex<[[String: String]]>([])
        var reading = GraphSketch()
        reading.node("r", outputs: []) { call in
            seen.withLock { $0.append(call.context.environment) }
            return .done(.outputs([:]))
        }
        let bench = try EngineBench([7: calling(), 8: reading])
        let run = try await bench.started(7, environment: ["A": "1"])
        _ = try await bench.output(of: run)
        #expect(seen.withLock { $0 } == [["A": "1"]])
    }
}
