// One run of a graph as a pure value: facts go in, events and orders come out. Same facts, same events.
// Owned by the lane of the run; knows no thread, clock or storage.

public import Primitives
public import Values

/// Something that happened to a run, with the moment it happened.
public struct RunFact: Sendable {
    public let time: Timestamp
    public let kind: Kind

    public init(_ kind: Kind, at time: Timestamp) {
        self.kind = kind
        self.time = time
    }

    /// What happened.
    public enum Kind: Sendable {
        /// The run may begin. Exactly once, before anything but `flowLogged` and `flowFailed`.
        case started
        /// The run cannot do what it was started for; before `started`: no node will run.
        case flowFailed(error: String)
        /// A line outside any node.
        case flowLogged(RunLogLine)
        /// A line of a running execution.
        case nodeLogged(node: Int, times: Int32, RunLogLine)
        /// A running execution waits for something outside; this event says for what.
        case nodeWaits(node: Int, times: Int32, RunEvent.Content)
        /// A running execution wants something done outside.
        case actGiven(node: Int, times: Int32, ActCall)
        /// A parcel of acts is done, or has failed.
        case parcelEnded(ParcelNumber, Result<String, ActFailure>)
        /// What the run gives out in place of acting is made, or cannot be.
        case parcelBuilt(Result<ValueMap, ActFailure>)
        /// An execution ended.
        case nodeEnded(node: Int, times: Int32, NodeOutcome)
        /// Somebody controls the run, or one in which it is nested.
        case controlled(RunControl)
        /// The grace of a stop is over.
        case graceEnded
        /// The run cannot go on after a crash of its server; nothing that runs counts any more.
        case crashed(error: String)
    }
}

/// Which of a run's parcels of acts: 1, 2, 3 …
public typealias ParcelNumber = Int32

/// What the owner of a machine must do.
public enum RunOrder: Sendable {
    /// Run this node's work with these inputs and report `nodeEnded`, or what else comes of it.
    case startNode(node: Int, times: Int32, inputs: ValueMap)
    /// Run the rest of this execution's work with the receipt of its act and report `nodeEnded`.
    case resumeNode(node: Int, times: Int32, ActCall, receipt: String?)
    /// Do these acts as one and report `parcelEnded`.
    case carryOutParcel(ParcelNumber, [any Act])
    /// Make of these acts what the run gives out, and report `parcelBuilt`.
    case buildParcel([any Act])
    /// This execution is no longer wanted; nothing it reports counts any more.
    case cancelNode(node: Int, times: Int32)
    /// The last event is out.
    case end
}

/// What came of a batch of facts.
public struct RunStep: Sendable {
    public internal(set) var events: [RunEvent] = []
    public internal(set) var orders: [RunOrder] = []
}

/// What a run is told beside its graph and inputs.
public struct RunSettings: Sendable {
    /// Acts of several nodes are done as one (spec flow-engine 17.3).
    public var bundles = false
    /// Acts are not done but given out (spec flow-engine 17.6); goes with bundling.
    public var collectsActs = false
    /// Nothing may be changed anywhere (spec flow-engine 19).
    public var isReadOnly = false
    /// The owner's secrets that the graph names.
    public var secrets: [VaultName: String] = [:]

    public init() {}
}

/// A run of a flow (spec flow-engine 4 to 9, 17).
///
/// The machine works in rounds: it takes in a batch of facts, then starts every node that has become ready, in
/// document order. Loop elements that meet in a node are paired by their tags: by the common outer elements, and
/// by position where loops are independent of each other (spec flow-engine 24.5). An element whose execution
/// failed or was skipped keeps its place as "absent".
public struct RunMachine: Sendable {
    let graph: FlowGraph
    let startInputs: ValueMap
    let settings: RunSettings

    var nodes: [NodeProgress]
    var queues: [EdgeQueue]
    /// Nodes to look at again, each once.
    var pending: [Int] = []
    /// Nodes found ready and not started.
    private var ready: [Int] = []

    var phase = Phase.idle
    private var sequence: UInt64 = 0
    private var lastTime = Timestamp(nanoseconds: 0)
    var runningCount = 0
    var failedCount = 0
    /// The first `Limits.failuresToldMax` of the executions that failed.
    var failures: [FailedExecution] = []
    var status = RunStatus.finished
    /// What somebody has asked of the run and holds.
    var controls: [RunControl] = []
    /// What each flow output has received, by node index.
    var outputs: [Int: [Value]] = [:]
    var bundle: ActBundle
    /// The texts of all `flowFailed` events.
    public private(set) var flowErrors: [String] = []
    /// What the run has given out; complete when it has ended.
    public internal(set) var output = ValueMap()
    var step = RunStep()
    var now = Timestamp(nanoseconds: 0)

    enum Phase {
        case idle, running, draining
        /// All nodes are done; what is given out is being made.
        case building
        case ended
    }

    /// A machine for one run of `graph` with these start inputs. Nothing happens before the fact `started`.
    public init(graph: FlowGraph, inputs: ValueMap, settings: RunSettings = RunSettings()) {
        self.graph = graph
        self.startInputs = inputs
        self.settings = settings
        self.nodes = Array(repeating: NodeProgress(), count: graph.nodes.count)
        self.queues = Array(repeating: EdgeQueue(), count: graph.edges.count)
        self.bundle = ActBundle(graph, isOn: settings.bundles || settings.collectsActs)
    }

    /// True once the last event is out.
    public var hasEnded: Bool { phase == .ended }

    /// The sequence of the last event, 0 before the first.
    public var lastSequence: UInt64 { sequence }

    /// Takes in what happened since the last call, as one batch, and says what follows from it.
    ///
    /// - Parameter moment: when what follows happens; not before the last fact.
    public mutating func apply(_ facts: [RunFact], at moment: Timestamp) -> RunStep {
        step = RunStep()
        for fact in facts where phase != .ended {
            now = fact.time
            take(fact.kind)
        }
        now = moment
        if phase == .running {
            repeat {
                findReadyNodes()
                if mayStart { startReadyNodes() }
            } while settleActs()
        }
        if isDone { end() }
        defer { step = RunStep() }
        return step
    }

    private mutating func take(_ fact: RunFact.Kind) {
        switch fact {
        case .started: begin()
        case .flowFailed(let error): fail(error)
        case .flowLogged(let line):
            emit(.flowLogged(line))
        case .nodeLogged(let node, let times, let line):
            guard isRunning(node, times) else { return }
            emit(.nodeLogged(execution(node), line))
        case .nodeWaits(let node, let times, let content):
            guard isRunning(node, times) else { return }
            emit(content)
        case .actGiven(let node, let times, let call):
            guard isRunning(node, times) else { return }
            receive(call, from: node)
        case .parcelEnded(let number, let result): parcelEnded(number, result)
        case .parcelBuilt(let result):
            if phase == .building { finishCollecting(result) }
        case .nodeEnded(let node, let times, let outcome):
            guard isRunning(node, times) else { return }
            finish(node, outcome)
        case .controlled(let control): take(control)
        case .graceEnded: endGrace()
        case .crashed(let error): crash(error)
        }
    }

    private mutating func begin() {
        precondition(phase == .idle, "a run starts once")
        phase = .running
        emit(.flowStarted)
        // Errors that kept the run from beginning follow its first event, and no node runs.
        guard flowErrors.isEmpty else {
            for error in flowErrors { emit(.flowFailed(error: error)) }
            return
        }
        for node in graph.nodes.indices {
            if let stored = graph.stored[node] {
                deliverStored(stored, from: node)
            } else {
                lookAgain(at: node)
            }
        }
    }

    /// Reports an error of the run itself, now or right after its first event.
    mutating func fail(_ error: String) {
        flowErrors.append(error)
        if phase != .idle { emit(.flowFailed(error: error)) }
        if status == .finished { status = .failed }
    }

    private mutating func findReadyNodes() {
        while let node = pending.popLast() {
            nodes[node].isPending = false
            if examine(node) == .ready, !nodes[node].isReady {
                nodes[node].isReady = true
                ready.append(node)
            }
        }
    }

    private mutating func startReadyNodes() {
        ready.sort()
        for node in ready { start(node) }
        ready.removeAll(keepingCapacity: true)
    }

    // MARK: Small things

    mutating func emit(_ content: RunEvent.Content) {
        sequence += 1
        // No two events share a time, so that sorting by time gives this order. The exception is the last output of an
        // execution and its end: they share a moment, because a dialect may show either of them first.
        if case .nodeFinished(let end) = content,
            case .nodeOutput(let last)? = step.events.last?.content, last.execution == end.execution
        {
        } else {
            lastTime = max(now, Timestamp(nanoseconds: lastTime.nanoseconds + 1))
        }
        step.events.append(RunEvent(sequence: sequence, time: lastTime, content: content))
    }

    mutating func lookAgain(at node: Int) {
        guard !nodes[node].isPending else { return }
        nodes[node].isPending = true
        pending.append(node)
    }

    /// The running, else the last execution of a node.
    func execution(_ node: Int) -> NodeExecution {
        NodeExecution(node: graph.nodes[node].id, times: nodes[node].times)
    }

    private func isRunning(_ node: Int, _ times: Int32) -> Bool {
        nodes.indices.contains(node) && nodes[node].isRunning && nodes[node].times == times
    }

    /// Puts the machine behind the events of a journal that ends here.
    mutating func resumeNumbering(after sequence: UInt64, at time: Timestamp) {
        self.sequence = sequence
        lastTime = time
    }

    /// Numbers events anew.
    mutating func renumber(_ contents: [RunEvent.Content], at moment: Timestamp) -> [RunEvent] {
        now = moment
        step = RunStep()
        for content in contents { emit(content) }
        defer { step = RunStep() }
        return step.events
    }
}
