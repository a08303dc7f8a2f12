// A machine made from the journal of its run: what happened is read from the events, and given to a machine again.

public import Primitives
public import Values

/// Why a machine cannot be made from a journal.
public enum RebuildError: Error, Sendable, CustomStringConvertible {
    /// A value was hidden or cut when it was written down: a secret, or something too large.
    case hiddenOutput(NodeExecution)
    /// A node that acts has begun: nobody must do its act twice.
    case acts(NodeExecution)
    /// The events are not those of a run of this graph.
    case otherGraph

    public var description: String {
        switch self {
        case .hiddenOutput(let execution): "an output of node \(execution.node) is not stored whole"
        case .acts(let execution): "node \(execution.node) may have acted"
        case .otherGraph: "its events do not fit its flow"
        }
    }
}

/// An execution that had begun and not ended.
public struct OpenExecution: Sendable {
    public let node: Int
    public let times: Int32
    public let inputs: ValueMap
    public let startedAt: Timestamp
}

/// A machine made from a journal, and what must be done for it.
public struct RebuiltMachine: Sendable {
    public let machine: RunMachine
    /// What ran when the journal ended, by node.
    public let open: [OpenExecution]
    /// What follows from the journal and is not written in it yet.
    public let step: RunStep
}

extension RunMachine {
    /// Makes the machine that wrote these events.
    ///
    /// The events of a batch of facts stand together, followed by the starts that the batch caused. So a new machine
    /// can be given the same batches. It must say the same again, except at the end, where the journal may lack
    /// something: that is in `RebuiltMachine.step`.
    ///
    /// - Parameters:
    ///   - events: all stored events of the run, in order, without its end. None if it had not begun.
    ///   - controls: what was asked of the run and can be taken back, whether its events tell or not. It comes before the
    ///     starts that the journal lacks.
    ///   - moment: when what follows from them happens.
    public static func rebuilt(
        graph: FlowGraph, inputs: ValueMap, settings: RunSettings = RunSettings(), from events: [RunEvent],
        controls: [RunControl] = [], at moment: Timestamp
    ) throws(RebuildError) -> RebuiltMachine {
        var replay = JournalReplay(RunMachine(graph: graph, inputs: inputs, settings: settings))
        for event in events { try replay.take(event) }
        return try replay.finished(after: events.last, controls, at: moment)
    }

    /// A machine that knows which nodes have started and how far the journal goes: enough to say that the run has
    /// crashed.
    static func beforeCrash(_ graph: FlowGraph, _ events: [RunEvent]) -> RunMachine {
        var machine = RunMachine(graph: graph, inputs: ValueMap())
        let started = Set(
            events.lazy.compactMap { event in
                if case .executionStarted(let execution, _) = event.content.effect {
                    execution.node
                } else {
                    nil
                }
            })
        for node in graph.nodes.indices where started.contains(graph.nodes[node].id) {
            machine.nodes[node].markStarted()
        }
        if let last = events.last {
            machine.phase = .running
            machine.resumeNumbering(after: last.sequence, at: last.time)
        }
        return machine
    }

    /// True if two machines of one graph and the same inputs stand at the same point.
    public func hasSameState(as other: RunMachine) -> Bool {
        nodes == other.nodes && queues == other.queues && phase == other.phase
            && lastSequence == other.lastSequence && runningCount == other.runningCount
            && failedCount == other.failedCount && failures == other.failures && status == other.status
            && outputs == other.outputs
            && flowErrors == other.flowErrors && output == other.output
    }
}

/// Gives a journal to a machine, batch by batch.
private struct JournalReplay {
    /// How an execution ended, as far as the journal says.
    private struct Ending {
        var error: String?
        var outputs: ValueMap?

        var outcome: NodeOutcome { outputs.map { .outputs($0) } ?? .failed(error ?? "") }
    }

    private struct Slot: Hashable {
        let node: Int
        let times: Int32
    }

    private var machine: RunMachine
    private let indices: [NodeID: Int]
    /// The facts of the batch that is being read, and the journal's events since it began.
    private var facts: [RunFact] = []
    private var journal: [RunEvent.Content] = []
    private var isStarting = false
    private var endings: [NodeExecution: Ending] = [:]
    private var inputs: [Slot: ValueMap] = [:]
    /// When the open executions began.
    private var starts: [NodeExecution: Timestamp] = [:]

    init(_ machine: RunMachine) {
        self.machine = machine
        indices = Dictionary(
            machine.graph.nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func take(_ event: RunEvent) throws(RebuildError) {
        let content = event.content
        switch content.origin {
        case .log: return
        case .outside:
            if isStarting { try closeBatch(at: event.time) }
            let node = try content.subject.map { execution throws(RebuildError) in try index(execution) }
            if let fact = content.fact(at: node) { facts.append(RunFact(fact, at: event.time)) }
        case .machine: try derive(content.effect, at: event.time)
        }
        journal.append(content)
    }

    private mutating func derive(_ effect: EventEffect<ValueMap>, at time: Timestamp) throws(RebuildError) {
        if case .executionStarted = effect {
            isStarting = true
        } else if isStarting {
            try closeBatch(at: time)
        }
        switch effect {
        case .executionStarted(let execution, _):
            guard machine.graph.nodes[try index(execution)].actInfo == nil else {
                throw .acts(execution)
            }
            starts[execution] = time
        case .executionGave(let execution, let output):
            guard !output.holdsSecret else { throw .hiddenOutput(execution) }
            endings[execution, default: Ending()].outputs = output
        case .executionFailed(let execution, let error):
            endings[execution, default: Ending()].error = error
        case .executionEnded(let execution): try end(execution, at: time)
        // This event is the first half of an end that was cut off; the rest is not repeated.
        case .runFailed: break
        case .runEnded: throw .otherGraph
        case .nothing, .line, .runIs: break
        }
    }

    private mutating func end(_ execution: NodeExecution, at time: Timestamp) throws(RebuildError) {
        let outcome = (endings.removeValue(forKey: execution) ?? Ending()).outcome
        starts[execution] = nil
        facts.append(
            RunFact(.nodeEnded(node: try index(execution), times: execution.times, outcome), at: time))
    }

    private func index(_ execution: NodeExecution) throws(RebuildError) -> Int {
        guard let index = indices[execution.node] else { throw .otherGraph }
        return index
    }

    private mutating func closeBatch(at time: Timestamp) throws(RebuildError) {
        let said = applyFacts(at: time).events.map(\.content).filter { $0.origin != .log }
        guard said.count == journal.count, zip(said, journal).allSatisfy({ $0.says($1) }) else {
            throw .otherGraph
        }
        journal = []
        isStarting = false
    }

    private mutating func applyFacts(at time: Timestamp) -> RunStep {
        let step = machine.apply(facts, at: time)
        for case .nodeEnded(let node, let times, _) in facts.map(\.kind) {
            inputs[Slot(node: node, times: times)] = nil
        }
        for case .startNode(let node, let times, let values) in step.orders {
            inputs[Slot(node: node, times: times)] = values
        }
        facts = []
        return step
    }

    mutating func finished(
        after last: RunEvent?, _ controls: [RunControl], at moment: Timestamp
    ) throws(RebuildError) -> RebuiltMachine {
        let lastTime = last?.time ?? moment
        // An end of which only the first events were written down is completed.
        for execution in endings.keys.sorted(by: { indices[$0.node] ?? 0 < indices[$1.node] ?? 0 }) {
            // The engine reports missing outputs before it gives those that are there.
            if let ending = endings[execution], ending.outputs == nil, let error = ending.error,
                machine.graph.nodes[try index(execution)].isComplaint(error)
            {
                throw .hiddenOutput(execution)
            }
            try end(execution, at: lastTime)
        }
        // A run that was written down and had not begun begins now.
        if machine.phase == .idle, facts.isEmpty { facts.append(RunFact(.started, at: moment)) }
        let asked = controls.map { RunFact(.controlled($0), at: moment) }
        if !isStarting { facts += asked }
        var made = applyFacts(at: moment)
        if isStarting {
            // Some starts of the last batch are written down, so all of them have happened.
            facts = asked
            let more = applyFacts(at: moment)
            made.events += more.events
            made.orders += more.orders
        }
        let said = made.events.map(\.content).filter { $0.origin != .log }
        guard said.count >= journal.count, zip(said, journal).allSatisfy({ $0.says($1) }) else {
            throw .otherGraph
        }
        let missing = Array(said[journal.count...])
        machine.resumeNumbering(after: last?.sequence ?? 0, at: lastTime)
        let events = machine.renumber(missing, at: moment)
        let new = Set(
            missing.compactMap { content -> NodeExecution? in
                if case .executionStarted(let execution, _) = content.effect { execution } else { nil }
            })
        let graph = machine.graph
        func isNew(_ node: Int, _ times: Int32) -> Bool {
            new.contains(NodeExecution(node: graph.nodes[node].id, times: times))
        }
        let orders = made.orders.filter { order in
            if case .startNode(let node, let times, _) = order { isNew(node, times) } else { true }
        }
        let open = inputs.filter { !isNew($0.key.node, $0.key.times) }
            .map { slot, inputs in
                let execution = NodeExecution(node: graph.nodes[slot.node].id, times: slot.times)
                return OpenExecution(
                    node: slot.node, times: slot.times, inputs: inputs,
                    startedAt: starts[execution] ?? lastTime)
            }
            .sorted { $0.node < $1.node }
        return RebuiltMachine(
            machine: machine, open: open, step: RunStep(events: events, orders: orders))
    }
}
