import Engine
import Primitives
import TestKit
import Testing
import Values

/// A flow that puts out "x" after this time.
private func slow(_ wait: Duration) -> GraphSketch {
    var sketch = GraphSketch()
    sketch.node("n", outputs: [OutputPort("out")]) { _ in .wait(wait, then: .outputs(["out": .string("x")])) }
    sketch.output("o")
    sketch.connect("n.out -> o.o")
    return sketch
}

private func request(_ flow: Int32) -> StartRequest {
    StartRequest(.own(.number(flow)), starter: .user(EngineBench.owner), isReadOnly: true)
}

@Suite(.timeLimit(.minutes(5))) struct `A read` {
    @Test func `is a run whose output is the answer`() async throws {
        let bench = try EngineBench([7: slow(.zero)])
        let output = try await bench.ask(.read(request(7), within: .seconds(30))).expectRead(.finished)
        #expect(GraphSketch.text(.map(output)) == "{o: x}")
        let run = try #require(bench.storage.runIDs.first)
        let origin = bench.storage.record(of: run)?.origin
        guard case .read? = origin else { throw Surprise(expected: "read", origin) }
    }

    @Test func `says how the run went`() async throws {
        var sketch = GraphSketch()
        sketch.node("n", outputs: []) { _ in .done(.failed("no")) }
        let bench = try EngineBench([7: sketch])
        let output = try await bench.ask(.read(request(7), within: .seconds(30))).expectRead(.failed)
        #expect(GraphSketch.text(.map(output)) == "{}")
    }

    @Test func `that takes too long is refused, and its run is stopped`() async throws {
        let completions = Inbox<@Sendable (NodeOutcome) -> Void>()
        var sketch = GraphSketch()
        sketch.node("n", outputs: [OutputPort("out")]) { call in
            completions.put(call.complete)
            return .pending
        }
        sketch.output("o")
        sketch.connect("n.out -> o.o")
        let bench = try EngineBench([7: sketch])
        try await bench.ask(.read(request(7), within: .milliseconds(1))).expectRefused(.readTimeout)
        // What was at work may end, and nothing comes after it.
        try await completions.next()(.outputs(["out": .string("x")]))
        let run = try #require(bench.storage.runIDs.first)
        #expect(try await bench.output(of: run) == "{}")
    }

    @Test func `of a flow that is not there is refused`() async throws {
        let bench = try EngineBench([:])
        try await bench.ask(.read(request(7), within: .seconds(30))).expectRefused(.notFound)
    }
}
