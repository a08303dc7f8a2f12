import Primitives
import Synchronization
import TestKit
import Testing
import Values

@testable import Engine

private let owner = EngineBench.owner
private let other = EngineBench.stranger

/// Something of an owner, by a number.
private struct Chattel: Belonging {
    let number: UInt8

    func isKnown(by key: Bytes32) -> Bool { key == bytes32(number) }
}

/// Terms that say for whom they were settled.
private struct SettledTerms: RunTerms {
    let starter: Starter

    var nested: any RunTerms { self }
    func started(deployment: (any RunTerms)?, asked: any RunTerms) -> any RunTerms { self }
}

/// Counts how often it is asked.
private final class CountingExchange: BelongingExchange {
    private let asked = Mutex<[[UInt8]]>([])
    private let failure: StorageError?

    init(failure: StorageError? = nil) { self.failure = failure }

    /// The belongings of each question about a start.
    var questions: [[UInt8]] { asked.withLock { $0.map { $0.sorted() } } }

    func settle(
        _ belongings: [any Belonging], of owner: UserID, for starter: Starter, on terms: any RunTerms,
        reply: @escaping @Sendable (Result<any RunTerms, StorageError>) -> Void
    ) {
        asked.withLock { $0.append(belongings.compactMap { ($0 as? Chattel)?.number }) }
        reply(failure.map { .failure($0) } ?? .success(SettledTerms(starter: starter)))
    }

    func replacements(
        for user: UserID,
        reply: @escaping @Sendable (Result<(any BelongingReplacements)?, StorageError>) -> Void
    ) {
        reply(failure.map { .failure($0) } ?? .success(nil))
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Belongings in flows` {
    /// Puts out for whom its terms were settled. The flow 7 has a belonging and runs 8, which has two; 9 has none.
    private func bench(_ exchange: CountingExchange) throws -> EngineBench {
        var inner = GraphSketch()
        inner.belonging("a", Chattel(number: 2))
        inner.belonging("b", Chattel(number: 3))
        inner.output("o")
        inner.connect("a.out -> o.o")
        var outer = GraphSketch()
        outer.belonging("a", Chattel(number: 1))
        outer.nested("n", flow: .number(8), inputs: [], outputs: ["o"])
        outer.output("o")
        outer.output("i")
        outer.connect("a.out -> o.o")
        outer.connect("n.o -> i.i")
        var bare = GraphSketch()
        bare.constant("x", .string("x"))
        bare.output("o")
        bare.connect("x.out -> o.o")
        return try EngineBench(
            [7: outer, 8: inner, 9: bare],
            flags: FlowFlags(isPublic: true, startShared: true, startUnverified: true)
        ) { $0.belongings = exchange }
    }

    private func output(_ bench: EngineBench, _ way: StartWay, _ starter: Starter) async throws -> String {
        let run = try await bench.ask(.start(StartRequest(way, starter: starter))).expectStarted()
        return GraphSketch.text(
            .map(try await bench.ask(.output(run, principals: [.run(run)])).expectOutput()))
    }

    @Test func `are nobody's business in a start by their owner, and in one without any`() async throws {
        let exchange = CountingExchange()
        let bench = try bench(exchange)
        #expect(try await output(bench, .own(.number(7)), .user(owner)) == "{o: own, i: own}")
        #expect(try await output(bench, .shared(.number(9)), .user(other)) == "{o: x}")
        #expect(exchange.questions.isEmpty)
    }

    @Test func `of all flows of a start are settled at once for who is not their owner`() async throws {
        let exchange = CountingExchange()
        let bench = try bench(exchange)
        #expect(try await output(bench, .shared(.number(7)), .user(other)) == "{o: \(other), i: \(other)}")
        #expect(exchange.questions == [[1, 2, 3]])
        #expect(
            try await output(bench, .unverified(.number(7)), .claimant(bytes32(9)))
                == "{o: claimed, i: claimed}")
        #expect(exchange.questions.count == 2)
    }

    @Test func `keep a run from starting as long as nobody can say what takes their place`() async throws {
        let bench = try bench(CountingExchange(failure: .unavailable))
        let request = StartRequest(.shared(.number(7)), starter: .user(other))
        try await bench.ask(.start(request)).expectRefused(.storage(.unavailable))
        try await bench.ask(.clone(.number(7), by: other)).expectRefused(.storage(.unavailable))
    }

    /// Whoever may start a flow could otherwise have anything signed (spec flow-engine 16.1).
    @Test(arguments: [(UInt8(5), "signed"), (6, "refused")])
    func `that are known by a key let the key that is kept for their owner sign`(number: UInt8, end: String)
        async throws
    {
        let key = bytes32(5)
        var sketch = GraphSketch()
        sketch.belonging("a", Chattel(number: number))
        sketch.node("sign", inputs: [InputPort("a")], outputs: [OutputPort("signature")]) { _ in
            .ask(.signature(SignatureWish(publicKey: key, message: [1], timeLimit: .seconds(60))))
        }
        sketch.output("o")
        sketch.connect("a.out -> sign.a")
        sketch.connect("sign.signature -> o.o")
        let signatures = MemorySignatures(MemoryStorage())
        let signature = known(Bytes64([UInt8](repeating: 3, count: 64)))
        signatures.add(.kept(owner) { _ in signature }, of: key)
        let bench = try EngineBench(
            [7: sketch], storage: signatures.storage, flags: FlowFlags(isPublic: true, startShared: true)
        ) {
            $0.signatures = signatures
            $0.belongings = CountingExchange()
        }
        let request = StartRequest(.shared(.number(7)), starter: .user(other))
        let run = try await bench.ask(.start(request)).expectStarted()
        let output = try await bench.storage.next(in: run) { content in
            if case .flowFinished(let end) = content { end.output } else { nil }
        }
        #expect((output["o"] == .b64(signature) ? "signed" : "refused") == end)
    }

    @Test func `cannot be copied for a user who has nothing to put in their place`() async throws {
        let bench = try bench(CountingExchange())
        try await bench.ask(.clone(.number(7), by: other)).expectRefused(.noBelongings)
    }
}

extension GraphSketch {
    /// A node that puts out as `out` for whom the belongings of its run were settled.
    fileprivate mutating func belonging(_ name: String, _ belonging: Chattel) {
        node(name, outputs: [OutputPort("out")], belonging: belonging) { call in
            let starter = (call.context.terms as? SettledTerms)?.starter
            let text =
                switch starter {
                case nil: "own"
                case .user(let user)?: "\(user)"
                case .claimant?: "claimed"
                }
            return .done(.outputs(["out": .string(text)]))
        }
    }
}
