// Storage in memory: the engine's ports without a database, for tests that need runs and not Postgres.

import Engine
import Primitives
import Synchronization
import Values

/// A journal and a catalog over the same tables. Durability can be held back and let go.
public final class MemoryStorage: RunJournal, FlowCatalog, DeploymentBook, FlowCopies {
    fileprivate struct State {
        var flows: [FlowRow] = []
        var deployments: [DeploymentRow] = []
        var snapshots: [[UInt8]: FlowSnapshot] = [:]
        var wallets: [WalletRow] = []
        var listedKeys: [DeploymentID: Set<Bytes32>] = [:]
        var records: [RunID: RunRecord] = [:]
        var events: [RunID: [RunEvent]] = [:]
        var listeners: [Int: (count: Int, tell: @Sendable ([JournalNotice]) -> Void)] = [:]
        var pressure = JournalPressure.low
        var isHolding = false
        var held: [JournalEntry] = []
        var refusal: JournalRefusal?
        var editCount = 0
        var bells: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    public init() {}

    // MARK: For tests

    /// Adds a flow, or another version of one.
    public func add(_ flow: FlowRow) { state.withLock { $0.flows.append(flow) } }
    public func add(_ wallet: WalletRow) { state.withLock { $0.wallets.append(wallet) } }

    /// The flow is gone.
    public func removeFlow(_ number: Int32) {
        state.withLock { $0.flows.removeAll { $0.number == number } }
    }

    /// Puts another row in the place of the deployment with its id, as an owner who edits it; or adds it.
    public func set(_ deployment: DeploymentRow) {
        state.withLock { state in
            state.deployments.removeAll { $0.id == deployment.id }
            state.deployments.append(deployment)
        }
    }

    public var deployments: [DeploymentRow] { state.withLock { $0.deployments } }

    /// Runs of the deployment may sign with this key, if it is kept for the owner.
    public func list(_ key: Bytes32, for deployment: DeploymentID) {
        state.withLock { _ = $0.listedKeys[deployment, default: []].insert(key) }
    }

    func lists(_ key: Bytes32, for deployment: DeploymentID) -> Bool {
        state.withLock { $0.listedKeys[deployment]?.contains(key) == true }
    }

    /// From now on nothing becomes durable until `release`.
    public func hold() { state.withLock { $0.isHolding = true } }

    /// Everything held becomes durable, and so does what follows.
    public func release() {
        let held = state.withLock { state in
            state.isHolding = false
            defer { state.held = [] }
            return state.held
        }
        commit(held)
    }

    /// This often, the flows that are to be deployed or copied have been edited since they were read.
    public func edit(times: Int) { state.withLock { $0.editCount = times } }

    /// From now on no record of a run is taken, for this reason.
    public func refuseRuns(_ refusal: JournalRefusal) { state.withLock { $0.refusal = refusal } }

    /// Nothing more of the run is taken.
    public func refuse(_ run: RunID, _ refusal: JournalRefusal) {
        let listeners = state.withLock { $0.listeners }
        for (lane, listener) in listeners where run.lane(of: listener.count) == lane {
            listener.tell([.refused(run, refusal)])
        }
    }

    public func setPressure(_ pressure: JournalPressure) {
        let listeners = state.withLock { state in
            state.pressure = pressure
            return state.listeners.values.map(\.tell)
        }
        if pressure == .low { for tell in listeners { tell([.relieved]) } }
    }

    /// The runs that nodes of this one have started.
    public func children(of run: RunID) -> [RunRecord] {
        state.withLock { state in
            state.records.values.filter { if case .nested(run, _) = $0.origin { true } else { false } }
        }
    }

    public func events(of run: RunID) -> [RunEvent] { state.withLock { $0.events[run] ?? [] } }
    public func record(of run: RunID) -> RunRecord? { state.withLock { $0.records[run] } }
    public var runIDs: [RunID] { state.withLock { Array($0.records.keys) } }
    public var runCount: Int { state.withLock { $0.records.count } }

    /// What the closure looks for, as soon as something that became durable brings it. Throws when the task is
    /// canceled, as it is when a test's time is over.
    public func eventually<Found>(_ find: () -> Found?) async throws -> Found {
        let (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.bells.append(bell) }
        bell.yield()
        for await _ in rings {
            if let found = find() { return found }
        }
        throw CancellationError()
    }

    // MARK: RunJournal

    public func append(_ entries: [JournalEntry]) {
        let isHeld = state.withLock { state in
            if state.isHolding { state.held += entries }
            return state.isHolding
        }
        if !isHeld { commit(entries) }
    }

    public var pressure: JournalPressure { state.withLock { $0.pressure } }

    public func addListener(
        lane: Int, of laneCount: Int, _ listener: @escaping @Sendable ([JournalNotice]) -> Void
    ) {
        state.withLock { $0.listeners[lane] = (laneCount, listener) }
    }

    private func commit(_ entries: [JournalEntry]) {
        var durable: [RunID: UInt64] = [:]
        var refused: [RunID: JournalRefusal] = [:]
        let listeners = state.withLock { state in
            for entry in entries {
                switch entry {
                case .created(let record):
                    if let refusal = state.refusal {
                        refused[record.id] = refusal
                        continue
                    }
                    state.records[record.id] = record
                    durable[record.id] = 0
                case .event(let run, _, let event):
                    if state.refusal != nil, state.records[run] == nil { continue }
                    precondition(state.records[run] != nil, "a run is created before it has events")
                    precondition(event.sequence == UInt64(state.events[run, default: []].count + 1), "no gap")
                    state.events[run, default: []].append(event)
                    durable[run] = event.sequence
                }
            }
            return state.listeners
        }
        for bell in state.withLock({ $0.bells }) { bell.yield() }
        for (lane, listener) in listeners {
            let notices = durable.filter { $0.key.lane(of: listener.count) == lane }
            if !notices.isEmpty { listener.tell(notices.map { .durable($0.key, through: $0.value) }) }
            let refusals = refused.filter { $0.key.lane(of: listener.count) == lane }
            if !refusals.isEmpty { listener.tell(refusals.map { .refused($0.key, $0.value) }) }
        }
    }

    // MARK: FlowCatalog

    public func flow(
        _ id: FlowID, knownVersion: Int64?,
        reply: @escaping @Sendable (Result<FlowRow?, StorageError>) -> Void
    ) {
        reply(.success(state.withLock { $0.flow(id) }))
    }

    /// The tag of every deployment is `latest`.
    public func deployment(
        _ name: DeploymentName, reply: @escaping @Sendable (Result<DeploymentRow?, StorageError>) -> Void
    ) {
        let row = state.withLock { state -> DeploymentRow? in
            switch name {
            case .id(let id): return state.deployments.first { $0.id == id }
            case .tag("latest", of: let flow):
                return state.deployments.last { row in
                    row.flows.contains { frozen in
                        guard frozen.number == row.entrypoint else { return false }
                        return flow == .number(frozen.number) || flow == .uuid(frozen.uuid)
                    }
                }
            case .tag: return nil
            }
        }
        reply(.success(row))
    }

    public func snapshots(
        _ hashes: [[UInt8]], reply: @escaping @Sendable (Result<[FlowSnapshot], StorageError>) -> Void
    ) {
        reply(.success(state.withLock { state in hashes.compactMap { state.snapshots[$0] } }))
    }

    public func wallets(
        of users: [UserID], reply: @escaping @Sendable (Result<[WalletRow], StorageError>) -> Void
    ) {
        reply(.success(state.withLock { $0.wallets.filter { users.contains($0.owner) } }))
    }

    // MARK: DeploymentBook

    public func deploy(
        _ draft: DeploymentDraft,
        reply: @escaping @Sendable (Result<DeploymentID?, StorageError>) -> Void
    ) {
        let id = state.withLock { state -> DeploymentID? in
            guard !state.isEdited() else { return nil }
            let rows = draft.flows.compactMap { flow in
                state.flow(.number(flow.number)).flatMap { $0.version == flow.version ? $0 : nil }
            }
            guard rows.count == draft.flows.count, let entry = state.flow(.number(draft.entrypoint)) else {
                return nil
            }
            for flow in draft.flows { state.snapshots[flow.snapshot.hash] = flow.snapshot }
            let permission: StartPermission =
                !entry.isPublic || !entry.startShared
                ? .owner : entry.startUnverified ? .anonymous : .authenticated
            let id = DeploymentID(.timeOrdered(at: Clock.system.now()))
            state.deployments.append(
                DeploymentRow(
                    id: id, owner: draft.owner, entrypoint: draft.entrypoint, permission: permission,
                    network: draft.network, revision: "1",
                    flows: zip(draft.flows, rows).map { flow, row in
                        FrozenFlow(
                            number: row.number, uuid: row.uuid, snapshotHash: flow.snapshot.hash,
                            readEnabled: row.readEnabled, resumesOnCrash: row.resumesOnCrash)
                    }))
            return id
        }
        reply(.success(id))
    }

    // MARK: FlowCopies

    public func store(
        _ draft: FlowCopyDraft, reply: @escaping @Sendable (Result<Bool, StorageError>) -> Void
    ) {
        let isStored = state.withLock { state in
            guard !state.isEdited() else { return false }
            for flow in draft.flows {
                let number = (state.flows.map(\.number).max() ?? 0) + 1
                let document =
                    Array(#"{"nodes":"#.utf8) + flow.content.nodes + Array(#","edges":"#.utf8)
                    + flow.content.edges + Array("}".utf8)
                state.flows.append(
                    FlowRow(
                        number: number, uuid: flow.uuid, owner: draft.owner, isPublic: false,
                        startShared: false, startUnverified: false, readEnabled: false, version: 1,
                        document: document))
            }
            return true
        }
        reply(.success(isStored))
    }

    // MARK: Runs

    /// The run is there and has not ended.
    public func goesOn(_ id: RunID) -> Bool {
        state.withLock { state in
            guard state.records[id] != nil else { return false }
            guard case .flowFinished? = state.events[id]?.last?.content else { return true }
            return false
        }
    }

    public func run(_ id: RunID, reply: @escaping @Sendable (Result<RunSummary?, StorageError>) -> Void) {
        let summary = state.withLock { state -> RunSummary? in
            guard let record = state.records[id] else { return nil }
            var output: ValueMap?
            var status = RunStatus.running
            if case .flowFinished(_, let values, let ended)? = state.events[id]?.last?.content {
                output = values
                status = ended
            }
            return RunSummary(
                id: id, owner: record.owner, sharedWith: record.sharedWith, status: status, output: output)
        }
        reply(.success(summary))
    }

    public func outputs(
        of nodes: [(run: RunID, node: NodeID)], owner: UserID,
        reply: @escaping @Sendable (Result<[StoredOutput], StorageError>) -> Void
    ) {
        let outputs = state.withLock { state in
            nodes.flatMap { run, node -> [StoredOutput] in
                guard state.records[run]?.owner == owner else { return [] }
                return (state.events[run] ?? []).compactMap { event in
                    guard case .nodeOutput(let execution, let output) = event.content, execution.node == node
                    else { return nil }
                    return StoredOutput(node: node, times: execution.times, outputs: output)
                }
            }
        }
        reply(.success(outputs))
    }

    public func events(
        of id: RunID, after: UInt64, limit: Int,
        reply: @escaping @Sendable (Result<[RunEvent], StorageError>) -> Void
    ) {
        let events = state.withLock { $0.events[id] ?? [] }
        // There are no gaps, and a long journal is read in many pages.
        reply(.success(Array(events.dropFirst(Int(clamping: after)).prefix(limit))))
    }
}

extension MemoryStorage.State {
    /// Takes one of the edits that are to come.
    fileprivate mutating func isEdited() -> Bool {
        guard editCount > 0 else { return false }
        editCount -= 1
        return true
    }

    fileprivate func flow(_ id: FlowID) -> FlowRow? {
        flows.last { row in
            switch id {
            case .number(let number): row.number == number
            case .uuid(let uuid): row.uuid == uuid
            }
        }
    }
}

/// Compiles nothing: knows a few graphs by the text that stands for their document.
public struct SketchCompiler: FlowCompiler {
    private let graphs: [String: FlowGraph]

    public init(_ graphs: [String: FlowGraph]) { self.graphs = graphs }

    public func compile(_ document: [UInt8]) throws(GraphProblems) -> CompiledFlow {
        guard let graph = graphs[String(decoding: document, as: UTF8.self)] else {
            throw GraphProblems([GraphProblem("no such sketch")])
        }
        return CompiledFlow(
            graph: graph, warnings: graph.warnings,
            snapshot: FlowSnapshot(hash: document, document: document),
            environment: [:],
            network: .standard, bundling: "Off")
    }

    public func nodes(of document: [UInt8]) -> [NodeID] { [] }
}

/// Lets a test wait for answers that come from other threads.
public final class Inbox<Element: Sendable>: Sendable {
    private let state = Mutex<(elements: [Element], waiter: CheckedContinuation<Element, Never>?)>(([], nil))

    public init() {}

    public func put(_ element: Element) {
        let waiter = state.withLock { state -> CheckedContinuation<Element, Never>? in
            if let waiter = state.waiter {
                state.waiter = nil
                return waiter
            }
            state.elements.append(element)
            return nil
        }
        waiter?.resume(returning: element)
    }

    /// The next element, as soon as there is one.
    public func next() async -> Element {
        await withCheckedContinuation { continuation in
            let element = state.withLock { state -> Element? in
                guard state.elements.isEmpty else { return state.elements.removeFirst() }
                state.waiter = continuation
                return nil
            }
            if let element { continuation.resume(returning: element) }
        }
    }

    public var isEmpty: Bool { state.withLock { $0.elements.isEmpty } }

    /// What has come and was not taken.
    public var all: [Element] { state.withLock { $0.elements } }
}
