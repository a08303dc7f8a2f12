// One run of a flow through the machine: does what it orders, in the order of a plan, and has every step checked.

import Engine
import Primitives
import TestKit
import Values

struct SimulatedRun {
    /// Something that the machine has ordered and that has not ended.
    enum Task {
        case work(Occasion, ValueMap)
        /// The value that an execution waits for.
        case answer(Occasion, ValueMap)
        case rest(Occasion, ValueMap, ActCall, receipt: String?)
        case transaction(ParcelNumber, [any Act])
        case building([any Act])

        var occasion: Occasion? {
            switch self {
            case .work(let occasion, _), .answer(let occasion, _), .rest(let occasion, _, _, _): occasion
            case .transaction, .building: nil
            }
        }

        var inputs: ValueMap? {
            switch self {
            case .work(_, let inputs), .answer(_, let inputs), .rest(_, let inputs, _, _): inputs
            case .transaction, .building: nil
            }
        }
    }

    /// Turns after which a run counts as endless.
    private static let turnsMax = 20_000

    let flow: SimulatedFlow
    let inputs: ValueMap
    var outside: Outside
    private(set) var machine: RunMachine
    private(set) var verifier: EventVerifier
    private(set) var events: [RunEvent] = []
    /// How many events there were after each step.
    private(set) var steps: [Int] = []
    private(set) var tasks: [Task] = []
    /// Executions that have given their instructions and wait for the transaction.
    private var sending: [Occasion: ValueMap] = [:]
    private var turn = 0
    private var moment: Int64 = 0
    /// Called after each step that the run goes on from.
    var afterStep: (inout SimulatedRun) throws(Discrepancy) -> Void = { _ in }

    init(_ flow: SimulatedFlow, _ expected: ExpectedRun?, inputs: ValueMap? = nil, _ outside: Outside) {
        self.flow = flow
        self.inputs = inputs ?? flow.inputs
        self.outside = outside
        machine = RunMachine(graph: flow.graph, inputs: self.inputs, settings: flow.settings)
        verifier = EventVerifier(flow, expected)
    }

    /// Goes on from a journal.
    init(
        _ flow: SimulatedFlow, _ expected: ExpectedRun?, from journal: ArraySlice<RunEvent>,
        _ rebuilt: RebuiltMachine, _ outside: Outside
    ) throws(Discrepancy) {
        self.init(flow, expected, outside)
        for event in journal { try verifier.take(event) }
        events = Array(journal)
        moment = events.last?.time.nanoseconds ?? 0
        machine = rebuilt.machine
        for open in rebuilt.open {
            tasks.append(.work(Occasion(node: open.node, times: open.times), open.inputs))
        }
        try take(rebuilt.step)
    }

    // MARK: Playing

    /// Plays the run to its end.
    mutating func play() throws(Discrepancy) {
        if outside.happens(oneIn: 8) { try give([.flowLogged(Noise.line)]) }
        if outside.interruption == .refusal {
            verifier.earlyEnd = .refusal
            try give([.flowFailed(error: "refused"), .started])
        } else {
            try give([.started])
        }
        try goOn()
    }

    /// Plays a run that has begun to its end.
    mutating func goOn() throws(Discrepancy) {
        while !machine.hasEnded {
            turn += 1
            guard turn < SimulatedRun.turnsMax else { throw Discrepancy("the run does not end") }
            guard !tasks.isEmpty || !verifier.pausers.isEmpty else {
                throw Discrepancy("nothing is at work, but the run has not ended")
            }
            var facts: [RunFact.Kind] = []
            for index in outside.choose(of: tasks.count).sorted(by: >) {
                facts.append(try fact(from: tasks.remove(at: index)))
            }
            facts.shuffle(using: &outside.random)
            if let interruption = interruption() {
                // A transaction that is built ends the run at once, and nothing behind it counts.
                let last = flow.settings.collectsActs ? 0 : facts.count
                facts.insert(interruption, at: Int.random(in: 0...last, using: &outside.random))
            }
            if outside.happens(oneIn: 4) {
                facts.insert(
                    Noise.fact(flow, verifier.open, &outside.random),
                    at: Int.random(in: 0...facts.count, using: &outside.random))
            }
            for fact in pace() {
                facts.insert(fact, at: Int.random(in: 0...facts.count, using: &outside.random))
            }
            try give(facts)
        }
        let count = events.count
        try give([.nodeEnded(node: 0, times: 0, .failed("late")), .graceEnded, .crashed(error: "late")])
        guard events.count == count else { throw Discrepancy("the run goes on behind its end") }
    }

    /// Pauses of the run and of one around it, and their ends. A run of which nothing is at work is not paused for ever.
    private mutating func pace() -> [RunFact.Kind] {
        [UInt64(1), 2].map { RunID(UniqueID(high: 0, low: $0)) }.compactMap { run in
            guard verifier.pausers.contains(run) else {
                return outside.happens(oneIn: 40) ? .controlled(RunControl(.pause, of: run)) : nil
            }
            return tasks.isEmpty || outside.happens(oneIn: 4)
                ? .controlled(RunControl(.resume, of: run)) : nil
        }
    }

    private mutating func interruption() -> RunFact.Kind? {
        switch outside.interruption {
        case .forcedStop(turn)?:
            verifier.earlyEnd = .stop
            return .stopRequested(reason: "enough", isGraceful: false)
        case .gracefulStop(turn, _)?:
            verifier.earlyEnd = .stop
            return .stopRequested(reason: nil, isGraceful: true)
        case .gracefulStop(_, turn)?: return .graceEnded
        case .crash(turn)?:
            verifier.earlyEnd = .crash
            return .crashed(error: "crash")
        default: return nil
        }
    }

    // MARK: Facts

    private mutating func fact(from task: Task) throws(Discrepancy) -> RunFact.Kind {
        switch task {
        case .work(let occasion, let inputs): return try work(occasion, inputs)
        case .answer(let occasion, let inputs):
            return ended(occasion, flow.nodes[occasion.node].outcome(inputs, times: occasion.times))
        case .rest(let occasion, _, let call, let receipt): return ended(occasion, call.then(receipt))
        case .transaction(let number, let acts):
            return .parcelEnded(number, SimulatedChain.result(acts))
        case .building(let acts): return .parcelBuilt(SimulatedChain.built(acts))
        }
    }

    private mutating func work(_ occasion: Occasion, _ inputs: ValueMap) throws(Discrepancy) -> RunFact.Kind {
        let node = flow.nodes[occasion.node]
        switch node.kind {
        case .asking:
            tasks.append(.answer(occasion, inputs))
            return .nodeWaits(
                node: occasion.node, times: occasion.times,
                .inputRequested(
                    NodeExecution(node: flow.graph.nodes[occasion.node].id, times: occasion.times), url: "url"
                ))
        case .instructions:
            guard let call = node.call(inputs, times: occasion.times) else {
                return ended(occasion, .failed("told to fail"))
            }
            sending[occasion] = inputs
            return .actGiven(node: occasion.node, times: occasion.times, call)
        case .nested(let index): return ended(occasion, try nestedOutcome(flow.nested[index], inputs))
        default: return ended(occasion, node.outcome(inputs, times: occasion.times))
        }
    }

    private mutating func nestedOutcome(
        _ flow: SimulatedFlow, _ inputs: ValueMap
    ) throws(Discrepancy) -> NodeOutcome {
        let expected = try? ExpectedRun(flow, inputs: inputs, countMax: .max)
        var run = SimulatedRun(flow, expected, inputs: inputs, Outside(seed: outside.random.next()))
        try run.play()
        return run.machine.flowErrors.isEmpty
            ? .outputs(run.machine.output) : .failed(run.machine.flowErrors.map { $0 + ";\n" }.joined())
    }

    private func ended(_ occasion: Occasion, _ outcome: NodeOutcome) -> RunFact.Kind {
        .nodeEnded(node: occasion.node, times: occasion.times, outcome)
    }

    // MARK: Steps

    private mutating func give(_ kinds: [RunFact.Kind]) throws(Discrepancy) {
        let facts = kinds.map { kind in
            // Clocks of several threads: a fact may say an earlier time than the one before.
            moment += Int64.random(in: 0...3, using: &outside.random)
            let back = Int64.random(in: 0...2, using: &outside.random)
            return RunFact(kind, at: Timestamp(nanoseconds: max(0, moment - back)))
        }
        try take(machine.apply(facts, at: Timestamp(nanoseconds: moment)))
        if !machine.hasEnded { try afterStep(&self) }
    }

    private mutating func take(_ step: RunStep) throws(Discrepancy) {
        let before = Set(verifier.open)
        for event in step.events {
            events.append(event)
            try verifier.take(event)
        }
        steps.append(events.count)
        var starts: [NodeExecution] = step.events.compactMap { event in
            if case .nodeStarted(let start) = event.content { start.execution } else { nil }
        }
        for order in step.orders {
            switch order {
            case .startNode(let node, let times, let inputs):
                let execution = NodeExecution(node: SimulatedFlow.id(node), times: times)
                guard starts.first == execution else { throw Discrepancy("an order without its start") }
                starts.removeFirst()
                tasks.append(.work(Occasion(node: node, times: times), inputs))
            case .resumeNode(let node, let times, let call, let receipt):
                let occasion = Occasion(node: node, times: times)
                tasks.append(.rest(occasion, sending[occasion] ?? ValueMap(), call, receipt: receipt))
            case .carryOutParcel(let number, let acts): tasks.append(.transaction(number, acts))
            case .buildParcel(let acts): tasks.append(.building(acts))
            case .cancelNode(let node, let times):
                let occasion = Occasion(node: node, times: times)
                guard before.contains(occasion) else { throw Discrepancy("cancels what does not run") }
                tasks.removeAll { $0.occasion == occasion }
            case .end:
                guard verifier.hasFinished else { throw Discrepancy("an order to end without the end") }
            }
        }
        guard starts.isEmpty else { throw Discrepancy("a start without its order") }
        guard machine.lastSequence == verifier.count, machine.hasEnded == verifier.hasFinished else {
            throw Discrepancy("machine and events are not at one about where the run is")
        }
    }

    /// Executions that are at work, with their inputs, by node.
    var open: [(occasion: Occasion, inputs: ValueMap)] {
        var open = tasks.compactMap { task in
            task.occasion.flatMap { occasion in task.inputs.map { (occasion, $0) } }
        }
        for occasion in verifier.open where !open.contains(where: { $0.0 == occasion }) {
            open.append((occasion, sending[occasion] ?? ValueMap()))
        }
        return open.sorted { $0.0.node < $1.0.node }
    }
}

/// Facts that must change nothing but the log.
enum Noise {
    static let line = RunLogLine(level: .info, content: "noise")

    static func fact(
        _ flow: SimulatedFlow, _ open: [Occasion], _ random: inout SeededGenerator
    ) -> RunFact.Kind {
        let node = Int.random(in: -1...flow.nodes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .flowLogged(line)
        case 1:
            guard let occasion = open.randomElement(using: &random) else { return .flowLogged(line) }
            return .nodeLogged(node: occasion.node, times: occasion.times, line)
        case 2: return .nodeEnded(node: node, times: 100_000, .failed("stale"))
        case 3: return .nodeLogged(node: node, times: -1, line)
        case 4: return .parcelEnded(100_000, .success("stale"))
        case _ where flow.settings.collectsActs: return .graceEnded
        default: return .parcelBuilt(.success(["transaction": .string("stale")]))
        }
    }
}
