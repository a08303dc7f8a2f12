import Chain
import Primitives
import Synchronization
import TestKit
import Testing
import Values

@testable import Engine

/// Counts the values that are tried, and takes one for a key pair.
private final class Trials: Sendable {
    static let pair = known(Bytes64((0..<64).map { UInt8($0) }))
    private let state = Mutex((count: 0, ofLane: false))
    var count: Int { state.withLock(\.count) }

    func isKeyPair(_ bytes: Bytes64) -> Bool {
        state.withLock { $0.count += 1 }
        return bytes == Trials.pair
    }

    /// As many values that must be tried, the last of which is a key pair.
    static func candidates(_ count: Int) -> Value {
        .array(
            (1..<count).map { .b64(known(Bytes64([UInt8](repeating: UInt8($0 % 250), count: 64)))) } + [
                .b64(pair)
            ])
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Key pairs from outside` {
    private let trials = Trials()

    private func bench(_ sketch: GraphSketch) throws -> EngineBench {
        try EngineBench([7: sketch]) { [trials] in $0.secretFinder = KeyPairFinder { trials.isKeyPair($0) } }
    }

    private static func passing() -> GraphSketch {
        var sketch = GraphSketch()
        sketch.input("given")
        sketch.output("o")
        sketch.connect("given.given -> o.o")
        return sketch
    }

    private static func asking() -> GraphSketch {
        var sketch = GraphSketch()
        sketch.awaiting("a", timeLimit: nil)
        sketch.output("o")
        sketch.connect("a.value -> o.o")
        return sketch
    }

    private func key(of run: RunID, _ bench: EngineBench) async throws -> String {
        let url = try await bench.storage.next(in: run) { content in
            if case .inputRequested(let asked) = content { asked.url } else { nil }
        }
        return String(url.dropFirst("at:".count))
    }

    /// One is sought where it is, many by a worker.
    @Test(arguments: [1, 100]) func `are hidden among inputs, few or many`(count: Int) async throws {
        let bench = try bench(Self.passing())
        let run = try await bench.started(7, inputs: ["given": Trials.candidates(count)])
        _ = try await bench.output(of: run)
        #expect(bench.storage.record(of: run)?.inputs.holdsSecret == true)
    }

    @Test func `are sought among so many values at most, else nothing starts`() async throws {
        let bench = try bench(Self.passing())
        let many = Trials.candidates(Limits.keyPairsSoughtMax + 1)
        try await bench.start(7, inputs: ["given": many]).expectRefused(.tooManyCandidates)
        #expect(trials.count == Limits.keyPairsSoughtMax)
        let fewer = Trials.candidates(Limits.keyPairsSoughtMax)
        try await bench.start(7, inputs: ["given": fewer]).expectStarted()
    }

    @Test func `are not sought in what may not be started`() async throws {
        let bench = try bench(Self.passing())
        let request = StartRequest(
            .own(.number(7)), starter: .user(EngineBench.stranger), inputs: ["given": Trials.candidates(100)])
        try await bench.ask(.start(request)).expectRefused(.notFound)
        #expect(trials.count == 0)
    }

    @Test(arguments: [1, 100]) func `are hidden in a value that is waited for`(count: Int) async throws {
        let bench = try bench(Self.asking())
        let run = try await bench.started(7)
        let key = try await key(of: run, bench)
        try await bench.ask(.awaitsInput(key: key)).expectAccepted()
        try await bench.ask(.answerInput(key: key, .submitted(Trials.candidates(count)))).expectAccepted()
        let output = try await bench.output(of: run)
        #expect(output.contains("public_key"))
        try await bench.ask(.awaitsInput(key: key)).expectRefused(.notFound)
    }

    @Test func `are not sought in much that nobody waits for`() async throws {
        let bench = try bench(Self.asking())
        try await bench.ask(.awaitsInput(key: "guessed")).expectRefused(.notFound)
        try await bench.ask(.answerInput(key: "guessed", .submitted(Trials.candidates(10_000))))
            .expectRefused(.notFound)
        #expect(trials.count == 0)
    }

    @Test func `leave a request open whose answer has too many candidates`() async throws {
        let bench = try bench(Self.asking())
        let run = try await bench.started(7)
        let key = try await key(of: run, bench)
        try await bench.ask(
            .answerInput(key: key, .submitted(Trials.candidates(Limits.keyPairsSoughtMax + 1)))
        ).expectRefused(.tooManyCandidates)
        try await bench.ask(.answerInput(key: key, .submitted(.string("yes")))).expectAccepted()
        #expect(try await bench.output(of: run) == "{o: yes}")
    }
}
