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
        guard case .read(let output, .finished) = await bench.ask(.read(request(7), within: .seconds(30)))
        else { throw EngineBench.Surprise() }
        #expect(GraphSketch.text(.map(output)) == "{o: x}")
        let run = try #require(bench.storage.runIDs.first)
        guard case .read? = bench.storage.record(of: run)?.origin else { throw EngineBench.Surprise() }
    }

    @Test func `says how the run went`() async throws {
        var sketch = GraphSketch()
        sketch.node("n", outputs: []) { _ in .done(.failed("no")) }
        let bench = try EngineBench([7: sketch])
        guard case .read(_, .failed) = await bench.ask(.read(request(7), within: .seconds(30))) else {
            throw EngineBench.Surprise()
        }
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
        guard case .refused(.readTimeout) = await bench.ask(.read(request(7), within: .milliseconds(1)))
        else { throw EngineBench.Surprise() }
        // What was at work may end, and nothing comes after it.
        await completions.next()(.outputs(["out": .string("x")]))
        let run = try #require(bench.storage.runIDs.first)
        #expect(try await bench.output(of: run) == "{}")
    }

    @Test func `of a flow that is not there is refused`() async throws {
        let bench = try EngineBench([:])
        guard case .refused(.notFound) = await bench.ask(.read(request(7), within: .seconds(30))) else {
            throw EngineBench.Surprise()
        }
    }
}
