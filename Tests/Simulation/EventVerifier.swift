// Checks the events of one run, one by one, against what holds for every run and against what this run must come to.

import Engine
import Primitives
import Values

/// Something that must not be.
struct Discrepancy: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// How the outside means to end a run early.
enum EarlyEnd: Hashable {
    case stop, crash, refusal
}

/// Takes events in their order (spec flow-engine 8 and 10.3).
struct EventVerifier {
    /// What the events say of one execution.
    struct Account {
        let input: ValueMap
        var output = ValueMap()
        var errors: [String] = []
        var isFinished = false
    }

    private let flow: SimulatedFlow
    /// Nil where what comes of a node depends on which others share its transaction.
    private let expected: ExpectedRun?
    private let positions: [NodeID: Int]
    private(set) var accounts: [[Account]]
    private(set) var count: UInt64 = 0
    private(set) var hasFinished = false
    private(set) var flowErrors: [String] = []
    private var hasStarted = false
    /// The runs whose pauses hold.
    private(set) var pausers: Set<RunID> = []
    private var lastTime = Timestamp(nanoseconds: .min)
    private var last: RunEvent.Content?
    /// What the outside has done to the run so far.
    var earlyEnd: EarlyEnd?
    /// True once an output was shown that is not stored whole, or a node that sends transactions has begun.
    private(set) var hasHidden = false
    private(set) var hasInstructed = false
    private(set) var result: (output: ValueMap, status: RunStatus)?

    init(_ flow: SimulatedFlow, _ expected: ExpectedRun?) {
        self.flow = flow
        self.expected = expected
        accounts = Array(repeating: [], count: flow.nodes.count)
        positions = Dictionary(uniqueKeysWithValues: flow.nodes.indices.map { (SimulatedFlow.id($0), $0) })
    }

    /// Executions that have begun and not ended, by node.
    var open: [Occasion] {
        accounts.indices.compactMap { node in
            guard let last = accounts[node].last, !last.isFinished else { return nil }
            return Occasion(node: node, times: Int32(accounts[node].count - 1))
        }
    }

    mutating func take(_ event: RunEvent) throws(Discrepancy) {
        guard !hasFinished else { throw Discrepancy("an event behind the end: \(event.content)") }
        guard event.sequence == count + 1 else {
            throw Discrepancy("event \(event.sequence) follows event \(count)")
        }
        count += 1
        try verifyTime(event)
        let subject = event.content.subject
        switch event.content.effect {
        case .line where subject == nil: break
        case .runIs where !hasStarted: hasStarted = true
        case .runIs: try takePace(event.content)
        case let effect:
            guard hasStarted else { throw Discrepancy("\(event.content) before the start") }
            try takeWithin(effect, subject)
        }
        last = event.content
    }

    private mutating func verifyTime(_ event: RunEvent) throws(Discrepancy) {
        var isPair = false
        if case .nodeFinished(let end) = event.content, case .nodeOutput(let output)? = last,
            end.execution == output.execution
        {
            isPair = true
        }
        guard event.time > lastTime || (isPair && event.time == lastTime) else {
            throw Discrepancy("event \(event.sequence) is not later than the one before")
        }
        lastTime = event.time
    }

    private mutating func takeWithin(
        _ effect: EventEffect<ValueMap>, _ subject: NodeExecution?
    ) throws(Discrepancy) {
        switch effect {
        case .runFailed(let error): flowErrors.append(error)
        case .executionStarted(let execution, let input):
            guard pausers.isEmpty else { throw Discrepancy("a node starts while the run is paused") }
            try start(execution, input)
        case .executionGave(let execution, let output):
            let place = try running(execution)
            hasHidden = hasHidden || output.holdsSecret
            for entry in output.entries {
                accounts[place.node][Int(place.times)].output[entry.key] = entry.value
            }
        case .executionFailed(let execution, let error):
            let place = try running(execution)
            guard accounts[place.node][Int(place.times)].errors.isEmpty else {
                throw Discrepancy("a second error of one execution")
            }
            accounts[place.node][Int(place.times)].errors.append(error)
        case .executionEnded(let execution): try finish(running(execution))
        case .runEnded(let notRun, let output, let status): try end(notRun, output, status)
        case .nothing, .line: if let subject { _ = try running(subject) }
        case .runIs: break
        }
    }

    /// A pause, or the end of one.
    private mutating func takePace(_ content: RunEvent.Content) throws(Discrepancy) {
        switch content {
        case .flowPaused(let pause):
            guard pausers.insert(pause.askedOf).inserted else {
                throw Discrepancy("a pause that holds already")
            }
        case .flowResumed(let end):
            guard pausers.remove(end.askedOf) != nil else { throw Discrepancy("the end of no pause") }
            guard end.isStillPaused != pausers.isEmpty else {
                throw Discrepancy("an end of a pause that says the wrong thing of others")
            }
        default: throw Discrepancy("a second start")
        }
    }

    private func position(_ execution: NodeExecution) throws(Discrepancy) -> Int {
        guard let node = positions[execution.node] else { throw Discrepancy("a node of another flow") }
        return node
    }

    private func running(_ execution: NodeExecution) throws(Discrepancy) -> Occasion {
        let node = try position(execution)
        guard Int(execution.times) == accounts[node].count - 1, accounts[node].last?.isFinished == false
        else { throw Discrepancy("\(flow.nodes[node].name)#\(execution.times) is not running") }
        return Occasion(node: node, times: execution.times)
    }

    private mutating func start(_ execution: NodeExecution, _ input: ValueMap) throws(Discrepancy) {
        let node = try position(execution)
        let name = "\(flow.nodes[node].name)#\(execution.times)"
        guard earlyEnd == nil else { throw Discrepancy("\(name) starts although the run is to end") }
        guard Int(execution.times) == accounts[node].count, accounts[node].last?.isFinished != false else {
            throw Discrepancy("\(name) starts out of turn")
        }
        if case .instructions = flow.nodes[node].kind { hasInstructed = true }
        accounts[node].append(Account(input: input))
        guard let expected else { return }
        guard accounts[node].count <= expected.executions[node].count else {
            throw Discrepancy("\(name) must not run, with \(show(input))")
        }
        let execution = expected.executions[node][accounts[node].count - 1]
        guard execution.inputs == input else {
            throw Discrepancy("\(name) starts with \(show(input)), not \(show(execution.inputs))")
        }
        for source in execution.sources {
            let known = accounts[source.node]
            guard known.indices.contains(Int(source.times)),
                known[Int(source.times)].isFinished || isEarly(source)
            else {
                throw Discrepancy(
                    "\(name) starts before \(flow.nodes[source.node].name)#\(source.times) ends")
            }
        }
    }

    private func isEarly(_ source: Occasion) -> Bool {
        guard case .instructions = flow.nodes[source.node].kind else { return false }
        return !accounts[source.node][Int(source.times)].output.isEmpty
    }

    private mutating func finish(_ place: Occasion) throws(Discrepancy) {
        accounts[place.node][Int(place.times)].isFinished = true
        guard let expected else { return }
        let account = accounts[place.node][Int(place.times)]
        let execution = expected.executions[place.node][Int(place.times)]
        let name = "\(flow.nodes[place.node].name)#\(place.times)"
        if earlyEnd == .stop, account.errors.first?.hasPrefix("canceled by user") == true { return }
        guard account.output == execution.outputs else {
            throw Discrepancy("\(name) gives \(show(account.output)), not \(show(execution.outputs))")
        }
        guard account.errors.isEmpty != execution.hasFailed else {
            throw Discrepancy("\(name) has the errors \(account.errors)")
        }
    }

    private mutating func end(
        _ notRun: [NodeID], _ output: ValueMap, _ status: RunStatus
    ) throws(Discrepancy) {
        hasFinished = true
        result = (output, status)
        guard notRun == accounts.indices.filter({ accounts[$0].isEmpty }).map(SimulatedFlow.id) else {
            throw Discrepancy("not_run holds others than the nodes that did not start, in document order")
        }
        guard earlyEnd == .crash || open.isEmpty else {
            throw Discrepancy("the run ends while \(flow.nodes[open[0].node].name) runs")
        }
        let failedCount = accounts.joined().count { !$0.errors.isEmpty }
        if earlyEnd != .crash, failedCount > 0, flowErrors.last != "\(failedCount) nodes failed" {
            throw Discrepancy("\(failedCount) nodes failed, but the run says \(flowErrors)")
        }
        let awaited: RunStatus =
            switch earlyEnd {
            case .crash: .crashed
            case .stop: .stopped
            case .refusal: .failed
            case nil: flowErrors.isEmpty ? .finished : .failed
            }
        guard status == awaited else { throw Discrepancy("the run ends as \(status), not as \(awaited)") }
        guard
            flow.isEntangled
                || flowErrors.isEmpty == (failedCount == 0 && earlyEnd != .crash && earlyEnd != .refusal)
        else { throw Discrepancy("a run with \(failedCount) failed nodes says \(flowErrors)") }
        try verifyOutput(output)
        guard let expected, earlyEnd == nil else { return }
        for (node, executions) in expected.executions.enumerated()
        where executions.count != accounts[node].count {
            throw Discrepancy(
                "\(flow.nodes[node].name) has run \(accounts[node].count) times, not \(executions.count)")
        }
        guard output == expected.output else {
            throw Discrepancy("the output is \(show(output)), not \(show(expected.output))")
        }
    }

    /// The output is what flow outputs have put out, as the events say; nothing after a crash.
    private func verifyOutput(_ output: ValueMap) throws(Discrepancy) {
        guard !flow.settings.collectsActs else { return }
        var awaited = ValueMap()
        for (node, accounts) in accounts.enumerated() where earlyEnd != .crash {
            guard case .flowOutput(let name) = flow.nodes[node].kind else { continue }
            let values = accounts.compactMap { $0.output[name] }
            if let value = flow.nodes[node].gathered(values) { awaited[name] = value }
        }
        guard output == awaited else {
            throw Discrepancy("the output is \(show(output)), but the nodes gave \(show(awaited))")
        }
    }
}
