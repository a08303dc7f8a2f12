// Storage in memory: the engine's ports without a database, for tests that need runs and not Postgres.

import Chain
import Engine
import Primitives
import Synchronization
import Values

/// A journal and a catalog over the same tables. Durability can be held back and let go.
public final class MemoryStorage: RunJournal, FlowCatalog, DeploymentBook, FlowCopies, WalletCatalog {
    struct State {
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

    let state = Mutex(State())

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

    /// All versions of all flows, the last one of each behind the others.
    public var flows: [FlowRow] { state.withLock { $0.flows } }

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
}

extension MemoryStorage.State {
    /// Takes one of the edits that are to come.
    mutating func isEdited() -> Bool {
        guard editCount > 0 else { return false }
        editCount -= 1
        return true
    }

    func flow(_ id: FlowID) -> FlowRow? {
        flows.last { row in
            switch id {
            case .number(let number): row.number == number
            case .uuid(let uuid): row.uuid == uuid
            }
        }
    }
}
