import Chain
import Engine
import Primitives
import TestKit
import Values

/// An engine on memory with some flows, by number.
struct EngineBench {
    static let owner = UserID(UniqueID(high: 1, low: 1))
    static let stranger = UserID(UniqueID(high: 2, low: 2))

    let storage: MemoryStorage
    let inputs: MemoryInputs
    let engine: FlowEngine

    /// - Parameters:
    ///   - others: flows of a stranger.
    ///   - storage: given, if the engine follows another one on the same storage.
    ///   - hasOwnLeftRuns: `change` says what is known of runs that were left behind.
    init(
        _ flows: [Int32: GraphSketch], others: [Int32: GraphSketch] = [:],
        storage: MemoryStorage = MemoryStorage(), inputs: MemoryInputs? = nil,
        clock: Clock = .system, resumesOnCrash: Bool = false, flags: FlowFlags = FlowFlags(),
        hasOwnLeftRuns: Bool = false, awaitsClaim: Bool = false,
        change: (inout EnginePorts) -> Void = { _ in }
    ) throws {
        var graphs: [String: FlowGraph] = [:]
        for (number, sketch) in flows.merging(others, uniquingKeysWith: { first, _ in first }) {
            graphs["flow \(number)"] = try sketch.graph()
            storage.add(
                FlowRow(
                    number: number, uuid: UniqueID(high: 7, low: UInt64(number)),
                    owner: flows[number] == nil ? EngineBench.stranger : EngineBench.owner,
                    isPublic: flags.isPublic, startShared: flags.startShared,
                    startUnverified: flags.startUnverified, readEnabled: flags.readEnabled,
                    resumesOnCrash: resumesOnCrash, version: 1,
                    document: Array("flow \(number)".utf8)))
        }
        self.storage = storage
        let inputs = inputs ?? MemoryInputs(storage)
        self.inputs = inputs
        var ports = EnginePorts(
            catalog: storage, journal: storage, compiler: SketchCompiler(graphs),
            tracks: TrackTable([SequenceTrack()]), clock: clock, log: .silent)
        ports.inputs = inputs
        ports.addresses = InputAddresses(
            prefix: { "at:" },
            key: { run, execution in "\(run.text)/\(execution.node.text)/\(execution.times)" },
            digest: { Array($0.utf8) })
        ports.deployments = storage
        ports.belongings = WalletExchange(storage)
        change(&ports)
        if !hasOwnLeftRuns {
            ports.leftRuns = MemoryLeftRuns(
                storage, inputs: ports.inputs, signatures: ports.signatures, controls: ports.controls)
        }
        engine = FlowEngine(laneCount: 2, workers: 2, awaitsClaim: awaitsClaim, ports: ports)
    }

    func ask(_ call: EngineCall) async throws -> EngineReply {
        let replies = Inbox<EngineReply>()
        engine.perform(call) { replies.put($0) }
        return try await replies.next()
    }

    func start(
        _ flow: Int32, inputs: ValueMap = ValueMap(), environment: [String: String] = [:],
        partial: PartialConfig? = nil, isReadOnly: Bool = false
    ) async throws -> EngineReply {
        try await ask(
            .start(
                StartRequest(
                    .own(.number(flow)), starter: .user(EngineBench.owner), inputs: inputs,
                    environment: environment,
                    partial: partial, isReadOnly: isReadOnly)))
    }

    func started(
        _ flow: Int32, inputs: ValueMap = ValueMap(), environment: [String: String] = [:],
        partial: PartialConfig? = nil
    ) async throws -> RunID {
        try await start(flow, inputs: inputs, environment: environment, partial: partial).expectStarted()
    }

    /// The run's output as short text, once it has ended.
    func output(of run: RunID) async throws -> String {
        let output = try await ask(.output(run, principals: [.user(EngineBench.owner)])).expectOutput()
        return GraphSketch.text(.map(output))
    }
}

/// What a flow's owner allows others.
struct FlowFlags: Sendable {
    var isPublic = false
    var startShared = false
    var startUnverified = false
    var readEnabled = true
}

/// A track whose messages are short and tell the sequence.
struct SequenceTrack: EventTrack {
    func encode(_ events: ArraySlice<RunEvent>, of run: RunID) -> [TrackMessage] {
        events.map { TrackMessage($0.content.kind, Array("\($0.sequence)".utf8)) }
    }
    var tail: [UInt8]? { nil }
}

extension MemoryStorage {
    /// What a run's last event says; a run that has not ended is a surprise.
    func end(
        of run: RunID, file: String = #fileID, line: Int = #line
    ) throws -> (notRun: [NodeID], output: ValueMap, status: RunStatus) {
        let last = events(of: run).last?.content
        guard case .flowFinished(let end)? = last else {
            throw Surprise(expected: "flowFinished", last, file: file, line: line)
        }
        return (end.notRun, end.output, end.status)
    }

    /// The error texts of a run's nodes, those that follow from others left out.
    func errors(of run: RunID) -> [String] {
        events(of: run).compactMap { event in
            if case .nodeFailed(let failure) = event.content {
                failure.error
            } else {
                nil
            }
        }
    }

    /// What a run's log says.
    func lines(of run: RunID) -> [String] {
        events(of: run).compactMap { event in
            if case .line(let line) = event.content.effect { line.content } else { nil }
        }
    }

    /// A run that another one has started, as soon as there is one.
    func nextRun(beside run: RunID) async throws -> RunID {
        try await eventually { runIDs.first { $0 != run } }
    }

    /// The first event that a test looks for, as soon as it is there.
    func next<Found: Sendable>(in run: RunID, _ find: @Sendable (RunEvent.Content) -> Found?) async throws
        -> Found
    {
        try await eventually {
            for event in events(of: run) { if let found = find(event.content) { return found } }
            return nil
        }
    }
}
