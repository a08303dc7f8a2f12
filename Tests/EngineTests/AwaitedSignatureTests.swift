import Engine
import Primitives
import Synchronization
import TestKit
import Testing
import Values

private let key = known(Bytes32(Array(repeating: 9, count: 32)))
private let signature = known(Bytes64(Array(repeating: 3, count: 64)))
private let user = EngineBench.owner

/// A flow whose one node wants something signed.
private func signing(timeLimit: Duration = .seconds(180), count: UInt64 = 1) -> GraphSketch {
    var sketch = GraphSketch()
    sketch.constant("x", .array((0..<count).map { .u64($0) }))
    sketch.foreach("f")
    sketch.node(
        "sign", inputs: [InputPort("a")],
        outputs: [OutputPort("signature", type: "signature"), OutputPort("pubkey", type: "pubkey")],
        conduct: NodeConduct(readCapability: .interactive, repetition: .always, timeLimit: nil)
    ) { _ in .ask(.signature(SignatureWish(publicKey: key, message: [1, 2], timeLimit: timeLimit))) }
    sketch.output("o")
    sketch.connect("x.out -> f.array")
    sketch.connect("f.element -> sign.a")
    sketch.connect("sign.pubkey -> o.o")
    return sketch
}

/// A right signature is one whose bytes are all 3.
private func bench(
    _ signatures: MemorySignatures, timeLimit: Duration = .seconds(180), count: UInt64 = 1,
    clock: Clock = .system
) throws -> EngineBench {
    try EngineBench(
        [7: signing(timeLimit: timeLimit, count: count)], storage: signatures.storage, clock: clock
    ) {
        ports in
        ports.signatures = signatures
        ports.verifySignature = { given, message, signer in
            given == signature && message == [1, 2] && signer == key
        }
    }
}

private func asking() -> MemorySignatures {
    let signatures = MemorySignatures(MemoryStorage())
    signatures.add(.person(user), of: key)
    return signatures
}

extension EngineBench {
    fileprivate func request(in run: RunID) async throws -> SignatureRequest {
        try await storage.next(in: run) { content in
            if case .signatureRequested(let asked) = content { asked.request } else { nil }
        }
    }

    fileprivate func submit(
        _ id: Int64, _ signature: Bytes64, message: [UInt8]? = nil
    ) async throws -> EngineReply {
        try await ask(.submitSignature(SignatureSubmission(id: id, signature: signature, message: message)))
    }

    fileprivate func requestCount(in run: RunID) -> Int {
        storage.events(of: run).count { event in
            if case .signatureRequested = event.content { true } else { false }
        }
    }

    /// The output once the journal has the run's end: a run that is being taken up is not known for a moment.
    fileprivate func settledOutput(of run: RunID) async throws -> ValueMap {
        try await storage.next(in: run) { content in
            if case .flowFinished(let end) = content { end.output } else { nil }
        }
    }
}

private let signedOutput: ValueMap = ["o": .b32(key)]

@Suite(.timeLimit(.minutes(5))) struct `Signatures that runs wait for` {
    @Test func `come from a person, once, if they are right`() async throws {
        let signatures = asking()
        let bench = try bench(signatures)
        let run = try await bench.started(7)
        let request = try await bench.request(in: run)
        #expect(request.publicKey == key && request.message == [1, 2])
        #expect(request.timeLimit == .seconds(180))
        #expect(request.createdAt.nanoseconds % 1_000_000 == 0)
        let wrong = known(Bytes64(Array(repeating: 4, count: 64)))
        for (given, message, refusal) in [
            (wrong, nil, SignatureRefusal.wrongSignature), (wrong, [1, 2], .wrongSignature),
            (signature, [1, 2, 3], .changedMessage), (wrong, [], .changedMessage),
        ] as [(Bytes64, [UInt8]?, SignatureRefusal)] {
            try await bench.submit(request.id.number, given, message: message)
                .expectRefused(.signature(refusal))
            #expect(signatures.all.map(\.answer) == [nil])
        }
        try await bench.submit(request.id.number, signature).expectAccepted()
        #expect(try await bench.settledOutput(of: run) == signedOutput)
        for id in [request.id.number, request.id.number ^ 1, 0, -1, .max, .min] {
            try await bench.submit(id, signature).expectRefused(.notFound)
        }
    }

    @Test func `are waited for by the server that has taken the run over`() async throws {
        let signatures = asking()
        let bench = try bench(signatures)
        let run = try await bench.started(7)
        _ = try await bench.request(in: run)
        bench.storage.refuse(run, .takenOver)
        try await bench.ask(.control(ControlRequest(.stop, of: run, principals: [.user(user)])))
            .expectRefused(.notFound)
        #expect(signatures.all.map(\.answer) == [nil])
    }

    @Test func `come from a kept key at once, and nobody is asked`() async throws {
        let signatures = asking()
        signatures.add(.kept(user) { _ in signature }, of: key)
        let bench = try bench(signatures)
        let run = try await bench.started(7)
        #expect(try await bench.settledOutput(of: run) == signedOutput)
        #expect(signatures.all.isEmpty && bench.requestCount(in: run) == 0)
    }

    @Test func `cannot come from nobody`() async throws {
        let signatures = MemorySignatures(MemoryStorage())
        signatures.add(.person(EngineBench.stranger), of: key)
        let bench = try bench(signatures)
        let run = try await bench.started(7)
        #expect(try await bench.settledOutput(of: run) == [:])
        #expect(
            bench.storage.errors(of: run) == ["can't sign for pubkey: \(Base58.encode(key.bytes))"])
    }

    @Test func `may come too late`() async throws {
        let signatures = asking()
        let bench = try bench(signatures, timeLimit: .milliseconds(1))
        let run = try await bench.started(7)
        #expect(try await bench.settledOutput(of: run) == [:])
        #expect(bench.storage.errors(of: run) == ["timeout"])
        #expect(signatures.all.map(\.answer) == [.expired])
        let request = try await bench.request(in: run)
        try await bench.submit(request.id.number, signature).expectRefused(.notFound)
    }

    @Test func `are not waited for any more when the run is stopped`() async throws {
        let signatures = asking()
        let bench = try bench(signatures)
        let run = try await bench.started(7)
        let request = try await bench.request(in: run)
        _ = try await bench.ask(.control(ControlRequest(.stop, of: run, principals: [.user(user)])))
        _ = try await bench.settledOutput(of: run)
        #expect(signatures.all.map(\.answer) == [.canceled])
        try await bench.submit(request.id.number, signature).expectRefused(.notFound)
    }

    @Test func `are still waited for after a restart, and nobody is asked twice`() async throws {
        let signatures = asking()
        let first = try bench(signatures)
        let run = try await first.started(7)
        let request = try await first.request(in: run)
        let drained = Inbox<Bool>()
        first.engine.drain(within: .seconds(3600)) { drained.put(true) }
        _ = try await drained.next()
        let second = try bench(signatures)
        second.engine.resume([ClaimedRun(run: run, parent: nil)])
        try await second.submit(request.id.number, signature).expectAccepted()
        #expect(try await second.settledOutput(of: run) == signedOutput)
        #expect(second.requestCount(in: run) == 1 && signatures.all.count == 1)
    }

    @Test(arguments: [SignatureAnswer.signed(signature), .expired])
    func `that were answered while no server was there are found by the next one`(
        answer: SignatureAnswer
    ) async throws {
        let signatures = asking()
        let first = try bench(signatures)
        let run = try await first.started(7)
        let request = try await first.request(in: run)
        // The first engine is as good as dead: nothing that it would do is waited for.
        signatures.resolve(request.id, answer) { _ in }
        let second = try bench(signatures)
        second.engine.resume([ClaimedRun(run: run, parent: nil)])
        let output = try await second.settledOutput(of: run)
        #expect(output == (answer == .expired ? [:] : signedOutput))
        #expect(second.storage.errors(of: run) == (answer == .expired ? ["timeout"] : []))
    }

    @Test func `count their time from the request, also over a restart`() async throws {
        let signatures = asking()
        let first = try bench(signatures, timeLimit: .seconds(3600))
        let run = try await first.started(7)
        _ = try await first.request(in: run)
        let later = Clock(
            now: { Clock.system.now().advanced(by: .seconds(3601)) }, steady: Clock.system.steady)
        let second = try bench(signatures, clock: later)
        second.engine.resume([ClaimedRun(run: run, parent: nil)])
        #expect(try await second.settledOutput(of: run) == [:])
        #expect(second.storage.errors(of: run) == ["timeout"])
    }

    @Test(arguments: [false, true])
    func `that are being arranged wait at the next server, or are withdrawn with their run`(
        isStopped: Bool
    ) async throws {
        let confirmations = Inbox<@Sendable () -> Void>()
        let signatures = MemorySignatures(MemoryStorage(), confirmations: confirmations)
        signatures.add(.person(user), of: key)
        let bench = try bench(signatures)
        let run = try await bench.started(7)
        let confirm = try await confirmations.next()
        if isStopped {
            _ = try await bench.ask(.control(ControlRequest(.stop, of: run, principals: [.user(user)])))
            _ = try await bench.settledOutput(of: run)
        } else {
            let drained = Inbox<Bool>()
            bench.engine.drain(within: .zero) { drained.put(true) }
            _ = try await drained.next()
        }
        confirm()
        // The lane takes this call after the news of the request.
        _ = try await bench.ask(.watch(run, principals: [.user(user)]))
        #expect(signatures.all.map(\.answer) == (isStopped ? [.canceled] : [nil]))
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Who asks for a run's request for a signature` {
    @Test func `waits for it, and gets the first one that waits`() async throws {
        let signatures = asking()
        let bench = try bench(signatures, count: 3)
        let replies = Inbox<EngineReply>()
        let run = try await bench.started(7)
        bench.engine.perform(.signatureRequest(run, principals: [.run(run)])) { replies.put($0) }
        let first = try await replies.next().expectSignatureRequest()
        #expect(first.run == run)
        #expect(
            try await bench.ask(.signatureRequest(run, principals: [.user(user)])).expectSignatureRequest()
                == first)
        // Executions of one node come one after the other.
        var seen = [first.request.id]
        for _ in 0..<2 {
            try await bench.submit(known(seen.last).number, signature).expectAccepted()
            let next = try await bench.ask(.signatureRequest(run, principals: [.user(user)]))
                .expectSignatureRequest()
            seen.append(next.request.id)
        }
        #expect(Set(seen).count == 3)
        bench.engine.perform(.signatureRequest(run, principals: [.user(user)])) { replies.put($0) }
        _ = try await replies.next()
        _ = try await bench.submit(known(seen.last).number, signature)
        _ = try await bench.settledOutput(of: run)
    }

    @Test func `hears that there is none when the run ends or is over, or is not his`() async throws {
        let signatures = asking()
        var sketch = GraphSketch()
        sketch.awaiting("a")
        let bench = try EngineBench([7: sketch]) { $0.signatures = signatures }
        let run = try await bench.started(7)
        let replies = Inbox<EngineReply>()
        bench.engine.perform(.signatureRequest(run, principals: [.user(user)])) { replies.put($0) }
        try await bench.ask(.signatureRequest(run, principals: [.user(EngineBench.stranger)]))
            .expectRefused(.unauthorized)
        #expect(replies.isEmpty)
        _ = try await bench.ask(.control(ControlRequest(.stop, of: run, principals: [.user(user)])))
        try await replies.next().expectRefused(.notFound)
        _ = try await bench.settledOutput(of: run)
        for (asked, principals, isKnown) in [
            (run, [Principal.user(user)], true), (run, [.user(EngineBench.stranger)], false),
            (RunID(.random()), [.user(user)], true),
        ] {
            try await bench.ask(.signatureRequest(asked, principals: principals))
                .expectRefused(isKnown ? .notFound : .unauthorized)
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct `The feed of a user's requests` {
    private func request(_ number: UInt64) -> WaitingSignature {
        WaitingSignature(
            run: RunID(.zero), execution: NodeExecution(node: NodeID(.zero), times: 0),
            request: SignatureRequest(
                id: known(SignatureRequestID(Int64(number + 1))), publicKey: key, message: [],
                kind: .message, createdAt: Timestamp(seconds: 0), timeLimit: .seconds(1)))
    }

    @Test func `is one for all who watch, and tells them of what is asked from then on`() async throws {
        let signatures = asking()
        let bench = try bench(signatures)
        let feed = try await bench.ask(.watchSignatures(user)).expectWatchingSignatures()
        let same = try await bench.ask(.watchSignatures(user)).expectWatchingSignatures()
        let other = try await bench.ask(.watchSignatures(EngineBench.stranger)).expectWatchingSignatures()
        #expect(feed === same && feed !== other)
        let news = Inbox<UserID>()
        feed.watch(from: 0) { news.put($0) }
        let cursor = feed.cursor
        let run = try await bench.started(7)
        #expect(try await news.next() == user)
        let pull = feed.pull(after: cursor)
        guard case .requests(let requests, let next) = pull else {
            throw Surprise(expected: "requests", pull)
        }
        #expect(requests.map(\.run) == [run])
        for pull in [feed.pull(after: next), other.pull(after: other.cursor)] {
            guard case .caughtUp = pull else { throw Surprise(expected: "caughtUp", pull) }
        }
        let waiting = try await bench.ask(.pendingSignatures(user, after: nil)).expectPendingSignatures()
        let rest = try await bench.ask(.pendingSignatures(user, after: waiting.last?.request))
            .expectPendingSignatures()
        #expect(waiting == requests && rest.isEmpty)
    }
}
