import Engine
import Primitives
import TestKit
import Testing

private let mine: [Principal] = [.user(EngineBench.owner)]
/// More than twice as many as may wait.
private let crowd = 5_000

@Suite(.timeLimit(.minutes(5))) struct `Calls that are withdrawn` {
    /// An engine with a run that waits for somebody.
    private func waitingRun() async throws -> (EngineBench, RunID) {
        var sketch = GraphSketch()
        sketch.node("n", outputs: []) { _ in .pending }
        let bench = try EngineBench([7: sketch])
        return (bench, try await bench.started(7))
    }

    private func name(_ reply: EngineReply) -> String {
        switch reply {
        case .output: "output"
        case .refused(let error): "\(error)"
        default: "another"
        }
    }

    /// How the last of many callers fares, and how many of those before him get an answer.
    private func last(
        _ call: (RunID) -> EngineCall, isLeaving: Bool
    ) async throws -> (answer: String, others: Int) {
        let (bench, run) = try await waitingRun()
        let others = Inbox<Bool>()
        for _ in 0..<crowd {
            let pending = bench.engine.perform(call(run)) { _ in others.put(true) }
            if isLeaving { try #require(pending).withdraw() }
        }
        let replies = Inbox<EngineReply>()
        bench.engine.perform(call(run)) { replies.put($0) }
        _ = try await bench.ask(.control(ControlRequest(.stop, of: run, principals: mine)))
        let answer = name(try await replies.next())
        var count = 0
        while !others.isEmpty, try await others.next() { count += 1 }
        return (answer, count)
    }

    @Test func `leave room among those who wait for an output`() async throws {
        let call = { EngineCall.output($0, principals: mine) }
        #expect(try await last(call, isLeaving: true) == ("output", 0))
        let busy = "\(EngineError.busy(retryAfterSeconds: 1))"
        #expect(try await last(call, isLeaving: false).answer == busy)
    }

    @Test func `leave room among those who wait for a request for a signature`() async throws {
        let call = { EngineCall.signatureRequest($0, principals: mine) }
        #expect(try await last(call, isLeaving: true) == ("notFound", 0))
        let busy = "\(EngineError.busy(retryAfterSeconds: 1))"
        #expect(try await last(call, isLeaving: false).answer == busy)
    }

    @Test func `do not take others with them`() async throws {
        let (bench, run) = try await waitingRun()
        let replies = Inbox<Int>()
        let calls = (0..<3).map { number in
            bench.engine.perform(.output(run, principals: mine)) { _ in replies.put(number) }
        }
        calls[1]?.withdraw()
        calls[1]?.withdraw()
        _ = try await bench.ask(.control(ControlRequest(.stop, of: run, principals: mine)))
        #expect(Set([try await replies.next(), try await replies.next()]) == [0, 2])
        #expect(replies.isEmpty)
        // What has been answered cannot be taken back.
        calls[0]?.withdraw()
        try await bench.ask(.output(run, principals: mine)).expectOutput()
    }

    @Test func `are those alone that only wait`() async throws {
        let (bench, run) = try await waitingRun()
        #expect(
            bench.engine.perform(.control(ControlRequest(.stop, of: run, principals: mine))) { _ in } == nil)
        let start = StartRequest(.own(.number(7)), starter: .user(EngineBench.owner))
        #expect(bench.engine.perform(.start(start)) { _ in } == nil)
    }
}
