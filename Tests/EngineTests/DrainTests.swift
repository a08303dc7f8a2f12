import Engine
import Primitives
import TestKit
import Testing
import Values

/// A node that runs flow number 8, and what comes of it.
private func calling() -> GraphSketch {
    var sketch = GraphSketch()
    sketch.nested("call", flow: .number(8), inputs: [], outputs: ["out"])
    sketch.output("o")
    sketch.connect("call.out -> o.o")
    return sketch
}

private func asking() -> GraphSketch {
    var sketch = GraphSketch()
    sketch.awaiting("a")
    sketch.output("out")
    sketch.connect("a.value -> out.out")
    return sketch
}

extension EngineBench {
    fileprivate func isAsked(_ run: RunID) async throws {
        try await storage.next(in: run) { content in
            if case .inputRequested = content { () } else { nil }
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A server that stops` {
    @Test func `lets a run end whose nested run is at work`() async throws {
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
        let call = await working.next()
        let drained = Inbox<Bool>()
        bench.engine.drain(within: .seconds(3600)) { drained.put(true) }
        call.complete(.outputs(["out": .u64(1)]))
        _ = await drained.next()
        guard case .flowFinished(_, let output, .finished)? = bench.storage.events(of: run).last?.content
        else { throw EngineBench.Surprise() }
        #expect(GraphSketch.text(.map(output)) == "{o: 1}")
    }

    @Test func `leaves a run with its nested run if that waits for a value`() async throws {
        let bench = try EngineBench([7: calling(), 8: asking()])
        let run = try await bench.started(7)
        let child = try await bench.storage.nextRun(beside: run)
        try await bench.isAsked(child)
        let drained = Inbox<Bool>()
        bench.engine.drain(within: .seconds(3600)) { drained.put(true) }
        _ = await drained.next()
        #expect(bench.storage.events(of: run).last?.isEnd == false)
        #expect(bench.storage.events(of: child).last?.isEnd == false)
    }

    @Test func `sends those away who wait for the output of a run that it leaves`() async throws {
        let bench = try EngineBench([7: asking()])
        let run = try await bench.started(7)
        try await bench.isAsked(run)
        let replies = Inbox<EngineReply>()
        bench.engine.perform(.output(run, principals: [.user(EngineBench.owner)])) { replies.put($0) }
        bench.engine.drain(within: .seconds(3600)) {}
        guard case .refused(.busy) = await replies.next() else { throw EngineBench.Surprise() }
    }
}
