import Chain
import Engine
import Primitives
import TestKit
import Testing
import Values

private let owner = EngineBench.owner
private let other = EngineBench.stranger
private let key = bytes32(9)

func bytes32(_ byte: UInt8) -> Bytes32 {
    guard let bytes = Bytes32([UInt8](repeating: byte, count: 32)) else {
        preconditionFailure("there are 32 of them")
    }
    return bytes
}

private func giving() -> GraphSketch {
    var sketch = GraphSketch()
    sketch.constant("x", .string("x"))
    sketch.output("o")
    sketch.connect("x.out -> o.o")
    return sketch
}

/// What became of a call, in a word.
private func word(_ reply: EngineReply) -> String {
    switch reply {
    case .started: "started"
    case .permitted: "permitted"
    case .refused(let error): "\(error)"
    default: "surprise"
    }
}

private enum Caller: CaseIterable {
    case owner, other, claimant

    var starter: Starter {
        switch self {
        case .owner: .user(EngineBench.owner)
        case .other: .user(EngineBench.stranger)
        case .claimant: .claimant(key)
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Who may start a flow` {
    /// For each combination of flags (public, shared, unverified): the answers to the owner's own start, to shared
    /// starts of owner and other, and to unverified starts.
    private static let table: [(flags: [Bool], own: String, shared: [String], unverified: String)] = [
        ([false, false, false], "started", ["notAllowed", "notFound"], "notFound"),
        ([false, true, true], "started", ["started", "notFound"], "notFound"),
        ([true, false, false], "started", ["notAllowed", "notAllowed"], "notAllowed"),
        ([true, false, true], "started", ["notAllowed", "notAllowed"], "started"),
        ([true, true, false], "started", ["started", "started"], "notAllowed"),
        ([true, true, true], "started", ["started", "started"], "started"),
    ]

    @Test(arguments: 0..<6) func `is said by its flags, the same to a start and to a question`(row: Int)
        async throws
    {
        let (flags, own, shared, unverified) = `Who may start a flow`.table[row]
        let bench = try EngineBench(
            [7: giving()],
            flags: FlowFlags(isPublic: flags[0], startShared: flags[1], startUnverified: flags[2]))
        var expected: [(StartWay, Caller, String)] = [
            (.own(.number(7)), .owner, own), (.own(.number(7)), .other, "notFound"),
            (.own(.number(7)), .claimant, "notFound"),
            (.shared(.number(7)), .owner, shared[0]), (.shared(.number(7)), .other, shared[1]),
            (.shared(.number(7)), .claimant, "notFound"),
        ]
        for caller in Caller.allCases { expected.append((.unverified(.number(7)), caller, unverified)) }
        for (way, caller, answer) in expected {
            let request = StartRequest(way, starter: caller.starter)
            #expect(word(try await bench.ask(.start(request))) == answer, "\(way) \(caller)")
            let permitted = answer == "started" ? "permitted" : answer
            #expect(word(try await bench.ask(.permit(request))) == permitted, "\(way) \(caller)")
        }
    }

    /// Who may read a flow that allows no reads, and who learns only that there is none, as for a number without a flow.
    @Test(arguments: [false, true])
    func `stands before whether it may be read at all`(isPublic: Bool) async throws {
        let bench = try EngineBench(
            [7: giving()], flags: FlowFlags(isPublic: isPublic, readEnabled: false))
        for way in [StartWay.own, StartWay.shared, StartWay.unverified] {
            for caller in Caller.allCases {
                let request = StartRequest(way(.number(7)), starter: caller.starter, isReadOnly: true)
                let sees =
                    switch request.way {
                    case .own: caller == .owner
                    case .shared: caller == .owner || isPublic && caller == .other
                    case .unverified, .deployed: isPublic
                    }
                let answer = sees ? "readNotAllowed" : "notFound"
                #expect(word(try await bench.ask(.start(request))) == answer, "\(request.way) \(caller)")
                #expect(word(try await bench.ask(.permit(request))) == answer, "\(request.way) \(caller)")
                let missing = StartRequest(way(.number(8)), starter: caller.starter, isReadOnly: true)
                #expect(word(try await bench.ask(.start(missing))) == "notFound")
                #expect(word(try await bench.ask(.permit(missing))) == "notFound")
            }
        }
    }

    @Test func `is another question after each change`() async throws {
        let bench = try EngineBench([7: giving()])
        func revision() async throws -> String {
            let request = StartRequest(.own(.uuid(UniqueID(high: 7, low: 7))), starter: .user(owner))
            return try await bench.ask(.permit(request)).expectPermitted()
        }
        let before = try await revision()
        #expect(try await revision() == before)
        bench.storage.add(
            FlowRow(
                number: 7, uuid: UniqueID(high: 7, low: 7), owner: owner, isPublic: true, startShared: false,
                startUnverified: false, readEnabled: false, version: 2, document: Array("flow 7".utf8)))
        #expect(try await revision() != before)
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A run that somebody else starts` {
    private let bench: EngineBench

    init() throws {
        bench = try EngineBench(
            [7: giving()], flags: FlowFlags(isPublic: true, startShared: true, startUnverified: true))
    }

    private func start(_ way: StartWay, _ starter: Starter, isReadOnly: Bool = false) async throws
        -> RunRecord
    {
        let request = StartRequest(way, starter: starter, isReadOnly: isReadOnly)
        let run = try await bench.ask(.start(request)).expectStarted()
        return try #require(bench.storage.record(of: run))
    }

    @Test func `is its flow owner's, and shared with him`() async throws {
        let record = try await start(.shared(.number(7)), .user(other))
        #expect(record.owner == owner && record.startedBy == other && record.sharedWith == [other])
        guard case .startShared(by: other) = record.origin else {
            throw Surprise(expected: "startShared(by: \(other))", record.origin)
        }
        try await bench.ask(.output(record.id, principals: [.user(other)])).expectOutput()
    }

    @Test func `is an ordinary one when it is the owner after all`() async throws {
        let record = try await start(.shared(.number(7)), .user(owner))
        #expect(record.startedBy == owner && record.sharedWith.isEmpty)
        guard case .start = record.origin else { throw Surprise(expected: "start", record.origin) }
    }

    @Test func `belongs to no user if he only claims a key`() async throws {
        let record = try await start(.unverified(.number(7)), .claimant(key))
        #expect(record.owner == owner && record.startedBy == nil && record.sharedWith.isEmpty)
        #expect(record.startedKey == Base58.encode(key.bytes))
        guard case .start = record.origin else { throw Surprise(expected: "start", record.origin) }
    }

    @Test func `is a read if it may not change anything`() async throws {
        let record = try await start(.shared(.number(7)), .user(other), isReadOnly: true)
        #expect(record.sharedWith == [other])
        guard case .read = record.origin else { throw Surprise(expected: "read", record.origin) }
    }

    @Test func `sends nothing any more when he stops it, nor do those within it`() async throws {
        let waiting = Inbox<Bool>()
        var sending = GraphSketch()
        sending.node(
            "send", outputs: [OutputPort("signature", optional: true)],
            actInfo: ActInfo(before: [], receipt: "signature")
        ) { _ in
            .ask(
                .act(
                    ActCall(
                        InstructionAct(
                            feePayer: bytes32(1), signers: [],
                            instructions: [Instruction(program: bytes32(2), accounts: [], data: [])])
                    ) { _ in .outputs([:]) }))
        }
        var sketch = GraphSketch()
        sketch.nested("n", flow: .number(8), inputs: [], outputs: [])
        sketch.constant("x", .string("x"))
        sketch.output("o")
        sketch.connect("x.out -> o.o")
        let bench = try EngineBench(
            [7: sketch, 8: sending], flags: FlowFlags(isPublic: true, startShared: true)
        ) { $0.executor = PatientExecutor(waiting: waiting) }
        let request = StartRequest(.shared(.number(7)), starter: .user(other))
        let run = try await bench.ask(.start(request)).expectStarted()
        #expect(try await waiting.next())
        let stop = ControlRequest(.stop, of: run, principals: [.user(other)])
        try await bench.ask(.control(stop)).expectAccepted()
        #expect(try await bench.output(of: run) == "{o: x}")
        let inner = try #require(bench.storage.runIDs.first { $0 != run })
        #expect(bench.storage.errors(of: inner) == ["canceled"])
        #expect(bench.storage.errors(of: run).first?.hasPrefix("1 nodes failed;\n") == true)
        #expect(try bench.storage.end(of: run).status == .failed)
    }

    @Test func `goes on when he stops it, and ends when the owner does`() async throws {
        var sketch = GraphSketch()
        sketch.awaiting("w")
        let bench = try EngineBench([7: sketch], flags: FlowFlags(isPublic: true, startShared: true))
        let request = StartRequest(.shared(.number(7)), starter: .user(other))
        let run = try await bench.ask(.start(request)).expectStarted()
        for _ in 0..<2 {
            let stop = ControlRequest(.stop, of: run, principals: [.user(other)])
            try await bench.ask(.control(stop)).expectAccepted()
        }
        let stop = ControlRequest(.stop, of: run, principals: [.user(owner)], reason: "enough")
        try await bench.ask(.control(stop)).expectAccepted()
        _ = try await bench.ask(.output(run, principals: [.user(other)]))
        #expect(bench.storage.errors(of: run) == ["canceled by user enough"])
    }
}

/// Sends nothing until it is told that nobody wants it any more.
private struct PatientExecutor: ActExecutor {
    let waiting: Inbox<Bool>

    func execute(
        _ acts: [any Act], of run: RunID, in context: RunContext, cancellation: NodeCancellation,
        reply: @escaping @Sendable (Result<String, ActFailure>) -> Void
    ) {
        cancellation.whenCancelled { reply(.failure(ActFailure("canceled"))) }
        waiting.put(true)
    }

    func build(
        _ acts: [any Act], of run: RunID, in context: RunContext,
        reply: @escaping @Sendable (Result<ValueMap, ActFailure>) -> Void
    ) {
        reply(.failure(ActFailure("not here")))
    }
}
