import Primitives
import Synchronization
import TestKit
import Testing
import Values

@testable import Engine

private let key = known(Bytes32(Array(repeating: 9, count: 32)))
private let signature = known(Bytes64(Array(repeating: 3, count: 64)))
private let owner = EngineBench.owner

/// A flow that waits for a value and for a signature.
private func waiting() -> GraphSketch {
    var sketch = GraphSketch()
    sketch.awaiting("a")
    sketch.constant("x", .u64(1))
    sketch.node(
        "sign", inputs: [InputPort("a")],
        outputs: [OutputPort("signature", type: "signature"), OutputPort("pubkey", type: "pubkey")],
        conduct: NodeConduct(readCapability: .interactive, repetition: .always, timeLimit: nil)
    ) { _ in .ask(.signature(SignatureWish(publicKey: key, message: [1], timeLimit: .seconds(3_600)))) }
    sketch.output("o")
    sketch.output("p")
    sketch.connect("a.value -> o.o")
    sketch.connect("x.out -> sign.a")
    sketch.connect("sign.pubkey -> p.p")
    return sketch
}

/// Storage whose first questions about answers fail.
private final class FailingInputs: InputRequests {
    private let memory: MemoryInputs
    private let failures = Mutex(1)

    init(_ memory: MemoryInputs) { self.memory = memory }

    var hasFailed: Bool { failures.withLock { $0 == 0 } }

    func record(_ request: InputRequest, reply: @escaping @Sendable (Result<Void, StorageError>) -> Void) {
        memory.record(request, reply: reply)
    }

    func resolve(
        keyHash: [UInt8], _ answer: InputAnswer,
        reply: @escaping @Sendable (Result<InputRequest?, StorageError>) -> Void
    ) {
        memory.resolve(keyHash: keyHash, answer, reply: reply)
    }

    func isAwaited(keyHash: [UInt8], reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void) {
        memory.isAwaited(keyHash: keyHash, reply: reply)
    }

    func answered(
        _ keyHashes: [[UInt8]],
        reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) {
        let fails = failures.withLock { failures in
            defer { failures = max(0, failures - 1) }
            return failures > 0
        }
        if fails { reply(.failure(.unavailable)) } else { memory.answered(keyHashes, reply: reply) }
    }

    func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredInputRequest], StorageError>) -> Void
    ) {
        memory.requests(of: run, reply: reply)
    }
}

/// Stops in a storage that is away.
private final class AbsentControls: RunControls {
    private let looks = Mutex(0)

    /// How often they were asked for.
    var lookCount: Int { looks.withLock { $0 } }

    func record(_ control: RunControl, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void) {
        reply(.failure(.unavailable))
    }

    func controls(of runs: [RunID], reply: @escaping @Sendable (Result<[RunControl], StorageError>) -> Void) {
        looks.withLock { $0 += 1 }
        reply(.failure(.unavailable))
    }
}

/// A record that keeps back how requests were arranged.
private final class SlowSignatures: SignatureRequests {
    /// What was written down.
    let asked = Inbox<SignatureRequest>()
    private let memory: MemorySignatures
    private let held = Mutex<[@Sendable () -> Void]>([])

    init(_ memory: MemorySignatures) { self.memory = memory }

    func release() {
        for answer in held.withLock({ $0 }) { answer() }
    }

    func arrange(
        _ waiting: WaitingSignature, for parties: SignatureParties,
        reply: @escaping @Sendable (Result<SignatureArrangement, StorageError>) -> Void
    ) {
        memory.arrange(waiting, for: parties) { result in
            self.held.withLock { $0.append { reply(result) } }
            self.asked.put(waiting.request)
        }
    }

    func find(
        _ id: SignatureRequestID,
        reply: @escaping @Sendable (Result<AskedSignature?, StorageError>) -> Void
    ) {
        memory.find(id, reply: reply)
    }

    func resolve(
        _ id: SignatureRequestID, _ answer: SignatureAnswer,
        reply: @escaping @Sendable (Result<WaitingSignature?, StorageError>) -> Void
    ) {
        memory.resolve(id, answer, reply: reply)
    }

    func answered(
        _ ids: [SignatureRequestID],
        reply: @escaping @Sendable (Result<[StoredSignature], StorageError>) -> Void
    ) {
        memory.answered(ids, reply: reply)
    }

    func awaited(
        in runs: [RunID], reply: @escaping @Sendable (Result<[AwaitedSignature], StorageError>) -> Void
    ) {
        memory.awaited(in: runs, reply: reply)
    }

    func requests(
        of run: RunID, reply: @escaping @Sendable (Result<[StoredSignature], StorageError>) -> Void
    ) {
        memory.requests(of: run, reply: reply)
    }

    func pending(
        of user: UserID, after last: SignatureRequest?,
        reply: @escaping @Sendable (Result<[WaitingSignature], StorageError>) -> Void
    ) {
        memory.pending(of: user, after: last, reply: reply)
    }
}

/// Two engines on one storage: runs are there, and calls come here. Neither hears of the other by itself.
private struct TwoServers {
    let storage = MemoryStorage()
    let inputs: MemoryInputs
    let signatures: MemorySignatures
    let controls: MemoryRunControls
    let here: EngineBench
    let there: EngineBench

    init(_ flow: GraphSketch = waiting(), inputsThere: (any InputRequests)? = nil) throws {
        let storage = storage
        let signatures = MemorySignatures(storage)
        signatures.add(.person(owner), of: key)
        let controls = MemoryRunControls(storage)
        inputs = MemoryInputs(storage)
        (self.signatures, self.controls) = (signatures, controls)
        func bench(_ inputs: MemoryInputs, _ other: (any InputRequests)?) throws -> EngineBench {
            try EngineBench([7: flow], storage: storage, inputs: inputs) { ports in
                ports.signatures = signatures
                ports.controls = controls
                ports.verifySignature = { given, _, _ in given == signature }
                if let other { ports.inputs = other }
            }
        }
        here = try bench(inputs, nil)
        // The last one is whom storage tells what is durable.
        there = try bench(inputs, inputsThere ?? inputs)
    }

    /// Starts a run there; it waits for a value and a signature then.
    func run() async throws -> (run: RunID, key: String, request: SignatureRequest) {
        let run = try await there.started(7)
        let address = try await storage.next(in: run) { content in
            if case .inputRequested(let asked) = content { asked.url } else { nil }
        }
        let request = try await storage.next(in: run) { content in
            if case .signatureRequested(let asked) = content { asked.request } else { nil }
        }
        return (run, String(address.dropFirst("at:".count)), request)
    }

    func submitHere(_ request: SignatureRequest) async throws {
        let submission = SignatureSubmission(id: request.id.number, signature: signature)
        try await here.ask(.submitSignature(submission)).expectAccepted()
    }

    func answerHere(_ key: String, _ value: Value) async throws {
        try await here.ask(.answerInput(key: key, .submitted(value))).expectAccepted()
    }

    func stopHere(
        _ run: RunID, by user: UserID = owner, grace: Duration = .zero, reason: String? = nil
    ) async throws -> EngineReply {
        try await here.ask(
            .control(ControlRequest(.stop, of: run, principals: [.user(user)], grace: grace, reason: reason)))
    }

    func output(of run: RunID) async throws -> String {
        let output = try await storage.next(in: run) { content in
            if case .flowFinished(let end) = content { end.output } else { nil }
        }
        return GraphSketch.text(.map(output))
    }
}

/// What is behind a cursor of a feed.
private func pulled(_ feed: SignatureFeed, after cursor: UInt64 = 0) -> [SignatureRequestID] {
    guard case .requests(let requests, _) = feed.pull(after: cursor) else { return [] }
    return requests.map(\.request.id)
}

@Suite(.timeLimit(.minutes(5))) struct `What another server has written down` {
    @Test(arguments: [false, true])
    func `answers reach the run that waits for them`(isAnything: Bool) async throws {
        let servers = try TwoServers()
        let (run, key, request) = try await servers.run()
        let news = isAnything ? RemoteNews.anythingHappened : .runTouched(run)
        // Untrue news: nothing is there yet.
        servers.there.engine.hear(news)
        try await servers.answerHere(key, .string("yes"))
        servers.there.engine.hear(news)
        let answered = try await servers.storage.next(in: run) { content in
            if case .nodeOutput(let given) = content, given.output["value"] != nil {
                given.output
            } else {
                nil
            }
        }
        #expect(GraphSketch.text(.map(answered)) == "{value: yes}")
        try await servers.submitHere(request)
        for _ in 0..<5 { servers.there.engine.hear(news) }
        #expect(try await servers.output(of: run).hasPrefix("{o: yes, p: "))
        #expect(servers.storage.errors(of: run) == [])
    }

    @Test func `news of what was taken before, or of runs that are not here, changes nothing`() async throws {
        let servers = try TwoServers()
        let (run, key, request) = try await servers.run()
        try await servers.answerHere(key, .string("yes"))
        for _ in 0..<20 {
            servers.there.engine.hear(.runTouched(run))
            servers.here.engine.hear(.runTouched(run))
            servers.there.engine.hear(.runTouched(RunID(.random())))
            servers.there.engine.hear(.signatureAsked(.random()))
            servers.there.engine.hear(.anythingHappened)
        }
        try await servers.submitHere(request)
        servers.there.engine.hear(.runTouched(run))
        _ = try await servers.output(of: run)
        let ends = servers.storage.events(of: run).count { event in
            if case .nodeFinished = event.content { true } else { false }
        }
        #expect(ends == 5)
    }

    @Test func `an answer may come before its run knows that the request is written down`() async throws {
        let storage = MemoryStorage()
        let signatures = MemorySignatures(storage)
        signatures.add(.person(owner), of: key)
        let slow = SlowSignatures(signatures)
        let bench = try EngineBench([7: waiting()], storage: storage) { $0.signatures = slow }
        let run = try await bench.started(7)
        let address = try await bench.storage.next(in: run) { content in
            if case .inputRequested(let asked) = content { asked.url } else { nil }
        }
        let request = try await slow.asked.next()
        signatures.resolve(request.id, .signed(signature)) { _ in }
        bench.engine.hear(.runTouched(run))
        // A call that its lane answers: then the news has been heard.
        try await bench.ask(.watch(run, principals: [.user(owner)])).expectWatching()
        slow.release()
        _ = try await bench.ask(
            .answerInput(key: String(address.dropFirst("at:".count)), .submitted(.string("yes"))))
        #expect(try await bench.output(of: run).hasPrefix("{o: yes, p: "))
    }

    @Test func `an answer that is not stored whole fails its node`() async throws {
        let servers = try TwoServers()
        let (run, key, request) = try await servers.run()
        servers.inputs.resolve(
            keyHash: Array(key.utf8), .submitted(.secret(SecretValue(.null, shownAs: .string("seen"))))
        ) { _ in }
        try await servers.submitHere(request)
        servers.there.engine.hear(.runTouched(run))
        #expect(try await servers.output(of: run).hasPrefix("{p: "))
        #expect(
            servers.storage.errors(of: run) == ["the posted value holds a secret, which is not stored"])
    }

    @Test func `it is looked for again if storage does not answer`() async throws {
        let storage = MemoryStorage()
        let inputs = MemoryInputs(storage)
        let failing = FailingInputs(inputs)
        var sketch = GraphSketch()
        sketch.awaiting("a")
        sketch.output("o")
        sketch.connect("a.value -> o.o")
        let bench = try EngineBench([7: sketch], storage: storage, inputs: inputs) { $0.inputs = failing }
        let run = try await bench.started(7)
        let address = try await bench.storage.next(in: run) { content in
            if case .inputRequested(let asked) = content { asked.url } else { nil }
        }
        inputs.resolve(
            keyHash: Array(address.dropFirst("at:".count).utf8), .submitted(.string("late"))
        ) { _ in }
        bench.engine.hear(.runTouched(run))
        #expect(try await bench.output(of: run) == "{o: late}")
        #expect(failing.hasFailed)
    }

    @Test func `looks in vain do not become more`() async throws {
        let time = MadeClock(at: 1_700_000_000)
        let controls = AbsentControls()
        var sketch = GraphSketch()
        sketch.awaiting("a")
        let bench = try EngineBench([7: sketch], clock: time.clock) { $0.controls = controls }
        let run = try await bench.started(7)
        /// The lane has done what was due, and heard what came of it.
        func settle() async throws {
            for _ in 0..<2 {
                try await bench.ask(.watch(run, principals: [.user(owner)])).expectWatching()
            }
        }
        for _ in 0..<10 {
            bench.engine.hear(.runTouched(run))
            try await settle()
            time.advance(milliseconds: 10)
        }
        #expect(controls.lookCount == 10)
        // As long as one look in vain waits for the next one.
        for _ in 0..<Limits.remoteLookAgainMilliseconds / 10 {
            time.advance(milliseconds: 10)
            try await settle()
        }
        #expect(controls.lookCount == 11)
    }

    @Test func `a stop ends the run as one that arrives where the run is`() async throws {
        let servers = try TwoServers()
        let (run, _, _) = try await servers.run()
        try await servers.stopHere(run, by: EngineBench.stranger).expectRefused(.unauthorized)
        try await servers.stopHere(RunID(.random())).expectRefused(.notFound)
        try await servers.stopHere(run, reason: "enough").expectAccepted()
        try await servers.stopHere(run, grace: .seconds(9), reason: "too late").expectAccepted()
        #expect(
            servers.controls.all == [RunControl(.stop, of: run, reason: "enough")])
        servers.there.engine.hear(.runTouched(run))
        servers.there.engine.hear(.runTouched(run))
        #expect(try await servers.output(of: run) == "{}")
        #expect(
            servers.storage.errors(of: run) == ["canceled by user enough", "canceled by user enough"])
        try await servers.stopHere(run).expectRefused(.notFound)
    }

    @Test func `the first stop counts, wherever it arrives`() async throws {
        let servers = try TwoServers()
        let (run, key, request) = try await servers.run()
        let local = ControlRequest(
            .stop, of: run, principals: [.user(owner)], grace: .seconds(300), reason: "slowly")
        try await servers.there.ask(.control(local)).expectAccepted()
        try await servers.stopHere(run, reason: "at once").expectAccepted()
        servers.there.engine.hear(.runTouched(run))
        try await servers.submitHere(request)
        try await servers.answerHere(key, .string("yes"))
        servers.there.engine.hear(.runTouched(run))
        _ = try await servers.output(of: run)
        #expect(servers.storage.errors(of: run) == [])
    }

    @Test func `a stop waits for a run that is being taken up`() async throws {
        let servers = try TwoServers()
        let (run, _, _) = try await servers.run()
        let drained = Inbox<Bool>()
        servers.there.engine.drain(within: .seconds(3_600)) { drained.put(true) }
        _ = try await drained.next()
        try await servers.stopHere(run, reason: "enough").expectAccepted()
        let next = try EngineBench([7: waiting()], storage: servers.storage, inputs: servers.inputs) {
            $0.signatures = servers.signatures
            $0.controls = servers.controls
        }
        next.engine.resume([ClaimedRun(run: run, parent: nil)])
        #expect(try await servers.output(of: run) == "{}")
        #expect(
            servers.storage.errors(of: run) == ["canceled by user enough", "canceled by user enough"])
    }

    @Test func `a stop keeps a run that is taken up from starting anything`() async throws {
        var sketch = GraphSketch()
        sketch.awaiting("a")
        sketch.output("o")
        sketch.connect("a.value -> o.o")
        let servers = try TwoServers(sketch)
        let run = try await servers.there.started(7)
        let address = try await servers.storage.next(in: run) { content in
            if case .inputRequested(let asked) = content { asked.url } else { nil }
        }
        let drained = Inbox<Bool>()
        servers.there.engine.drain(within: .seconds(3_600)) { drained.put(true) }
        _ = try await drained.next()
        try await servers.stopHere(run, reason: "enough").expectAccepted()
        try await servers.answerHere(String(address.dropFirst("at:".count)), .string("yes"))
        let next = try EngineBench([7: sketch], storage: servers.storage, inputs: servers.inputs) {
            $0.controls = servers.controls
        }
        next.engine.resume([ClaimedRun(run: run, parent: nil)])
        #expect(try await servers.output(of: run) == "{}", "the answer is there, and too late")
        #expect(servers.storage.errors(of: run) == ["canceled by user enough"])
    }

    @Test func `a stop is there for whoever has the run next, before it is acknowledged`() async throws {
        let servers = try TwoServers()
        let (run, _, _) = try await servers.run()
        // Nothing of the run is written down any more, as if its server died.
        servers.storage.hold()
        let local = ControlRequest(.stop, of: run, principals: [.user(owner)], reason: "enough")
        try await servers.there.ask(.control(local)).expectAccepted()
        #expect(
            servers.controls.all == [RunControl(.stop, of: run, reason: "enough")])
    }

    @Test func `a reason is cut where it is too long, between characters`() {
        let run = RunID(.random())
        for (reason, kept) in [
            (String(repeating: "é", count: 3_000), 2_048), (String(repeating: "a", count: 4_096), 4_096),
            ("x" + String(repeating: "\u{1F600}", count: 1_024), 1_024), ("", 0),
        ] {
            let stop = RunControl(.stop, of: run, grace: .seconds(-1), reason: reason)
            #expect(stop.reason?.unicodeScalars.count == kept)
            #expect(reason.hasPrefix(stop.reason ?? "?"))
            #expect(stop.grace == .zero)
        }
        #expect(RunControl(.stop, of: run, grace: .seconds(999)).grace == .seconds(300))
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Requests for signatures of runs elsewhere` {
    @Test func `are told whoever watches the user, once`() async throws {
        let servers = try TwoServers()
        let feed = try await servers.here.ask(.watchSignatures(owner)).expectWatchingSignatures()
        let other = try await servers.here.ask(.watchSignatures(EngineBench.stranger))
            .expectWatchingSignatures()
        let marks = Inbox<UserID>()
        feed.watch(from: 0) { marks.put($0) }
        let (_, _, first) = try await servers.run()
        servers.here.engine.hear(.signatureAsked(first.id))
        #expect(try await marks.next() == owner)
        #expect(pulled(feed) == [first.id])
        // Nobody has told of the second one.
        let (_, _, second) = try await servers.run()
        servers.here.engine.hear(.signatureAsked(first.id))
        servers.here.engine.hear(.anythingHappened)
        #expect(try await marks.next() == owner)
        servers.here.engine.hear(.anythingHappened)
        servers.here.engine.hear(.signatureAsked(second.id))
        #expect(pulled(feed) == [first.id, second.id])
        #expect(pulled(other) == [])
    }

    @Test func `that are not told come to the feed in pages`() async throws {
        let servers = try TwoServers()
        let feed = try await servers.here.ask(.watchSignatures(owner)).expectWatchingSignatures()
        var all: Set<SignatureRequestID> = []
        for _ in 0..<Limits.signaturePageMax + 20 { all.insert(try await servers.run().request.id) }
        servers.here.engine.hear(.anythingHappened)
        #expect(Set(pulled(feed)) == all)
        #expect(pulled(feed).count == all.count)
    }

    @Test func `that have waited for long leave the feed to those that are new`() async throws {
        let servers = try TwoServers()
        let made = Clock.system.now().advanced(by: .seconds(-3_600))
        for _ in 0...Limits.signatureWindowMax {
            let waiting = WaitingSignature(
                run: RunID(.random()), execution: NodeExecution(node: NodeID(.random()), times: 0),
                request: SignatureRequest(
                    id: .random(), publicKey: key, message: [1], kind: .message, createdAt: made,
                    timeLimit: .seconds(7_200)))
            let parties = SignatureParties(
                owner: owner, startedBy: nil, startedKey: nil, deployment: nil, ownerKeyCounts: false)
            servers.signatures.arrange(waiting, for: parties) { _ in }
        }
        let feed = try await servers.here.ask(.watchSignatures(owner)).expectWatchingSignatures()
        // A subscription stands here and reads what waits by itself.
        let cursor = feed.cursor
        let (_, _, request) = try await servers.run()
        for _ in 0..<2 { servers.here.engine.hear(.anythingHappened) }
        #expect(pulled(feed, after: cursor) == [request.id])
    }

    @Test(arguments: [RemoteNews.anythingHappened, nil])
    func `are given to who waits for them over a call`(news: RemoteNews?) async throws {
        var sketch = waiting()
        sketch.constant("late", .u64(1))
        let servers = try TwoServers(sketch)
        let (run, _, request) = try await servers.run()
        let waiting = try await servers.here.ask(.signatureRequest(run, principals: [.user(owner)]))
            .expectSignatureRequest()
        try await servers.here.ask(.signatureRequest(run, principals: [.user(EngineBench.stranger)]))
            .expectRefused(.unauthorized)
        try await servers.here.ask(.signatureRequest(RunID(.random()), principals: [.user(owner)]))
            .expectRefused(.notFound)
        #expect(waiting.request == request && waiting.run == run)

        try await servers.submitHere(request)
        servers.there.engine.hear(.runTouched(run))
        _ = try await servers.storage.next(in: run) { content in
            if case .nodeOutput(let given) = content, given.output["pubkey"] != nil {
                given.output
            } else {
                nil
            }
        }
        // Now it waits for a value only. Whoever waits for a signature hears that the run has ended.
        let replies = Inbox<EngineReply>()
        servers.here.engine.perform(.signatureRequest(run, principals: [.user(owner)])) { replies.put($0) }
        let local = ControlRequest(.stop, of: run, principals: [.user(owner)])
        _ = try await servers.there.ask(.control(local))
        _ = try await servers.output(of: run)
        if let news { servers.here.engine.hear(news) }
        try await replies.next().expectRefused(.notFound)
    }

    @Test func `are given to who waits when they are made`() async throws {
        var sketch = GraphSketch()
        sketch.awaiting("a")
        sketch.node(
            "sign", inputs: [InputPort("a")], outputs: [OutputPort("pubkey", type: "pubkey")],
            conduct: NodeConduct(readCapability: .interactive, repetition: .always, timeLimit: nil)
        ) { _ in
            .ask(.signature(SignatureWish(publicKey: key, message: [1], timeLimit: .seconds(3_600))))
        }
        sketch.connect("a.value -> sign.a")
        let servers = try TwoServers(sketch)
        let run = try await servers.there.started(7)
        let address = try await servers.storage.next(in: run) { content in
            if case .inputRequested(let asked) = content { asked.url } else { nil }
        }
        let replies = Inbox<EngineReply>()
        servers.here.engine.perform(.signatureRequest(run, principals: [.user(owner)])) { replies.put($0) }
        try await servers.answerHere(String(address.dropFirst("at:".count)), .u64(1))
        servers.there.engine.hear(.runTouched(run))
        let request = try await servers.storage.next(in: run) { content in
            if case .signatureRequested(let asked) = content { asked.request } else { nil }
        }
        servers.here.engine.hear(.signatureAsked(request.id))
        let waiting = try await replies.next().expectSignatureRequest()
        #expect(waiting.request == request)
    }

    @Test func `are not waited for by those who have gone`() async throws {
        var sketch = GraphSketch()
        sketch.awaiting("a")
        let servers = try TwoServers(sketch)
        let run = try await servers.there.started(7)
        let refusals = Inbox<EngineReply>()
        // Some go before their run is found, some after that.
        let calls = (0..<2 * Limits.outputWaitersPerRunMax).compactMap { number in
            let call = servers.here.engine.perform(.signatureRequest(run, principals: [.user(owner)])) {
                refusals.put($0)
            }
            if number % 2 == 0 { call?.withdraw() }
            return call
        }
        for call in calls { call.withdraw() }
        let replies = Inbox<EngineReply>()
        servers.here.engine.perform(.signatureRequest(run, principals: [.user(owner)])) { replies.put($0) }
        _ = try await servers.there.ask(.control(ControlRequest(.stop, of: run, principals: [.user(owner)])))
        _ = try await servers.output(of: run)
        servers.here.engine.hear(.anythingHappened)
        try await replies.next().expectRefused(.notFound)
        #expect(refusals.isEmpty)
    }

    @Test func `are not waited for by a server that stops`() async throws {
        var sketch = GraphSketch()
        sketch.awaiting("a")
        let servers = try TwoServers(sketch)
        let run = try await servers.there.started(7)
        let replies = Inbox<EngineReply>()
        let drained = Inbox<Bool>()
        servers.here.engine.perform(.signatureRequest(run, principals: [.user(owner)])) { replies.put($0) }
        servers.here.engine.drain(within: .seconds(3_600)) { drained.put(true) }
        try await replies.next().expectBusy()
        _ = try await drained.next()
    }
}
