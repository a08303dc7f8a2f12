import Chain
import Engine
import Primitives
import TestKit
import TestTraits
import Testing
import Values

@testable import Store

/// What every reader of runs that were left behind must do: the one in memory, on which the engine is tested, and the one
/// on Postgres. Who has a run, and what cannot be read, is in memory nobody's question: see `What a dead server leaves
/// behind`.
///
/// Port: LeftRuns. Implementations: PostgresLeftRuns, MemoryLeftRuns.
@Suite(.blocking) struct `Runs that were left behind` {
    enum Kind: CaseIterable {
        case memory, postgres
    }

    /// One implementation with the storage that its runs are in.
    private final class Bench {
        let left: any LeftRuns
        let inputs: any InputRequests
        let signatures: any SignatureRequests
        let controls: any RunControls
        let user: UserID
        private let journal: any RunJournal
        private let harness: StorageHarness?
        private let notices: NoticeBox
        private(set) var scripts: [RunID: EventScript] = [:]

        init(_ kind: Kind) throws {
            switch kind {
            case .memory:
                let storage = MemoryStorage()
                (inputs, signatures) = (MemoryInputs(storage), MemorySignatures(storage))
                controls = MemoryRunControls(storage)
                left = MemoryLeftRuns(
                    storage, inputs: inputs, signatures: signatures, controls: controls,
                    eventsMax: Limits.leftRunEventsMax)
                (journal, harness, user) = (storage, nil, UserID(.random()))
                notices = NoticeBox()
                storage.addListener(lane: 0, of: 1) { [notices] in notices.add($0) }
            case .postgres:
                let harness = try StorageHarness()
                (inputs, signatures) = (harness.storage.inputs, harness.storage.signatures)
                controls = harness.storage.controls
                (left, journal) = (harness.storage.leftRuns, harness.storage.journal)
                (self.harness, user, notices) = (harness, harness.user, harness.notices)
            }
        }

        deinit { harness?.storage.stop() }

        func record(
            _ run: RunID, inputs: ValueMap = [:], origin: RunOrigin = .start, depth: Int32 = 1
        ) -> RunRecord {
            RunRecord(
                id: run, owner: user, startedBy: nil, flow: nil, snapshot: StorageHarness.snapshot,
                inputs: inputs, environment: [:], terms: ChainTerms(), bundling: "Off", origin: origin,
                depth: depth, createdAt: Timestamp(nanoseconds: 1_700_000_000_123_456_000))
        }

        func create(_ record: RunRecord) {
            journal.append([.created(record)])
            scripts[record.id] = EventScript(run: record.id, owner: user)
            #expect(notices.wait { $0.durable(record.id) == 0 })
        }

        func create(inputs: ValueMap = [:], in parent: RunID? = nil, by execution: NodeExecution? = nil)
            -> RunID
        {
            let run = RunID.make(at: Clock.system.now())
            let origin = parent.map { RunOrigin.nested(in: $0, known(execution)) } ?? .start
            create(record(run, inputs: inputs, origin: origin, depth: parent == nil ? 1 : 2))
            return run
        }

        func say(_ contents: RunEvent.Content..., of run: RunID) {
            var script = known(scripts[run])
            journal.append(contents.map { script.add($0) })
            scripts[run] = script
            let last = UInt64(script.events.count)
            #expect(notices.wait { $0.durable(run) == last })
        }

        func find(_ runs: RunID...) throws -> [RunID: LeftRun] {
            let found = try answer { left.runs(runs, reply: $0) }.get()
            #expect(found.unreadable.isEmpty)
            return Dictionary(uniqueKeysWithValues: found.runs.map { ($0.record.id, $0) })
        }

        func events(of run: RunID, after: UInt64 = 0, limit: Int = 1_000) throws -> [RunEvent] {
            try answer { left.events(of: run, after: after, limit: limit, reply: $0) }.get()
        }

        func ask(_ number: UInt8, _ execution: NodeExecution, in run: RunID) throws {
            let request = InputRequest(
                run: run, execution: execution, keyHash: [UInt8](repeating: number, count: 32), expiresAt: nil
            )
            try answer { inputs.record(request, reply: $0) }.get()
        }

        func answerInput(_ number: UInt8, _ with: InputAnswer) throws {
            let hash = [UInt8](repeating: number, count: 32)
            #expect(try answer { inputs.resolve(keyHash: hash, with, reply: $0) }.get() != nil)
        }

        func askToSign(_ execution: NodeExecution, in run: RunID) throws -> SignatureRequestID {
            let key = known(Bytes32([UInt8](repeating: 9, count: 32)))
            let waiting = WaitingSignature(
                run: run, execution: execution,
                request: SignatureRequest(
                    id: .random(), publicKey: key, message: [1], kind: .message,
                    createdAt: Timestamp(seconds: Clock.system.now().milliseconds / 1_000),
                    timeLimit: .seconds(60)))
            let parties = SignatureParties(
                owner: user, startedBy: nil, startedKey: Base58.encode(key.bytes), deployment: nil,
                ownerKeyCounts: true)
            _ = try answer { signatures.arrange(waiting, for: parties, reply: $0) }.get()
            return waiting.request.id
        }
    }

    private static func execution(_ node: Int, _ times: Int32 = 0) -> NodeExecution {
        NodeExecution(node: StorageHarness.nodes[node], times: times)
    }

    @Test(arguments: Kind.allCases) func `come with their records as they were made`(kind: Kind) throws {
        let bench = try Bench(kind)
        let key = known(Bytes32([UInt8](repeating: 3, count: 32)))
        let plain = bench.create()
        let full = RunID.make(at: Clock.system.now())
        func record(_ snapshot: FlowSnapshot, _ partial: PartialConfig) -> RunRecord {
            RunRecord(
                id: full, owner: bench.user, startedBy: bench.user, startedKey: Base58.encode(key.bytes),
                flow: nil, deployment: DeploymentID(UniqueID(high: 5, low: 5)), snapshot: snapshot,
                inputs: everyValue, environment: ["A": "b\u{0}é"],
                terms: ChainTerms(
                    network: FlowNetwork(url: "https://rpc.example", cluster: "testnet"),
                    fees: [FlowFee(receiver: key, lamports: .max)], identity: key, signer: key),
                bundling: "Automatic", origin: .startShared(by: bench.user), depth: 3,
                collectsActs: true, partial: partial, resumesOnCrash: true,
                sharedWith: [bench.user], createdAt: Timestamp(nanoseconds: 1_700_000_000_123_456_000))
        }
        bench.create(
            record(
                StorageHarness.snapshot,
                PartialConfig(onlyNodes: [StorageHarness.nodes[0]], runs: [:], defaultRun: plain)))
        let found = try bench.find(full, plain)
        let left = try #require(found[full])
        let expected = record(
            FlowSnapshot(hash: StorageHarness.snapshot.hash, document: []),
            PartialConfig(onlyNodes: [], runs: [:], defaultRun: nil))
        #expect("\(left.record)" == "\(expected)")
        #expect(left.hasWholeInputs && left.hasAllEvents && left.events.isEmpty && !left.isCut)
        let other = try #require(found[plain])
        #expect(other.record.partial == nil && other.record.terms.chain.action == nil)
        #expect(other.record.sharedWith.isEmpty)
        #expect(other.children.isEmpty && other.inputs.isEmpty && other.signatures.isEmpty)
    }

    @Test(arguments: Kind.allCases) func `are those that are there and have not ended`(kind: Kind) throws {
        let bench = try Bench(kind)
        let (open, ended) = (bench.create(), bench.create())
        bench.say(.flowStarted, of: open)
        bench.say(.flowStarted, .flowFinished(notRun: [], output: [:], status: .stopped), of: ended)
        #expect(try Set(bench.find(ended, RunID(.random()), open).keys) == [open])
        #expect(try bench.find(ended).isEmpty)
        #expect(try bench.find().isEmpty)
        #expect(try bench.events(of: RunID(.random())).isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func `come with their events, log lines without their text`(kind: Kind) throws {
        let bench = try Bench(kind)
        let (run, node) = (bench.create(), Self.execution(0, 2))
        let line = RunLogLine(level: .warn, module: "m", content: "c\u{0}")
        bench.say(
            .flowStarted, .flowLogged(line), .nodeStarted(node, input: everyValue), .nodeLogged(node, line),
            .nodeOutput(node, output: everyValue), .nodeFailed(node, error: "e"),
            .nodeFinished(node), .inputRequested(Self.execution(1), url: "u"), of: run)
        let all = known(bench.scripts[run]).events
        let left = try #require(try bench.find(run)[run])
        #expect(left.hasAllEvents && left.events.map(\.sequence) == all.map(\.sequence))
        #expect(left.events.map(\.time) == all.map(\.time))
        let bare = RunLogLine(level: .warn, content: "")
        for (event, original) in zip(left.events, all) {
            switch event.content {
            case .flowLogged(let log): #expect("\(log.line)" == "\(bare)")
            case .nodeLogged(let log): #expect(log.execution == node && "\(log.line)" == "\(bare)")
            default: #expect("\(event)" == "\(original)")
            }
        }
        #expect(try bench.events(of: run).map { "\($0)" } == all.map { "\($0)" })
    }

    @Test(arguments: Kind.allCases) func `that are long are read on in pages`(kind: Kind) throws {
        let bench = try Bench(kind)
        let (run, exact) = (bench.create(), bench.create())
        for (run, count) in [(run, Limits.leftRunEventsMax + 3), (exact, Limits.leftRunEventsMax)] {
            for _ in 0..<count { bench.say(.flowLogged(RunLogLine(level: .info, content: "more")), of: run) }
        }
        let found = try bench.find(run, exact)
        #expect(found[run]?.events.count == Limits.leftRunEventsMax && found[run]?.hasAllEvents == false)
        #expect(found[exact]?.events.count == Limits.leftRunEventsMax && found[exact]?.hasAllEvents == true)
        let last = UInt64(Limits.leftRunEventsMax)
        #expect(try bench.events(of: run, after: last).map(\.sequence) == [last + 1, last + 2, last + 3])
        #expect(try bench.events(of: run, after: last, limit: 2).map(\.sequence) == [last + 1, last + 2])
        #expect(try bench.events(of: run, after: last + 3).isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func `are whole if they are asked for alone, and say it otherwise`(kind: Kind) throws {
        let bench = try Bench(kind)
        let text = Value.string(String(repeating: "x", count: 2 * Limits.leftRunBytesMax))
        let (large, other) = (bench.create(inputs: ["text": text]), bench.create())
        let together = try bench.find(large, other)
        let left = try #require(together[large])
        #expect(left.isCut || left.record.inputs["text"] == text)
        #expect(together[other]?.isCut == false)
        let alone = try #require(try bench.find(large)[large])
        #expect(!alone.isCut && alone.record.inputs["text"] == text)
    }

    @Test(arguments: Kind.allCases) func `do not tell what was hidden, and that it was`(kind: Kind) throws {
        let bench = try Bench(kind)
        let secret = Value.vaultSecret("psst", provider: "p", label: "l")
        let run = bench.create(inputs: ["a": .array([secret]), "b": .u64(1)])
        let node = Self.execution(0)
        bench.say(
            .flowStarted, .nodeStarted(node, input: ["a": secret]),
            .nodeOutput(node, output: ["a": .array([secret]), "b": .u64(1)]), of: run)
        let left = try #require(try bench.find(run)[run])
        #expect(!left.hasWholeInputs && !left.record.inputs.holdsSecret)
        let seen = #"{"M":{"a":{"A":[{"S":"<vault:p/l>"}]},"b":{"U":"1"}}}"#
        #expect(Value.map(left.record.inputs).taggedText == seen)
        guard case .nodeStarted(let start) = left.events[1].content,
            case .nodeOutput(let given) = left.events[2].content
        else { throw Surprise(expected: "the beginning of a node and its output", left.events) }
        let (input, output) = (start.input, given.output)
        #expect(!input.holdsSecret && Value.map(input).taggedText == #"{"M":{"a":{"S":"<vault:p/l>"}}}"#)
        #expect(Value.map(output).concealed.taggedText == seen)
        #expect(output["a"]?.holdsSecret == true && output["b"]?.holdsSecret == false)
        #expect(output["a"]?.revealed.taggedText == #"{"N":0}"#, "nobody knows it any more")
    }

    @Test(arguments: Kind.allCases)
    func `come with nested runs that go on, or whose end they do not know`(kind: Kind) throws {
        let bench = try Bench(kind)
        let (parent, stranger) = (bench.create(), bench.create())
        let executions = (0..<5).map { Self.execution(1, $0) }
        bench.say(.flowStarted, of: parent)
        for execution in executions { bench.say(.nodeStarted(execution, input: [:]), of: parent) }
        let children = executions.map { bench.create(in: parent, by: $0) }
        for child in children.dropFirst() { bench.say(.flowStarted, of: child) }
        bench.say(.flowFinished(notRun: [], output: ["a": .u64(1)], status: .finished), of: children[2])
        for (node, error) in [(0, "why"), (1, String(repeating: "x", count: 9_000) + "end")] {
            let execution = Self.execution(node, 0)
            bench.say(
                .nodeStarted(execution, input: [:]), .nodeFailed(execution, error: error),
                .nodeFinished(execution), of: children[3])
        }
        bench.say(
            .flowFailed(error: "first"), .flowFailed(error: "second"),
            .flowFinished(
                notRun: [], output: ["a": .vaultSecret("psst", provider: "p", label: "l")], status: .failed),
            of: children[3])
        bench.say(.flowFinished(notRun: [], output: [:], status: .finished), of: children[4])
        bench.say(.nodeFinished(executions[4]), of: parent)
        let found = try bench.find(parent, stranger, children[1])
        let left = try #require(found[parent])
        let byRun = Dictionary(uniqueKeysWithValues: left.children.map { ($0.run, $0) })
        #expect(Set(byRun.keys) == Set(children.prefix(4)))
        for (child, execution) in zip(children, executions).prefix(4) {
            #expect(byRun[child]?.execution == execution)
        }
        #expect(children.prefix(4).map { byRun[$0]?.status } == [.starting, .running, .finished, .failed])
        #expect(
            children.prefix(4).map { byRun[$0]?.output.map { Value.map($0).taggedText } } == [
                nil, nil, #"{"M":{"a":{"U":"1"}}}"#, nil,
            ])
        #expect(children.prefix(4).map { byRun[$0]?.errors } == [[], [], [], ["first", "second"]])
        let failures = try #require(byRun[children[3]]?.failures)
        #expect(failures.map(\.node) == [Self.execution(0, 0).node, Self.execution(1, 0).node])
        #expect(failures[0].error == "why" && failures[1].error.hasSuffix("xend"))
        #expect(children.prefix(3).allSatisfy { byRun[$0]?.failures.isEmpty == true })
        #expect(found[stranger]?.children.isEmpty == true)
        guard case .nested(parent, executions[1])? = found[children[1]]?.record.origin else {
            throw Surprise(expected: "nested in \(parent)", found[children[1]]?.record.origin)
        }
    }

    @Test(arguments: Kind.allCases)
    func `come with requests that wait, or whose answer they do not know`(kind: Kind) throws {
        let bench = try Bench(kind)
        let (run, other) = (bench.create(), bench.create())
        let (asking, signing) = ((0..<4).map { Self.execution(0, $0) }, (0..<4).map { Self.execution(1, $0) })
        bench.say(.flowStarted, of: run)
        for execution in asking + signing { bench.say(.nodeStarted(execution, input: [:]), of: run) }
        for (number, execution) in asking.enumerated() { try bench.ask(UInt8(number), execution, in: run) }
        let ids = try signing.map { try bench.askToSign($0, in: run) }
        try bench.ask(9, Self.execution(0), in: other)
        // The first waits, and so does the second, of which an answer is told. The third has ended before it was answered,
        // and the fourth with its answer.
        for number in [1, 3] as [UInt8] { try bench.answerInput(number, .submitted(.u64(UInt64(number)))) }
        let signature = known(Bytes64([UInt8](repeating: 3, count: 64)))
        for number in [1, 3] {
            #expect(
                try answer { bench.signatures.resolve(ids[number], .signed(signature), reply: $0) }.get()
                    != nil)
        }
        for number in [2, 3] {
            bench.say(.nodeFinished(asking[number]), .nodeFinished(signing[number]), of: run)
        }
        let found = try bench.find(run, other)
        let left = try #require(found[run])
        let inputs = Dictionary(
            uniqueKeysWithValues: left.inputs.map { ($0.request.execution, InputBench.text($0.answer)) })
        #expect(inputs == [asking[0]: "waits", asking[1]: #"{"U":"1"}"#, asking[2]: "waits"])
        let signatures = Dictionary(
            uniqueKeysWithValues: left.signatures.map { ($0.waiting.execution, $0.answer) })
        #expect(signatures == [signing[0]: nil, signing[1]: .signed(signature), signing[2]: nil])
        #expect(left.signatures.allSatisfy { $0.waiting.run == run && ids.contains($0.waiting.request.id) })
        #expect(found[other]?.inputs.map(\.request.keyHash) == [[UInt8](repeating: 9, count: 32)])
        #expect(found[other]?.signatures.isEmpty == true)
    }

    @Test(arguments: Kind.allCases) func `come with what was asked of them`(kind: Kind) throws {
        let bench = try Bench(kind)
        let (run, other) = (bench.create(), bench.create())
        let asked = [
            RunControl(.stop, of: run, grace: .seconds(2), reason: "enough"), RunControl(.stopActs, of: run),
        ]
        for control in asked { #expect(try answer { bench.controls.record(control, reply: $0) }.get()) }
        let found = try bench.find(run, other)
        #expect(Set(known(found[run]).controls) == Set(asked))
        #expect(known(found[other]).controls.isEmpty)
    }

    @Test(arguments: Kind.allCases) func `have documents that are found by their hashes`(kind: Kind) throws {
        let bench = try Bench(kind)
        _ = bench.create()
        let hashes = [StorageHarness.snapshot.hash, [UInt8](repeating: 1, count: 32)]
        func documents(_ hashes: [[UInt8]]) throws -> [[UInt8]] {
            try answer { bench.left.snapshots(hashes, reply: $0) }.get().map(\.document)
        }
        #expect(try documents(hashes) == [StorageHarness.snapshot.document])
        #expect(try documents([hashes[1]]).isEmpty)
        #expect(try documents([]).isEmpty)
    }
}
