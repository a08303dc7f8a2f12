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

    public enum Kind: Sendable {
        /// The run may begin. Exactly once, before anything but `flowLogged`.
        case started
        /// A line outside any node.
        case flowLogged(RunLogLine)
        /// A line of a running execution.
        case nodeLogged(node: Int, times: Int32, RunLogLine)
        /// An execution ended.
        case nodeEnded(node: Int, times: Int32, NodeOutcome)
        /// Somebody wants the run to end. A graceful stop lets running nodes finish until `graceEnded`.
        case stopRequested(reason: String?, isGraceful: Bool)
        /// The time of a graceful stop is over.
        case graceEnded
    }
}

/// What the owner of a machine must do.
public enum RunOrder: Sendable {
    /// Run this node's work with these inputs and report `nodeEnded`.
    case startNode(node: Int, times: Int32, inputs: ValueMap)
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

/// A run of a flow (spec flow-engine 4 to 9).
///
/// The machine works in rounds: it takes in a batch of facts, then starts every node that has become ready, in
/// document order. Loop elements that meet in a node are paired by their tags: by the common outer elements, and
/// by position where loops are independent of each other (spec flow-engine 24.5). An element whose execution
/// failed or was skipped keeps its place as "absent".
public struct RunMachine: Sendable {
    let graph: FlowGraph
    private let startInputs: ValueMap

    var nodes: [NodeProgress]
    var queues: [EdgeQueue]
    /// Nodes to look at again, each once.
    var pending: [Int] = []
    /// Nodes found ready in this round.
    private var ready: [Int] = []

    private var phase = Phase.idle
    private var sequence: UInt64 = 0
    private var lastTime = Timestamp(nanoseconds: 0)
    private var runningCount = 0
    private var failedCount = 0
    private var wasStopped = false
    private var stopReason: String?
    /// What each flow output has received, by node index.
    private var outputs: [Int: [Value]] = [:]
    var step = RunStep()
    var now = Timestamp(nanoseconds: 0)

    enum Phase {
        case idle, running, draining, ended
    }

    /// A machine for one run of `graph` with these start inputs. Nothing happens before the fact `started`.
    public init(graph: FlowGraph, inputs: ValueMap) {
        self.graph = graph
        self.startInputs = inputs
        self.nodes = Array(repeating: NodeProgress(), count: graph.nodes.count)
        self.queues = Array(repeating: EdgeQueue(), count: graph.edges.count)
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
        if phase == .running { startReadyNodes() }
        if phase == .running || phase == .draining, runningCount == 0 { end() }
        defer { step = RunStep() }
        return step
    }

    private mutating func take(_ fact: RunFact.Kind) {
        switch fact {
        case .started:
            precondition(phase == .idle, "a run starts once")
            phase = .running
            emit(.flowStarted)
            for node in graph.nodes.indices { lookAgain(at: node) }
        case .flowLogged(let line):
            emit(.flowLogged(line))
        case .nodeLogged(let node, let times, let line):
            guard isRunning(node, times) else { return }
            emit(.nodeLogged(execution(node, times), line))
        case .nodeEnded(let node, let times, let outcome):
            guard isRunning(node, times) else { return }
            finish(node, outcome)
        case .stopRequested(let reason, let isGraceful):
            stop(reason: reason, isGraceful: isGraceful)
        case .graceEnded:
            if phase == .draining { cancelRunningNodes() }
        }
    }

    // MARK: Executions

    private mutating func startReadyNodes() {
        while let node = pending.popLast() {
            nodes[node].isPending = false
            if examine(node) == .ready, !nodes[node].isReady {
                nodes[node].isReady = true
                ready.append(node)
            }
        }
        ready.sort()
        for node in ready { start(node) }
        ready.removeAll(keepingCapacity: true)
    }

    private mutating func start(_ node: Int) {
        var inputs = graph.nodes[node].defaults
        if case .flowInput(let name) = graph.nodes[node].role, let value = startInputs[name] {
            inputs[name] = value
        }
        let tag = takeInputs(of: node, into: &inputs)
        let times = nodes[node].nextTimes
        nodes[node].begin(tag: tag, carried: carried(by: node, inputs))
        runningCount += 1
        emit(.nodeStarted(execution(node, times), input: inputs.shown))
        step.orders.append(.startNode(node: node, times: times, inputs: inputs))
    }

    /// The input values that come out again when the execution succeeds (spec flow-engine 6.2).
    private func carried(by node: Int, _ inputs: ValueMap) -> ValueMap {
        var carried = ValueMap()
        for input in graph.nodes[node].inputs where input.isPassthrough {
            guard let value = inputs[input.name] else { continue }
            if case .null = value, !input.isRequired { continue }
            carried[input.name] = input.types.first == "pubkey" ? value.narrowedToPublicKey ?? value : value
        }
        return carried
    }

    private mutating func finish(_ node: Int, _ outcome: NodeOutcome) {
        let execution = execution(node, nodes[node].times)
        let tag = nodes[node].tag
        var outputs = ValueMap()
        switch outcome {
        case .outputs(let produced):
            outputs = produced
            for entry in nodes[node].carried.entries { outputs[entry.key] = entry.value }
            if let complaint = complaint(about: node, outputs) {
                failedCount += 1
                emit(.nodeFailed(execution, error: complaint, isDerived: false))
            }
            emit(.nodeOutput(execution, output: outputs.shown))
            if case .flowOutput(let name) = graph.nodes[node].role, let value = outputs[name] {
                self.outputs[node, default: []].append(value)
            }
        case .failed(let error):
            failedCount += 1
            emit(.nodeFailed(execution, error: error, isDerived: false))
            if let complaint = complaint(about: node, outputs) {
                emit(.nodeFailed(execution, error: complaint, isDerived: true))
            }
        }
        emit(.nodeFinished(execution))
        nodes[node].end()
        runningCount -= 1
        deliver(outputs, from: node, tag: tag)
        lookAgain(at: node)
    }

    /// The engine's own error when declared outputs are missing (spec flow-engine 7.2).
    private func complaint(about node: Int, _ outputs: ValueMap) -> String? {
        let missing = graph.nodes[node].outputs.filter { !$0.isOptional && outputs[$0.name] == nil }.map(
            \.name)
        guard !missing.isEmpty else { return nil }
        let list = missing.joined(separator: ", ")
        return "\(graph.nodes[node].kindName) did not produce required output\(missing.count > 1 ? "s" : "") "
            + "\(list). Mark \(list) as optional in the node definition, or ensure the node returns \(list) "
            + "in all code paths."
    }

    // MARK: The end

    private mutating func stop(reason: String?, isGraceful: Bool) {
        guard phase == .running else { return }
        phase = .draining
        wasStopped = true
        stopReason = reason
        if !isGraceful { cancelRunningNodes() }
    }

    private mutating func cancelRunningNodes() {
        for node in nodes.indices where nodes[node].isRunning {
            step.orders.append(.cancelNode(node: node, times: nodes[node].times))
            // Without a reason the text ends in a space: clients compare it (spec flow-engine 9.2).
            finish(node, .failed("canceled by user \(stopReason ?? "")"))
        }
    }

    private mutating func end() {
        if failedCount > 0 { emit(.flowFailed(error: "\(failedCount) nodes failed")) }
        var output = ValueMap()
        for node in outputs.keys.sorted() {
            guard case .flowOutput(let name) = graph.nodes[node].role, let values = outputs[node] else {
                continue
            }
            output[name] = values.count == 1 ? values[0] : .array(values)
        }
        let notRun = graph.nodes.indices.filter { !nodes[$0].hasStarted }.map { graph.nodes[$0].id }
        let status: RunStatus = wasStopped ? .stopped : failedCount > 0 ? .failed : .finished
        emit(.flowFinished(notRun: notRun, output: output.shown, status: status))
        phase = .ended
        step.orders.append(.end)
    }

    // MARK: Small things

    mutating func emit(_ content: RunEvent.Content) {
        sequence += 1
        // No two events share a time, so that whoever sorts by it gets this order; but the last output of an execution
        // and its end are one moment, whichever of the two a dialect shows first.
        if case .nodeFinished = content, case .nodeOutput? = step.events.last?.content {
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

    private func execution(_ node: Int, _ times: Int32) -> NodeExecution {
        NodeExecution(node: graph.nodes[node].id, times: times)
    }

    private func isRunning(_ node: Int, _ times: Int32) -> Bool {
        nodes.indices.contains(node) && nodes[node].isRunning && nodes[node].times == times
    }
}
